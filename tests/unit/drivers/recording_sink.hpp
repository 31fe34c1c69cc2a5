// A sink that writes down what a driver says, one line of text per call, so that two runs can be compared and
// a capture's expected output can be read by people and by diff. The line starts with the receive time in
// milliseconds of the monotonic clock where the call carries one:
//
//   @1500 obs pr 131 valid
//   @1500 obs spo2 - invalid sensor-off
//   @1500 frame-end
//   @1500 status low-battery on
//   @1500 alarm on high text="** SpO2 LOW" code="3068" source="SpO2"
//   @1500 pump running rate_ml_h=12 device="P2449" event="PUMP_DELIV_START"
//   @1500 patient transfer trigger="A02" patient_id="P1" location="b4"
//   @1500 fault broken checksum offset=17
//   subject patient_id="P1" bed="3"
//   send 02 70
//   answer AA control_id="42" kept="<0B>MSH|...<0D>" not_kept="..."
//   close framing lost
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"

namespace drivers::test {

// Printable ASCII stays, everything else becomes <hex>: a line stays a line.
inline std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '<' && c != '"') {
      out += c;
    } else {
      out += '<';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
      out += '>';
    }
  }
  return out;
}

inline std::string printable(Bytes bytes) {
  return printable(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

inline std::string number_text(double value) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, result.ptr};
}

class RecordingSink : public Sink {
 public:
  std::vector<std::string> lines;
  std::vector<vitals::Observation> observations;  // as handed over, for tests that look at single fields

  std::string text() const {
    std::string all;
    for (const auto& line : lines) all += line + "\n";
    return all;
  }

  void clear() {
    lines.clear();
    observations.clear();
  }

  void on_subject(const Subject& subject) override {
    std::string line = "subject";
    field(line, "patient_id", subject.patient_id);
    field(line, "visit_id", subject.visit_id);
    field(line, "point_of_care", subject.point_of_care);
    field(line, "room", subject.room);
    field(line, "bed", subject.bed);
    field(line, "location", subject.location);
    field(line, "device", subject.device);
    lines.push_back(line);
  }

  void on_observation(const vitals::Observation& seen) override {
    observations.push_back(seen);
    std::string line = at(seen.rx) + "obs " + std::string(vitals::name(seen.metric)) + ' ' +
                       (seen.has_number() ? number_text(seen.value) : "-") + ' ' +
                       std::string(vitals::name(seen.quality));
    if (seen.reason != vitals::Reason::none) line += ' ' + std::string(vitals::name(seen.reason));
    if (seen.test) line += " test";
    if (seen.derived) line += " derived";
    if (seen.clock_trusted) line += " clock-trusted";
    if (seen.channel != 0) line += " channel=" + std::to_string(seen.channel);
    if (seen.mdc != vitals::facts(seen.metric).mdc) line += " mdc=" + std::to_string(seen.mdc);
    if (seen.t_src) {
      line += seen.time_source == vitals::TimeSource::own ? " own=" : " message=";
      line += std::to_string(vitals::unix_ms(*seen.t_src));
    }
    lines.push_back(line);
  }

  void on_frame_end(vitals::Stamp rx) override { lines.push_back(at(rx) + "frame-end"); }

  void on_status(const DeviceStatus& status) override {
    lines.push_back(at(status.rx) + "status " + std::string(name(status.signal)) +
                    (status.on ? " on" : " off"));
  }

  void on_device_alarm(const DeviceAlarm& alarm) override {
    std::string line = at(alarm.rx) + "alarm " + (alarm.on ? "on " : "off ") + std::string(name(alarm.level));
    if (alarm.technical) line += " technical";
    if (!alarm.level_told) line += " level-assumed";
    if (alarm.silenced) line += " silenced";
    if (alarm.unsure) line += " unsure";
    if (alarm.test) line += " test";
    if (alarm.t_event) line += " event_time=" + std::to_string(vitals::unix_ms(*alarm.t_event));
    field(line, "text", alarm.text);
    field(line, "code", alarm.code);
    field(line, "source", alarm.source);
    lines.push_back(line);
  }

  void on_pump(const PumpReport& report) override {
    std::string line = at(report.rx) + "pump " + std::string(name(report.state));
    if (report.transitioning) line += " transitioning";
    number(line, "rate_ml_h", report.rate_ml_h);
    number(line, "rate_mg_h", report.rate_mg_h);
    number(line, "rate_mg_kg_h", report.rate_mg_kg_h);
    number(line, "concentration_mg_ml", report.concentration_mg_ml);
    number(line, "volume_ml", report.volume_ml);
    number(line, "dose_mg", report.dose_mg);
    number(line, "volume_to_infuse_ml", report.volume_to_infuse_ml);
    number(line, "volume_remaining_ml", report.volume_remaining_ml);
    number(line, "time_remaining_s", report.time_remaining_s);
    number(line, "weight_kg", report.weight_kg);
    if (report.t_event) line += " event_time=" + std::to_string(vitals::unix_ms(*report.t_event));
    field(line, "device", report.device);
    field(line, "event", report.event);
    field(line, "source", report.source);
    field(line, "reason", report.reason);
    field(line, "drug", report.drug);
    field(line, "alarm", report.alarm);
    lines.push_back(line);
  }

  void on_patient(const PatientEvent& event) override {
    std::string line = at(event.rx) + "patient " + std::string(name(event.kind));
    field(line, "trigger", event.trigger);
    field(line, "patient_id", event.subject.patient_id);
    field(line, "visit_id", event.subject.visit_id);
    field(line, "location", event.subject.location);
    if (event.location_cleared) line += " location-cleared";
    field(line, "location_before", event.location_before);
    field(line, "patient_id_gone", event.patient_id_gone);
    lines.push_back(line);
  }

  void on_fault(const DecodeFault& fault) override {
    std::string line =
        at(fault.rx) + "fault " + std::string(name(fault.kind)) + ' ' + std::string(fault.reason);
    field(line, "code", fault.code);
    field(line, "unit", fault.unit);
    field(line, "value", fault.value);
    lines.push_back(line + " offset=" + std::to_string(fault.offset));
  }

  void on_send(Bytes bytes) override {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string line = "send";
    for (const std::uint8_t byte : bytes) {
      line += ' ';
      line += digits[byte >> 4U];
      line += digits[byte & 15U];
    }
    lines.push_back(line);
  }

  void on_answer(const Answer& answer) override {
    std::string line = "answer " + std::string(answer.code);
    field(line, "text", answer.text);
    field(line, "control_id", answer.control_id);
    if (!answer.kept.empty()) line += " kept=\"" + printable(answer.kept) + '"';
    if (!answer.not_kept.empty()) line += " not_kept=\"" + printable(answer.not_kept) + '"';
    lines.push_back(line);
  }

  void on_close(std::string_view reason) override { lines.push_back("close " + printable(reason)); }

 private:
  static std::string at(vitals::Stamp rx) {
    return '@' + std::to_string(rx.mono.time_since_epoch().count()) + ' ';
  }

  static void number(std::string& line, std::string_view key, std::optional<double> value) {
    if (value) line += ' ' + std::string(key) + '=' + number_text(*value);
  }

  static void field(std::string& line, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    line += ' ';
    line += key;
    line += "=\"" + printable(value) + '"';
  }
};

}  // namespace drivers::test
