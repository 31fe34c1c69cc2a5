// All alarm conditions of one place (a bed, or the node): routes statements to them, keeps the time.
//
// Timers fire in the order of their deadlines, each at its own deadline, whatever the caller's tick: the same
// input gives the same alarms.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string_view>

#include "daemon/alarms/condition.hpp"

namespace alarms {

class Engine {
 public:
  Engine(Place place, const Realarm& realarm, const Callout& callout);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // References stay valid. What cannot be known before use (a device's own alarms) may be added later.
  Condition& add(std::shared_ptr<const ConditionSpec> spec);
  Condition& add(ConditionSpec spec);
  Condition* find(std::string_view name);
  const std::deque<Condition>& conditions() const { return conditions_; }
  const Place& place() const { return around_.place; }

  // Expects advance(now) before, unless alarms have just been restored: their phase comes first.
  void set_behaviour(Condition& condition, const Behaviour& behaviour, EndReason if_unwatched, Stamp now,
                     Listener& out);

  // Whom every alarm of this place calls at the least, those to come too.
  void call_at_least(Audience audience, Stamp now, Listener& out);

  // Each of these first lets happen what time alone has brought by `now`.
  void read(Condition& condition, const Reading& reading, Stamp now, Listener& out);
  void assert_present(Condition& condition, bool present, Stamp now, Listener& out);
  void assert_at_once(Condition& condition, Stamp now, Listener& out);
  bool lose(Condition& condition, Data how, Stamp now, Listener& out);
  // What people do with an episode; without a `condition` its id says which.
  AckResult acknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                        std::string_view by, Stamp now, Listener& out);
  AckResult reset(std::string_view condition, std::string_view id, Stamp now, Listener& out);
  AckResult unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev, Stamp now,
                          Listener& out);
  AckResult pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev, Milliseconds time,
                        std::string_view by, Stamp now, Listener& out);
  AckResult resume_audio(std::string_view condition, std::string_view id, Stamp now, Listener& out);
  AckResult respond(std::string_view condition, std::string_view id, std::uint64_t rev, Response response,
                    std::string_view by, Stamp now, Listener& out);
  // Every alarm that had called by `pressed`. False: there is none.
  bool pause_audio(vitals::WallTime pressed, Milliseconds time, std::string_view by, Stamp now,
                   Listener& out);
  bool resume_audio(Stamp now, Listener& out);
  bool sounding() const;
  AckResult shelve(std::string_view condition, Milliseconds time, std::string_view by, Stamp now,
                   Listener& out);
  AckResult unshelve(std::string_view condition, Stamp now, Listener& out);
  void unshelve_all(Stamp now, Listener& out);
  // Before the alarms. False: no such condition, or no shelf that can go on.
  bool restore_shelf(std::string_view condition, const Shelf& stored, Stamp now);
  // Ends whatever it is doing.
  void finish(Condition& condition, EndReason reason, Stamp now, Listener& out);
  void relabel(Condition& condition, std::string_view label, Stamp now, Listener& out);
  void relabel(Condition& condition, std::string_view label, const DeviceWord& device, Stamp now,
               Listener& out);
  // Ends every physiological alarm of ours; technical ones and the monitor's own go on.
  void end_session(Stamp now, Listener& out);
  // False: no such condition here, or not an open episode (the caller reports its end by `config`).
  bool restore(const Alarm& stored, Stamp now, Listener& out);

  void advance(Stamp now, Listener& out);
  // Nothing is pending, active, clearing or latched here: to hear that something is absent changes nothing.
  bool quiet() const { return engaged_ == 0; }
  // No timer is due before this. May be earlier than the next one really is.
  MonoTime deadline() const { return deadline_; }

 private:
  struct Which {
    std::string_view condition, id;
  };
  template <typename Act>
  AckResult on(const Which& which, Stamp now, Listener& out, Act act);
  Condition* find(std::string_view name, std::string_view id);
  Condition* due_first(MonoTime now);
  void note(Condition& condition) {  // after all that may have moved its timers or its state
    deadline_ = std::min(deadline_, condition.deadline());
    engaged_ += condition.engaged_change();
  }

  MonoTime clock_ = MonoTime::min();  // nothing happens before what has already happened
  MonoTime deadline_ = never;
  int engaged_ = 0;  // conditions
  Surroundings around_;
  std::deque<Condition> conditions_;
};

}  // namespace alarms
