#include "drivers/oximetry/five_byte.hpp"

#include <algorithm>

namespace drivers {
namespace {

using vitals::Reason;

constexpr unsigned rate_missing = 255;
constexpr unsigned spo2_missing = 127;

// 60 or 100 frames a second: a pause this long is an unplugged or exchanged device.
constexpr vitals::Milliseconds pause_ms{1000};

// A second or two of another framing.
constexpr unsigned foreign_packets = 100;

// Of noise one piece in 32 looks like a frame: it never makes so many in a row.
constexpr unsigned unbroken_frames_min = 5;

}  // namespace

oximetry::Reading FiveByteDriver::reading(const Frame& frame) {
  const unsigned rate = (frame[2] & 0x40U) << 1U | frame[3];
  oximetry::Reading out;
  if (rate != rate_missing) out.rate_per_min = rate;
  if (frame[4] != spo2_missing) out.spo2_percent = frame[4];
  return out;
}

void FiveByteDriver::feed(Bytes bytes, vitals::Stamp rx, Sink& out) {
  if (bytes.empty()) return;
  if (heard_at_ && rx.mono - *heard_at_ >= pause_ms) start_over(rx, out);
  heard_at_ = rx.mono;
  for (const std::uint8_t byte : bytes) take_byte(byte, rx, out);
}

void FiveByteDriver::damaged(vitals::Stamp rx, Sink& out) {
  frames_.give_up();
  unbroken_ = 0;
  const DecodeFault fault = damaged_byte(offset_++, rx);
  damage(fault.kind, fault.reason, {fault.rx, fault.offset}, out);
}

void FiveByteDriver::take_byte(std::uint8_t byte, vitals::Stamp rx, Sink& out) {
  const oximetry::Origin origin{rx, offset_++};
  watch_framing(byte, origin, out);
  using Step = framing::FiveByteFrames::Step;
  switch (frames_.take(byte)) {
    case Step::more: return;
    case Step::whole: return take_frame(origin, out);
    case Step::restarted: return lose_step("frame-restarted", origin, out);
    case Step::stray: return lose_step("stray-bytes", origin, out);
  }
}

void FiveByteDriver::lose_step(std::string_view reason, const oximetry::Origin& origin, Sink& out) {
  unbroken_ = 0;
  damage(FaultKind::broken, reason, origin, out);
}

void FiveByteDriver::take_frame(const oximetry::Origin& origin, Sink& out) {
  if (++frames_in_row_ >= 2) packets_55aa_ = 0;
  ++unbroken_;
  Judged judged = judge(frames_.frame());
  if (unbroken_ >= unbroken_frames_min) add_evidence(judged, origin, out);
  if (wrong_) {
    judged.sample.invalid = Reason::sensor_fault;
  } else if (!judged.impossible.empty()) {
    return damage(FaultKind::implausible, judged.impossible, origin, out);
  }
  reduced_.take(judged.sample, origin, out);
}

void FiveByteDriver::damage(FaultKind kind, std::string_view reason, const oximetry::Origin& origin,
                            Sink& out) {
  frames_in_row_ = 0;
  reduced_.interrupt();
  DecodeFault fault;
  fault.kind = kind;
  fault.reason = reason;
  fault.offset = origin.offset;
  fault.rx = origin.rx;
  out.on_fault(fault);
}

// Contec's packages of nine, and packets that start 55 AA: newer Berry firmware, the PM6750 module.
void FiveByteDriver::watch_framing(std::uint8_t byte, const oximetry::Origin& origin, Sink& out) {
  pattern_.take(byte);
  if (last_byte_ == 0x55 && byte == 0xAA) ++packets_55aa_;
  last_byte_ = byte;
  if (wrong_) return;
  if (pattern_.nines() >= foreign_packets) declare_wrong("packages", origin, out);
  if (packets_55aa_ >= foreign_packets) declare_wrong("unsupported-packet-format", origin, out);
}

void FiveByteDriver::add_evidence(const Judged& judged, const oximetry::Origin& origin, Sink& out) {
  if (wrong_) count_clean(judged, origin.rx, out);
  if (judged.foreign == 0) {
    foreign_ -= foreign_ > 0 ? 1 : 0;
    return;
  }
  foreign_ = std::min(foreign_ + judged.foreign, foreign_certain);
  if (foreign_ == foreign_certain && !wrong_) declare_wrong("look-alike", origin, out);
}

void FiveByteDriver::count_clean(const Judged& judged, vitals::Stamp rx, Sink& out) {
  if (judged.foreign != 0) {
    clean_frames_ = 0;
  } else if (judged.impossible.empty() && judged.sample.invalid == Reason::none) {
    if (++clean_frames_ >= clean_frames_needed_) acquit(rx, out);
  }
}

void FiveByteDriver::declare_wrong(std::string_view evidence, const oximetry::Origin& origin, Sink& out) {
  wrong_ = true;
  clean_frames_ = 0;
  damage(FaultKind::not_mine, evidence, origin, out);
  wrong_device_.set(true, origin.rx, out);
  reduced_.withdraw(Reason::sensor_fault, origin, out);
}

void FiveByteDriver::acquit(vitals::Stamp rx, Sink& out) {
  wrong_ = false;
  wrong_device_.set(false, rx, out);
  foreign_ = 0;
  packets_55aa_ = 0;
  pattern_ = {};
  reduced_.start_over();
}

void FiveByteDriver::start_over(vitals::Stamp rx, Sink& out) {
  acquit(rx, out);
  frames_in_row_ = 0;
  unbroken_ = 0;
  frames_ = {};
  forget();
}

}  // namespace drivers
