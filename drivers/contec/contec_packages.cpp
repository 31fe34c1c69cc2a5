// Contec CMS50 oximeters, newer protocol: CMS50D+ from firmware 4.6, newer CMS50E, F, EW, FW, and the same
// devices under other names (Pulox PO-250). Packages of up to nine bytes; live values come 60 times a second
// once they are asked for, and stop without a keep-alive every 5 s.
//
//   position 0  package type, the only byte with bit 7 clear
//            1  "high byte": its bit i is bit 7 of the byte at position i + 2
//            2  up to seven data bytes
//
//   live package 01, data rebuilt:
//   2  bit 7 probe error or finger out, bit 6 beep, bit 5 SpO2 low, bit 4 searching too long, 3-0 strength
//   3  bit 7 searching, bits 6-0 wave        4  bits 7-5 zero, bit 4 no perfusion index, bits 3-0 bar graph
//   5  rate, FF missing    6  SpO2, 7F missing    7, 8  perfusion index x 100, low byte first, FFFF missing
//
// "SpO2 low" is what the patient does: it touches no value. Finger out and searching win over digits. There
// is no checksum: a package counts only with its exact length, its fixed bits and possible numbers.
//
// Session: stop live and stored output, ask for live 200 ms later, again every 2 s until it comes and after a
// second of silence; a keep-alive every 2.5 s; 5 s of patience when the device says that it has left live
// mode. No command touches what the device has stored. A stored record (0F) is never live data.
//
// Source: the vendor's paper V7.0 (2010-07-08) and five public readers with bytes of real units; the
// perfusion index is from the paper alone.
#include <array>
#include <charconv>
#include <optional>

#include "drivers/contec/contec.hpp"
#include "drivers/contec/contec_common.hpp"
#include "drivers/contec/contec_framer.hpp"
#include "drivers/framing/bit_seven.hpp"
#include "drivers/oximetry/finger_stream.hpp"

namespace drivers::contec {
namespace {

using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Quality;
using vitals::Reason;

using Command = std::array<std::uint8_t, 9>;
constexpr Command command(std::uint8_t code) {  // every code we use has bit 7 set, hence the high byte 81
  return {0x7D, 0x81, code, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
}
constexpr std::uint8_t start_live_code = 0xA1;
constexpr Command start_live = command(start_live_code);
constexpr Command stop_live = command(0xA2);
constexpr Command stop_stored = command(0xA7);
constexpr Command keep_alive = command(0xAF);

constexpr Milliseconds drain_ms{200};
constexpr Milliseconds silence_ms{1000};
constexpr Milliseconds retry_ms{2000};
constexpr Milliseconds patience_ms{5000};
constexpr Milliseconds keep_alive_ms{2500};  // wanted every 5 s

constexpr unsigned rate_missing = 0xFF;
constexpr unsigned spo2_missing = 0x7F;
constexpr unsigned perfusion_missing = 0xFFFF;
constexpr unsigned perfusion_max = 2200;

// A second or two of five-byte frames: another protocol, not damage.
constexpr unsigned foreign_frames = 100;

// Why live mode was left, or a command refused. 0 is the ordinary end.
std::string_view reason_text(unsigned code) {
  constexpr std::array<std::string_view, 6> texts{"finished",  "switched off",  "user changed mode",
                                                  "recording", "delete failed", "not supported"};
  return code < texts.size() ? texts[code] : "unknown";
}

struct Live {
  oximetry::Sample sample;
  std::optional<unsigned> perfusion_x100;
  std::string_view impossible;
};

Live read_live(const Package& package) {
  Live out;
  const unsigned flags = package.bytes[2];
  const unsigned strength = flags & 0x0FU;
  const unsigned rate = package.bytes[5];
  const unsigned spo2 = package.bytes[6];
  const unsigned perfusion = package.bytes[7] + 256U * package.bytes[8];
  if ((package.bytes[4] & 0xE0U) != 0) out.impossible = "fixed-bits";
  if (strength > strength_max) out.impossible = "strength";
  if (spo2 > oximetry::spo2_percent_max && spo2 != spo2_missing) out.impossible = "spo2";
  if (rate != rate_missing) out.sample.reading.rate_per_min = rate;
  if (spo2 != spo2_missing) out.sample.reading.spo2_percent = spo2;
  if (strength <= strength_weak_max) out.sample.doubt = Reason::weak_signal;
  if ((flags & 0x80U) != 0) {
    out.sample.invalid = Reason::sensor_off;
  } else if ((flags & 0x10U) != 0 || (package.bytes[3] & 0x80U) != 0) {
    out.sample.invalid = Reason::searching;
  }
  if ((package.bytes[4] & 0x10U) == 0 && perfusion != perfusion_missing && perfusion <= perfusion_max)
    out.perfusion_x100 = perfusion;
  return out;
}

class Packages final : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    for (const std::uint8_t byte : bytes) {
      pattern_.take(byte);
      const oximetry::Origin origin{rx, offset_++};
      framer_.take(
          byte, [&](const Package& package) { take_package(package, origin, out); },
          [&](std::string_view reason) { damage(FaultKind::broken, reason, origin, out); });
      if (pattern_.fives() >= foreign_frames && !wrong_) declare_wrong(origin, out);
    }
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    framer_.give_up();
    reduced_.interrupt();
    out.on_fault(damaged_byte(offset_++, rx));
  }

  // Otherwise it would send on until it misses the keep-alive.
  void close(vitals::Stamp, Sink& out) override {
    if (start_due_ || heard_at_) out.on_send(stop_live);
  }

  void tick(vitals::Stamp now, Sink& out) override {
    if (!start_due_ && !heard_at_) return open(now, out);
    if (live_ && now.mono - *heard_at_ >= silence_ms) {
      live_ = false;
      reduced_.start_over();
      start_due_ = now.mono;
    }
    if (!live_ && start_due_ && now.mono >= *start_due_) {
      out.on_send(start_live);
      start_due_ = now.mono + retry_ms;
      keep_alive_due_ = now.mono + keep_alive_ms;
    } else if (live_ && now.mono >= keep_alive_due_) {
      out.on_send(keep_alive);
      keep_alive_due_ = now.mono + keep_alive_ms;
    }
  }

 private:
  // A device that an earlier program left streaming, or sending its memory, is brought to rest first.
  void open(vitals::Stamp now, Sink& out) {
    out.on_send(stop_live);
    out.on_send(stop_stored);
    start_due_ = now.mono + drain_ms;
  }

  void take_package(const Package& package, const oximetry::Origin& origin, Sink& out) {
    switch (package.type()) {
      case 0x01: return take_live(package, origin, out);
      case 0x0B: return take_answer(package, origin, out);
      case 0x0D: return leave_live(package.bytes[2], origin, out);
      case 0x0F: return take_stored(origin, out);
      default: break;  // still alive, identity, clock: nothing for us
    }
    if (!PackageFramer::documented(package.type()))
      out.on_fault(fault_at(FaultKind::not_mine, "package-type", origin));
  }

  void take_live(const Package& package, const oximetry::Origin& origin, Sink& out) {
    const Live live = read_live(package);
    if (!live.impossible.empty()) return damage(FaultKind::implausible, live.impossible, origin, out);
    if (wrong_) {
      wrong_ = false;
      wrong_device_.set(false, origin.rx, out);
    }
    live_ = true;
    heard_at_ = origin.rx.mono;
    const bool told = reduced_.take(live.sample, origin, out);
    if (told && live.perfusion_x100) report_perfusion(*live.perfusion_x100, origin, out);
  }

  // There is no metric for it.
  static void report_perfusion(unsigned percent_x100, const oximetry::Origin& origin, Sink& out) {
    std::array<char, 8> text{};
    char* end = std::to_chars(text.data(), text.data() + text.size(), percent_x100 / 100).ptr;
    *end++ = '.';
    *end++ = static_cast<char>('0' + percent_x100 / 10 % 10);
    *end++ = static_cast<char>('0' + percent_x100 % 10);
    DecodeFault fault = fault_at(FaultKind::unmapped, "no-metric", origin);
    fault.code = "PI";
    fault.unit = "%";
    fault.value = {text.data(), static_cast<std::size_t>(end - text.data())};
    out.on_fault(fault);
  }

  void take_answer(const Package& package, const oximetry::Origin& origin, Sink& out) {
    const unsigned reason = package.bytes[3];
    if (reason == 0) return;
    DecodeFault fault = fault_at(FaultKind::refused, "command-refused", origin);
    fault.value = reason_text(reason);
    out.on_fault(fault);
    if (package.bytes[2] == start_live_code) start_due_ = origin.rx.mono + patience_ms;
  }

  void leave_live(unsigned reason, const oximetry::Origin& origin, Sink& out) {
    // Before the first start it is the answer to our own stop.
    if (live_ || heard_at_) start_due_ = origin.rx.mono + patience_ms;
    live_ = false;
    reduced_.start_over();
    DecodeFault fault = fault_at(FaultKind::refused, "left-live-mode", origin);
    fault.value = reason_text(reason);
    out.on_fault(fault);
    oximetry::report_absent(Reason::missing, Quality::unavailable, origin.rx, out);
    out.on_frame_end(origin.rx);
  }

  void take_stored(const oximetry::Origin& origin, Sink& out) {
    out.on_fault(fault_at(FaultKind::refused, "stored-record", origin));
    if (stored_stopped_at_ && origin.rx.mono - *stored_stopped_at_ < retry_ms) return;
    stored_stopped_at_ = origin.rx.mono;
    out.on_send(stop_stored);
  }

  void declare_wrong(const oximetry::Origin& origin, Sink& out) {
    wrong_ = true;
    damage(FaultKind::not_mine, "five-byte-frames", origin, out);
    wrong_device_.set(true, origin.rx, out);
    reduced_.withdraw(Reason::sensor_fault, origin, out);
  }

  void damage(FaultKind kind, std::string_view reason, const oximetry::Origin& origin, Sink& out) {
    reduced_.interrupt();
    out.on_fault(fault_at(kind, reason, origin));
  }

  static DecodeFault fault_at(FaultKind kind, std::string_view reason, const oximetry::Origin& origin) {
    DecodeFault fault;
    fault.kind = kind;
    fault.reason = reason;
    fault.offset = origin.offset;
    fault.rx = origin.rx;
    return fault;
  }

  PackageFramer framer_;
  framing::BitSevenPattern pattern_;
  oximetry::OncePerSecond reduced_{frames_per_s};
  oximetry::Level wrong_device_{Signal::wrong_device};
  std::uint64_t offset_ = 0;
  bool live_ = false;  // live packages are coming
  bool wrong_ = false;
  std::optional<MonoTime> heard_at_;  // the last live package
  std::optional<MonoTime> start_due_;
  MonoTime keep_alive_due_{};
  std::optional<MonoTime> stored_stopped_at_;
};

constexpr std::array<std::string_view, 5> newer_models{"CMS50D+ (firmware 4.6 and later)", "CMS50E (newer)",
                                                       "CMS50F, CMS50FW", "CMS50EW", "Pulox PO-250"};

constexpr Facts package_facts{
    .name = "contec-9",
    .title = "Contec CMS50 oximeters, newer packaged protocol",
    .models = newer_models,
    .line = {.baud = 115200},
    .integrity = Integrity::none,
    .maturity = Maturity::good,
    .streaming = true,
    .silence_ms_max = Milliseconds{3000},
    .own_delay_ms = own_delay_ms,
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts_9() { return package_facts; }

Made make_9(const Options& options) {
  if (std::string unknown = unknown_options(package_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Packages>(), {}};
}

}  // namespace drivers::contec
