// The monitor's own alarms: each answer lists all that are active now, the driver tells what has changed.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/vitals/observation.hpp"
#include "drivers/philips_intellivue/codes.hpp"
#include "drivers/philips_intellivue/data_export.hpp"

namespace drivers::philips {

// One entry of the list as we keep it.
struct Alert {
  std::uint16_t source = 0;
  std::uint16_t code = 0;
  AlarmLevel level{};
  bool technical = false;
  bool silenced = false;  // it makes no sound at the monitor
  bool test = false;      // demo, test or standby: not of a patient
  bool unsure = false;    // the monitor answers and has not listed it for long
  std::array<char, 96> text{};
  std::size_t text_size = 0;

  std::string_view words() const { return {text.data(), text_size}; }
  bool same_as(const Alert& other) const { return source == other.source && code == other.code; }
};

class AlertList {
 public:
  // False: an entry does not fit its list; then nothing was taken from the message.
  bool take(const PollResult& poll, vitals::Stamp rx, std::uint64_t offset, Sink& out);
  // Another answer of the monitor came. When it goes on answering without listing its alarms they are in
  // doubt, and no more: only a list says that one is over. While the monitor is silent they stay as they are.
  void on_other_answer(vitals::Stamp rx, Sink& out);
  // Ends those in doubt; of the others its first list tells.
  void begin_association(vitals::Stamp rx, Sink& out);

  // What the monitor's technical alarms say about a missing or doubtful value; none if they say nothing.
  vitals::Reason reason_for(vitals::Metric metric) const;
  bool cuff_failed() const;
  // Calls on_site(site) for each arterial line that the monitor is zeroing.
  template <class OnSite>
  void each_zeroed(OnSite&& on_site) const {
    for (std::size_t i = 0; i < active_.size; ++i)
      if (is_zeroing(active_.alerts[i])) on_site(site_of(active_.alerts[i].source));
  }

 private:
  struct Snapshot {
    std::array<Alert, device_alarms_max> alerts;
    std::size_t size = 0;
    bool full = false;  // more were listed

    const Alert* find(const Alert& wanted) const;
    void add(const Alert& alert);
  };

  static bool is_zeroing(const Alert& alert);
  static bool read_object(const List& attributes, const Snapshot& known, Snapshot& next);
  void tell_changes(vitals::Stamp rx, Sink& out);
  void doubt_all(vitals::Stamp rx, Sink& out);

  Snapshot active_;
  Snapshot next_;                // being read
  vitals::MonoTime listed_{};    // or the monitor was heard again
  vitals::MonoTime answered_{};  // anything
};

}  // namespace drivers::philips
