// The monitor's own alarms, forwarded as conditions `mon-{source}-{crc32 of its code and alert source}` and
// never judged: text, code and priority as told, no delay, ended as told. Sound that is off or an
// acknowledgement at the monitor is shown and never acknowledges ours. What a lost link or a restart leaves
// open is ended, or called unknown, only after the device had its chance to say it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/engine.hpp"
#include "drivers/driver.hpp"

namespace bed {

// A driver that starts anew has told all that its device lists within this: twice the slowest alarm cycle of
// the protocols we speak (30 s), from the first frame after link-up.
inline constexpr vitals::Milliseconds alarm_cycle_ms_max{60'000};
// Of what the device says, at most this goes into a document.
inline constexpr std::size_t monitor_text_bytes_max = 200;
inline constexpr std::size_t monitor_code_bytes_max = 120;

// Who told an alarm: one driver object. An address, to tell them apart and never to follow.
using Teller = const void*;

class MonitorAlarms {
 public:
  struct Source {
    std::string name;
    // True: after a start the driver tells all that the device lists. False (HL7, PCD-04): every alarm is a
    // message of its own, repeated at the reporter's interval.
    bool lists = true;
    vitals::Milliseconds silence;  // longer without a frame: nothing is known of the device
    vitals::Milliseconds period;   // of HL7, the repeat interval
  };

  MonitorAlarms(alarms::Engine& engine, std::vector<Source> sources);

  // False: the device has more alarms than device_alarms_max; this one is counted, not shown.
  bool told(std::size_t source, const drivers::DeviceAlarm& alarm, Teller teller, alarms::Listener& out);
  // The driver object is gone: what it told must be told again by another.
  void teller_gone(std::size_t source, Teller teller, vitals::Stamp now);
  void link(std::size_t source, bool up);  // settle() follows
  // A frame came. True: that is news, and settle() is wanted.
  bool heard(std::size_t source, vitals::MonoTime at);
  void settle(vitals::Stamp now, alarms::Listener& out);
  vitals::MonoTime deadline(vitals::MonoTime now) const;

  // The condition of an episode that the journal has, to be restored by the engine; null: not one of ours, or
  // of a source that this bed has no more.
  alarms::Condition* adopt(const alarms::Alarm& stored, vitals::Stamp now, alarms::Listener& out);
  // No limits without a session (idle off) rests these too.
  void set_watching(bool watching, vitals::Stamp now, alarms::Listener& out);
  std::optional<std::size_t> source_of(const alarms::Alarm& alarm) const;  // only of an alarm made here
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Slot {
    alarms::Condition* condition = nullptr;
    bool on = false;
    Teller teller = nullptr;  // null: nobody who is still there
    vitals::MonoTime doubted_at{};
  };
  struct Device {
    Source facts;
    std::vector<Slot> slots;  // at most device_alarms_max
    bool up = false;
    std::optional<vitals::MonoTime> heard_at;         // since link-up
    std::optional<vitals::MonoTime> listening_since;  // without a silence

    bool silent(vitals::MonoTime now) const { return !heard_at || now - *heard_at >= facts.silence; }
  };

  Slot* find(Device& device, std::string_view name);
  Slot* take(Device& device, alarms::ConditionSpec spec);
  void replace(Slot& slot, alarms::ConditionSpec spec, vitals::Stamp now, alarms::Listener& out);
  void begin(Slot& slot, const drivers::DeviceAlarm& alarm, alarms::Listener& out);
  void settle(const Device& device, Slot& slot, vitals::Stamp now, alarms::Listener& out);
  void behave(Slot& slot, alarms::Priority priority, vitals::Stamp now, alarms::Listener& out);
  vitals::MonoTime unknown_at(const Device& device, const Slot& slot) const;

  alarms::Engine* engine_;
  std::vector<Device> devices_;
  bool watching_ = true;
  std::uint64_t dropped_ = 0;
};

// "mon-mon1-8f3c21d0": CRC-32 (IEEE 802.3) of code, a zero byte, alert source.
std::string monitor_condition(std::string_view source, std::string_view code, std::string_view alert_source);

}  // namespace bed
