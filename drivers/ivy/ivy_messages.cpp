#include "drivers/ivy/ivy_messages.hpp"

#include <algorithm>

namespace drivers::ivy {

void Messages::tell(Name line, Place place, std::string_view text, vitals::Stamp rx, Sink& out) {
  const auto index = static_cast<std::size_t>(line);
  Slot& slot = slots_[2 * index + (place == Place::message ? 1 : 0)];
  text = text.substr(0, text_bytes_max);
  if (slot.text() == text) return;
  DeviceAlarm alarm;
  alarm.source = names[index];
  // The wording of the monitor's alarms is not published: nothing but the text itself can name one, and the
  // level is ours. What stands in the place of a label is about the sensor.
  alarm.technical = place == Place::label;
  alarm.level = alarm.technical ? AlarmLevel::low : AlarmLevel::medium;
  alarm.level_told = false;
  alarm.rx = rx;
  if (slot.size != 0) {
    alarm.code = slot.text();
    alarm.on = false;
    out.on_device_alarm(alarm);
  }
  slot.size = text.size();
  std::copy(text.begin(), text.end(), slot.bytes.begin());
  if (slot.size == 0) return;
  alarm.code = alarm.text = slot.text();
  alarm.on = true;
  out.on_device_alarm(alarm);
}

}  // namespace drivers::ivy
