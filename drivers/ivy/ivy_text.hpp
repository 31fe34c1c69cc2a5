// The text part of one Ansar-B record, read line by line. Nothing is decided here about the patient.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace drivers::ivy {

enum class Name : std::uint8_t { hr, rr, etco2, spo2, nibp, p1, p2, t1, t2 };
inline constexpr std::size_t name_count = 9;
inline constexpr std::array<std::string_view, name_count> names{"HR", "RR", "ETCO2", "SPO2", "NIBP",
                                                                "P1", "P2", "T1",    "T2"};

// Views point into the record.
struct Line {
  bool present = false;                           // a line of that name stands in the record
  std::string_view wrong;                         // why it cannot be used, a short stable word
  std::array<std::string_view, 4> raw;            // as printed, without blanks around
  std::array<std::optional<unsigned>, 4> values;  // of whole numbers, empty: the field is
  std::string_view text;                          // label, setting or message
  std::string_view message;                       // a further item: perhaps an alarm text

  bool usable() const { return present && wrong.empty(); }
};

struct Record {
  std::array<Line, name_count> lines;
  std::string_view wrong;  // why the record as a whole cannot be used

  const Line& operator[](Name name) const { return lines[static_cast<std::size_t>(name)]; }
};

// True when the text begins with one of the known names and '='; false also while that is not decided.
bool begins_with_a_name(std::string_view text);
inline constexpr std::size_t name_bytes_max = 6;  // "ETCO2="

// Calls on_unknown(name, rest) for each line of another name, and on_broken(line) for each that is no
// NAME=... at all.
template <class OnUnknown, class OnBroken>
Record parse_record(std::string_view text, OnUnknown&& on_unknown, OnBroken&& on_broken);

std::string_view trim(std::string_view text);

// For parse_record. False: the line's name is not one of ours; an empty name: it has none.
struct Taken {
  bool known = false;
  std::string_view name;
  std::string_view rest;
};
Taken take_line(std::string_view line, Record& record);

template <class OnUnknown, class OnBroken>
Record parse_record(std::string_view text, OnUnknown&& on_unknown, OnBroken&& on_broken) {
  Record record;
  // The last CR comes right before the end of the record: without it something is missing.
  if (text.empty() || text.back() != '\r') {
    record.wrong = "unended";
    return record;
  }
  while (!text.empty() && record.wrong.empty()) {
    const std::string_view line = text.substr(0, text.find('\r'));
    text.remove_prefix(line.size() + 1);
    const Taken taken = take_line(line, record);
    if (taken.known) continue;
    taken.name.empty() ? on_broken(line) : on_unknown(taken.name, taken.rest);
  }
  // What lacks one of them is a piece of a record.
  if (record.wrong.empty() && (!record[Name::hr].present || !record[Name::spo2].present))
    record.wrong = "incomplete";
  return record;
}

}  // namespace drivers::ivy
