// Alarms of other systems that are on now, of one source. A report is a message that may come again, late or
// never; what leaves here is a level: told when it changes, and once more by each new connection, because
// whoever keeps it wants to know from which one it still holds. Nothing ends by silence here.
//
// Bounds: device_alarms_max per place, as many as a bed shows, so that no bed takes another's room;
// alarms_max in all, because a driver does not know which places are beds of ours. An alarm that finds no
// room is handed on all the same, it is only not remembered: it is told again with each report.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"

namespace drivers::hl7 {

inline constexpr std::size_t alarms_max = 8192;  // of one source

// One alarm as a message reports it. Views of the message.
struct AlarmReport {
  std::string_view event_id;  // the same from its begin to its end, where the sender keeps to that
  std::string_view reporter;
  DeviceAlarm alarm;
};

// The connection's driver, as an address to tell them apart by.
using Teller = const void*;

// Which of a sender's whole lists an alarm stands in; `single` is reported for itself.
enum class AlarmList : std::uint8_t { single, physiological, technical, in_results };

class AlarmTable {
 public:
  // What became of a report, for the faults that are counted.
  enum class Taken : std::uint8_t {
    kept,
    ended_elsewhere,  // at the place where it began; the sink was told of that place
    no_room,
    unknown_end,
  };

  Taken take(const Subject& subject, const AlarmReport& report, Teller teller, Sink& out);

  // A whole list: what stood in this reporter's former list of the place and is not in this one is over.
  void begin_list(AlarmList list, std::string_view reporter, const Subject& subject);
  Taken take_listed(AlarmList list, const Subject& subject, const AlarmReport& report, Teller teller,
                    Sink& out);
  void end_list(AlarmList list, std::string_view reporter, const Subject& subject, vitals::Stamp rx,
                Sink& out);

 private:
  struct Entry {
    AlarmList list = AlarmList::single;
    bool listed = false;  // in the list that is being read
    Teller teller = nullptr;
    std::string patient_id, reporter, event_id, code, source, text;
    AlarmLevel level{};
    bool technical = false, level_told = true, silenced = false, unsure = false, test = false;
    std::optional<vitals::WallTime> t_event;
  };
  using Entries = std::vector<Entry>;
  using Places = std::map<std::string, Entries, std::less<>>;  // by location, of those where one is on
  enum class Sameness : std::uint8_t { none, likely, sure };

  Taken set(AlarmList list, const Subject& subject, const AlarmReport& report, Entry* entry, Teller teller,
            Sink& out);
  Taken end(const Subject& subject, const AlarmReport& report, Sink& out);
  bool end_elsewhere(const Subject& subject, const AlarmReport& report, bool ended_here, Sink& out);
  Entry* make_room(std::string_view location);
  void end_entry(Places::iterator place, const Entry* entry, vitals::Stamp rx, Sink& out);
  static Entry* find_event(Entries& entries, const AlarmReport& report);
  static Entry* find_named(Entries& entries, AlarmList list, const DeviceAlarm& alarm);
  static Sameness sameness(const Entry& entry, const Subject& subject, const AlarmReport& report);
  static bool update(Entry& entry, const DeviceAlarm& alarm);
  static DeviceAlarm told(const Entry& entry, bool on, vitals::Stamp rx);

  Places places_;
  std::size_t count_ = 0;  // at all of them
};

}  // namespace drivers::hl7
