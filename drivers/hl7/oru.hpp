// The reading rules: one message of results -> whose they are, observations, and a fault for each row not
// used.
//
// Strict on purpose. A missing value becomes a technical alarm by time; a wrong value becomes a wrong alarm,
// or hides a right one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/vitals/observation.hpp"
#include "drivers/driver.hpp"
#include "drivers/hl7/candidate.hpp"
#include "drivers/hl7/codes.hpp"
#include "drivers/hl7/inline_alerts.hpp"
#include "drivers/hl7/message.hpp"
#include "drivers/hl7/received.hpp"
#include "drivers/hl7/result_row.hpp"
#include "drivers/hl7/source_memory.hpp"
#include "drivers/hl7/subject.hpp"
#include "drivers/hl7/units.hpp"
#include "drivers/hl7/values.hpp"

namespace drivers::hl7 {

inline constexpr vitals::Milliseconds clock_tolerance_ms{5 * 60 * 1000};  // sender's clock against ours

class OruReader {
 public:
  explicit OruReader(const ReadingRules& rules) : rules_(rules) {}

  // False: the message is a pump's, it holds no vital sign and nothing was taken from it.
  bool read(const Received& message, SourceMemory& memory, Teller teller);

  // Mindray PDS: whose this connection is, as its messages said before.
  Subject remembered_subject(const Header& header);

 private:
  // What a row says, before it is weighed against others.
  struct Row {
    Watched watched;
    std::uint32_t mdc = 0;
    RowStatus status;
    std::string_view type;
    bool structured = false;  // type SN
    bool numeric = false;     // type NM or SN
    std::string_view sub_id;
    std::string_view value;
    std::optional<UnitFacts> site_unit;
  };

  void begin_message();
  void announce();
  bool clock_agrees(const DeviceTime& time) const;
  void read_segment(std::string_view segment);
  void begin_patient(std::string_view segment);
  void read_place(std::string_view segment);
  void begin_results(std::string_view segment);
  void read_result(std::string_view segment);
  void read_watched(Row& row);
  void read_value(const Row& row);
  bool take_identity_row();
  void take_alert_row();
  void note_device_row(const Dictionary::Code& code);
  bool accept_code(const Resolution& code, Row& row);
  bool accept_form(const Row& row);
  bool accept_status(const Row& row);
  bool accept_flags(const Row& row, vitals::Reason& doubt);
  vitals::Observation judged(vitals::Metric metric, const Reading& reading, const UnitFacts& unit,
                             vitals::Reason doubt);
  void withdraw(const Row& row);
  void offer(const Row& row, vitals::Observation seen);
  vitals::WallTime time_for(vitals::Metric metric, const DeviceTime& time) const;
  void set_time(const Row& row, vitals::Observation& seen);
  void end_results();
  void end_group();
  void judge_pressures(vitals::Metric sys, vitals::Metric dia);
  void fault(FaultKind kind, std::string_view reason);
  const DeviceTime& time_of(std::string_view text);

  const ReadingRules& rules_;
  RememberedSubject remembered_;  // Mindray PDS
  InlineAlerts alerts_;           // Philips

  // Of the message being read.
  const Received* message_ = nullptr;
  Dictionary* dictionary_ = nullptr;
  std::size_t at_ = 0;  // the segment being read
  PrivateCodes private_codes_ = PrivateCodes::none;
  Zone zone_;
  bool test_ = false;
  bool clock_trusted_ = false;
  bool clock_reported_ = false;  // of the connection: said once, again after it was right in between
  DeviceTime message_time_;
  bool identity_only_ = false;  // Mindray PDS class 101 or 103

  // Of the group being read.
  Scratch scratch_;
  Subject subject_;
  PlaceOrder places_;
  bool located_ = false;
  bool announced_ = false;
  bool patient_seen_ = false;
  bool results_seen_ = false;
  bool device_row_seen_ = false;
  bool pump_ = false;
  bool waveform_ = false;
  bool continuous_ = false;  // of what these rows bring, something is measured all the time
  DeviceTime group_time_;
  std::array<Candidate, vitals::metric_count> candidates_;
  vitals::MetricSet filled_;

  // Of the row being read.
  Fields fields_;
  std::string cached_time_text_;
  DeviceTime cached_time_;
};

}  // namespace drivers::hl7
