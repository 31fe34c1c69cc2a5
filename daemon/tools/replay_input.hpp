// A file as a stream of bytes with times, before the driver sees it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/tools/capture_file.hpp"
#include "daemon/vitals/time.hpp"
#include "drivers/registry.hpp"

namespace tools {

enum class LinkChange : std::uint8_t { none, up, down };

// Bytes that arrived together, or a change of the link that they come over.
struct Chunk {
  std::string_view bytes;
  vitals::Stamp at;
  std::uint64_t connection = 0;
  LinkChange change = LinkChange::none;
  bool datagram = false;  // must not be cut
  bool damaged = false;   // no bytes: the line damaged one here
};

// Virtual time starts here when the file does not say when it was taken.
inline constexpr vitals::WallTime replay_epoch =
    vitals::wall_from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00Z

// Which of two transports a recording is of shows in its first bytes, where nobody says.
void find_transport(const drivers::Entry& entry, std::string_view content, drivers::Options& options);

// What came in, as it was recorded; the views are the capture's own. What we sent is not fed back.
std::vector<Chunk> capture_chunks(const Capture& capture);

// Raw bytes of a serial line at the line's own speed, in pieces as a reader gets them.
std::vector<Chunk> serial_chunks(std::string_view content, const drivers::LineSettings& line);

// HL7: MLLP frames as they stand, or bare messages, which are put into frames of their own in `framed`. Each
// message comes at its MSH-7 time if that lies later than the one before, else a second after it.
std::vector<Chunk> hl7_chunks(std::string_view content, std::string& framed);

}  // namespace tools
