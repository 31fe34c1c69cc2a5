// An HL7 monitor: its messages, and the player that sends them over MLLP. It is not a Device: it connects or
// is connected to, waits for answers and sends again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/simulate/scenario.hpp"

namespace simulate {

enum class Dialect : std::uint8_t {
  pcd01,  // IHE
  loinc,
  mindray_pds,
  philips,  // information centre, MDIL codes
  nihon_kohden,
  comen,
  welch_allyn,
  draeger,  // Infinity gateway
};
bool waits_for_answer(Dialect dialect);  // Mindray PDS streams

struct CuffReading {
  int sys = 0, dia = 0, map = 0;
  std::int64_t taken_unix_s = 0;
};
// An alarm of the monitor, of medium priority: scenarios tell none.
struct Hl7Alarm {
  enum class Phase : std::uint8_t { start, goes_on, end };
  std::string id, text;
  Phase phase = Phase::start;
};
bool tells_alarms(Dialect dialect);    // the others have no message for it, or none that was published
bool tells_artifact(Dialect dialect);  // likewise
struct Hl7Sample {
  std::string bed;  // "unit/bed" or a bed name alone, for PV1-3
  std::string control_id;
  std::int64_t unix_s = 0;
  std::optional<int> hr, pr, spo2;
  bool probe_on = true;             // off: pulse rate and SpO2 stand in the message without a number
  bool leads_on = true;             // off: likewise the heart rate
  bool artifact = false;            // rates and SpO2 are marked as doubtful where the dialect can say so
  std::optional<CuffReading> cuff;  // monitors repeat the last one with its own time
  std::optional<Hl7Alarm> alarm;
};
std::string encode_hl7(Dialect dialect, const Hl7Sample& sample);                  // pcd01 or loinc
std::vector<std::string> encode_maker(Dialect dialect, const Hl7Sample& sample);   // the others
std::vector<std::string> encode_report(Dialect dialect, const Hl7Sample& sample);  // any
std::string encode_alert(const Hl7Sample& sample);  // pcd01: ORU^R40 about the sample's alarm
std::string escaped(std::string_view text);         // what separates fields is written as \F\ and the like
std::string time_text(std::int64_t unix_s);         // 20251124160000+0000
std::string frame_mllp(std::string_view message);

struct Hl7Answer {
  std::string code;        // MSA-1
  std::string control_id;  // MSA-2
};
std::optional<Hl7Answer> parse_answer(std::string_view message);

struct Hl7Options {
  std::string scenario, bed;
  std::string connect, listen;  // ADDRESS:PORT, one of them
  Dialect dialect = Dialect::pcd01;
  double speed = 1;
};
// Runs until the scenario ends or SIGINT/SIGTERM comes; the result is the exit code.
int run_hl7(const Hl7Options& options);

}  // namespace simulate
