// Runs every message of a folder of samples through the driver and compares with the folder's INDEX.tsv. The
// folder is not part of the project: its path comes from the environment variable VITALSD_CORPUS.
//
// INDEX.tsv: first line names the columns, tabs separate, no quoting. Used here: file, dialect, msg_type,
// score, hr, pr, spo2, nibp_*, art_*, patient_id, unit, bed, alarm, pump, notes. `-` in a value column: no
// usable value may be delivered; in the alarm or pump column: nothing of the kind. Rows that are not `strict`
// are listed with their notes; of the byte streams among them `streams` below says what has to come out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "drivers/hl7/hl7_driver.hpp"
#include "drivers/hl7/message.hpp"
#include "drivers/hl7/mllp_framer.hpp"
#include "drivers/hl7/subject.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::hl7 {
namespace {

using Row = std::map<std::string, std::string>;

const std::vector<std::pair<std::string, vitals::Metric>> value_columns{
    {"hr", vitals::Metric::hr},
    {"pr", vitals::Metric::pr},
    {"spo2", vitals::Metric::spo2},
    {"nibp_sys", vitals::Metric::nibp_sys},
    {"nibp_dia", vitals::Metric::nibp_dia},
    {"nibp_map", vitals::Metric::nibp_map},
    {"art_sys", vitals::Metric::art_sys},
    {"art_dia", vitals::Metric::art_dia},
    {"art_map", vitals::Metric::art_map}};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<Row> read_index(const std::filesystem::path& path) {
  std::istringstream lines(read_file(path));
  std::string line;
  std::getline(lines, line);
  const auto names = split(line, '\t');
  std::vector<Row> rows;
  while (std::getline(lines, line)) {
    const auto cells = split(line, '\t');
    Row row;
    for (std::size_t i = 0; i < names.size() && i < cells.size(); ++i) row[names[i]] = cells[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

// An alarm or a pump's report as handed over, kept beyond the call.
struct SeenAlarm {
  std::string code, source, text;
  AlarmLevel level{};
  bool technical = false, on = false, level_told = true, silenced = false;
};
struct SeenPump {
  PumpReport numbers;  // its texts are gone
  std::string device, event, reason, drug, alarm;
};

// Takes the subject as well, which the recording sink keeps as text only.
class CorpusSink : public drivers::test::RecordingSink {
 public:
  struct Group {
    std::string patient_id, unit, bed;
    std::vector<vitals::Observation> seen;
  };
  std::vector<Group> groups;
  std::vector<SeenAlarm> alarms;
  std::vector<SeenPump> pumps;
  std::vector<Group> patients;

  void on_device_alarm(const DeviceAlarm& alarm) override {
    RecordingSink::on_device_alarm(alarm);
    alarms.push_back({std::string(alarm.code), std::string(alarm.source), std::string(alarm.text),
                      alarm.level, alarm.technical, alarm.on, alarm.level_told, alarm.silenced});
  }
  void on_pump(const PumpReport& report) override {
    RecordingSink::on_pump(report);
    pumps.push_back({report, std::string(report.device), std::string(report.event),
                     std::string(report.reason), std::string(report.drug), std::string(report.alarm)});
  }
  void on_patient(const PatientEvent& event) override {
    RecordingSink::on_patient(event);
    const Subject& subject = event.subject;
    patients.push_back(
        {std::string(subject.patient_id), std::string(subject.point_of_care), std::string(subject.bed), {}});
  }

  void on_subject(const Subject& subject) override {
    RecordingSink::on_subject(subject);
    groups.push_back(
        {std::string(subject.patient_id), std::string(subject.point_of_care), std::string(subject.bed), {}});
  }
  void on_observation(const vitals::Observation& seen) override {
    RecordingSink::on_observation(seen);
    ASSERT_FALSE(groups.empty());
    groups.back().seen.push_back(seen);
  }
};

vitals::Stamp now() {
  return {vitals::MonoTime{vitals::Milliseconds{1'000'000}}, vitals::wall_from_unix_ms(1'780'000'000'000)};
}

CorpusSink run(const std::string& bytes, std::size_t chunk) {
  CorpusSink sink;
  const Made made = make({});
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const Bytes all(data, bytes.size());
  std::string framed;
  if (!looks_framed(all)) {
    framed = '\x0B' + bytes + "\x1C\r";
  } else {
    framed = bytes;
  }
  const Bytes stream(reinterpret_cast<const std::uint8_t*>(framed.data()), framed.size());
  for (std::size_t at = 0; at < stream.size(); at += chunk)
    made.driver->feed(stream.subspan(at, std::min(chunk, stream.size() - at)), now(), sink);
  made.driver->tick(now(), sink);
  return sink;
}

// Who and where, of messages that carry no values and for which the driver therefore names no subject.
CorpusSink::Group identity_of(const std::string& bytes) {
  CorpusSink::Group group;
  std::vector<std::string_view> lines;
  Scratch scratch;
  Header header;
  if (!split_lines(bytes, lines) || lines.empty()) return group;
  if (header.parse(lines.front()) == HeaderState::unusable) return group;
  for (const auto line : lines) {
    Subject subject;
    const SegmentId id = id_of(line, header.separators().field);
    if (id == msa) return {};  // an answer tells about nobody's bed
    if (id == pid && group.patient_id.empty())
      group.patient_id = read_patient_id(line, {}, header.separators(), scratch);
    if (id != pv1 || !group.bed.empty()) continue;
    read_visit(line, header.separators(), scratch, subject);
    group.unit = subject.point_of_care;
    group.bed = subject.bed;
  }
  return group;
}

std::string shown(const std::string& text) { return text.empty() ? "-" : text; }

std::string delivered(const CorpusSink::Group& group, vitals::Metric metric) {
  for (const auto& seen : group.seen)
    if (seen.metric == metric && seen.quality == vitals::Quality::valid)
      return drivers::test::number_text(seen.value);
  return "-";
}

bool same_value(const std::string& expected, const std::string& got) {
  if (expected == "-" || got == "-") return expected == got;
  return std::abs(std::stod(expected) - std::stod(got)) <= 0.1;
}

std::string mismatches(const Row& row, const CorpusSink::Group& group) {
  std::string out;
  const auto note = [&](const std::string& column, const std::string& got) {
    out += ' ' + column + ": expected " + row.at(column) + ", got " + got + ';';
  };
  for (const auto& [column, metric] : value_columns) {
    const std::string got = delivered(group, metric);
    if (!same_value(row.at(column), got)) note(column, got);
  }
  if (row.at("patient_id") != shown(group.patient_id)) note("patient_id", shown(group.patient_id));
  if (row.at("unit") != shown(group.unit)) note("unit", shown(group.unit));
  if (row.at("bed") != shown(group.bed)) note("bed", shown(group.bed));
  return out;
}

// What a row says of an alarm or a pump and is not handed over, with the reason.
struct NotMet {
  std::string_view file, key, reason;
};
constexpr std::string_view in_text = "the number at the alarm is part of its text and never a value";
constexpr std::string_view management = "device management is accepted and not read";
constexpr std::string_view rack = "the rack's ward stands in a row of that maker's own";
const std::vector<NotMet> not_met{
    {"ihe-pcd04/01-sdpi-physio-abp-high.hl7", "value", in_text},
    {"ihe-pcd04/01-sdpi-physio-abp-high.hl7", "limit", in_text},
    {"bbraun-pump/07-pcd15-on-battery.hl7", "*", management},
    {"bbraun-pump/08-pcd01-lvp-off-broken-msh.hl7", "ward", rack},
    {"bbraun-pump/09-pcd01-lvp-off-repaired.hl7", "ward", rack},
};

// What comes out of a stream of frames, whatever lies between them.
struct Stream {
  std::string_view file;
  std::vector<double> rates;  // heart rates delivered as valid, in order
  std::size_t answers = 0;
};
const std::vector<Stream> streams{
    {"framing/01-two-frames-one-read.mllp", {61, 62}, 2},  {"framing/02-fs-without-cr.mllp", {61, 62}, 2},
    {"framing/03-garbage-between.mllp", {61, 62}, 2},      {"framing/04-lf-after-fs.mllp", {61, 62}, 2},
    {"framing/05-truncated-then-new-start.mllp", {62}, 1},  // the one that was cut is nobody's
    {"framing/06-heartbeat-and-data.mllp", {61}, 1},        // a heartbeat wants no answer
    {"framing/10-cosyte-r1-ack-aa.mllp", {}, 0},            // nor does an answer
    {"framing/10-cosyte-r1-oru-r01.mllp", {}, 1},           // of a laboratory
};

bool is_excused(const Row& row, std::string_view key) {
  return std::any_of(not_met.begin(), not_met.end(), [&](const NotMet& one) {
    return one.file == row.at("file") && (one.key == "*" || one.key == key);
  });
}

// `key=value; key=value`; what has no `=` becomes a key without value.
std::vector<std::pair<std::string, std::string>> statements(const std::string& cell) {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::string part : split(cell, ';')) {
    part.erase(0, part.find_first_not_of(' '));
    part = part.substr(0, part.find(" ("));  // a remark
    const std::size_t equals = part.find('=');
    out.emplace_back(part.substr(0, equals), equals == std::string::npos ? "" : part.substr(equals + 1));
  }
  return out;
}

std::string priority_word(const SeenAlarm& alarm) {
  if (!alarm.level_told) return "";
  return alarm.level == AlarmLevel::high ? "PH" : alarm.level == AlarmLevel::medium ? "PM" : "PL";
}

bool alarm_says(const SeenAlarm& alarm, const CorpusSink& sink, const std::string& key,
                const std::string& value) {
  if (key == "phase") return alarm.on == (value != "end");
  if (key == "state") return alarm.on == (value != "inactive");
  if (key == "inactivation") return alarm.silenced == (value != "enabled");
  if (key == "priority") return priority_word(alarm) == value;
  if (key == "type") return value == "SA" || alarm.technical == (value == "ST");
  if (key == "event") return alarm.code == value;
  if (key == "text") return alarm.text == value;
  if (key == "source") return !alarm.source.empty();  // the row has a person's word for it
  if (key == "device")
    return alarm.source == value || sink.text().find("device=\"" + value) != std::string::npos;
  return false;
}

// `physiological x7: SpO2 high; ...`, in words.
std::string listed_alarm_mismatches(const Row& row, const CorpusSink& sink) {
  const std::string cell = row.at("alarm");
  const std::size_t times = cell.find(" x");
  const std::size_t expected = times == std::string::npos ? 1 : std::stoul(cell.substr(times + 2));
  const bool technical = cell.starts_with("technical");
  const auto right = std::count_if(sink.alarms.begin(), sink.alarms.end(), [&](const SeenAlarm& one) {
    return one.on && one.technical == technical;
  });
  return static_cast<std::size_t>(right) == expected && sink.alarms.size() == expected
             ? ""
             : " alarm: expected " + cell + ", got " + std::to_string(sink.alarms.size());
}

std::string alarm_mismatches(const Row& row, const CorpusSink& sink) {
  const std::string cell = row.at("alarm");
  if (cell == "-") return sink.alarms.empty() ? "" : " alarm: expected none";
  if (cell.find('=') == std::string::npos) return listed_alarm_mismatches(row, sink);
  if (sink.alarms.size() != 1) return " alarm: expected one, got " + std::to_string(sink.alarms.size());
  std::string out;
  for (const auto& [key, value] : statements(cell))
    if (!is_excused(row, key) && !alarm_says(sink.alarms.front(), sink, key, value))
      out += " alarm: " + key + " is not " + value + ';';
  return out;
}

bool near(const std::optional<double>& got, double expected) {
  return got && std::abs(*got - expected) < 1e-6;
}

bool pump_says(const SeenPump& pump, const std::string& key, const std::string& value) {
  const PumpReport& numbers = pump.numbers;
  const auto number = [&] { return std::stod(value); };
  if (key == "device") return pump.device == value;
  if (key == "event") return pump.event == "PUMP_" + value;
  if (key == "reason") return "pump-" + pump.reason == value;
  if (key == "drug") return pump.drug == value;
  if (key == "near_completion") return pump.alarm == "VOL_INFUS_NEAR_COMP";
  if (key == "status") return (numbers.state == PumpState::running) == (value == "infusing");
  if (key == "rate_ml_h") return near(numbers.rate_ml_h, number());
  if (key == "conc_mg_ml") return near(numbers.concentration_mg_ml, number());
  if (key == "vtbi_ml") return near(numbers.volume_to_infuse_ml, number());
  if (key == "remaining_ml") return near(numbers.volume_remaining_ml, number());
  if (key == "infused_ml") return near(numbers.volume_ml, number());
  if (key == "time_remaining_s") return near(numbers.time_remaining_s, number());
  if (key == "time_remaining_min") return near(numbers.time_remaining_s, number() * 60);
  if (key == "weight_kg") return near(numbers.weight_kg, number());
  if (key == "dose") return value.ends_with(" ug/kg/min") && near(numbers.rate_mg_kg_h, number() * 0.06);
  return false;
}

// An order is no infusion; what an alarm message says of a pump is its alarm.
std::string pump_mismatches(const Row& row, const CorpusSink& sink) {
  const std::string cell = row.at("pump");
  const std::string type = row.at("msg_type");
  if (cell == "-" || cell.starts_with("order") || type.starts_with("ORU^R40"))
    return sink.pumps.empty() ? "" : " pump: expected none";
  std::string out;
  for (const auto& [key, value] : statements(cell)) {
    if (is_excused(row, key)) continue;
    if (sink.pumps.size() != 1 || !pump_says(sink.pumps.front(), key, value))
      out += " pump: " + key + " is not " + value + ';';
  }
  return out;
}

CorpusSink::Group identity(const CorpusSink& sink, const std::string& bytes) {
  if (!sink.groups.empty()) return sink.groups.front();
  return sink.patients.empty() ? identity_of(bytes) : sink.patients.front();
}

// False: the row has no stream that would be known here.
bool compare_stream(const Row& row, const CorpusSink& sink) {
  const auto known = std::find_if(streams.begin(), streams.end(),
                                  [&](const Stream& one) { return one.file == row.at("file"); });
  if (known == streams.end()) return false;
  std::vector<double> rates;
  for (const auto& seen : sink.observations)
    if (seen.metric == vitals::Metric::hr && seen.quality == vitals::Quality::valid)
      rates.push_back(seen.value);
  EXPECT_EQ(rates, known->rates) << sink.text();
  const auto answers = std::count_if(sink.lines.begin(), sink.lines.end(),
                                     [](const std::string& line) { return line.starts_with("answer "); });
  EXPECT_EQ(static_cast<std::size_t>(answers), known->answers) << sink.text();
  return true;
}

TEST(Corpus, EveryStrictRowIsMet) {
  const char* const folder = std::getenv("VITALSD_CORPUS");
  if (folder == nullptr)
    GTEST_SKIP() << "left out: the environment variable VITALSD_CORPUS names no sample folder";
  const std::filesystem::path root(folder);
  const auto rows = read_index(root / "INDEX.tsv");
  ASSERT_FALSE(rows.empty()) << "no INDEX.tsv in " << root;
  std::size_t strict = 0, met = 0, compared_streams = 0;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.at("file"));
    const std::string bytes = read_file(root / row.at("file"));
    EXPECT_FALSE(bytes.empty());
    const CorpusSink whole = run(bytes, bytes.size() + 8);
    EXPECT_EQ(whole.lines, run(bytes, 1).lines) << "the split of the stream changed the outcome";
    if (row.at("score") != "strict") {
      if (compare_stream(row, whole)) {
        ++compared_streams;
      } else {
        std::cout << "not compared: " << row.at("file") << ", because " << row.at("score") << ": "
                  << row.at("notes") << '\n';
      }
      continue;
    }
    ++strict;
    const std::string wrong =
        mismatches(row, identity(whole, bytes)) + alarm_mismatches(row, whole) + pump_mismatches(row, whole);
    if (wrong.empty()) ++met;
    EXPECT_TRUE(wrong.empty()) << row.at("dialect") << wrong << '\n' << whole.text();
  }
  for (const NotMet& one : not_met)
    std::cout << "not met: " << one.file << ' ' << one.key << ": " << one.reason << '\n';
  std::cout << rows.size() << " messages, " << strict << " to be met exactly, " << met << " met; "
            << compared_streams << " streams of frames compared\n";
}

}  // namespace
}  // namespace drivers::hl7
