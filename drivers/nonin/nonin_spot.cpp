// Nonin format 13: one packet per spot check (9560, 3150).
//
//   00 02 00 0D  LL LL  data...  CHK 03
//   LL    length of data, most significant byte first; 14, or 23 with the serial number, more in later
//   firmware data  0-7 device time BCD (local, often unset: not used)   8-9 status   10-11 rate   12 reserved
//         13 SpO2 (bit 7 reserved)   14-22 serial number, not used
//   status  byte 8: bit 1 SPA good quality, bit 0 NOMS no measurement; byte 9: bit 4 MEM, bit 0 low battery
//   CHK   low 8 bits of the sum of data
//
// Rate and missing marker are plain 16-bit numbers here, unlike in the other formats. A packet flagged MEM is
// an old measurement out of the device's memory. It says nothing about now, neither a value nor the lack of
// one, and neither does its battery bit: it is refused.
//
// The format is for spot checks, and a poor choice beside an infusion: between two measurements nobody
// watches. A fresh measurement is judged all the same: it is a true value of this patient, and one of 82 %
// that were only written down would be an alarm withheld. Nor can it reassure for long. Its freshness is that
// of any streaming source, so that the silence between two spot checks is `spo2-stale` and `bed-blind` as
// with every monitor that stops.
#include "drivers/framing/byte_window.hpp"
#include "drivers/nonin/nonin_formats.hpp"

namespace drivers::nonin {
namespace {

using vitals::Reason;

constexpr std::size_t header_bytes = 6;
constexpr std::size_t trailer_bytes = 2;
constexpr std::size_t data_bytes_min = 14;
constexpr std::size_t data_bytes_max = 64;
constexpr std::uint8_t end_byte = 0x03;

// A packet comes in one go; a whole one lasts 25 ms.
constexpr vitals::Milliseconds pause_ms_max{1000};

constexpr unsigned status_good = 0x02;
constexpr unsigned status_no_measurement = 0x01;
constexpr unsigned status_from_memory = 0x10;
constexpr unsigned status_low_battery = 0x01;

class Spot final : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    if (bytes.empty()) return;
    end_pause(rx.mono, out);
    heard_at_ = rx;
    while (!bytes.empty()) {
      bytes = window_.fill(bytes);
      while (decode(rx, out)) {
      }
    }
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    out.on_fault(damaged_byte(window_.offset() + window_.size(), rx));
    window_.give_up();
  }

  void tick(vitals::Stamp now, Sink& out) override { end_pause(now.mono, out); }

 private:
  // What is still waited for when the line has fallen silent does not come: it would be bytes of a later
  // packet. A whole one that waits behind the front counts, with the time at which it came.
  void end_pause(vitals::MonoTime now, Sink& out) {
    if (window_.size() == 0 || now - heard_at_.mono <= pause_ms_max) return;
    if (window_.size() >= header_bytes) out.on_fault(broken("gap", window_.offset(), heard_at_));
    while (window_.size() != 0) {
      skip();
      while (decode(heard_at_, out)) {
      }
    }
  }

  // Moves on by a packet or a byte; false when more bytes are needed.
  bool decode(vitals::Stamp rx, Sink& out) {
    if (window_.size() < header_bytes) return false;
    const std::uint8_t* bytes = window_.data();
    if (bytes[0] != 0x00 || bytes[1] != 0x02 || bytes[2] != 0x00 || bytes[3] != 0x0D) return skip();
    const std::size_t data_bytes = static_cast<std::size_t>(bytes[4]) << 8U | bytes[5];
    if (data_bytes < data_bytes_min || data_bytes > data_bytes_max) return reject("length", rx, out);
    const std::size_t packet_bytes = header_bytes + data_bytes + trailer_bytes;
    if (window_.size() < packet_bytes) return false;
    if (bytes[packet_bytes - 1] != end_byte) return reject("fixed-bits", rx, out);
    const Bytes data{bytes + header_bytes, data_bytes};
    if (sum(data) != bytes[packet_bytes - 2]) return reject("checksum", rx, out);
    take_data(data, rx, out);
    window_.drop(packet_bytes);
    return true;
  }

  bool skip() {
    window_.drop(1);
    return true;
  }

  bool reject(std::string_view reason, vitals::Stamp rx, Sink& out) {
    out.on_fault(broken(reason, window_.offset(), rx));
    return skip();
  }

  static unsigned sum(Bytes data) {
    unsigned total = 0;
    for (const std::uint8_t byte : data) total += byte;
    return total & 0xFFU;
  }

  void take_data(Bytes data, vitals::Stamp rx, Sink& out) {
    const unsigned status = data[8];
    const unsigned status2 = data[9];
    if ((status2 & status_from_memory) != 0) return refuse(rx, out);
    low_battery_.set((status2 & status_low_battery) != 0, rx, out);
    if ((status & status_no_measurement) != 0) {
      oximetry::report_absent(Reason::missing, vitals::Quality::unavailable, rx, out);
    } else {
      const unsigned rate = static_cast<unsigned>(data[10]) << 8U | data[11];
      const Reason doubt = (status & status_good) != 0 ? Reason::none : Reason::artifact;
      oximetry::report(reading(rate, data[13] & 127U), doubt, {rx, window_.offset()}, out);
    }
    out.on_frame_end(rx);
  }

  void refuse(vitals::Stamp rx, Sink& out) {
    DecodeFault fault = broken("from-memory", window_.offset(), rx);
    fault.kind = FaultKind::refused;
    out.on_fault(fault);
  }

  framing::ByteWindow<512> window_;
  vitals::Stamp heard_at_;  // the last byte
  oximetry::Level low_battery_{Signal::low_battery};
};

}  // namespace

std::unique_ptr<Driver> make_format_13() { return std::make_unique<Spot>(); }

}  // namespace drivers::nonin
