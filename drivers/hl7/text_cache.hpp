// What was made of a text before: a monitor names the same dozen codes and units in every message, and
// looking one up costs far more than comparing two texts.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

// Fixed size: four places for each value of a hash, taken over in turn. Longer texts are made anew each time.
// The values must not refer to the text.
template <class Value>
class TextCache {
 public:
  static constexpr std::size_t places_max = 128;
  static constexpr std::size_t text_bytes_max = 79;

  // Valid until the next call.
  template <class Make>
  const Value& get(std::string_view text, Make make) {
    if (places_.empty()) places_.resize(places_max);  // an idle source costs nothing
    if (text.size() > text_bytes_max) return unkept_ = make(text);
    const std::uint64_t hash = hash_of(text);
    Place* const first = &places_[hash % (places_max / ways) * ways];
    for (Place* place = first; place != first + ways; ++place)
      if (place->hash == hash && place->age == age_ && place->holds(text)) return place->value;
    Place& place = first[next_way_++ % ways];
    place.value = make(text);
    place.hash = hash;
    place.age = age_;
    place.size = static_cast<std::uint8_t>(text.size());
    std::copy(text.begin(), text.end(), place.text.begin());
    return place.value;
  }

  void forget() { ++age_; }

 private:
  static constexpr std::size_t ways = 4;

  struct Place {
    std::uint64_t hash = 0;
    std::uint64_t age = 0;
    Value value{};
    std::uint8_t size = 0;
    std::array<char, text_bytes_max> text{};

    bool holds(std::string_view wanted) const { return same_text({text.data(), size}, wanted); }
  };

  // Codes differ in their first bytes, units and positions in their last ones.
  static std::uint64_t hash_of(std::string_view text) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (text.size() >= sizeof first) {  // nearly always, and then no call is needed to copy them
      std::memcpy(&first, text.data(), sizeof first);
      std::memcpy(&last, text.data() + (text.size() - sizeof last), sizeof last);
    } else if (!text.empty()) {
      std::memcpy(&first, text.data(), text.size());
      last = first;
    }
    const std::uint64_t mixed = (first ^ (last << 1U) ^ text.size()) * 0x9E3779B97F4A7C15ULL;
    return mixed ^ (mixed >> 32U);
  }

  std::vector<Place> places_;
  Value unkept_{};
  std::uint64_t age_ = 1;
  std::size_t next_way_ = 0;
};

}  // namespace drivers::hl7
