// Cuts a byte stream into HL7 messages. Two ways of framing:
//
//   mllp  MLLP release 1: VT (0x0B), message, FS (0x1C), CR. No length, no checksum, no number. Real senders
//   leave
//         out the last CR, put LF or more CR behind it, double VT or FS, and tear messages when they
//         reconnect.
//   raw   bare messages one after the other: one starts at `MSH` at the start of a line and ends where the
//   next
//         one starts, or after half a second of silence.
//
// A message is handed on as soon as its FS is there: nothing that follows can change it, a sender that closes
// without the CR loses nothing, and the alarm does not wait. A message that came in one piece is not copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"

namespace drivers::hl7 {

inline constexpr char vt = 0x0B;  // starts a frame of MLLP
inline constexpr std::size_t frame_bytes_max_standard = 1024UL * 1024;
inline constexpr std::size_t garbage_bytes_max = 4096;  // between two frames; more: this is no MLLP stream
inline constexpr std::size_t leading_bytes_max = 16;    // a byte order mark, blanks, NULs before `MSH`
inline constexpr std::size_t buffer_bytes_kept =
    64UL * 1024;  // a buffer that had to become larger is given back
inline constexpr vitals::Milliseconds frame_silence_ms_max{10'000};
inline constexpr vitals::Milliseconds raw_silence_ms{500};

enum class Framing : std::uint8_t { mllp, raw };

// True if a capture carries MLLP framing of its own: VT first, perhaps behind blanks, line ends or NULs.
bool looks_framed(Bytes bytes);

class Framer {
 public:
  // What the framer found. `frame` lives during the call only; offsets count from the start of the stream.
  class Events {
   public:
    virtual ~Events() = default;
    virtual void on_frame(std::string_view frame, std::uint64_t offset, vitals::Stamp rx) = 0;
    virtual void on_framing_fault(std::string_view reason, std::uint64_t offset, vitals::Stamp rx) = 0;
    virtual void on_framing_lost(std::string_view reason) = 0;  // the link must be closed
  };

  Framer(Framing framing, std::size_t frame_bytes_max)
      : framing_(framing), frame_bytes_max_(frame_bytes_max) {}

  void feed(Bytes bytes, vitals::Stamp rx, Events& events);
  void tick(vitals::Stamp now, Events& events);
  std::size_t buffer_bytes() const { return buffer_.capacity(); }

 private:
  enum class State : std::uint8_t { between, inside, lost };

  std::string_view take_between(std::string_view rest, Events& events);
  std::string_view take_inside(std::string_view rest, Events& events);
  void note_garbage(std::string_view garbage, Events& events);
  void end_garbage(Events& events);
  void restart(std::size_t bytes_before, Events& events);
  void complete(std::string_view tail, Events& events);
  void deliver(std::string_view frame, Events& events);
  void feed_raw(std::string_view rest, vitals::Stamp rx, Events& events);
  std::size_t raw_room() const;
  std::size_t next_raw_start();
  void deliver_raw(std::size_t length, vitals::Stamp rx, Events& events);
  void lose_raw(std::string_view reason, vitals::Stamp rx, Events& events);
  void lose(std::string_view reason, Events& events);
  void release_buffer();

  Framing framing_;
  State state_ = State::between;
  std::size_t frame_bytes_max_;
  std::vector<char> buffer_;        // what came of a frame that is not complete yet
  std::size_t raw_scanned_ = 0;     // raw: up to here no further message starts
  std::size_t raw_carried_ = 0;     // raw: bytes of the buffer that came with earlier reads
  std::size_t garbage_bytes_ = 0;   // in this gap between two frames
  std::size_t strange_bytes_ = 0;   // of these, other than blanks, line ends and NULs
  std::uint32_t garbage_head_ = 0;  // the first strange bytes, to tell why the stream is not understood
  std::uint64_t garbage_offset_ = 0;
  std::uint64_t offset_ = 0;  // of the next byte to take
  std::uint64_t frame_offset_ = 0;
  vitals::Stamp rx_;           // of the bytes taken last
  vitals::Stamp line_end_rx_;  // raw: when the newest line end came
};

}  // namespace drivers::hl7
