// The monitor accepts one host, tells what it is, serves polls when that was answered, sends results every
// 1.024 s, and gives a host up that says nothing for 10 s. Probe or electrodes off: no number, and a
// technical alarm. Its own limits are SpO2 90 % and a heart rate of 50-120.
#include "daemon/simulate/philips_intellivue.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "daemon/simulate/philips_message.hpp"

namespace simulate {
namespace {

constexpr double cycle_s = 1.024, lost_after_s = 10;
constexpr double spo2_low = 90, rate_low = 50, rate_high = 120;
constexpr std::uint32_t first_ticks = 80'000'000, ticks_per_s = 8000;

constexpr unsigned class_mds = 0x0021, class_numerics = 0x0006, class_alerts = 0x0036;
constexpr unsigned per_min = 0x0AA0, breaths_per_min = 0x0AE0, percent = 0x0220, mmhg = 0x0F20,
                   celsius = 0x17A0;
constexpr unsigned yellow = 0x0200, red = 0x0400, technical_low = 0x0001, technical_medium = 0x0002;
constexpr unsigned invalid = 0x8000, questionable = 0x4000, demo_data = 0x0400;

struct Cuff {
  std::optional<double> sys, dia, map;
  std::int64_t unix_ms = 0;
  bool failed = false;
};

struct Subscription {
  unsigned invoke_id = 0, poll_number = 0, sequence = 0;
  double until_s = -1;
};

// What a poll asks for.
struct Asked {
  unsigned invoke_id = 0, action = 0, poll_number = 0, object_class = 0, group = 0;
  double active_s = 0;
};

unsigned u16_at(const PhilipsBytes& bytes, std::size_t at) {
  return at + 1 < bytes.size() ? bytes[at] * 256U + bytes[at + 1] : 0;
}

class IntelliVue final : public Device {
 public:
  IntelliVue(bool lan, bool demo, bool in_parts) : lan_(lan), demo_(demo), in_parts_(in_parts) {}

  double period_s() const override { return cycle_s; }

  void step(Now now, const Script& patient, Wire& wire) override {
    if (!associated_) return;
    if (now.t_s - heard_s_ > lost_after_s) {
      associated_ = false;
      return say(philips_abort(), wire);
    }
    if (now.t_s < numerics_.until_s) send_numerics(numerics_, true, now, patient, wire);
    if (now.t_s < alerts_.until_s) send_alerts(alerts_, true, now, patient, wire);
  }

  void receive(Bytes bytes, Now now, const Script& patient, Wire& wire) override {
    if (lan_) {
      waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
      for (std::size_t size = first_size(); size != 0; size = first_size()) {
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
        const PhilipsBytes message(waiting_.begin(), end);
        waiting_.erase(waiting_.begin(), end);
        take(message, now, patient, wire);
      }
      return;
    }
    for (const std::uint8_t byte : bytes)
      if (const auto message = unframer_.take(byte)) take(*message, now, patient, wire);
  }

  void happen(const ScriptedEvent& event, Now now, const Script& patient) override {
    switch (event.what) {
      case Happening::cuff:
        cuff_ = Cuff{patient.at(Vital::sys, now.t_s), patient.at(Vital::dia, now.t_s),
                     patient.at(Vital::map, now.t_s), now.unix_ms, false};
        return;
      case Happening::cuff_failed: cuff_ = Cuff{{}, {}, {}, now.unix_ms, true}; return;
      case Happening::alarm: scripted_alarm_ = event.say; return;
      case Happening::alarm_over: scripted_alarm_.clear(); return;
      case Happening::plug: associated_ = false; return;
      default: return;
    }
  }

 private:
  void say(const PhilipsBytes& message, Wire& wire) const {
    const PhilipsBytes out = lan_ ? message : philips_frame(message);
    wire.send(out);
  }

  // Of the first whole message that waits; 0: there is none.
  std::size_t first_size() {
    if (waiting_.size() < 2) return 0;
    const bool export_message = waiting_[0] == 0xE1;
    if (export_message && waiting_.size() < 8) return 0;
    const std::size_t size = export_message ? 8 + u16_at(waiting_, 6) : std::size_t{2} + waiting_[1];
    return size <= waiting_.size() ? size : 0;
  }

  PhilipsMonitor self(Now now) const { return {demo_, now.unix_ms, ticks(now)}; }

  static std::uint32_t ticks(Now now) {
    return first_ticks + static_cast<std::uint32_t>(std::llround(now.t_s * ticks_per_s));
  }

  void take(const PhilipsBytes& message, Now now, const Script& patient, Wire& wire) {
    if (message.empty()) return;
    if (associated_ && now.t_s - heard_s_ > lost_after_s) associated_ = false;
    switch (message[0]) {
      case 0x0D: return associate(now, wire);
      case 0x09: associated_ = false; return say(philips_release_response(), wire);
      case 0x19: associated_ = false; return;
      default: break;
    }
    if (!associated_) return;
    heard_s_ = now.t_s;
    const unsigned operation = u16_at(message, 4), command = u16_at(message, 10);
    if (operation == 2 && command == 1) known_ = true;  // our create event was answered
    if (operation == 1 && command == 7 && known_) answer(asked(message), now, patient, wire);
  }

  void associate(Now now, Wire& wire) {
    if (associated_) return say(philips_refuse(), wire);
    associated_ = true;
    known_ = false;
    heard_s_ = now.t_s;
    numerics_ = alerts_ = {};
    say(philips_accept(), wire);
    say(philips_create_event(self(now)), wire);
  }

  // invoke id 8, action 24, poll number 28, partition, class 32, group 34, [F13E at 40, length, ticks 44]
  static Asked asked(const PhilipsBytes& message) {
    Asked out{u16_at(message, 8), u16_at(message, 24), u16_at(message, 28), u16_at(message, 32),
              u16_at(message, 34)};
    out.active_s = (u16_at(message, 44) * 65536.0 + u16_at(message, 46)) / ticks_per_s;
    return out;
  }

  void answer(const Asked& asked, Now now, const Script& patient, Wire& wire) {
    const bool extended = asked.action == 0xF13B;
    Subscription once{asked.invoke_id, asked.poll_number, 0, now.t_s + asked.active_s};
    if (asked.object_class == class_mds) {
      PhilipsReply reply = reply_to(once, false, class_mds, asked.group, now);
      reply.contexts = {{0, {philips_object(1, philips_mds(self(now)))}}};
      return say(philips_reply(reply), wire);
    }
    if (asked.object_class == class_numerics)
      extended ? void(numerics_ = once) : send_numerics(once, false, now, patient, wire);
    if (asked.object_class == class_alerts)
      extended ? void(alerts_ = once) : send_alerts(once, false, now, patient, wire);
  }

  static PhilipsReply reply_to(Subscription& asked, bool extended, unsigned object_class, unsigned group,
                               Now now) {
    PhilipsReply out;
    out.extended = extended;
    out.invoke_id = asked.invoke_id;
    out.poll_number = asked.poll_number;
    out.sequence = asked.sequence++;
    out.object_class = object_class;
    out.group = group;
    out.ticks = ticks(now);
    return out;
  }

  void send_numerics(Subscription& asked, bool extended, Now now, const Script& patient, Wire& wire) const {
    PhilipsReply reply = reply_to(asked, extended, class_numerics, 0x0803, now);
    reply.contexts.push_back({0, measurements(now, patient)});
    if (cuff_) reply.contexts.push_back({1, {cuff_object()}});
    if (!in_parts_ || reply.contexts.size() < 2) return say(philips_reply(reply), wire);
    const auto contexts = std::exchange(reply.contexts, {});
    for (const PhilipsContext& context : contexts) {
      reply.part = ++reply.part_count == contexts.size() ? 3 : 1;
      reply.contexts = {context};
      say(philips_reply(reply), wire);
    }
    reply.part = 0;
    reply.contexts.clear();
    say(philips_reply(reply), wire);
  }

  // A number, without one when `present` is false.
  PhilipsBytes number(unsigned code, unsigned unit, std::optional<double> value, bool present,
                      int decimals = 0, unsigned state = 0) const {
    if (!present) return philips_number({code, invalid | questionable, unit, {}, 0});
    return philips_number({code, state | (demo_ ? demo_data : 0U), unit, value, decimals});
  }
  static PhilipsBytes single(unsigned handle, const PhilipsBytes& number) {
    return philips_object(handle, {philips_attribute(0x0950, number)});
  }
  static PhilipsBytes compound(const std::vector<PhilipsBytes>& numbers) {
    return philips_attribute(0x094B, PhilipsWriter{}.list(numbers).bytes);
  }

  std::vector<PhilipsBytes> measurements(Now now, const Script& patient) const {
    const auto at = [&](Vital vital) { return patient.at(vital, now.t_s); };
    const unsigned doubt = patient.artifact() ? questionable : 0;
    std::vector<PhilipsBytes> out;
    if (at(Vital::hr))
      out.push_back(single(0x0101, number(0x4182, per_min, at(Vital::hr), patient.leads_on(), 0, doubt)));
    if (at(Vital::spo2))
      out.push_back(single(0x0102, number(0x4BB8, percent, at(Vital::spo2), patient.probe_on(), 1, doubt)));
    if (at(Vital::pr))  // without a probe the pulse is an object without attributes
      out.push_back(patient.probe_on()
                        ? single(0x0103, number(0x4822, per_min, at(Vital::pr), true, 0, doubt))
                        : philips_object(0x0103, {}));
    if (at(Vital::art_sys) && at(Vital::art_dia))
      out.push_back(philips_object(0x0104, {compound({number(0x4A17, mmhg, at(Vital::art_map), true),
                                                      number(0x4A15, mmhg, at(Vital::art_sys), true),
                                                      number(0x4A16, mmhg, at(Vital::art_dia), true)})}));
    if (at(Vital::rr)) out.push_back(single(0x0105, number(0x500A, breaths_per_min, at(Vital::rr), true)));
    if (at(Vital::temp)) out.push_back(single(0x0106, number(0x4B48, celsius, at(Vital::temp), true, 1)));
    return out;
  }

  PhilipsBytes cuff_object() const {
    const bool present = !cuff_->failed;
    return philips_object(0x0201, {philips_attribute(0x0990, philips_time(cuff_->unix_ms)),
                                   compound({number(0x4A05, mmhg, cuff_->sys, present),
                                             number(0x4A06, mmhg, cuff_->dia, present),
                                             number(0x4A07, mmhg, cuff_->map, present)})});
  }

  void send_alerts(Subscription& asked, bool extended, Now now, const Script& patient, Wire& wire) const {
    const auto patient_side = patient_alerts(now, patient), technical_side = technical_alerts(patient);
    std::vector<PhilipsBytes> patient_list, technical_list;
    unsigned highest = 0, highest_technical = 0;
    for (const PhilipsAlert& alert : patient_side) {
      patient_list.push_back(philips_alert(alert));
      highest = std::max(highest, alert.type);
    }
    for (const PhilipsAlert& alert : technical_side) {
      technical_list.push_back(philips_alert(alert));
      highest_technical = std::max(highest_technical, alert.type);
    }
    const PhilipsBytes state =
        PhilipsWriter{}.u16(0).u16(asked.sequence).u16(highest).u16(highest_technical).u16(highest).bytes;
    PhilipsReply reply = reply_to(asked, extended, class_alerts, 0x0801, now);
    reply.contexts = {
        {0,
         {philips_object(0x0301, {philips_attribute(0x0916, state),
                                  philips_attribute(0x0902, PhilipsWriter{}.list(patient_list).bytes),
                                  philips_attribute(0x0904, PhilipsWriter{}.list(technical_list).bytes)})}}};
    say(philips_reply(reply), wire);
  }

  std::vector<PhilipsAlert> patient_alerts(Now now, const Script& patient) const {
    std::vector<PhilipsAlert> out;
    const auto spo2 = patient.at(Vital::spo2, now.t_s), rate = patient.at(Vital::hr, now.t_s);
    if (patient.probe_on() && spo2 && *spo2 < spo2_low)
      out.push_back({0x4BB8, 62, yellow, 0x0102, "** SpO2 LOW"});
    if (patient.leads_on() && rate && *rate < rate_low)
      out.push_back({0x4182, 62, yellow, 0x0101, "** HR LOW"});
    if (patient.leads_on() && rate && *rate > rate_high)
      out.push_back({0x4182, 40, yellow, 0x0101, "** HR HIGH"});
    if (!scripted_alarm_.empty()) out.push_back({0x4182, 3076, red, 0x0101, scripted_alarm_});
    return out;
  }

  std::vector<PhilipsAlert> technical_alerts(const Script& patient) const {
    std::vector<PhilipsAlert> out;
    if (!patient.probe_on()) out.push_back({0x4BB8, 308, technical_low, 0x0102, "SpO2 NO SENSOR"});
    if (!patient.leads_on()) out.push_back({0x4182, 274, technical_medium, 0x0101, "ECG LEADS OFF"});
    if (patient.artifact()) out.push_back({0x4BB8, 74, technical_low, 0x0102, "SpO2 NOISY SIGN."});
    if (cuff_ && cuff_->failed) out.push_back({0x4A04, 356, technical_medium, 0x0201, "NBP MEASURE FAILED"});
    return out;
  }

  bool lan_, demo_, in_parts_;
  bool associated_ = false;
  bool known_ = false;  // the host has answered what we are
  double heard_s_ = 0;
  Subscription numerics_, alerts_;
  std::optional<Cuff> cuff_;
  std::string scripted_alarm_;
  PhilipsUnframer unframer_;
  PhilipsBytes waiting_;
};

constexpr OptionHelp option_help[] = {
    {"transport", "serial (standard) or lan: datagrams, with --listen udp://ADDRESS:24105"},
    {"mode", "monitoring (standard) or demo"},
    {"parts", "no (standard) or yes: answers in several messages, as large ones are"},
};

// True when the option has its second word; nothing when it has neither.
std::optional<bool> is_second(const Options& options, std::string_view name, std::string_view first,
                              std::string_view second, std::string& error) {
  const std::string_view given = option(options, name, first);
  if (given == first || given == second) return given == second;
  error = "option " + std::string(name) + " must be " + std::string(first) + " or " + std::string(second) +
          ", not '" + std::string(given) + "'";
  return std::nullopt;
}

std::unique_ptr<Device> make_intellivue(const Options& options, std::string& error) {
  const auto lan = is_second(options, "transport", "serial", "lan", error);
  const auto demo = is_second(options, "mode", "monitoring", "demo", error);
  const auto in_parts = is_second(options, "parts", "no", "yes", error);
  if (!lan || !demo || !in_parts) return nullptr;
  return std::make_unique<IntelliVue>(*lan, *demo, *in_parts);
}

}  // namespace

const DeviceEntry philips_intellivue{"philips-intellivue", "a Philips IntelliVue monitor (data export)",
                                     option_help, make_intellivue};

}  // namespace simulate
