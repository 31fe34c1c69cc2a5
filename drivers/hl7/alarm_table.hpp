// Alarms of other systems that are on now, of one source. A report is a message that may come again, late or
// never; what leaves here is a level: told when it changes.
//
// The table outlives connections: a reporter that comes back after a lost link repeats what is still there.
// What it has not repeated by then is not ended - nobody said so - but marked unsure.
//
// Bounds: alarms_max in all, device_alarms_max per place. An alarm that finds no room is handed on all the
// same, it is only not remembered: it will be told again with each report and is never marked unsure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"

namespace drivers::hl7 {

inline constexpr std::size_t alarms_max = 256;
inline constexpr std::size_t reporters_max = 64;
// Reporters repeat what is on every 10 to 60 s; longer silence of a reporter means its link was lost.
inline constexpr vitals::Milliseconds repeat_ms_max{60'000};
// After its return: two repetitions and a minute.
inline constexpr vitals::Milliseconds unrepeated_ms_max{2 * repeat_ms_max.count() + 60'000};

// One alarm as a message reports it. Views of the message.
struct AlarmReport {
  std::string_view event_id;  // the same from its begin to its end, where the sender keeps to that
  std::string_view reporter;
  DeviceAlarm alarm;
};

// Which of a sender's whole lists an alarm stands in; `single` is reported for itself.
enum class AlarmList : std::uint8_t { single, physiological, technical };

class AlarmTable {
 public:
  // What became of a report, for the faults that are counted.
  enum class Taken : std::uint8_t { kept, no_room, unknown_end };

  Taken take(const Subject& subject, const AlarmReport& report, Sink& out);

  // A whole list: what stood in the place's former list and is not in this one is over.
  void begin_list(AlarmList list, const Subject& subject);
  Taken take_listed(AlarmList list, const Subject& subject, const DeviceAlarm& alarm, Sink& out);
  void end_list(AlarmList list, const Subject& subject, vitals::Stamp rx, Sink& out);

  // A message of this reporter came; `first` of its connection.
  void hear(std::string_view reporter, bool first, vitals::MonoTime now);

  // Marks what was not repeated in time; to be called often, does nothing in between.
  void tick(vitals::Stamp now, Sink& out);

  std::size_t size() const;

 private:
  struct Entry {
    bool used = false;
    AlarmList list = AlarmList::single;
    bool listed = false;  // in the list that is being read
    std::string location, bed, reporter, event_id, code, source, text;
    AlarmLevel level{};
    bool technical = false, level_told = true, silenced = false, unsure = false;
    std::optional<vitals::WallTime> t_event;
    std::optional<vitals::MonoTime> repeat_by;
  };
  struct Reporter {
    std::string name;
    vitals::MonoTime heard_at;
  };

  Entry* find_event(std::string_view location, const AlarmReport& report);
  Entry* find_named(std::string_view location, AlarmList list, const DeviceAlarm& alarm);
  Entry* find_room(std::string_view location);
  Taken set(Entry* entry, AlarmList list, const Subject& subject, const AlarmReport& report, Sink& out);
  Taken end(Entry* entry, const AlarmReport& report, Sink& out);
  static bool update(Entry& entry, const DeviceAlarm& alarm);
  static DeviceAlarm told(const Entry& entry, bool on, vitals::Stamp rx);

  std::vector<Entry> entries_;  // grows to the most alarms at once, then stays
  std::vector<Reporter> reporters_;
  vitals::MonoTime next_due_ = vitals::MonoTime::max();
};

}  // namespace drivers::hl7
