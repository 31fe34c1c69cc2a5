// GE / Datex-Ohmeda S/5 computer interface: records of displayed values and alarms over a serial port, 19200
// 8E1 with RTS/CTS (the monitor sends only while its CTS is asserted). CARESCAPE software from version 3 can
// also be set to 115200. Not for Dash, Solar, ProCare, V100, which speak other protocols.
//
//   7E  record  checksum  7E      checksum: sum of the record's bytes, low 8 bits
//   7E and 7D inside are sent as 7D 5E and 7D 5D. Little endian, no padding. record = header of 40 bytes
//   (record.cpp), then up to eight subrecords:
//
//   main type 0, type 1  displayed values, 278 bytes; 2 and 3 are trends, never current
//                        0 time u32, 4 groups of values, 276 class in bits 8-11: 0 basic, 1 ext1, ...
//                type 4  auxiliary, 114 bytes: 0 time of the last cuff measurement u32
//   main type 4, type 1  alarm status, 510 bytes (alarm_list.cpp)
//
//   A group is: status u32 (bit 0 module there, bit 1 measuring), label u16, values i16. Below -32000 there
//   is no number: -32767 invalid, -32766 not updated, -32764 and -32763 below and above the range, -32762 not
//   calibrated. Pressures in 1/100 mmHg, SpO2 in 1/100 %, temperature in 1/100 Cel.
//
// The class is only in the word at 276: with several classes all subrecords are of type 1. The number at "HR"
// is of the source that the monitor has selected, and may be a pulse rate: only one counted on the ECG is
// passed on as heart rate. Which pressure is arterial says the label, not the channel. There is no probe-off
// bit; off the finger SpO2 and pulse rate have no number.
//
// Sources: Datex-Ohmeda S/5 System Interface, Record Specification, 8005313, 12th edition; S/5 Computer
// Interface Specification, M1017617, 12th edition; compared with the programs VSCaptureWave, icu_devices and
// mdrepo. The auxiliary record over a serial port is a reading of these papers that nobody has confirmed.
#include "drivers/ge_s5/ge_s5.hpp"

#include "drivers/ge_s5/alarm_list.hpp"
#include "drivers/ge_s5/cuff.hpp"
#include "drivers/ge_s5/framer.hpp"
#include "drivers/ge_s5/numerics.hpp"
#include "drivers/ge_s5/pressure.hpp"
#include "drivers/ge_s5/session.hpp"

namespace drivers::ge_s5 {
namespace {

constexpr std::size_t class_at = 276;
constexpr unsigned class_basic = 0;
constexpr unsigned class_ext1 = 1;

constexpr unsigned class_of(Bytes values) { return (u16_at(values, class_at) >> 8U) & 15U; }

// The displayed values of one record, by class; empty if it has none.
struct Displayed {
  Bytes basic;
  Bytes ext1;
};

class S5 final : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    framer_.feed(bytes, [&](const Frame& frame) { take_frame(frame, {rx, frame.offset}, out); });
  }

  void close(vitals::Stamp now, Sink& out) override { session_.close(now, out); }

  void damaged(vitals::Stamp rx, Sink& out) override {
    session_.missed_frame();
    out.on_fault(damaged_byte(framer_.lose_byte(), rx));
  }

  void tick(vitals::Stamp now, Sink& out) override {
    const bool alarms_unknown = session_.tick(now, cuff_.wants_time(), out);
    if (alarms_unknown) alarms_.doubt_all(now, out);
  }

 private:
  void take_frame(const Frame& frame, const Origin& origin, Sink& out) {
    if (!frame.wrong.empty()) return refuse(frame.wrong, origin, out);
    const ParsedRecord parsed = parse_record(frame.content);
    if (!parsed.wrong.empty()) return refuse(parsed.wrong, origin, out);
    switch (parsed.record.main_type) {
      case main_type::physiological: return take_physiological(parsed.record, origin, out);
      case main_type::alarm: return take_alarms(parsed.record, origin, out);
      case main_type::waveform: return not_mine("main-type", "waveform", origin, out);
      case main_type::network: return not_mine("main-type", "network", origin, out);
      case main_type::events: return not_mine("main-type", "events", origin, out);
      default: return not_mine("main-type", "unknown", origin, out);
    }
  }

  void refuse(std::string_view reason, const Origin& origin, Sink& out) {
    session_.missed_frame();
    report_fault(FaultKind::broken, reason, {}, {}, {}, origin, out);
  }

  static void not_mine(std::string_view reason, std::string_view code, const Origin& origin, Sink& out) {
    report_fault(FaultKind::not_mine, reason, code, {}, {}, origin, out);
  }

  void take_physiological(const Record& record, const Origin& origin, Sink& out) {
    Displayed displayed;
    Bytes auxiliary;
    bool used = false;
    for (const Subrecord& part : record.all()) {
      switch (part.type) {
        case physiological::displayed: sort_in(part.data, displayed, origin, out); break;
        case physiological::auxiliary: auxiliary = part.data; break;
        case physiological::trend_10_s: not_mine("subrecord", "10-s trend", origin, out); break;
        case physiological::trend_60_s: not_mine("subrecord", "60-s trend", origin, out); break;
        default: not_mine("subrecord", "unknown", origin, out);  // our own request, on a line with an echo
      }
    }
    if (!displayed.basic.empty()) {
      take_displayed(displayed, record.level, origin, out);
      used = true;
    } else if (!displayed.ext1.empty()) {
      // We ask for both, and one record holds both: this is what another host has asked for. Its arterial
      // lines and rhythms mean something only beside those of the basic class. It does not count as values
      // heard, so that ours are asked for again.
      not_mine("class", "ext1 without basic", origin, out);
    }
    // After the reading whose time it tells, and not when both descriptors mean the same bytes.
    if (!auxiliary.empty() && auxiliary.data() != displayed.basic.data()) {
      cuff_.take_time(u32_at(auxiliary, 0), record.time_s, origin, out);
      used = true;
    }
    if (used) out.on_frame_end(origin.rx);
  }

  // The first of a class counts.
  static void sort_in(Bytes values, Displayed& displayed, const Origin& origin, Sink& out) {
    const unsigned number = class_of(values);
    Bytes* place = number == class_basic ? &displayed.basic : &displayed.ext1;
    if (number > class_ext1) {
      not_mine("class", number == 2 ? "ext2" : number == 3 ? "ext3" : "unknown", origin, out);
    } else if (!place->empty()) {
      not_mine("class", "repeated", origin, out);
    } else {
      *place = values;
    }
  }

  void take_displayed(const Displayed& displayed, unsigned level, const Origin& origin, Sink& out) {
    session_.heard_values(origin.rx, level);
    report_basic(displayed.basic, level, origin, out);
    if (!displayed.ext1.empty()) report_ext1(displayed.ext1, origin, out);
    pressures_.report(displayed.basic, displayed.ext1, level, origin, out);
    cuff_.take(displayed.basic, origin, out);
    rhythms_.take(displayed.basic, displayed.ext1, origin.rx, out);
  }

  void take_alarms(const Record& record, const Origin& origin, Sink& out) {
    for (const Subrecord& part : record.all()) {
      if (part.type != alarm_status) {
        not_mine("subrecord", "unknown", origin, out);
        continue;
      }
      session_.heard_alarms(origin.rx);
      alarms_.take(part.data, origin, out);
      out.on_frame_end(origin.rx);
    }
  }

  Framer framer_;
  Session session_;
  Pressures pressures_;
  Cuff cuff_;
  AlarmList alarms_;
  RhythmAlarms rhythms_;
};

constexpr std::array<std::string_view, 15> models{"S/5 Anesthesia Monitor",
                                                  "S/5 Critical Care Monitor",
                                                  "S/5 Compact",
                                                  "S/5 FM",
                                                  "S/5 Light",
                                                  "AS/3",
                                                  "CS/3",
                                                  "Cardiocap/5",
                                                  "B20",
                                                  "B30",
                                                  "B40",
                                                  "B105 / B125",
                                                  "CARESCAPE B450",
                                                  "CARESCAPE B650",
                                                  "CARESCAPE B850"};

using vitals::Metric;
constexpr std::array<Metric, 11> metrics{
    Metric::hr,      Metric::pr,      Metric::spo2,    Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map,
    Metric::art_sys, Metric::art_dia, Metric::art_map, Metric::rr,       Metric::temp};

constexpr Facts s5_facts{
    .name = "ge-s5-dri",
    .title = "GE / Datex-Ohmeda monitors, S/5 computer interface (DRI records)",
    .models = models,
    .line = {.baud = 19200, .parity = Parity::even, .rts_cts = true},
    .integrity = Integrity::checksum,
    .maturity = Maturity::good,
    .streaming = true,
    // Twice the interval, and a record of half a second.
    .silence_ms_max = vitals::Milliseconds{12'000},
    // The interval of the records, and the time one takes. What the monitor averages over comes on top; the
    // papers of the interface do not tell it.
    .own_delay_ms = vitals::Milliseconds{6000},
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts() { return s5_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(s5_facts, options); !unknown.empty()) return {nullptr, unknown};
  return {std::make_unique<S5>(), {}};
}

}  // namespace drivers::ge_s5
