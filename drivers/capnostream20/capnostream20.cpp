// Oridion / Medtronic Capnostream 20: a capnograph with an oximeter (Masimo or Nellcor board). Passed on are
// SpO2, pulse rate, respiration rate and its alarms; CO2 is listed, we have no metric for it. 115200 8N1.
//
// It says nothing until communication is enabled (code 1, every 2 s until its identity, code 4, comes). Then
// "start real time" (4) is sent once and "link is active" (6) every 5 s. Numbers (code 1) come about once a
// second, a CO2 wave (code 0) twenty times. Nothing of it for 3 s: all over again. Its set-up command, which
// changes alarm limits, does not exist here. At the end real time is stopped (5) and communication disabled
// (2).
//
//   numbers, from 0:  0 clock   4 EtCO2  5 FiCO2  6 respiration  7 SpO2  8 pulse   9 status
//                     13 CO2 alarms  14 SpO2 alarms   16-24 limits   25 CO2 unit       FF and 0: no value
//
// Now and then a payload comes shifted, so that the SpO2 is the last respiration rate. A saturation like that
// is taken only when three frames in a row say so: a real one is hidden for no more than 3 s.
//
// Source: one open reader (mdpnp, org.mdpnp.devices.oridion.capnostream), no recorded line: experimental.
#include "drivers/capnostream20/capnostream20.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "drivers/alarm_panel.hpp"
#include "drivers/capnostream20/capnostream20_frame.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::capnostream20 {
namespace {

using vitals::Metric;
using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Quality;
using vitals::Reason;

namespace code {
constexpr std::uint8_t wave = 0;
constexpr std::uint8_t numbers = 1;
constexpr std::uint8_t identity = 4;
}  // namespace code

constexpr std::array<std::uint8_t, 4> enable{0x85, 0x01, 0x01, 0x00};
constexpr std::array<std::uint8_t, 4> start_real_time{0x85, 0x01, 0x04, 0x05};
constexpr std::array<std::uint8_t, 4> link_is_active{0x85, 0x01, 0x06, 0x07};

constexpr std::array<std::uint8_t, 4> stop_real_time{0x85, 0x01, 0x05, 0x04};
constexpr std::array<std::uint8_t, 4> disable{0x85, 0x01, 0x02, 0x03};

constexpr Milliseconds enable_every{2000};
constexpr Milliseconds active_every{5000};
constexpr Milliseconds silence_max{3000};

constexpr unsigned breaths_per_min_max = 150;  // what the device's own limit can be set to
constexpr unsigned jump_percent = 10;
constexpr unsigned confirmed_by = 3;  // frames in a row

namespace spo2_alarm {
constexpr unsigned no_pulse = 0x01;
constexpr unsigned sensor_off = 0x20;
constexpr unsigned sensor_unplugged = 0x40;
constexpr unsigned limits = 0x1E;
}  // namespace spo2_alarm

namespace status {
constexpr unsigned silenced = 0x02 | 0x04;  // sound off for a time, all sounds off
}

// One set for the panel: CO2 alarms in the low byte, SpO2 alarms above. The frame tells no priority of a
// single alarm; ours: no breath and no pulse high, limits medium.
constexpr unsigned spo2_shift = 8;
constexpr std::array<AlarmFact, 11> alarm_facts{{
    {0x01, "no-breath", "CO2", "No breath", AlarmLevel::high},
    {0x02, "EtCO2-high", "CO2", "EtCO2 high", AlarmLevel::medium},
    {0x04, "EtCO2-low", "CO2", "EtCO2 low", AlarmLevel::medium},
    {0x08, "RR-high", "CO2", "Respiration rate high", AlarmLevel::medium},
    {0x10, "RR-low", "CO2", "Respiration rate low", AlarmLevel::medium},
    {0x20, "FiCO2-high", "CO2", "Inspired CO2 high", AlarmLevel::medium},
    {spo2_alarm::no_pulse << spo2_shift, "no-pulse", "SpO2", "Pulse not found", AlarmLevel::high},
    {0x02U << spo2_shift, "SpO2-high", "SpO2", "SpO2 high", AlarmLevel::medium},
    {0x04U << spo2_shift, "SpO2-low", "SpO2", "SpO2 low", AlarmLevel::medium},
    {0x08U << spo2_shift, "pulse-high", "SpO2", "Pulse rate high", AlarmLevel::medium},
    {0x10U << spo2_shift, "pulse-low", "SpO2", "Pulse rate low", AlarmLevel::medium},
}};

// A pulse that is not found because the sensor is off is no alarm of its own.
std::uint32_t alarms_in(const Numbers& numbers) {
  const bool gone = (numbers.spo2_alarms & (spo2_alarm::sensor_off | spo2_alarm::sensor_unplugged)) != 0;
  const unsigned of_spo2 =
      numbers.spo2_alarms & (gone ? spo2_alarm::limits : spo2_alarm::limits | spo2_alarm::no_pulse);
  return (numbers.co2_alarms & 0x3FU) | (of_spo2 << spo2_shift);
}

Reason sensor_state(unsigned alarms) {
  if ((alarms & spo2_alarm::sensor_unplugged) != 0) return Reason::sensor_unplugged;
  if ((alarms & spo2_alarm::sensor_off) != 0) return Reason::sensor_off;
  return (alarms & spo2_alarm::no_pulse) != 0 ? Reason::searching : Reason::none;
}

class Capnostream final : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    for (const std::uint8_t byte : bytes) {
      const Step step = framer_.take(byte);
      if (!step.wrong.empty())
        report({FaultKind::broken, step.wrong, {}, {}, {}, framer_.offset() - 1, rx}, out);
      if (step.ended) take(step.frame, rx, out);
    }
  }

  void close(vitals::Stamp, Sink& out) override {
    if (!send_at_) return;  // not a word so far
    out.on_send(stop_real_time);
    out.on_send(disable);
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    report(damaged_byte(framer_.offset(), rx), out);
    framer_.lose_byte();
  }

  void tick(vitals::Stamp now, Sink& out) override {
    if (up_ && now.mono - heard_at_ > silence_max) {
      up_ = false;
      send_at_.reset();
    }
    if (send_at_ && now.mono < *send_at_) return;
    out.on_send(up_ ? Bytes{link_is_active} : Bytes{enable});
    send_at_ = now.mono + (up_ ? active_every : enable_every);
  }

 private:
  void take(const Frame& frame, vitals::Stamp rx, Sink& out) {
    heard_at_ = rx.mono;
    switch (frame.code) {
      case code::wave: return;
      case code::identity: return come_up(rx.mono, out);
      case code::numbers:
        // It was enabled before we came.
        if (!up_) come_up(rx.mono, out);
        return take_numbers(frame, rx, out);
      default: return report({FaultKind::not_mine, "message", {}, {}, {}, frame.offset, rx}, out);
    }
  }

  void come_up(MonoTime now, Sink& out) {
    up_ = true;
    out.on_send(start_real_time);
    send_at_ = now + active_every;
  }

  void take_numbers(const Frame& frame, vitals::Stamp rx, Sink& out) {
    std::string_view wrong;
    const auto read = read_numbers(frame.payload, wrong);
    if (!read) return report({FaultKind::broken, wrong, {}, {}, {}, frame.offset, rx}, out);
    if (is_suspect(*read))
      return report({FaultKind::implausible, "spo2-jump", {}, {}, {}, frame.offset, rx}, out);
    const bool silenced = (read->status & status::silenced) != 0;
    alarms_.show(alarms_in(*read), silenced, rx, out);
    const oximetry::Origin origin{rx, frame.offset};
    if (const Reason sensor = sensor_state(read->spo2_alarms); sensor != Reason::none) {
      oximetry::report_absent(sensor, Quality::invalid, rx, out);
    } else {
      oximetry::report({read->rate_per_min, read->spo2_percent}, Reason::none, origin, out);
    }
    report_breaths(read->breaths_per_min, origin, out);
    report_co2("EtCO2", read->etco2, *read, origin, out);
    report_co2("FiCO2", read->fico2, *read, origin, out);
    out.on_frame_end(rx);
  }

  // The sign of a shifted payload, unless it persists.
  bool is_suspect(const Numbers& now) {
    const auto before = std::exchange(last_, now);
    const bool shifted = before.spo2_percent && now.spo2_percent &&
                         now.spo2_percent == before.breaths_per_min &&
                         difference(*now.spo2_percent, *before.spo2_percent) > jump_percent;
    if (!shifted || ++suspects_ == confirmed_by) {
      suspects_ = 0;
      return false;
    }
    last_ = before;  // a dropped frame is no measure for the next
    return true;
  }

  static unsigned difference(unsigned a, unsigned b) { return a > b ? a - b : b - a; }

  static void report_breaths(std::optional<unsigned> breaths, const oximetry::Origin& origin, Sink& out) {
    if (!breaths) {
      out.on_observation(vitals::absent(Metric::rr, Reason::missing, origin.rx, Quality::unavailable));
    } else if (*breaths > breaths_per_min_max) {
      report_number(
          {FaultKind::implausible, "range", vitals::name(Metric::rr), {}, {}, origin.offset, origin.rx},
          *breaths, false, out);
      out.on_observation(vitals::absent(Metric::rr, Reason::implausible, origin.rx));
    } else {
      out.on_observation(vitals::measured(Metric::rr, *breaths, origin.rx));
    }
  }

  static void report_co2(std::string_view name, std::optional<unsigned> value, const Numbers& numbers,
                         const oximetry::Origin& origin, Sink& out) {
    if (!value) return;
    report_number({FaultKind::unmapped, "parameter", name, numbers.co2_unit, {}, origin.offset, origin.rx},
                  *value, numbers.co2_in_tenths, out);
  }

  static void report_number(DecodeFault fault, unsigned value, bool tenths, Sink& out) {
    std::array<char, 16> text{};
    char* end = std::to_chars(text.data(), text.data() + text.size(), tenths ? value / 10 : value).ptr;
    if (tenths) {
      *end++ = '.';
      *end++ = static_cast<char>('0' + value % 10);
    }
    fault.value = {text.data(), static_cast<std::size_t>(end - text.data())};
    report(fault, out);
  }

  static void report(const DecodeFault& fault, Sink& out) { out.on_fault(fault); }

  Framer framer_;
  AlarmPanel<alarm_facts.size()> alarms_{alarm_facts};
  bool up_ = false;
  MonoTime heard_at_{};
  std::optional<MonoTime> send_at_;  // none: at once
  Numbers last_;                     // of the last frame that was not dropped
  unsigned suspects_ = 0;
};

constexpr std::array<std::string_view, 1> models{"Capnostream 20"};
constexpr std::array<Metric, 3> metrics{Metric::pr, Metric::spo2, Metric::rr};

constexpr Facts capnostream_facts{
    .name = "capnostream20",
    .title = "Oridion / Medtronic Capnostream 20: SpO2, pulse rate, respiration rate",
    .models = models,
    .line = {.baud = 115200},
    .integrity = Integrity::checksum,
    .maturity = Maturity::experimental,
    .streaming = true,
    .silence_ms_max = silence_max,
    // The averaging depends on the board and its set-up and is not sent: the longest of a Masimo board.
    .own_delay_ms = Milliseconds{16000},
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts() { return capnostream_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(capnostream_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Capnostream>(), {}};
}

}  // namespace drivers::capnostream20
