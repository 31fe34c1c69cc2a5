#include "drivers/hl7/mllp_framer.hpp"

#include <algorithm>

#include "drivers/hl7/scan.hpp"

namespace drivers::hl7 {

namespace {

constexpr char fs = 0x1C;
constexpr std::uint32_t head_msh = 0x4D5348;  // "MSH"

// What may stand between frames without meaning anything. A second FS belongs here too.
constexpr bool is_idle(char c) {
  return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0' || c == fs;
}

constexpr bool is_line_end(char c) { return c == '\r' || c == '\n'; }

// `MSH`, perhaps behind a byte order mark, blanks or line ends.
bool starts_with_message(std::string_view text) {
  const std::size_t at = text.substr(0, leading_bytes_max + 3).find("MSH");
  if (at == not_found) return false;
  return std::none_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

bool looks_framed(Bytes bytes) {
  const auto first = std::find_if(bytes.begin(), bytes.end(),
                                  [](std::uint8_t byte) { return !is_idle(static_cast<char>(byte)); });
  return first != bytes.end() && *first == vt;
}

void Framer::feed(Bytes bytes, vitals::Stamp rx, Events& events) {
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (state_ == State::lost || rest.empty()) return;
  if (framing_ == Framing::raw) {
    feed_raw(rest, rx, events);
    return;
  }
  rx_ = rx;
  while (!rest.empty() && state_ != State::lost) {
    rest = state_ == State::between ? take_between(rest, events) : take_inside(rest, events);
  }
}

void Framer::tick(vitals::Stamp now, Events& events) {
  const auto silence = now.mono - rx_.mono;
  if (framing_ == Framing::raw) {
    if (!buffer_.empty() && silence >= raw_silence_ms) deliver_raw(buffer_.size(), rx_, events);
  } else if (state_ == State::inside && silence >= frame_silence_ms_max) {
    events.on_framing_fault("frame-timeout", frame_offset_, now);
    lose("frame-timeout", events);
  }
}

std::string_view Framer::take_between(std::string_view rest, Events& events) {
  const std::size_t start = rest.find(vt);
  const std::string_view gap = rest.substr(0, start);
  if (!gap.empty()) note_garbage(gap, events);
  if (state_ == State::lost) return {};
  offset_ += gap.size();
  if (start == not_found) return {};
  end_garbage(events);
  state_ = State::inside;
  frame_offset_ = ++offset_;
  return rest.substr(start + 1);
}

std::string_view Framer::take_inside(std::string_view rest, Events& events) {
  const std::size_t end = std::min(rest.find(fs), rest.size());
  const std::size_t stop = std::min(rest.substr(0, end).find(vt), end);
  if (buffer_.size() + stop > frame_bytes_max_) {
    events.on_framing_fault("frame-too-long", frame_offset_, rx_);
    lose("frame-too-long", events);
    return {};
  }
  if (stop == rest.size()) {
    buffer_.insert(buffer_.end(), rest.begin(), rest.end());
    offset_ += stop;
    return {};
  }
  offset_ += stop + 1;
  if (stop < end) {
    restart(stop, events);
  } else {
    complete(rest.substr(0, stop), events);
  }
  return rest.substr(stop + 1);
}

// A VT inside a frame: what stood before it was torn. A doubled VT is only a doubled VT.
void Framer::restart(std::size_t bytes_before, Events& events) {
  if (bytes_before > 0 || !buffer_.empty()) events.on_framing_fault("frame-restarted", frame_offset_, rx_);
  release_buffer();
  frame_offset_ = offset_;
}

void Framer::complete(std::string_view tail, Events& events) {
  state_ = State::between;
  if (buffer_.empty()) {
    deliver(tail, events);
    return;
  }
  buffer_.insert(buffer_.end(), tail.begin(), tail.end());
  deliver(std::string_view(buffer_.data(), buffer_.size()), events);
  release_buffer();
}

void Framer::note_garbage(std::string_view garbage, Events& events) {
  garbage = garbage.substr(0, garbage_bytes_max + 1 - garbage_bytes_);
  for (std::size_t i = 0; i < garbage.size(); ++i) {
    if (is_idle(garbage[i])) continue;
    if (strange_bytes_ == 0) garbage_offset_ = offset_ + i;
    if (strange_bytes_ < 3) garbage_head_ = (garbage_head_ << 8U) | static_cast<unsigned char>(garbage[i]);
    ++strange_bytes_;
  }
  garbage_bytes_ += garbage.size();
  if (garbage_bytes_ <= garbage_bytes_max) return;
  end_garbage(events);
  lose("no-frame-start", events);
}

void Framer::end_garbage(Events& events) {
  if (strange_bytes_ > 0) {
    const bool bare_hl7 = garbage_head_ == head_msh;
    events.on_framing_fault(bare_hl7 ? "message-without-frame" : "bytes-between-frames", garbage_offset_,
                            rx_);
  }
  garbage_bytes_ = 0;
  strange_bytes_ = 0;
  garbage_head_ = 0;
}

void Framer::deliver(std::string_view frame, Events& events) {
  if (frame.find_first_not_of(" \t\r\n") == not_found) {
    events.on_framing_fault("empty-frame", frame_offset_, rx_);
  } else {
    events.on_frame(frame, frame_offset_, rx_);
  }
}

void Framer::feed_raw(std::string_view rest, vitals::Stamp rx, Events& events) {
  raw_carried_ = buffer_.size();
  const bool has_line_end = std::any_of(rest.begin(), rest.end(), is_line_end);
  while (!rest.empty() && state_ != State::lost) {
    const std::size_t take = std::min(rest.size(), raw_room());
    buffer_.insert(buffer_.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(take));
    rest.remove_prefix(take);
    for (std::size_t start = next_raw_start(); start != not_found; start = next_raw_start()) {
      // The stamp of a message is that of its own last byte, a line end that may have come with an earlier
      // read.
      deliver_raw(start, start > raw_carried_ ? rx : line_end_rx_, events);
    }
    if (buffer_.size() > frame_bytes_max_) lose_raw("frame-too-long", rx, events);
    if (buffer_.size() > garbage_bytes_max && !starts_with_message({buffer_.data(), buffer_.size()}))
      lose_raw("no-frame-start", rx, events);
  }
  rx_ = rx;
  if (has_line_end) line_end_rx_ = rx;
}

// Up to one byte beyond the next limit: what is lost must not depend on how the bytes were cut.
std::size_t Framer::raw_room() const {
  const bool beyond_garbage = buffer_.size() > garbage_bytes_max;
  return (beyond_garbage ? frame_bytes_max_ : std::min(garbage_bytes_max, frame_bytes_max_)) + 1 -
         buffer_.size();
}

// Where the next `MSH` stands at the start of a line, behind the message that is being collected; or none
// yet.
std::size_t Framer::next_raw_start() {
  const std::string_view text(buffer_.data(), buffer_.size());
  for (std::size_t at = text.find("MSH", raw_scanned_); at != not_found; at = text.find("MSH", at + 1)) {
    if (at > 0 && is_line_end(text[at - 1])) return at;
  }
  raw_scanned_ = text.size() > 2 ? text.size() - 2 : 0;  // "MSH" may be cut by the end of what came so far
  return not_found;
}

void Framer::deliver_raw(std::size_t length, vitals::Stamp rx, Events& events) {
  const std::string_view text(buffer_.data(), length);
  if (starts_with_message(text)) {
    events.on_frame(text, offset_, rx);
  } else if (!std::all_of(text.begin(), text.end(), is_idle)) {
    events.on_framing_fault("bytes-between-frames", offset_, rx);
  }
  offset_ += length;
  raw_carried_ -= std::min(raw_carried_, length);
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(length));
  if (buffer_.empty()) release_buffer();
  raw_scanned_ = 0;
}

void Framer::lose_raw(std::string_view reason, vitals::Stamp rx, Events& events) {
  events.on_framing_fault(reason, offset_, rx);
  lose(reason, events);
}

void Framer::lose(std::string_view reason, Events& events) {
  state_ = State::lost;
  release_buffer();
  events.on_framing_lost(reason);
}

void Framer::release_buffer() {
  if (buffer_.capacity() > buffer_bytes_kept) {
    std::vector<char>().swap(buffer_);
  } else {
    buffer_.clear();
  }
  raw_scanned_ = 0;
}

}  // namespace drivers::hl7
