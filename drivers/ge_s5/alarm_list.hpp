// What the monitor itself alarms about: the texts on its screen (CARESCAPE software, from interface level 10)
// and the rhythms that the ECG groups name. Told on change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/ge_s5/values.hpp"

namespace drivers::ge_s5 {

// The alarms on the screen, as the last alarm status had them.
class AlarmList {
 public:
  void take(Bytes status, const Origin& origin, Sink& out);
  // The monitor does not answer any more: what it lists now is not known.
  void doubt_all(vitals::Stamp rx, Sink& out);

 private:
  static constexpr std::size_t boxes = 5;
  static constexpr std::size_t text_bytes = 80;

  struct Shown {
    std::array<char, 2 * text_bytes> bytes{};  // UTF-8, at most two bytes a character
    std::size_t size = 0;
    AlarmLevel level{};
    bool level_told = true;
    bool silenced = false;
    bool unsure = false;

    std::string_view text() const { return {bytes.data(), size}; }
  };
  struct List {
    std::array<Shown, boxes> alarms{};
    std::size_t count = 0;

    const Shown* find(std::string_view text) const;
  };

  static bool same_state(const Shown& a, const Shown& b);
  static bool read_box(Bytes box, Shown& out, const Origin& origin, Sink& sink);
  static void tell(const Shown& shown, bool on, vitals::Stamp rx, Sink& out);

  List list_;
};

// Rhythms: asystole by the ECG group, the others by the arrhythmia bits of class ext1.
class RhythmAlarms {
 public:
  // `ext1` is empty when the record has none.
  void take(Bytes basic, Bytes ext1, vitals::Stamp rx, Sink& out);

 private:
  std::uint32_t on_ = 0;  // bits as in the arrhythmia word
};

}  // namespace drivers::ge_s5
