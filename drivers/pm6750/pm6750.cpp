// Berry PM6750: a module with ECG, cuff, SpO2, respiration and two temperatures on one UART; also sold as a
// Bluetooth unit with the same bytes.
//
//   55 AA  N  type  data ...  checksum
//
//   N         bytes of type, data and checksum, plus itself: the whole frame has N + 2 bytes
//   checksum  complement of the low 8 bits of the sum of N, type and data; it finds every single bit error
//
//   02  1/s  status, heart rate (ECG), respiration [, ST, rhythm code]     status: bit 0 weak, bit 1 lead off
//   03  2/s  status, cuff pressure / 2, systolic, mean, diastolic          state in bits 5-2 of the status
//   04  1/s  status, SpO2, pulse rate (light)                              127 and 255 missing
//   05  1/s  status, T1 whole, T1 tenths [, T2 whole, T2 tenths]
//   01, 30, 31, FE, FF  waves and beat marks; FC, FD version text: not used
//
// The module says nothing until it is asked. We send a closed list of enabling commands, 50 ms apart, again
// when nothing has come for 2 s, and again when the ECG or SpO2 packets alone have been missing for 5 s.
// Starting the cuff, gains, modes and target pressures are not in that list and cannot be sent: a cuff cycle
// on the infusion arm stops the drip, that stays with the staff.
//
// The cuff's numbers are repeated twice a second without a time: a reading is new when "measuring" becomes
// "done", or when the numbers are other ones. What stands there at the start, or after more than 3 s without
// a packet of the cuff, is passed on as stale. "Done" with zeros is a measurement without a result.
//
// Framing, SpO2, ECG and cuff: the vendor's demo and an open project that measured a real unit; rhythm and
// cuff error codes rest on the second alone. Averaging times are not published.
#include "drivers/pm6750/pm6750.hpp"

#include <array>
#include <optional>

#include "drivers/framing/bit_seven.hpp"
#include "drivers/framing/byte_window.hpp"
#include "drivers/pm6750/pm6750_packets.hpp"

namespace drivers::pm6750 {
namespace {

using vitals::Milliseconds;
using vitals::MonoTime;

using Command = std::array<std::uint8_t, 6>;
constexpr Command ecg_on{0x55, 0xAA, 0x04, 0x01, 0x01, 0xF9};
constexpr Command spo2_on{0x55, 0xAA, 0x04, 0x03, 0x01, 0xF7};
constexpr Command temperature_on{0x55, 0xAA, 0x04, 0x04, 0x01, 0xF6};
constexpr Command spo2_wave_off{0x55, 0xAA, 0x04, 0xFE, 0x00, 0xFD};
constexpr Command respiration_wave_off{0x55, 0xAA, 0x04, 0xFF, 0x00, 0xFC};
// In this order; the last one only on request.
constexpr std::array<Command, 5> commands{ecg_on, spo2_on, spo2_wave_off, respiration_wave_off,
                                          temperature_on};

constexpr Milliseconds command_gap_ms{50};
constexpr Milliseconds silence_ms{2000};
constexpr Milliseconds missing_ms{5000};

// Asks for what we want to hear, and again when it does not come.
class Enabler {
 public:
  explicit Enabler(bool temperature) : count_(temperature ? commands.size() : commands.size() - 1) {}

  void heard(std::uint8_t type, MonoTime at) {
    any_at_ = at;
    if (type == 0x02) ecg_at_ = at;
    if (type == 0x04) spo2_at_ = at;
  }

  void tick(MonoTime now, Sink& out) {
    if (next_ == count_ && lacking(now)) next_ = 0;
    if (next_ == count_ || (sent_at_ && now - *sent_at_ < command_gap_ms)) return;
    out.on_send(commands[next_++]);
    sent_at_ = now;
  }

 private:
  bool lacking(MonoTime now) const {
    const auto longer = [&](const std::optional<MonoTime>& heard_at, Milliseconds limit) {
      return now - *sent_at_ >= limit && (!heard_at || now - *heard_at >= limit);
    };
    return longer(any_at_, silence_ms) || longer(ecg_at_, missing_ms) || longer(spo2_at_, missing_ms);
  }

  std::size_t count_;
  std::size_t next_ = 0;
  std::optional<MonoTime> sent_at_, any_at_, ecg_at_, spo2_at_;
};

class Module final : public Driver {
 public:
  explicit Module(bool temperature) : enabler_(temperature) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    while (!bytes.empty()) {
      bytes = window_.fill(bytes);
      decode(rx, out);
    }
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    out.on_fault(damaged_byte(window_.offset() + window_.size(), rx));
    window_.give_up();
    skipping_ = true;  // the rest of the packet is no fault of its own
  }

  void tick(vitals::Stamp now, Sink& out) override { enabler_.tick(now.mono, out); }

 private:
  static constexpr std::size_t length_min = 4;
  static constexpr std::size_t length_max = 64;
  static constexpr unsigned foreign_frames = 100;

  void decode(vitals::Stamp rx, Sink& out) {
    while (window_.size() >= 3) {
      const std::uint8_t* frame = window_.data();
      const std::size_t length = frame[2];
      if (frame[0] != 0x55 || frame[1] != 0xAA || length < length_min || length > length_max) {
        skip("resync", rx, out);
        continue;
      }
      if (window_.size() < length + 2) return;
      if (!checksum_fits(frame, length)) {
        skip("checksum", rx, out);  // 55 AA occurs in data too: search on behind its first byte
        continue;
      }
      in_step_ = true;
      skipping_ = false;
      take({Bytes{frame + 3, length - 2}, rx, window_.offset()}, out);
      window_.drop(length + 2);
    }
  }

  static bool checksum_fits(const std::uint8_t* frame, std::size_t length) {
    unsigned sum = 0;
    for (std::size_t i = 2; i <= length; ++i) sum += frame[i];
    return (~sum & 0xFFU) == frame[length + 1];
  }

  // One fault for everything up to the next good frame. What comes before the first one is none.
  void skip(std::string_view reason, vitals::Stamp rx, Sink& out) {
    if (in_step_ && !skipping_) out.on_fault(fault_of(FaultKind::broken, reason, {{}, rx, window_.offset()}));
    skipping_ = true;
    watch_framing(window_.data()[0], rx, out);
    window_.drop(1);
  }

  void take(const Packet& packet, Sink& out) {
    enabler_.heard(packet.type(), packet.rx.mono);
    pattern_ = {};
    if (wrong_) out.on_status({Signal::wrong_device, false, packet.rx});
    wrong_ = false;
    bool whole = true;
    switch (packet.type()) {
      case 0x02: whole = report_ecg(packet, rhythm_, out); break;
      case 0x03:
        whole = packet.data().size() >= 5;
        if (whole) cuff_.take(packet, out);
        break;
      case 0x04: whole = report_spo2(packet, out); break;
      case 0x05: whole = report_temperature(packet, out); break;
      default: return take_other(packet, out);
    }
    if (whole) return out.on_frame_end(packet.rx);
    out.on_fault(fault_of(FaultKind::broken, "short-packet", packet));
  }

  static void take_other(const Packet& packet, Sink& out) {
    constexpr std::array<std::uint8_t, 7> unused{0x01, 0x30, 0x31, 0xFC, 0xFD, 0xFE, 0xFF};
    for (const std::uint8_t type : unused)
      if (type == packet.type()) return;
    out.on_fault(fault_of(FaultKind::not_mine, "packet-type", packet));
  }

  // Finger oximeters on the same line settings. Seconds of their framing without a single packet of ours.
  void watch_framing(std::uint8_t byte, vitals::Stamp rx, Sink& out) {
    pattern_.take(byte);
    if (wrong_ || (pattern_.fives() < foreign_frames && pattern_.nines() < foreign_frames)) return;
    wrong_ = true;
    out.on_fault(fault_of(FaultKind::not_mine, "oximeter-frames", {{}, rx, window_.offset()}));
    out.on_status({Signal::wrong_device, true, rx});
  }

  framing::ByteWindow<512> window_;
  framing::BitSevenPattern pattern_;
  Enabler enabler_;
  Rhythm rhythm_;
  Cuff cuff_;
  bool in_step_ = false;
  bool skipping_ = false;
  bool wrong_ = false;
};

constexpr std::array<std::string_view, 1> models{"PM6750"};
constexpr std::array<vitals::Metric, 8> metrics{
    vitals::Metric::hr,       vitals::Metric::pr,       vitals::Metric::spo2, vitals::Metric::nibp_sys,
    vitals::Metric::nibp_dia, vitals::Metric::nibp_map, vitals::Metric::rr,   vitals::Metric::temp};

constexpr std::array<OptionFacts, 1> option_facts{{
    {"temperature", "on or off", "off", "whether the module is asked for its temperatures"},
}};

constexpr Facts module_facts{
    .name = "pm6750",
    .title = "Berry PM6750 patient-monitor module",
    .models = models,
    .line = {.baud = 115200},
    .integrity = Integrity::checksum,
    .maturity = Maturity::usable,
    .streaming = true,
    .silence_ms_max = Milliseconds{3000},
    // The averaging is not published. Assumed: 8 beats at 60 per minute, and the second between packets.
    .own_delay_ms = Milliseconds{9000},
    .metrics = metrics,
    .options = option_facts,
};

}  // namespace

const Facts& facts() { return module_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(module_facts, options); !unknown.empty())
    return {nullptr, unknown};
  const std::string_view temperature = option_value(module_facts, options, "temperature");
  if (temperature != "on" && temperature != "off")
    return {nullptr, refused_option(module_facts, "temperature", temperature)};
  return {std::make_unique<Module>(temperature == "on"), {}};
}

}  // namespace drivers::pm6750
