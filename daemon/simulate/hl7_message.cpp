// The messages of a simulated HL7 monitor: an IHE PCD-01 report (HL7 2.6, MDC codes, enhanced accept
// answers), its PCD-04 alert, and a plain LOINC report (HL7 2.5, original mode).
#include <array>
#include <cstdio>
#include <ctime>

#include "daemon/simulate/hl7.hpp"

namespace simulate {

std::string time_text(std::int64_t unix_s) {
  const std::time_t time{unix_s};
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 32> out{};
  const std::size_t length = std::strftime(out.data(), out.size(), "%Y%m%d%H%M%S+0000", &utc);
  return {out.data(), length};
}

namespace {

// PV1-3: point of care ^ room ^ bed.
std::string location(const std::string& bed) {
  const auto slash = bed.find('/');
  if (slash == std::string::npos) return "^^" + bed;
  return bed.substr(0, slash) + "^^" + bed.substr(slash + 1);
}

// Rows of OBX, numbered as they come.
class Rows {
 public:
  explicit Rows(std::string& out) : out_(out) {}
  // Fields 2 to 18 of interest; the others stay empty.
  void row(std::string_view type, std::string_view code, std::string_view place, std::string_view value,
           std::string_view unit, std::string_view flag, std::string_view status, std::string_view time = {},
           std::string_view device = {}) {
    out_ += "OBX|" + std::to_string(++number_) + '|';
    for (const auto field : {type, code, place, value, unit, std::string_view{}, flag, std::string_view{},
                             std::string_view{}, status, std::string_view{}, std::string_view{}, time})
      out_.append(field) += '|';
    out_.append("|||").append(device) += '\r';
  }

 private:
  std::string& out_;
  int number_ = 0;
};

struct Code {
  std::string_view mdc, place, unit, loinc, loinc_unit;
};
constexpr std::string_view beats = "264864^MDC_DIM_BEAT_PER_MIN^MDC";
constexpr std::string_view percent = "262688^MDC_DIM_PERCENT^MDC";
constexpr std::string_view mmhg = "266016^MDC_DIM_MMHG^MDC";
constexpr Code hr_code{"147842^MDC_ECG_HEART_RATE^MDC", "1.7.4.147842", beats, "8867-4^Heart rate^LN",
                       "/min"};
constexpr Code pr_code{"149530^MDC_PULS_OXIM_PULS_RATE^MDC", "1.3.1.149530", beats,
                       "8889-8^Heart rate by Pulse oximetry^LN", "/min"};
constexpr Code spo2_code{"150456^MDC_PULS_OXIM_SAT_O2^MDC", "1.3.1.150456", percent,
                         "59408-5^Oxygen saturation by Pulse oximetry^LN", "%"};
constexpr Code sys_code{"150021^MDC_PRESS_BLD_NONINV_SYS^MDC", "1.9.2.150021", mmhg,
                        "76534-7^Systolic blood pressure by Noninvasive^LN", "mm[Hg]"};
constexpr Code dia_code{"150022^MDC_PRESS_BLD_NONINV_DIA^MDC", "1.9.2.150022", mmhg,
                        "76535-4^Diastolic blood pressure by Noninvasive^LN", "mm[Hg]"};
constexpr Code map_code{"150023^MDC_PRESS_BLD_NONINV_MEAN^MDC", "1.9.2.150023", mmhg,
                        "76536-2^Mean blood pressure by Noninvasive^LN", "mm[Hg]"};

void value_row(Rows& rows, Dialect dialect, const Code& code, std::optional<int> value, std::string_view time,
               bool doubt = false) {
  const std::string number = value ? std::to_string(*value) : std::string{};
  const std::string_view flag = !value ? "NAV" : doubt ? "QUES" : "";
  if (dialect == Dialect::pcd01)
    rows.row("NM", code.mdc, code.place, number, code.unit, flag, value ? "R" : "X", time);
  else
    rows.row("NM", code.loinc, "", number, code.loinc_unit, flag, value ? "F" : "X", time);
}

void device_row(Rows& rows, std::string_view code, std::string_view place, std::string_view device = {}) {
  rows.row("", code, place, "", "", "", "X", "", device);
}

// The containment tree before the values: monitor, oximeter, ECG, cuff, each with its channel.
void device_rows(Rows& rows) {
  device_row(rows, "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC", "1.0.0.0",
             "SIM00001^^7A00010000000001^EUI-64");
  device_row(rows, "69642^MDC_DEV_ANALY_SAT_O2_VMD^MDC", "1.3.0.0");
  device_row(rows, "69643^MDC_DEV_ANALY_SAT_O2_CHAN^MDC", "1.3.1.0");
  device_row(rows, "69798^MDC_DEV_ECG_VMD^MDC", "1.7.0.0");
  device_row(rows, "69799^MDC_DEV_ECG_CHAN^MDC", "1.7.4.0");
  device_row(rows, "69855^MDC_DEV_METER_PRESS_BLD_NONINV_VMD^MDC", "1.9.0.0");
  device_row(rows, "69856^MDC_DEV_METER_PRESS_BLD_NONINV_CHAN^MDC", "1.9.2.0");
}

constexpr std::string_view reporter = "SIMMON^7A00010000000001^EUI-64";

// Everything before OBR.
void begin_message(std::string& out, Dialect dialect, const Hl7Sample& sample, std::string_view type,
                   std::string_view profile) {
  const std::string now = time_text(sample.unix_s);
  const bool pcd = dialect == Dialect::pcd01;
  out.append("MSH|^~\\&|").append(pcd ? reporter : "SIMMON").append("|SIM|VITALSD||");
  out.append(now).append("||").append(type).append("|").append(sample.control_id);
  out += pcd ? "|P|2.6|||AL|NE||UNICODE UTF-8|||" : "|P|2.5";
  out.append(profile).append("\rPID|||SIM-0001^^^SIM^PI||^^^^^^U\rPV1||I|");
  out.append(location(sample.bed)).append("\r");
}

void head(std::string& out, Dialect dialect, const Hl7Sample& sample) {
  const bool pcd = dialect == Dialect::pcd01;
  begin_message(out, dialect, sample, pcd ? "ORU^R01^ORU_R01" : "ORU^R01",
                pcd ? "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO" : "");
  out.append("OBR|1|1^").append(reporter).append("|1^").append(reporter);
  out += pcd ? "|182777000^monitoring of patient^SCT|||" : "|VITALS^Vital signs^L|||";
  out += time_text(sample.unix_s) + "\r";
}

std::string_view word_of(Hl7Alarm::Phase phase) {
  switch (phase) {
    case Hl7Alarm::Phase::start: return "start";
    case Hl7Alarm::Phase::goes_on: return "continue";
    case Hl7Alarm::Phase::end: return "end";
  }
  return "";
}

}  // namespace

std::string encode_hl7(Dialect dialect, const Hl7Sample& sample) {
  std::string out;
  out.reserve(2'560);
  head(out, dialect, sample);
  Rows rows(out);
  if (dialect == Dialect::pcd01) device_rows(rows);
  const auto seen = [&](const Code& code, std::optional<int> value, bool sensor_on) {
    if (value) value_row(rows, dialect, code, sensor_on ? value : std::nullopt, {}, sample.artifact);
  };
  seen(hr_code, sample.hr, sample.leads_on);
  seen(pr_code, sample.pr, sample.probe_on);
  seen(spo2_code, sample.spo2, sample.probe_on);
  if (sample.cuff) {
    const std::string taken = time_text(sample.cuff->taken_unix_s);
    value_row(rows, dialect, sys_code, sample.cuff->sys, taken);
    value_row(rows, dialect, dia_code, sample.cuff->dia, taken);
    value_row(rows, dialect, map_code, sample.cuff->map, taken);
  }
  return out;
}

// OBR-3 is the report's own id and, in the first one, the alarm's; OBR-29.2 names the first one in those that
// follow.
std::string encode_alert(const Hl7Sample& sample) {
  const Hl7Alarm& alarm = *sample.alarm;
  const bool first = alarm.phase == Hl7Alarm::Phase::start, over = alarm.phase == Hl7Alarm::Phase::end;
  const std::string now = time_text(sample.unix_s);
  std::string out;
  begin_message(out, Dialect::pcd01, sample, "ORU^R40^ORU_R40",
                "IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.4.1^ISO");
  out.append("OBR|1|").append(sample.control_id).append("|").append(first ? alarm.id : sample.control_id);
  out.append("^").append(reporter).append("|196616^MDC_EVT_ALARM^MDC|||").append(now).append(22, '|');
  if (!first) out.append("^").append(alarm.id);
  out += '\r';
  Rows rows(out);
  device_row(rows, "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC", "1.0.0.0",
             "SIM00001^^7A00010000000001^EUI-64");
  const auto facet = [&](std::string_view code, int number, std::string_view value) {
    rows.row("ST", code, "1.1.1.1." + std::to_string(number), value, "", "", "R", number == 1 ? now : "");
  };
  facet("196616^MDC_EVT_ALARM^MDC", 1, escaped(alarm.text));
  facet("68481^MDC_ATTR_EVENT_PHASE^MDC", 3, word_of(alarm.phase));
  facet("68482^MDC_ATTR_ALARM_STATE^MDC", 4, over ? "inactive" : "active");
  facet("68483^MDC_ATTR_ALARM_INACTIVATION_STATE^MDC", 5, "enabled");
  facet("68484^MDC_ATTR_ALARM_PRIORITY^MDC", 6, "PM");
  facet("68485^MDC_ATTR_ALERT_TYPE^MDC", 7, "SP");
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '|': out += "\\F\\"; break;
      case '^': out += "\\S\\"; break;
      case '~': out += "\\R\\"; break;
      case '\\': out += "\\E\\"; break;
      case '&': out += "\\T\\"; break;
      case '\r':
      case '\n': out += ' '; break;
      default: out += c;
    }
  }
  return out;
}

std::vector<std::string> encode_report(Dialect dialect, const Hl7Sample& sample) {
  if (dialect == Dialect::pcd01 || dialect == Dialect::loinc) return {encode_hl7(dialect, sample)};
  return encode_maker(dialect, sample);
}

bool tells_alarms(Dialect dialect) {
  return dialect == Dialect::pcd01 || dialect == Dialect::philips || dialect == Dialect::mindray_pds;
}

bool tells_artifact(Dialect dialect) { return dialect == Dialect::pcd01 || dialect == Dialect::loinc; }

bool waits_for_answer(Dialect dialect) { return dialect != Dialect::mindray_pds; }

std::string frame_mllp(std::string_view message) {
  std::string out;
  out.reserve(message.size() + 3);
  out += '\x0B';
  out += message;
  out += "\x1C\r";
  return out;
}

std::optional<Hl7Answer> parse_answer(std::string_view message) {
  const auto start = message.find("\rMSA|");
  if (start == std::string_view::npos || message.size() < start + 6) return std::nullopt;
  auto rest = message.substr(start + 5);
  rest = rest.substr(0, rest.find('\r'));
  const auto bar = rest.find('|');
  Hl7Answer answer;
  answer.code = std::string(rest.substr(0, bar));
  if (bar != std::string_view::npos) {
    const auto id = rest.substr(bar + 1);
    answer.control_id = std::string(id.substr(0, id.find('|')));
  }
  return answer;
}

}  // namespace simulate
