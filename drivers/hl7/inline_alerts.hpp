// Alarms inside result messages, as Philips information centres and Efficia or SureSigns monitors write them:
//
//   OBX||TX|2^Yellow Alarm^MDIL-ALERT||HR Low, HR=55 /min||||||F
//
// OBX-3.1: 1 red, 2 yellow, 5 hard INOP, 6 soft INOP. No row says that an alarm is over. So each message is
// taken for the whole list of its place: what the sender's next results for it do not repeat has ended.
#pragma once

#include <string_view>

#include "drivers/hl7/alarm_table.hpp"
#include "drivers/hl7/received.hpp"

namespace drivers::hl7 {

class InlineAlerts {
 public:
  void begin_message(const Received& message, AlarmTable& table, Teller teller);

  // One row, at the place that was announced.
  void take(const Fields& row, const Subject& subject, std::optional<vitals::WallTime> at);

  // The last row of that place was read.
  void end_group(const Subject& subject);

 private:
  const Received* message_ = nullptr;
  AlarmTable* table_ = nullptr;
  Teller teller_ = nullptr;
  std::string_view reporter_;
  bool listed_ = false;  // the list of this place was begun
};

// What names an alarm whose text carries numbers that change: its words up to a comma or to the first one
// that begins with a digit or a sign. `** HR 134>120` -> `HR`, `HR Low, HR=55 /min` -> `HR Low`.
std::string_view alert_words(std::string_view text);

}  // namespace drivers::hl7
