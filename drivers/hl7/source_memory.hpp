// What all connections of one source share, and what outlives them: many senders connect anew for each
// message, and one that missed an answer sends its message again on the next connection.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "drivers/hl7/alarm_table.hpp"
#include "drivers/hl7/codes.hpp"
#include "drivers/hl7/duplicates.hpp"
#include "drivers/hl7/text_cache.hpp"
#include "drivers/hl7/units.hpp"

namespace drivers::hl7 {

inline constexpr int poison_repeats = 3;                   // identical refused messages
inline constexpr std::size_t refusals_max = 16;            // remembered per source
inline constexpr std::int64_t messages_per_s_max = 50;     // of a source, sustained
inline constexpr std::int64_t messages_at_once_max = 500;  // of a source, in a burst

// Refused messages that come again: a sender that repeats one for ever blocks everything behind it.
class Refusals {
 public:
  // How often this one came, now included.
  int note(std::uint64_t digest) {
    const auto known = std::find_if(places_.begin(), places_.end(),
                                    [&](const Place& place) { return place.digest == digest; });
    Place here = known == places_.end() ? Place{digest, 0} : *known;
    if (here.times < poison_repeats) ++here.times;
    std::move_backward(places_.begin(), known == places_.end() ? known - 1 : known,
                       known == places_.end() ? known : known + 1);
    places_.front() = here;
    return here.times;
  }

 private:
  struct Place {
    std::uint64_t digest = 0;
    int times = 0;
  };
  std::array<Place, refusals_max> places_{};  // the newest first, the oldest gives way
};

// Counts messages against the rate that monitors and gateways keep. Nothing is dropped for it.
class RateMeter {
 public:
  // True once when the source begins to send too fast, and again only after it kept the rate in between.
  bool exceeded(vitals::MonoTime now) {
    const std::int64_t gained = (now - filled_at_).count() * messages_per_s_max;
    room_ms_ = std::min(room_ms_ + std::max<std::int64_t>(gained, 0), messages_at_once_max * 1000);
    filled_at_ = now;
    if (room_ms_ >= messages_at_once_max * 1000 / 2) said_ = false;
    if (room_ms_ >= 1000) {
      room_ms_ -= 1000;
      return false;
    }
    const bool first = !said_;
    said_ = true;
    return first;
  }

 private:
  std::int64_t room_ms_ = messages_at_once_max * 1000;  // thousandths of a message
  vitals::MonoTime filled_at_;
  bool said_ = false;
};

// What OBX-3 and OBX-6 of this source's messages were found to mean. All its messages are read by the same
// settings; the answers hold as long as its separators and private codes do not change.
class Dictionary {
 public:
  struct Code {
    Resolution meaning;
    std::optional<UnitFacts> site_unit;
    bool silent = false;  // whatever such a row says, nothing is used and nothing is missed
    bool device = false;  // a row of the device tree
    bool pump = false;
    bool alert = false;  // an alarm between the values
  };

  void begin_message(const Separators& by, PrivateCodes codes) {
    if (by == by_ && codes == private_codes_) return;
    by_ = by;
    private_codes_ = codes;
    codes_.forget();
    units_.forget();
  }
  const Code& code(std::string_view obx3, const CodeMap& site_codes) {
    return codes_.get(obx3, [&](std::string_view text) { return look_up(text, site_codes); });
  }
  const UnitFound& unit(std::string_view obx6) {
    return units_.get(obx6, [&](std::string_view text) { return find_unit(text, by_); });
  }

 private:
  Code look_up(std::string_view obx3, const CodeMap& site_codes) const {
    Code out;
    out.meaning = resolve_code(obx3, by_, private_codes_, site_codes);
    // The entry lives as long as one connection's settings, this longer.
    if (const auto* const entry = out.meaning.site_code; entry != nullptr) out.site_unit = entry->unit;
    out.meaning.site_code = nullptr;
    out.silent = out.meaning.verdict == Verdict::ignored ||
                 (out.meaning.verdict == Verdict::unmapped && is_device_or_attribute(out.meaning.mdc));
    out.device =
        trim(component(obx3, 2, by_)).substr(0, 8) == "MDC_DEV_" || is_device_or_attribute(out.meaning.mdc);
    out.pump = is_pump_device(obx3, by_);
    out.alert = is_inline_alert(obx3, by_);
    return out;
  }

  Separators by_;
  PrivateCodes private_codes_ = PrivateCodes::none;
  TextCache<Code> codes_;
  TextCache<UnitFound> units_;
};

struct SourceMemory {
  Duplicates duplicates;
  Refusals refusals;
  RateMeter rate;
  AlarmTable alarms;
  Dictionary dictionary;
};

}  // namespace drivers::hl7
