// Polled numbers to observations: which metric, which of several sources of it, how good.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "drivers/philips_intellivue/alert_list.hpp"
#include "drivers/philips_intellivue/cuff.hpp"
#include "drivers/philips_intellivue/poll_cycle.hpp"
#include "drivers/philips_intellivue/zeroing.hpp"

namespace drivers::philips {

// What is known besides the message itself.
struct Circumstances {
  vitals::Stamp rx;
  std::uint64_t offset = 0;
  const AlertList& alerts;
  const MonitorClock& clock;
};

class Numerics {
 public:
  // False: an attribute we read has another length than it must have; then nothing was told.
  bool take(const PollResult& poll, const Circumstances& now, Sink& out);
  void begin_association(vitals::Stamp rx, Sink& out);
  void set_mode_demo(bool demo, vitals::Stamp rx, Sink& out);  // the monitor as a whole
  void note_alerts(const AlertList& alerts, vitals::Stamp rx, Sink& out);

 private:
  struct Object {
    ObjectKey key;
    std::array<std::optional<Numeric>, vitals::metric_count> numbers;
    Bytes taken;  // attribute 0990, empty: it has none

    CuffNumbers cuff() const;
  };

  // Where a metric comes from. The first object that shows a number of it is the primary one until the
  // monitor lists it no more: of two arterial lines one never replaces the other unnoticed.
  struct Slot {
    bool told = false;       // in this association
    bool in_answer = false;  // the one being read
    std::optional<ObjectKey> source;
  };

  struct Unmapped {
    Numeric last;
    bool used = false;
  };

  // Passed through the reading of one message.
  struct Reading {
    const PollResult& poll;
    const Circumstances& now;
    Sink& out;
  };

  void take_object(ObjectKey key, const List& attributes, const Reading& reading);
  void tell_values(const Object& object, const Reading& reading);
  void tell_cuff(const Object& object, const Reading& reading);
  void tell_empty(const Object& object, const Reading& reading);
  void tell_vanished(const Reading& reading);
  void tell(vitals::Observation seen, ObjectKey key, std::uint16_t code, const Reading& reading);
  vitals::Observation judge(const Numeric& numeric, vitals::Metric metric, const Reading& reading) const;
  vitals::Observation judge_number(const Numeric& numeric, vitals::Metric metric,
                                   const Reading& reading) const;
  vitals::Observation no_value(vitals::Metric metric, vitals::Quality quality, const Reading& reading) const;
  Slot& slot(vitals::Metric metric) { return slots_[vitals::index_of(metric)]; }
  void note_unmapped(const Numeric& numeric, const Reading& reading);

  Cuff cuff_;
  PollCycle cycle_;
  Zeroing zeroing_;
  std::array<Slot, vitals::metric_count> slots_;
  std::optional<std::uint16_t> arterial_site_;
  std::array<Unmapped, 64> unmapped_;
  std::size_t next_unmapped_ = 0;
  bool mode_demo_ = false;
};

}  // namespace drivers::philips
