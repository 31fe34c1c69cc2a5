// Mindray PDS classes 54 (of the patient) and 56 (of the equipment): every message is the whole list.
//
//   OBX||CE|2|1|10033^**SpO2 TOO HIGH||||||F|||20070106193145|
//   OBX||CE|4||205^SpO2 Sensor Off||||||F|
//
// OBX-3 is 2 or 4; what else stands there (2040, 2041) is the state of the list. The stars are the level.
#include <algorithm>

#include "drivers/hl7/alerts.hpp"

namespace drivers::hl7 {

namespace {

std::size_t count_stars(std::string_view text) { return std::min(text.find_first_not_of('*'), text.size()); }

AlarmLevel level_of(std::size_t stars) {
  if (stars >= 3) return AlarmLevel::high;
  return stars == 2 ? AlarmLevel::medium : AlarmLevel::low;
}

}  // namespace

void read_mindray_alarms(const Received& message, AlarmList list, const Subject& subject, const Zone& zone,
                         AlarmTable& table, Teller teller) {
  const Separators& by = message.separators();
  const std::string_view wanted = list == AlarmList::technical ? "4" : "2";
  Fields fields;
  Scratch scratch;
  message.out.on_subject(subject);
  table.begin_list(list, {}, subject);
  for (const std::string_view segment : message.segments) {
    if (id_of(segment, by.field) != obx) continue;
    fields.split(segment, by, 14);
    if (trim(component(fields[3], 1, by)) != wanted) continue;
    scratch.clear();
    const Coded value = coded(fields[5], by);
    const std::size_t stars = count_stars(value[1]);
    DeviceAlarm alarm;
    alarm.code = text_of(value[0], by, scratch);
    alarm.text = text_of(value[1].substr(stars), by, scratch);
    alarm.level = level_of(stars);
    alarm.level_told = stars > 0;
    alarm.technical = list == AlarmList::technical;
    if (stars == 0 && !alarm.technical) alarm.level = AlarmLevel::medium;
    alarm.on = true;
    alarm.test = is_test(message.header);
    alarm.rx = message.rx;
    alarm.t_event = instant(fields[14], message, zone);
    if (alarm.code.empty()) {
      report(message, FaultKind::broken, "alarm-without-event");
    } else if (table.take_listed(list, subject, {{}, {}, alarm}, teller, message.out) ==
               AlarmTable::Taken::no_room) {
      report(message, FaultKind::refused, "alarm-table-full");
    }
  }
  table.end_list(list, {}, subject, message.rx, message.out);
  message.out.on_frame_end(message.rx);
}

}  // namespace drivers::hl7
