// The monitor's own alarms, where its protocol has a fixed list of them: a lamp each, told when it changes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers {

struct AlarmFact {
  std::uint32_t bit = 0;    // of the set that show() takes
  std::string_view code;    // in the device's own words
  std::string_view source;  // likewise, may be empty
  std::string_view text;
  AlarmLevel level{};
};

template <std::size_t count>
class AlarmPanel {
  static_assert(count <= device_alarms_max);

 public:
  // `facts` must outlive the panel. The levels are ours: these protocols do not tell the priority of an
  // alarm.
  explicit AlarmPanel(const std::array<AlarmFact, count>& facts) : facts_(facts) {}

  // `lit` is every alarm that the device lists now; `silenced`: it makes no sound of them.
  void show(std::uint32_t lit, bool silenced, vitals::Stamp rx, Sink& out) {
    const std::uint32_t sound_changed = silenced == silenced_ ? 0 : lit;
    const std::uint32_t changed = (lit ^ lit_) | sound_changed;
    for (const AlarmFact& fact : facts_)
      if ((fact.bit & changed) != 0) tell(fact, (lit & fact.bit) != 0, silenced, rx, out);
    lit_ = lit;
    silenced_ = silenced;
  }

 private:
  static void tell(const AlarmFact& fact, bool on, bool silenced, vitals::Stamp rx, Sink& out) {
    DeviceAlarm alarm;
    alarm.code = fact.code;
    alarm.source = fact.source;
    if (on) alarm.text = fact.text;
    alarm.level = fact.level;
    alarm.level_told = false;
    alarm.silenced = on && silenced;
    alarm.on = on;
    alarm.rx = rx;
    out.on_device_alarm(alarm);
  }

  const std::array<AlarmFact, count>& facts_;
  std::uint32_t lit_ = 0;
  bool silenced_ = false;
};

}  // namespace drivers
