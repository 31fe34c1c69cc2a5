// Messages seen lately, to notice that a sender repeats one because it missed our answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace drivers::hl7 {

inline constexpr std::size_t duplicates_max = 4096;  // remembered per source
inline constexpr vitals::Milliseconds duplicate_window_ms{10 * 60 * 1000};

// 64 bits of all bytes of a message, its control id included. Four lanes, so that it costs little beside
// reading.
inline std::uint64_t digest(std::string_view text) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15ULL;
  std::array<std::uint64_t, 4> lanes{text.size(), 0x243F6A8885A308D3ULL, 0x13198A2E03707344ULL,
                                     0xA4093822299F31D0ULL};
  const auto mix = [](std::uint64_t h, std::uint64_t word) {
    h = (h ^ word) * odd;
    return h ^ (h >> 29U);
  };
  const auto word = [](const char* bytes) {
    std::uint64_t out = 0;
    std::memcpy(&out, bytes, sizeof out);
    return out;
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  for (; end - at >= 32; at += 32) {
    lanes[0] = mix(lanes[0], word(at));
    lanes[1] = mix(lanes[1], word(at + 8));
    lanes[2] = mix(lanes[2], word(at + 16));
    lanes[3] = mix(lanes[3], word(at + 24));
  }
  for (; at < end; ++at) lanes[0] = mix(lanes[0], static_cast<unsigned char>(*at));
  return mix(mix(mix(lanes[0], lanes[1]), lanes[2]), lanes[3]);
}

enum class Repetition : std::uint8_t {
  none,
  duplicate,  // these bytes came within the window
  reused_id,  // the control id did, with other bytes: a sender that counts badly
};

// Fixed size. Whole messages: four places for each digest, the oldest of the four gives way. Control ids: one
// place each, they only serve to tell how well a sender counts.
class Duplicates {
 public:
  // Notes the message, unless it is a duplicate.
  Repetition note(std::uint64_t message, std::uint64_t control_id, vitals::MonoTime now) {
    if (messages_.empty()) {
      messages_.resize(duplicates_max);
      ids_.resize(duplicates_max);
    }
    const std::size_t first = first_way(message);
    std::size_t oldest = first;
    for (std::size_t i = first; i < first + ways; ++i) {
      if (is_recent(messages_[i], now) && messages_[i].digest == message) return Repetition::duplicate;
      if (older(messages_[i], messages_[oldest])) oldest = i;
    }
    messages_[oldest] = {message, now, true};
    Place& id = ids_[control_id % duplicates_max];
    const bool reused = is_recent(id, now) && id.digest == control_id;
    id = {control_id, now, true};
    return reused ? Repetition::reused_id : Repetition::none;
  }

  // It was refused: when it comes again it is tried anew.
  void forget(std::uint64_t message) {
    const std::size_t first = first_way(message);
    for (std::size_t i = first; i < first + ways; ++i)
      if (messages_[i].digest == message) messages_[i].used = false;
  }

 private:
  static constexpr std::size_t ways = 4;
  static constexpr std::size_t first_way(std::uint64_t message) {
    return message % (duplicates_max / ways) * ways;
  }
  struct Place {
    std::uint64_t digest = 0;
    vitals::MonoTime at;
    bool used = false;
  };
  static bool is_recent(const Place& place, vitals::MonoTime now) {
    return place.used && now - place.at <= duplicate_window_ms;
  }
  static bool older(const Place& a, const Place& b) { return b.used && (!a.used || a.at < b.at); }

  std::vector<Place> messages_, ids_;  // empty until the first message: an idle source costs nothing
};

}  // namespace drivers::hl7
