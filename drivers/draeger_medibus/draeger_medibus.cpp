// Dräger MEDIBUS (RS-232): Evita, Babylog, Oxylog, Primus, Zeus and Fabius class devices, as a source of
// SpO2, pulse rate and the device's alarms. There is no blood pressure in it and no ECG rate; airway
// pressures are in mbar and are something else. The serial export of Infinity patient monitors is another
// protocol.
//
// 19200 8E1 as a rule (a device setting), no handshake but DC1 "stop sending" and DC3 "go on". Either side
// sends commands and answers those of the other; frames: medibus_framer.hpp.
//
//   1B 51  initialise communication (ICC)     1B 24  values: six characters each, code and number
//   1B 52  who are you                        1B 27  alarms: fifteen characters each
//   1B 55  stop communication, sent at the end
//   1B 4A  send only these codes              1B 30  nothing, sent when idle        15  "your command was
//   corrupt"
//
//   calling ──ICC answered──▶ identifying ──▶ settling 200 ms ──▶ configuring ──▶ running: 27, 24 once a
//   second
//      ▲                                                                             │
//      └────────────── 3 s without a byte, three requests without an answer ◀────────┘
//
// A value whose code is missing is invalid at that moment; there is no other marker and no quality. Why it is
// missing the alarms say (35 sensor, 68 oximeter, 01 no pulse), which is why they are asked for first. Alarm
// codes mean other things on devices without an oximeter: they are interpreted only when one has been seen,
// and passed on always. Every command of the device is answered with its plain echo: we are nobody's data
// source.
//
// Source: Dräger, "RS 232 MEDIBUS Protocol Definition" rev. 4.03 and "MEDIBUS for Intensive Care Devices";
// the open programs mdpnp and VSCapture.
#include "drivers/draeger_medibus/draeger_medibus.hpp"

#include <array>
#include <cstring>

#include "drivers/draeger_medibus/medibus_answer.hpp"
#include "drivers/draeger_medibus/medibus_framer.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::draeger_medibus {
namespace {

using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Reason;

namespace code {
constexpr std::uint8_t none = 0;
constexpr std::uint8_t corrupt = 0x15;
constexpr std::uint8_t values = 0x24;
constexpr std::uint8_t alarms = 0x27;
constexpr std::uint8_t configure = 0x4A;
constexpr std::uint8_t initialise = 0x51;
constexpr std::uint8_t identify = 0x52;
constexpr std::uint8_t stop = 0x55;
}  // namespace code

constexpr std::uint8_t command_start = 0x1B;
constexpr std::uint8_t response_start = 0x01;
constexpr std::uint8_t frame_end = 0x0D;

constexpr Milliseconds call_every{3000};
constexpr Milliseconds answer_within{3000};  // with the rule of 3 s silence this is what the 10 s come to
constexpr Milliseconds repeat_after{100};    // a damaged answer
constexpr Milliseconds settle_for{200};      // between identification and configuration
constexpr Milliseconds cycle{1000};
constexpr Milliseconds hold_max{3000};  // DC3 follows DC1 within this
constexpr Milliseconds old_list_hides_for{5000};
constexpr unsigned tries_max = 3;
constexpr unsigned revision_with_arguments = 3;  // older devices must not be sent commands with arguments

// Of code page 1. DF is where some devices put the pulse rate instead of E1.
constexpr std::string_view spo2_code = "EB";
constexpr std::string_view pulse_code = "E1";
constexpr std::string_view other_pulse_code = "DF";
constexpr std::string_view wanted_codes =
    "\x24"
    "E1EBDF";  // data type: values of page 1

// Alarms of page 1 of a device with an oximeter.
constexpr std::string_view no_pulse_alarm = "01";
constexpr std::string_view sensor_alarm = "35";
constexpr std::string_view alarms_off_alarm = "5B";
constexpr std::string_view failure_alarm = "68";

bool is_technical(std::string_view alarm) {
  return alarm == sensor_alarm || alarm == alarms_off_alarm || alarm == failure_alarm;
}

class Medibus final : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    framer_.feed(bytes, rx.mono, [&](const Frame& frame) {
      take(frame, rx, out);
      go_on(rx, out);  // after every frame, not after every piece: how the bytes are cut must not matter
    });
  }

  void close(vitals::Stamp, Sink& out) override {
    if (phase_ != Phase::calling && !held_) send(command_start, code::stop, {}, out);
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    take(framer_.lose_byte(rx.mono), rx, out);
    repeat_soon(rx.mono);
  }

  void tick(vitals::Stamp now, Sink& out) override {
    framer_.expire(now.mono, [&](const Frame& frame) { take(frame, now, out); });
    if (held_ && now.mono - held_at_ >= hold_max) held_ = false;
    if (phase_ != Phase::calling && now.mono - framer_.heard_at() >= answer_within) call_again(now.mono);
    go_on(now, out);
  }

 private:
  enum class Phase : std::uint8_t { calling, identifying, settling, configuring, running };

  // ---- what comes in

  void take(const Frame& frame, vitals::Stamp rx, Sink& out) {
    switch (frame.kind) {
      case FrameKind::command: return take_command(frame, rx.mono);
      case FrameKind::response: return take_response(frame, rx, out);
      case FrameKind::damaged_command:
        owe(code::corrupt);
        return report(FaultKind::broken, frame.wrong, frame, rx, out);
      case FrameKind::damaged_response:
        repeat_soon(rx.mono);
        return report(FaultKind::broken, frame.wrong, frame, rx, out);
      case FrameKind::lost: return report(FaultKind::broken, frame.wrong, frame, rx, out);
      case FrameKind::stop_sending:
        held_ = true;
        held_at_ = rx.mono;
        return;
      case FrameKind::go_on_sending: held_ = false; return;
    }
  }

  void take_command(const Frame& frame, MonoTime now) {
    if (frame.inside_icc_answer) return;  // the protocol wants them ignored
    owe(frame.code);
    if (frame.code == code::initialise) enter(Phase::identifying);
    if (frame.code == code::stop) {
      enter(Phase::calling);
      call_at_ = now + call_every;
    }
  }

  void take_response(const Frame& frame, vitals::Stamp rx, Sink& out) {
    const bool wanted = frame.code == asked_;
    if (wanted) asked_ = code::none;
    switch (frame.code) {
      case code::corrupt: return repeat_soon(rx.mono);
      case code::values: take_values(frame, rx, out); break;
      case code::alarms: take_alarms(frame, rx, out); break;
      case code::initialise:
        if (phase_ == Phase::calling) enter(Phase::identifying);
        return;
      case code::identify:
        if (wanted) take_identification(frame, rx.mono);
        return;
      case code::configure:
        if (wanted) enter(Phase::running);
        return;
      default: return report(FaultKind::not_mine, "answer", frame, rx, out);
    }
    if (wanted && phase_ == Phase::running && frame.code == code::alarms) next_ = code::values;
  }

  void take_identification(const Frame& frame, MonoTime now) {
    const bool takes_arguments = medibus_revision(frame.data) >= revision_with_arguments;
    enter(takes_arguments && !skip_configuration_ ? Phase::settling : Phase::running);
    settled_at_ = now + settle_for;
  }

  void take_values(const Frame& frame, vitals::Stamp rx, Sink& out) {
    if (frame.data.size() % value_item_chars != 0)
      return report(FaultKind::broken, "item-length", frame, rx, out);
    std::optional<unsigned> spo2, pulse, other_pulse;
    for (std::string_view left = frame.data; !left.empty(); left.remove_prefix(value_item_chars)) {
      const auto item = read_value(left.substr(0, value_item_chars));
      if (!item) return report(FaultKind::broken, "item-code", frame, rx, out);
      auto* const place = item->code == spo2_code          ? &spo2
                          : item->code == pulse_code       ? &pulse
                          : item->code == other_pulse_code ? &other_pulse
                                                           : nullptr;
      if (place == nullptr) {
        report_item(FaultKind::unmapped, "parameter", *item, frame, rx, out);
      } else if (!item->value.empty()) {
        *place = read_number(item->value);
        if (!*place) report_item(FaultKind::implausible, "number", *item, frame, rx, out);
      }
    }
    if (spo2 || pulse || other_pulse) oximeter_seen_ = true;
    report_oximetry({pulse ? pulse : other_pulse, spo2}, {rx, frame.offset}, out);
    out.on_frame_end(rx);
  }

  void report_oximetry(const oximetry::Reading& reading, const oximetry::Origin& origin, Sink& out) const {
    if (const Reason sensor = sensor_state(origin.rx.mono); sensor != Reason::none) {
      oximetry::report_absent(sensor, vitals::Quality::invalid, origin.rx, out);
    } else {
      oximetry::report(reading, Reason::none, origin, out);
    }
  }

  Reason sensor_state(MonoTime now) const {
    if (!oximeter_seen_) return Reason::none;
    if (hides(sensor_alarm, now)) return Reason::sensor_unplugged;
    if (hides(failure_alarm, now)) return Reason::sensor_fault;
    return hides(no_pulse_alarm, now) ? Reason::searching : Reason::none;
  }

  // An alarm that may be over, for all that can be read, must not keep values back for long.
  bool hides(std::string_view alarm, MonoTime now) const {
    if (alarms_.lists(alarm)) return true;
    const bool old = list_doubted_since_ && now - *list_doubted_since_ >= old_list_hides_for;
    return alarms_.contains(alarm) && !old;
  }

  void take_alarms(const Frame& frame, vitals::Stamp rx, Sink& out) {
    alarms_.begin();
    const bool fits = frame.data.size() % alarm_item_chars == 0;
    bool whole = fits;
    if (!fits) report(FaultKind::broken, "item-length", frame, rx, out);
    std::string_view left = fits ? frame.data : std::string_view{};
    for (; !left.empty(); left.remove_prefix(alarm_item_chars))
      whole = take_alarm(left.substr(0, alarm_item_chars), frame, rx, out) && whole;
    alarms_.end(whole, rx, out);
    if (whole) list_doubted_since_.reset();
    if (!whole && !list_doubted_since_) list_doubted_since_ = rx.mono;
    if (fits) out.on_frame_end(rx);
  }

  // False: nobody knows which alarm it is.
  bool take_alarm(std::string_view text, const Frame& frame, vitals::Stamp rx, Sink& out) {
    if (const auto item = read_alarm(text)) {
      alarms_.add(*item, oximeter_seen_ && is_technical(item->code));
      return true;
    }
    const std::string_view alarm = alarm_code(text);
    report_item(FaultKind::broken, "alarm-item", {alarm, {}}, frame, rx, out);
    alarms_.keep(alarm);
    return !alarm.empty();
  }

  // ---- the dialogue

  void enter(Phase phase) {
    phase_ = phase;
    asked_ = code::none;
    next_ = code::none;
    repeat_at_.reset();
  }

  // A step that the device does not answer is left out the next time, so that it cannot keep us from the
  // values.
  void call_again(MonoTime now) {
    skip_identification_ = phase_ == Phase::identifying;
    skip_configuration_ = phase_ == Phase::configuring;
    enter(Phase::calling);
    call_at_ = now;
  }

  void repeat_soon(MonoTime now) {
    if (asked_ != code::none) repeat_at_ = now + repeat_after;
  }

  void go_on(vitals::Stamp now, Sink& out) {
    if (held_) return;
    for (; owed_count_ > 0; --owed_count_) {
      send(response_start, owed_[0], {}, out);
      std::memmove(owed_.data(), owed_.data() + 1, owed_count_ - 1);
    }
    if (asked_ != code::none) return repeat_if_due(now.mono, out);
    switch (phase_) {
      case Phase::calling: return call(now.mono, out);
      case Phase::identifying:
        if (!skip_identification_) return ask(code::identify, now.mono, out);
        enter(Phase::running);
        return run(now.mono, out);
      case Phase::settling:
        if (now.mono < settled_at_) return;
        enter(Phase::configuring);
        return ask(code::configure, now.mono, out);
      case Phase::configuring: return;  // asked_ is set, or the answer has moved on
      case Phase::running: return run(now.mono, out);
    }
  }

  void call(MonoTime now, Sink& out) {
    if (call_at_ && now < *call_at_) return;
    send(command_start, code::initialise, {}, out);
    call_at_ = now + call_every;
  }

  void run(MonoTime now, Sink& out) {
    if (next_ == code::values) {
      next_ = code::none;
      return ask(code::values, now, out);
    }
    if (cycle_at_ && now < *cycle_at_) return;
    cycle_at_ = now + cycle;
    ask(code::alarms, now, out);
  }

  void ask(std::uint8_t what, MonoTime now, Sink& out) {
    asked_ = what;
    tries_ = 0;
    send_request(now, out);
  }

  void send_request(MonoTime now, Sink& out) {
    ++tries_;
    asked_at_ = now;
    repeat_at_.reset();
    send(command_start, asked_, asked_ == code::configure ? wanted_codes : std::string_view{}, out);
  }

  void repeat_if_due(MonoTime now, Sink& out) {
    const bool due = repeat_at_ ? now >= *repeat_at_ : now - asked_at_ >= answer_within;
    if (!due) return;
    if (tries_ < tries_max) return send_request(now, out);
    call_again(now);
    call(now, out);
  }

  // Answers wait here while the device has stopped us. More than fit are not owed any more: it asks again.
  void owe(std::uint8_t echo) {
    if (owed_count_ < owed_.size()) owed_[owed_count_++] = echo;
  }

  static void send(std::uint8_t start, std::uint8_t what, std::string_view argument, Sink& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::array<std::uint8_t, 32> frame{};
    std::size_t size = 0;
    frame[size++] = start;
    frame[size++] = what;
    for (const char c : argument) frame[size++] = static_cast<std::uint8_t>(c);
    unsigned sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += frame[i];
    frame[size++] = static_cast<std::uint8_t>(digits[(sum >> 4U) & 15U]);
    frame[size++] = static_cast<std::uint8_t>(digits[sum & 15U]);
    frame[size++] = frame_end;
    out.on_send(Bytes{frame.data(), size});
  }

  // ---- faults

  static void report(FaultKind kind, std::string_view reason, const Frame& frame, vitals::Stamp rx,
                     Sink& out) {
    report_item(kind, reason, {}, frame, rx, out);
  }

  static void report_item(FaultKind kind, std::string_view reason, const ValueItem& item, const Frame& frame,
                          vitals::Stamp rx, Sink& out) {
    DecodeFault fault;
    fault.kind = kind;
    fault.reason = reason;
    fault.code = item.code;
    fault.value = item.value;
    fault.offset = frame.offset;
    fault.rx = rx;
    out.on_fault(fault);
  }

  Framer framer_;
  AlarmList alarms_;
  std::optional<MonoTime> list_doubted_since_;  // since then no list could be read as a whole
  bool oximeter_seen_ = false;                  // the device has delivered a saturation or a pulse

  Phase phase_ = Phase::calling;
  std::optional<MonoTime> call_at_;  // the next ICC; none: at once
  bool skip_identification_ = false;
  bool skip_configuration_ = false;
  MonoTime settled_at_{};
  std::optional<MonoTime> cycle_at_;
  std::uint8_t next_ = code::none;  // what to ask when the answer to the present request is in

  std::uint8_t asked_ = code::none;  // the one request that waits for its answer
  MonoTime asked_at_{};
  std::optional<MonoTime> repeat_at_;
  unsigned tries_ = 0;

  bool held_ = false;
  MonoTime held_at_{};
  std::array<std::uint8_t, 8> owed_{};  // echoes of the device's commands
  std::size_t owed_count_ = 0;
};

constexpr std::array<std::string_view, 7> models{"Evita family",         "Babylog",        "Oxylog",
                                                 "Primus, Zeus, Fabius", "Capnosat class", "Oxipac class",
                                                 "other MEDIBUS devices"};
constexpr std::array<vitals::Metric, 2> metrics{vitals::Metric::pr, vitals::Metric::spo2};

constexpr Facts medibus_facts{
    .name = "draeger-medibus",
    .title = "Draeger ventilators and anaesthesia machines, MEDIBUS: SpO2, pulse rate, alarms",
    .models = models,
    .line = {.baud = 19200, .parity = Parity::even},
    .integrity = Integrity::checksum,
    .maturity = Maturity::good,
    .streaming = true,  // we ask once a second by ourselves: values come as fast as from one that streams
    .silence_ms_max = vitals::Milliseconds{3000},
    .own_delay_ms = vitals::Milliseconds{0},  // the averaging of the oximeter inside is not known
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts() { return medibus_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(medibus_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Medibus>(), {}};
}

}  // namespace drivers::draeger_medibus
