// What came over a link, with its times: one JSON object a line, so that any tool reads it and a torn file is
// good up to its tear.
//
//   {"vitalsd_capture":1,"protocol":"nonin","options":{"format":"2"},"source":"oxi1","link":"...","datagrams":false,
//    "identity":"as-is","model":"","firmware":"","note":"","by":"anna@box","version":"0.1.0","t0":1767225600000}
//   {"t":0,"up":"/dev/ttyUSB0"}           the link came up; with "c" it is a connection of an HL7 source
//   {"t":312,"in":"8048622080486220"}     bytes that came together, hexadecimal; a datagram is one line
//   {"t":350,"out":"0152"}                bytes that we sent
//   {"t":412,"damaged":""}                here stood a byte with a parity or framing error
//   {"t":9000,"down":"the device is gone"}
//
// t0 is Unix time in milliseconds, t counts milliseconds from there and never goes back. identity: "as-is"
// (no patient identity is in the protocol), "kept" (asked for), "pseudonyms" (replaced).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/vitals/time.hpp"
#include "drivers/registry.hpp"

namespace tools {

struct CaptureHeader {
  std::string protocol;
  drivers::Options options;
  std::string source;
  std::string link;        // for people
  bool datagrams = false;  // pieces must not be cut
  std::string identity;
  std::string model, firmware, note, by, version;
  vitals::WallTime t0{};
};

enum class CaptureKind : std::uint8_t { up, in, out, damaged, down };

struct CaptureEvent {
  CaptureKind kind{};
  vitals::Milliseconds t{0};
  std::uint64_t connection = 0;  // HL7; else 0
  std::string bytes;             // in, out; of up and down: the detail
};

struct Capture {
  CaptureHeader header;
  std::vector<CaptureEvent> events;
};

inline constexpr std::size_t capture_bytes_max = std::size_t{1} << 30U;

// One line each, with its line end, replacing what is in `out`.
void write_header(const CaptureHeader& header, std::string& out);
void write_event(const CaptureEvent& event, std::string& out);

// Whether these are the bytes of a capture file at all, sound or not.
bool looks_like_capture(std::string_view content);

// nullopt: `error` says what is wrong and in which line. A torn last line is left out.
std::optional<Capture> read_capture(std::string_view content, std::string& error);

}  // namespace tools
