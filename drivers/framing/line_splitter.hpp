// Lines out of a byte stream, in fixed memory. CR and LF each end a line, so that CR LF, LF CR and single
// ones all work; empty lines are skipped. NUL bytes are dropped: devices send them while they start up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::framing {

struct Line {
  std::string_view text;     // without its end; valid during the call only
  std::uint64_t offset = 0;  // in the stream, of the byte that ended it
  bool first = false;        // since the port was opened: its beginning is probably missing
  bool too_long = false;     // text is empty, everything up to the next line end is discarded
};

template <std::size_t line_bytes_max>
class LineSplitter {
 public:
  // Calls on_line(Line) for each line that ends in `bytes`, and once when a line outgrows the limit.
  template <class OnLine>
  void feed(Bytes bytes, OnLine&& on_line) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (!is_special(bytes[i])) continue;
      keep(bytes.subspan(begin, i - begin), offset_ + begin, on_line);
      begin = i + 1;
      if (bytes[i] != 0) end_line(offset_ + i, on_line);
    }
    keep(bytes.subspan(begin), offset_ + begin, on_line);
    offset_ += bytes.size();
  }

  // Bytes of a line are here and its end is not.
  bool open() const { return size_ != 0; }
  bool first() const { return first_; }
  std::uint64_t offset() const { return offset_; }  // of the next byte
  void drop_open_line() { size_ = 0; }

  // A byte was lost, perhaps a line end: everything up to the next line end is discarded. Gives the offset.
  std::uint64_t give_up_line() {
    discarding_ = true;
    size_ = 0;
    return offset_++;
  }

 private:
  static bool is_special(std::uint8_t byte) { return byte == '\r' || byte == '\n' || byte == 0; }

  template <class OnLine>
  void keep(Bytes run, std::uint64_t run_offset, OnLine& on_line) {
    if (run.empty() || discarding_) return;
    const std::size_t room = line_bytes_max - size_;
    if (run.size() > room) {
      discarding_ = true;
      on_line(Line{{}, run_offset + room, first_, true});
      return;
    }
    std::memcpy(text_.data() + size_, run.data(), run.size());
    size_ += run.size();
  }

  template <class OnLine>
  void end_line(std::uint64_t offset, OnLine& on_line) {
    if (!discarding_ && size_ != 0) on_line(Line{{text_.data(), size_}, offset, first_, false});
    first_ = false;
    discarding_ = false;
    size_ = 0;
  }

  std::array<char, line_bytes_max> text_{};
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;
  bool discarding_ = false;
  bool first_ = true;
};

}  // namespace drivers::framing
