// Captures: bytes of a device with the times they came at, and their replay through a driver.
//
// A capture is a text file below tests/captures/<driver>/. The ending says how the bytes are written:
//   .hex  hexadecimal pairs
//   .txt  text lines; CR LF is put behind each
//   .hl7  messages, separated by empty lines; segments are joined by CR, messages get their MLLP envelope
// A line that starts with # is not data. Two of them mean something:
//   # option format=7     an option the driver is made with
//   # at 1500             the bytes from here on came at 1500 ms; without it at 0
// Beside it stands <file>.expected: what RecordingSink writes down when the capture is replayed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/registry.hpp"

namespace drivers::test {

struct Piece {
  std::int64_t at_ms = 0;
  std::vector<std::uint8_t> bytes;
};

struct Capture {
  std::filesystem::path path;
  Options options;
  std::vector<Piece> pieces;

  std::filesystem::path expected_path() const { return path.string() + ".expected"; }
};

// Hexadecimal pairs, blanks between them ignored.
std::vector<std::uint8_t> hex(std::string_view text);

vitals::Stamp stamp(std::int64_t ms);  // that many milliseconds into a fixed day

Capture read_capture(const std::filesystem::path& path);
std::filesystem::path captures_folder();
// Of one driver, in the order of their names; empty if there are none.
std::vector<std::filesystem::path> captures_of(std::string_view driver);
std::string read_file(const std::filesystem::path& path);

// Gives the length of the next part of `left` bytes; at least 1.
using Cut = std::function<std::size_t(std::size_t left)>;
inline std::size_t cut_nowhere(std::size_t left) { return left; }
inline std::size_t cut_everywhere(std::size_t) { return 1; }

// Feeds every piece up to the byte at `place` of all its bytes, tells the driver that this one was damaged,
// and goes on behind it.
void replay_damaged(const Capture& capture, std::size_t place, Driver& driver, Sink& out);

// Feeds every piece, cut into parts, with ticks each 100 ms between the pieces.
void replay(const Capture& capture, Driver& driver, const Cut& cut, Sink& out);

}  // namespace drivers::test
