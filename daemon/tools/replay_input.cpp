#include "daemon/tools/replay_input.hpp"

#include <algorithm>
#include <optional>

#include "drivers/hl7/mllp_framer.hpp"
#include "drivers/hl7/values.hpp"
#include "drivers/philips_intellivue/philips_intellivue.hpp"

namespace tools {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr char vertical_tab = '\x0b';
constexpr char file_separator = '\x1c';
// A reader on a serial port gets what came within its wake-up; so does the replay.
constexpr vitals::Milliseconds serial_piece_ms = 100ms;
// A longer jump between two messages is a wrong clock, not a pause.
constexpr vitals::Milliseconds gap_max = std::chrono::hours{24};

drivers::Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool line_starts_message(std::string_view rest) {
  return rest.size() > 8 && rest.substr(0, 3) == "MSH" && rest[3] > ' ' && rest[3] < 0x7f &&
         (rest[3] < '0' || (rest[3] > '9' && rest[3] < 'A') || (rest[3] > 'Z' && rest[3] < 'a') ||
          rest[3] > 'z');
}

// Where bare messages begin: `MSH` at the start of a line. What stands before the first, a heading of the
// file, is a piece of its own, so that it does not spoil that message. A batch (FHS, BHS) stays whole.
std::vector<std::string_view> split_bare(std::string_view content) {
  const auto first = content.find_first_not_of(std::string_view{"\xef\xbb\xbf \t\r\n\0", 8});
  if (first != std::string_view::npos) {
    const std::string_view name = content.substr(first, 3);
    if (name == "FHS" || name == "BHS") return {content};
  }
  std::vector<std::size_t> starts{0};
  for (std::size_t at = content.find_first_of("\r\n"); at != std::string_view::npos;
       at = content.find_first_of("\r\n", at + 1)) {
    // Blanks before the first message belong to it.
    if (at + 1 > first && line_starts_message(content.substr(at + 1))) starts.push_back(at + 1);
  }
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : content.size();
    out.push_back(content.substr(starts[i], end - starts[i]));
  }
  return out;
}

std::vector<std::string_view> split_framed(std::string_view content) {
  std::vector<std::string_view> out;
  std::size_t start = 0;
  for (std::size_t at = content.find(vertical_tab, 1); at != std::string_view::npos;
       at = content.find(vertical_tab, at + 1)) {
    out.push_back(content.substr(start, at - start));
    start = at;
  }
  out.push_back(content.substr(start));
  return out;
}

std::optional<vitals::WallTime> message_time(std::string_view message) {
  const std::size_t start = message.find("MSH");
  if (start == std::string_view::npos || start + 4 > message.size()) return std::nullopt;
  const char separator = message[start + 3];
  std::size_t at = start + 3;
  for (int field = 1; field < 6; ++field) {  // MSH-1 is the separator itself
    at = message.find(separator, at + 1);
    if (at == std::string_view::npos) return std::nullopt;
  }
  const std::size_t end = message.find_first_of(std::string{separator} + "\r\n^", at + 1);
  const auto time = drivers::hl7::parse_time(message.substr(at + 1, end - at - 1), {}, {});
  if (!time.usable()) return std::nullopt;
  return time.at;
}

// When the first message was sent that tells it: a heading, or a message without a time, may stand before it.
vitals::WallTime first_time(const std::vector<std::string_view>& pieces) {
  for (const std::string_view piece : pieces)
    if (const auto time = message_time(piece)) return *time;
  return replay_epoch;
}

}  // namespace

void find_transport(const drivers::Entry& entry, std::string_view content, drivers::Options& options) {
  constexpr std::string_view key = "transport";
  if (entry.facts != &drivers::philips::facts() || options.contains(key)) return;
  if (drivers::philips::looks_like_lan(as_bytes(content))) options.emplace(key, "lan");
}

std::vector<Chunk> capture_chunks(const Capture& capture) {
  std::vector<Chunk> out;
  for (const CaptureEvent& event : capture.events) {
    if (event.kind == CaptureKind::out) continue;
    Chunk chunk;
    if (event.kind == CaptureKind::in) chunk.bytes = event.bytes;
    chunk.at = {vitals::MonoTime{event.t}, capture.header.t0 + event.t};
    chunk.connection = event.connection;
    if (event.kind == CaptureKind::up) chunk.change = LinkChange::up;
    if (event.kind == CaptureKind::down) chunk.change = LinkChange::down;
    chunk.damaged = event.kind == CaptureKind::damaged;
    chunk.datagram = capture.header.datagrams;
    out.push_back(chunk);
  }
  return out;
}

std::vector<Chunk> serial_chunks(std::string_view content, const drivers::LineSettings& line) {
  const unsigned bits =
      1 + line.data_bits + (line.parity == drivers::Parity::none ? 0U : 1U) + line.stop_bits;
  const std::size_t per_second = std::max<std::size_t>(10, line.baud / bits);
  const std::size_t piece =
      std::max<std::size_t>(1, per_second * static_cast<std::size_t>(serial_piece_ms.count()) / 1000);
  std::vector<Chunk> out;
  for (std::size_t at = 0; at < content.size(); at += piece) {
    const std::size_t end = std::min(content.size(), at + piece);
    const vitals::Milliseconds since{static_cast<std::int64_t>(end * 1000 / per_second)};
    Chunk& chunk = out.emplace_back();
    chunk.bytes = content.substr(at, end - at);
    chunk.at = {vitals::MonoTime{since}, replay_epoch + since};
  }
  return out;
}

std::vector<Chunk> hl7_chunks(std::string_view content, std::string& framed) {
  if (content.empty()) return {};
  const bool has_frames = drivers::hl7::looks_framed(as_bytes(content));
  std::vector<std::string_view> pieces = has_frames ? split_framed(content) : split_bare(content);
  if (!has_frames) {
    framed.reserve(content.size() + pieces.size() * 3);
    for (std::string_view& piece : pieces) {
      const std::size_t start = framed.size();
      framed += vertical_tab;
      framed += piece;
      framed += file_separator;
      framed += '\r';
      piece = std::string_view{framed}.substr(start);
    }
  }
  std::vector<Chunk> out;
  const vitals::WallTime start = first_time(pieces);
  vitals::WallTime now = start;
  for (const std::string_view piece : pieces) {
    const auto stated = message_time(piece);
    const bool plausible = stated && *stated >= now && *stated - now <= gap_max;
    if (plausible) {
      now = *stated;
    } else if (!out.empty()) {
      now += 1s;
    }
    Chunk& chunk = out.emplace_back();
    chunk.bytes = piece;
    chunk.at = {vitals::MonoTime{now - start}, now};
  }
  return out;
}

}  // namespace tools
