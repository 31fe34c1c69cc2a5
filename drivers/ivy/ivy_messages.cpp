#include "drivers/ivy/ivy_messages.hpp"

#include <algorithm>
#include <initializer_list>

namespace drivers::ivy {

namespace {

bool contains_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return text.find(word) != text.npos; });
}

}  // namespace

bool names_equipment(std::string_view message) {
  if (contains_one_of(message, {"ALARM", "AUDIO"})) return false;  // "ALARM OFF" is no sensor's trouble
  return contains_one_of(message, {"OFF", "LEAD", "SENSOR", "PROBE", "TRANSDUCER", "CABLE"});
}

void Messages::tell(Name line, Place place, std::string_view text, vitals::Stamp rx, Sink& out) {
  const auto index = static_cast<std::size_t>(line);
  Slot& slot = slots_[2 * index + (place == Place::message ? 1 : 0)];
  text = text.substr(0, text_bytes_max);
  if (slot.text() == text) return;
  DeviceAlarm alarm;
  alarm.source = names[index];
  alarm.level_told = false;
  alarm.rx = rx;
  // The wording of the monitor's alarms is not published: nothing but the text itself can name one, and the
  // level is ours. What stands in the place of a label is about the sensor.
  const auto show = [&](std::string_view code, bool on) {
    if (code.empty()) return;
    alarm.code = code;
    alarm.text = on ? code : std::string_view{};
    alarm.on = on;
    alarm.technical = place == Place::label || names_equipment(code);
    alarm.level = alarm.technical ? AlarmLevel::low : AlarmLevel::medium;
    out.on_device_alarm(alarm);
  };
  show(slot.text(), false);
  slot.size = text.size();
  std::copy(text.begin(), text.end(), slot.bytes.begin());
  show(slot.text(), true);
}

}  // namespace drivers::ivy
