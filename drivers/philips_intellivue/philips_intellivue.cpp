// Philips IntelliVue (MP2/X2, MP5 to MP90, MX400 to MX850 class), data export: the maker's read-only
// protocol, the same on the serial port (MIB/RS-232) and on the LAN but for the lowest layer.
//
//   serial  115200 8N1 fixed, or 19200 as set on the monitor; frames with escapes and FCS-16: serial_frames
//   lan     UDP port 24105, a datagram is a message: lan_messages
//
// A connection: association request 0D, acceptance 0E (or refusal 0C), the monitor's create event, which must
// be answered, then polls. The extended poll is asked for once and answered about once a second for ten
// minutes. Any message may also be an abort 19 or a release 09: everything starts again.
//
// Numbers come as object -> attribute 0950 (one) or 094B (several) -> ten bytes: code, state, unit, decimal
// float. The state decides over the digits: 8000 invalid, 2000 unavailable, 1000 calibration, 0800 test data,
// 0400 demo data, 4000 shown with a question mark. A missing value is also a special float, an object without
// attributes, or an object that is no longer listed. Units mmHg, kPa, %, per minute, degrees Celsius.
//
// Arterial pressure is what the monitor labels ABP, ART, Ao, UAP, FAP or BAP; PAP, CVP, P and P1 to P8 are
// not and stay unmapped. The rates 4182 (ECG) and 4822 (pleth) are HR and PR; a pulse counted on a pressure
// is passed on as a second channel.
//
// Nothing is ever sent that changes the monitor. Its alarms are passed on; the maker does not mean them to be
// anyone's primary alarm source.
//
// Sources: jaj42/intellipy (nomenclature, a recorded LAN session of a monitor in demo mode), mdpnp/mdpnp
// (framing, time-outs, association), xeonfusion/VSCaptureMP; framing checked on recorded bytes of a host
// program. No public recording has a filled alarm list: that layout rests on three programs that agree.
#include "drivers/philips_intellivue/philips_intellivue.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "drivers/philips_intellivue/lan_messages.hpp"
#include "drivers/philips_intellivue/numerics.hpp"
#include "drivers/philips_intellivue/serial_frames.hpp"
#include "drivers/philips_intellivue/session.hpp"

namespace drivers::philips {
namespace {

constexpr std::uint16_t attribute_mode = 0x0946;
constexpr std::uint16_t attribute_absolute_time = 0x0987;
constexpr std::uint16_t attribute_relative_time = 0x098F;
constexpr std::uint16_t mode_not_a_patient = 0x3002;  // demo 2000, service 1000, standby 0002

enum class Transport : std::uint8_t { serial, lan };

// The longest message is the association request.
constexpr std::size_t sent_bytes_max = 2 * (238 + 6) + 2;

class FramingOutlet final : public Outlet {
 public:
  FramingOutlet(Transport transport, Sink& out) : transport_(transport), out_(out) {}

  void send(Bytes message) override {
    if (transport_ == Transport::lan) return out_.on_send(message);
    std::array<std::uint8_t, sent_bytes_max> frame;
    out_.on_send(write_frame(message, frame));
  }

 private:
  Transport transport_;
  Sink& out_;
};

struct Arrival {
  vitals::Stamp rx;
  std::uint64_t offset = 0;
};

void report(FaultKind kind, std::string_view reason, const Arrival& at, Sink& out,
            std::string_view code = {}) {
  DecodeFault fault;
  fault.kind = kind;
  fault.reason = reason;
  fault.code = code;
  fault.offset = at.offset;
  fault.rx = at.rx;
  out.on_fault(fault);
}

class Intellivue final : public Driver {
 public:
  explicit Intellivue(Transport transport) : transport_(transport) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    if (transport_ == Transport::lan) return feed_lan(bytes, rx, out);
    frames_.feed(bytes, [&](const SerialFrame& frame) {
      const Arrival at{rx, frame.offset};
      if (frame.wrong.empty()) {
        take_message(frame.data, at, out);
      } else {
        report(frame.wrong == "protocol" ? FaultKind::not_mine : FaultKind::broken, frame.wrong, at, out);
      }
    });
  }

  void close(vitals::Stamp, Sink& out) override {
    FramingOutlet outlet(transport_, out);
    session_.close(outlet);
  }

  void damaged(vitals::Stamp rx, Sink& out) override { out.on_fault(damaged_byte(frames_.lose_byte(), rx)); }

  void datagram_ended(vitals::Stamp rx, Sink& out) override {
    if (transport_ == Transport::lan)
      messages_.end(
          [&](Bytes message, std::uint64_t offset) {
            return take_message(message, {rx, offset}, out);
          },
          [&](std::string_view reason, std::uint64_t offset) {
            report(FaultKind::broken, reason, {rx, offset}, out);
          });
  }

  void tick(vitals::Stamp now, Sink& out) override {
    if (transport_ == Transport::lan)
      messages_.tick(
          now.mono,
          [&](Bytes message, std::uint64_t offset) {
            return take_message(message, {now, offset}, out);
          },
          [&](std::string_view reason, std::uint64_t offset) {
            report(FaultKind::broken, reason, {now, offset}, out);
          });
    FramingOutlet outlet(transport_, out);
    session_.tick(now.mono, outlet);
  }

 private:
  void feed_lan(Bytes bytes, vitals::Stamp rx, Sink& out) {
    messages_.feed(
        bytes, rx.mono,
        [&](Bytes message, std::uint64_t offset) {
          return take_message(message, {rx, offset}, out);
        },
        [&](std::string_view reason, std::uint64_t offset) {
          report(FaultKind::broken, reason, {rx, offset}, out);
        });
  }

  // False: it makes no sense inside.
  bool take_message(Bytes message, const Arrival& at, Sink& out) {
    FramingOutlet outlet(transport_, out);
    switch (message[0]) {
      case association_accept_byte: take_acceptance(message, at, out); return true;
      case association_refuse_byte: refuse(at, out); return true;
      case release_request_byte: session_.on_release_request(at.rx.mono, outlet); return true;
      case release_response_byte: session_.on_release_response(at.rx.mono); return true;
      case abort_byte: session_.on_abort(at.rx.mono); return true;
      case association_request_byte: report(FaultKind::not_mine, "request", at, out); return true;
      default: break;
    }
    // On the LAN a monitor announces itself; its address is a setting here.
    if (transport_ == Transport::lan && message[0] == 0x00) return true;
    return take_export(parse_export(message), at, out);
  }

  void take_acceptance(Bytes message, const Arrival& at, Sink& out) {
    const auto grants = parse_acceptance(message);
    // Accepted it is all the same; what was granted shows when the polls are answered.
    if (!grants) report(FaultKind::broken, "acceptance", at, out);
    session_.on_accept(grants.value_or(Grants{}), at.rx.mono);
  }

  void refuse(const Arrival& at, Sink& out) {
    report(FaultKind::refused, "association", at, out);
    session_.on_refuse(at.rx.mono);
  }

  bool take_export(const ExportMessage& message, const Arrival& at, Sink& out) {
    using Kind = ExportMessage::Kind;
    switch (message.kind) {
      case Kind::broken: report(FaultKind::broken, "structure", at, out); return false;
      case Kind::not_for_us: report(FaultKind::not_mine, "message", at, out); return true;
      case Kind::error_result: take_error(message, at, out); return true;
      case Kind::create_event: take_create(message, at, out); return true;
      case Kind::poll_result: return take_result(message.poll, at, out);
    }
    return true;
  }

  void take_error(const ExportMessage& message, const Arrival& at, Sink& out) {
    const HexText error(message.error);
    report(FaultKind::refused, "error-result", at, out, error.view());
    session_.on_error(message.invoke_id, message.error, at.rx.mono);
  }

  void take_create(const ExportMessage& message, const Arrival& at, Sink& out) {
    clock_.forget();
    numerics_.begin_association(at.rx, out);
    alerts_.begin_association(at.rx, out);
    take_mds(message.attributes, at, out);
    if (message.wants_answer) {
      FramingOutlet outlet(transport_, out);
      session_.on_create_event(message.invoke_id, message.event_ticks, at.rx.mono, outlet);
    }
    out.on_frame_end(at.rx);
  }

  bool take_result(const PollResult& poll, const Arrival& at, Sink& out) {
    switch (poll.object_class) {
      case class_numerics:
        if (!numerics_.take(poll, {at.rx, at.offset, alerts_, clock_}, out)) return broken_attribute(at, out);
        session_.on_numerics(at.rx.mono);
        alerts_.on_other_answer(at.rx, out);
        numerics_.note_alerts(alerts_, at.rx, out);
        break;
      case class_alerts:
        if (!alerts_.take(poll, at.rx, at.offset, out)) return broken_attribute(at, out);
        numerics_.note_alerts(alerts_, at.rx, out);
        session_.on_alerts(at.rx.mono);
        break;
      case class_mds:
        each_object(poll, [&](ObjectKey, const List& attributes) { take_mds(attributes, at, out); });
        break;
      default:
        report(FaultKind::not_mine, "object-class", at, out, HexText(poll.object_class).view());
        return true;
    }
    out.on_frame_end(at.rx);
    return true;
  }

  static bool broken_attribute(const Arrival& at, Sink& out) {
    report(FaultKind::broken, "attribute", at, out);
    return false;
  }

  // What the monitor says of itself: its mode, and both of its clocks at one instant.
  void take_mds(const List& attributes, const Arrival& at, Sink& out) {
    std::optional<MonitorTime> shown;
    std::optional<std::uint32_t> ticks;
    each_attribute(attributes, [&](std::uint16_t id, Bytes value) {
      Reader reader(value);
      if (id == attribute_mode) {
        const std::uint16_t mode = reader.u16();
        if (reader.ok()) numerics_.set_mode_demo((mode & mode_not_a_patient) != 0, at.rx, out);
      } else if (id == attribute_absolute_time) {
        shown = parse_monitor_time(value);
      } else if (id == attribute_relative_time && value.size() == 4) {
        ticks = reader.u32();
      }
    });
    if (shown && ticks) clock_.set(*shown, *ticks, at.rx.mono);
  }

  Transport transport_;
  SerialFrames frames_;
  LanMessages messages_;
  Session session_;
  MonitorClock clock_;
  AlertList alerts_;
  Numerics numerics_;
};

constexpr std::array<std::string_view, 5> models{"MP2, X2", "MP5", "MP20 to MP90", "MX400 to MX850",
                                                 "other IntelliVue with data export"};
constexpr std::array<vitals::Metric, vitals::metric_count> metrics{
    vitals::Metric::hr,       vitals::Metric::pr,       vitals::Metric::spo2,    vitals::Metric::nibp_sys,
    vitals::Metric::nibp_dia, vitals::Metric::nibp_map, vitals::Metric::art_sys, vitals::Metric::art_dia,
    vitals::Metric::art_map,  vitals::Metric::rr,       vitals::Metric::temp};
constexpr std::array<OptionFacts, 1> options{{
    {"transport", "serial or lan", "serial",
     "serial: RS-232 (MIB), frames with a checksum; lan: one message per UDP datagram"},
}};

constexpr Facts intellivue_facts{
    .name = "philips-intellivue",
    .title = "Philips IntelliVue monitors, data export over RS-232 or LAN",
    .models = models,
    .line = {.baud = 115200},
    .udp_port = 24105,
    .integrity = Integrity::crc,
    .maturity = Maturity::good,
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    // SpO2 is averaged over 5, 10 or 20 s, a setting that the protocol does not show: the longest.
    .own_delay_ms = vitals::Milliseconds{20'000},
    .metrics = metrics,
    .options = options,
};

}  // namespace

const Facts& facts() { return intellivue_facts; }

bool looks_like_lan(Bytes recording) {
  // Of the serial line, wherever it begins: a frame begins within the longest message.
  constexpr std::size_t looked_at_bytes = 4096;
  const Bytes begin = recording.first(std::min(recording.size(), looked_at_bytes));
  if (begin.empty() || holds_frame_begin(begin)) return false;
  return LanMessages::is_sure_begin(begin) || LanMessages::find_begin_inside(begin) != 0;
}

Made make(const Options& given) {
  if (std::string unknown = unknown_options(intellivue_facts, given); !unknown.empty())
    return {nullptr, unknown};
  const std::string_view transport = option_value(intellivue_facts, given, "transport");
  if (transport == "serial") return {std::make_unique<Intellivue>(Transport::serial), {}};
  if (transport == "lan") return {std::make_unique<Intellivue>(Transport::lan), {}};
  return {nullptr, refused_option(intellivue_facts, "transport", transport)};
}

}  // namespace drivers::philips
