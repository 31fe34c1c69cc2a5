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
  while (text.size() >= 32) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), text.data(), 32);
    for (std::size_t i = 0; i < 4; ++i) lanes[i] = mix(lanes[i], words[i]);
    text.remove_prefix(32);
  }
  for (const char c : text) lanes[0] = mix(lanes[0], static_cast<unsigned char>(c));
  return mix(mix(mix(lanes[0], lanes[1]), lanes[2]), lanes[3]);
}

// Fixed size, four places for each digest; the oldest of the four gives way.
class Duplicates {
 public:
  // True if this digest was noted within the window. Notes it otherwise.
  bool seen(std::uint64_t digest, vitals::MonoTime now) {
    if (places_.empty()) places_.resize(duplicates_max);
    const std::size_t first = digest % (duplicates_max / ways) * ways;
    std::size_t oldest = first;
    for (std::size_t i = first; i < first + ways; ++i) {
      if (places_[i].used && places_[i].digest == digest && now - places_[i].at <= duplicate_window_ms)
        return true;
      if (older(places_[i], places_[oldest])) oldest = i;
    }
    places_[oldest] = {digest, now, true};
    return false;
  }

 private:
  static constexpr std::size_t ways = 4;
  struct Place {
    std::uint64_t digest = 0;
    vitals::MonoTime at;
    bool used = false;
  };
  static bool older(const Place& a, const Place& b) { return b.used && (!a.used || a.at < b.at); }

  std::vector<Place> places_;  // empty until the first message: an idle link costs nothing
};

}  // namespace drivers::hl7
