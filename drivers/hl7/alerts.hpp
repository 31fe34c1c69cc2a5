// Alarms of other systems: IHE PCD-04 (ORU^R40) and the alarm lists of Mindray PDS. They are forwarded, never
// judged, and the numbers in them are part of the alarm's text: none becomes an observation.
#pragma once

#include <string>
#include <string_view>

#include "drivers/hl7/alarm_table.hpp"
#include "drivers/hl7/events.hpp"
#include "drivers/hl7/received.hpp"
#include "drivers/hl7/subject.hpp"

namespace drivers::hl7 {

class AlertReader {
 public:
  explicit AlertReader(const ReadingRules& rules) : rules_(rules) {}

  // PCD-04: device rows, then facets of one alert, for each OBR.
  void read(const Received& message, AlarmTable& table);

 private:
  // What the rows of one OBR say, as views of the message.
  struct Alert {
    bool any = false;  // a facet was there
    std::string_view id, parent_id;
    Event event;
    bool coded_event = false;  // in OBX-5, as equipment alarms have it
    std::string_view shown;    // text on the screen, one of several places
    std::string_view source, source_device, value;
    std::string_view phase, state, inactivation, priority, type;
    std::string_view device;
    std::string_view time;
  };

  void read_segment(std::string_view segment, AlarmTable& table);
  void begin_patient(std::string_view segment);
  void begin_alert(std::string_view segment);
  void read_row(std::string_view segment);
  void read_event_row();
  void read_source_row();
  void read_flags();
  void end_alert(AlarmTable& table);
  void hand_on(AlarmTable& table);
  void announce(bool required);
  DeviceAlarm judged();
  void judge_state(DeviceAlarm& alarm);
  bool is_technical() const;
  std::string_view source_of_alert();
  std::string_view text_of_alert();
  std::string_view words(std::string_view reference);

  const ReadingRules& rules_;

  // Of the message being read.
  const Received* message_ = nullptr;
  std::size_t at_ = 0;
  Zone zone_;
  std::string_view reporter_;
  Scratch scratch_;        // texts of the subject
  Scratch alert_scratch_;  // texts of one alert
  Subject subject_;
  PlaceOrder places_;
  bool announced_ = false;
  bool any_announced_ = false;
  Alert alert_;
  Fields fields_;
  std::string made_text_;  // where no text was sent; reused
};

// Mindray PDS classes 54 and 56: the whole list of what is on now, at the place that the connection's
// messages told before. `zone`: of its times.
void read_mindray_alarms(const Received& message, AlarmList list, const Subject& subject, const Zone& zone,
                         AlarmTable& table, Teller teller);

}  // namespace drivers::hl7
