// What a fault shows of the received bytes: printable ASCII, at most 64 bytes a text.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace drivers::hl7 {

inline constexpr std::size_t fault_text_bytes_max = 64;

class FaultText {
 public:
  // A view of `text` itself where that is clean. The copy lives as long as this object; it has room for four.
  std::string_view printable(std::string_view text) {
    text = text.substr(0, fault_text_bytes_max);
    const auto clean = [](char c) { return c >= ' ' && c < 0x7F; };
    if (std::all_of(text.begin(), text.end(), clean)) return text;
    const std::size_t start = used_;
    for (const char c : text.substr(0, bytes_.size() - used_)) bytes_[used_++] = clean(c) ? c : '?';
    return {bytes_.data() + start, used_ - start};
  }

 private:
  std::array<char, 4 * fault_text_bytes_max> bytes_;
  std::size_t used_ = 0;
};

}  // namespace drivers::hl7
