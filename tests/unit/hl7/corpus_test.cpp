// Runs every message of a folder of samples through the driver and compares with the folder's INDEX.tsv. The
// folder is not part of the project: its path comes from the environment variable VITALSD_CORPUS.
//
// INDEX.tsv: first line names the columns, tabs separate, no quoting. Used here: file, dialect, score, hr,
// pr, spo2, nibp_*, art_*, patient_id, unit, bed. `-` in a value column: no usable value may be delivered.
#include <gtest/gtest.h>

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

// Takes the subject as well, which the recording sink keeps as text only.
class CorpusSink : public drivers::test::RecordingSink {
 public:
  struct Group {
    std::string patient_id, unit, bed;
    std::vector<vitals::Observation> seen;
  };
  std::vector<Group> groups;

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
      group.patient_id = read_patient_id(line, header.separators(), scratch);
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

TEST(Corpus, EveryStrictRowIsMet) {
  const char* const folder = std::getenv("VITALSD_CORPUS");
  if (folder == nullptr)
    GTEST_SKIP() << "left out: the environment variable VITALSD_CORPUS names no sample folder";
  const std::filesystem::path root(folder);
  const auto rows = read_index(root / "INDEX.tsv");
  ASSERT_FALSE(rows.empty()) << "no INDEX.tsv in " << root;
  std::size_t strict = 0;
  std::size_t met = 0;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.at("file"));
    const std::string bytes = read_file(root / row.at("file"));
    EXPECT_FALSE(bytes.empty());
    const CorpusSink whole = run(bytes, bytes.size() + 8);
    EXPECT_EQ(whole.lines, run(bytes, 1).lines) << "the split of the stream changed the outcome";
    if (row.at("score") != "strict") continue;
    ++strict;
    const CorpusSink::Group group = whole.groups.empty() ? identity_of(bytes) : whole.groups.front();
    const std::string wrong = mismatches(row, group);
    if (wrong.empty()) ++met;
    EXPECT_TRUE(wrong.empty()) << row.at("dialect") << wrong << '\n' << whole.text();
  }
  std::cout << rows.size() << " messages, " << strict << " to be met exactly, " << met << " met\n";
}

}  // namespace
}  // namespace drivers::hl7
