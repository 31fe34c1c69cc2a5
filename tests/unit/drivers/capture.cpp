#include "tests/unit/drivers/capture.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace drivers::test {
namespace {

constexpr std::int64_t tick_ms = 100;
constexpr std::int64_t day_unix_ms = 1'773'014'400'000;  // 2026-03-09T00:00:00Z

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  throw std::runtime_error(std::string("not a hexadecimal digit: ") + c);
}

void append(std::vector<std::uint8_t>& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

// Puts one line of the file behind the bytes of the piece.
class Writer {
 public:
  Writer(std::string ending, std::vector<Piece>& pieces) : ending_(std::move(ending)), pieces_(pieces) {}

  void line(std::string_view text) {
    if (ending_ == ".hl7") return hl7_line(text);
    if (ending_ == ".hex") {
      const auto more = hex(text);
      bytes().insert(bytes().end(), more.begin(), more.end());
    } else if (!text.empty()) {
      append(bytes(), text);
      append(bytes(), "\r\n");
    }
  }

  void at(std::int64_t ms) {
    end();
    pieces_.push_back({ms, {}});
  }

  void end() {
    if (in_message_) append(bytes(), "\x1C\r");
    in_message_ = false;
  }

 private:
  void hl7_line(std::string_view text) {
    if (text.empty()) return end();
    if (!in_message_) append(bytes(), "\x0B");
    in_message_ = true;
    append(bytes(), text);
    append(bytes(), "\r");
  }

  std::vector<std::uint8_t>& bytes() { return pieces_.back().bytes; }

  std::string ending_;
  std::vector<Piece>& pieces_;
  bool in_message_ = false;
};

void take_header(std::string_view line, Options& options, Writer& writer) {
  constexpr std::string_view option = "# option ";
  constexpr std::string_view at = "# at ";
  if (line.starts_with(option)) {
    line.remove_prefix(option.size());
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) throw std::runtime_error("an option without value");
    options[std::string(line.substr(0, equals))] = line.substr(equals + 1);
  } else if (line.starts_with(at)) {
    line.remove_prefix(at.size());
    std::int64_t ms = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), ms);
    if (read.ec != std::errc{} || read.ptr != line.data() + line.size())
      throw std::runtime_error("not a time");
    writer.at(ms);
  }
}

}  // namespace

std::vector<std::uint8_t> hex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const auto digit = static_cast<int>(hex_digit(c));
    if (high >= 0) bytes.push_back(static_cast<std::uint8_t>(high * 16 + digit));
    high = high >= 0 ? -1 : digit;
  }
  if (high >= 0) throw std::runtime_error("half a byte");
  return bytes;
}

vitals::Stamp stamp(std::int64_t ms) {
  return {vitals::MonoTime{vitals::Milliseconds{ms}}, vitals::wall_from_unix_ms(day_unix_ms + ms)};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

Capture read_capture(const std::filesystem::path& path) {
  Capture capture;
  capture.path = path;
  capture.pieces.push_back({0, {}});
  Writer writer(path.extension().string(), capture.pieces);
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) {
      take_header(line, capture.options, writer);
    } else {
      writer.line(line);
    }
  }
  writer.end();
  return capture;
}

std::filesystem::path captures_folder() { return VITALSD_CAPTURES; }

std::vector<std::filesystem::path> captures_of(std::string_view driver) {
  std::vector<std::filesystem::path> found;
  const std::filesystem::path folder = captures_folder() / driver;
  if (!std::filesystem::is_directory(folder)) return found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string ending = entry.path().extension().string();
    if (ending == ".hex" || ending == ".txt" || ending == ".hl7") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void replay_damaged(const Capture& capture, std::size_t place, Driver& driver, Sink& out) {
  std::int64_t now_ms = 0;
  for (const Piece& piece : capture.pieces) {
    for (; now_ms + tick_ms < piece.at_ms; now_ms += tick_ms) driver.tick(stamp(now_ms + tick_ms), out);
    now_ms = piece.at_ms;
    const Bytes bytes{piece.bytes};
    if (place >= bytes.size()) {
      driver.feed(bytes, stamp(now_ms), out);
      place -= bytes.size();
      continue;
    }
    driver.feed(bytes.first(place), stamp(now_ms), out);
    driver.damaged(stamp(now_ms), out);
    driver.feed(bytes.subspan(place + 1), stamp(now_ms), out);
    place = std::string::npos;  // one
  }
  driver.tick(stamp(now_ms + tick_ms), out);
}

void replay(const Capture& capture, Driver& driver, const Cut& cut, Sink& out) {
  std::int64_t now_ms = 0;
  for (const Piece& piece : capture.pieces) {
    for (; now_ms + tick_ms < piece.at_ms; now_ms += tick_ms) driver.tick(stamp(now_ms + tick_ms), out);
    now_ms = piece.at_ms;
    Bytes left{piece.bytes};
    while (!left.empty()) {
      const std::size_t length = std::clamp<std::size_t>(cut(left.size()), 1, left.size());
      driver.feed(left.first(length), stamp(now_ms), out);
      left = left.subspan(length);
    }
  }
  driver.tick(stamp(now_ms + tick_ms), out);
}

}  // namespace drivers::test
