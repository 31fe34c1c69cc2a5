#include "daemon/bed/monitor_alarms.hpp"

#include <algorithm>
#include <array>

#include "daemon/vitals/check.hpp"

namespace bed {
namespace {

using alarms::Data;
using alarms::never;
using alarms::Priority;
using std::chrono_literals::operator""s;
using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Stamp;

// An alert that a reporter has not repeated for twice its interval and this is unknown (IHE ACM leaves the
// figure open).
constexpr Milliseconds unknown_after{60'000};

std::uint32_t crc32(std::uint32_t crc, std::string_view text) {
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return crc;
}

Priority priority_of(drivers::AlarmLevel level) {
  switch (level) {
    case drivers::AlarmLevel::low: return Priority::low;
    case drivers::AlarmLevel::medium: return Priority::medium;
    case drivers::AlarmLevel::high: return Priority::high;
  }
  return Priority::medium;
}

// Not in the middle of a character.
std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
    text = text.substr(0, bytes_max);
  }
  return std::string{text};
}

std::string code_of(const drivers::DeviceAlarm& alarm) {
  std::string out = shortened(alarm.code, monitor_code_bytes_max);
  if (!alarm.source.empty()) out += "/" + shortened(alarm.source, monitor_code_bytes_max);
  return out;
}

alarms::DeviceWord word_of(const drivers::DeviceAlarm& alarm) {
  return {alarm.silenced, alarm.unsure, !alarm.level_told, alarm.t_event};
}

// A device that shows nothing but a code still has an alarm. What else it says of the alarm is for people
// too: a simple station draws the text alone.
std::string text_of(const drivers::DeviceAlarm& alarm) {
  std::string out = alarm.text.empty() ? code_of(alarm) : shortened(alarm.text, monitor_text_bytes_max);
  if (alarm.silenced) out += " [silenced at the monitor]";
  if (alarm.unsure) out += " [state cannot be read]";
  if (!alarm.level_told) out += " [priority not told]";
  return out;
}

}  // namespace

std::string monitor_condition(std::string_view source, std::string_view code, std::string_view alert_source) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint32_t crc = crc32(0xFFFFFFFFU, code);
  crc = crc32(crc, std::string_view{"\0", 1});
  crc = ~crc32(crc, alert_source);
  std::string out = "mon-" + std::string{source} + "-";
  for (int shift = 28; shift >= 0; shift -= 4) out += digits[(crc >> static_cast<unsigned>(shift)) & 0xFU];
  return out;
}

MonitorAlarms::MonitorAlarms(alarms::Engine& engine, std::vector<Source> sources) : engine_(&engine) {
  for (Source& source : sources) devices_.push_back({std::move(source), {}, false, {}, {}});
}

MonitorAlarms::Slot* MonitorAlarms::find(Device& device, std::string_view name) {
  const auto found = std::find_if(device.slots.begin(), device.slots.end(),
                                  [&](const Slot& slot) { return slot.condition->spec().name == name; });
  return found == device.slots.end() ? nullptr : &*found;
}

// A slot for a condition that has none: one that is over, or a new one. Null: all are in use.
MonitorAlarms::Slot* MonitorAlarms::take(Device& device, alarms::ConditionSpec spec) {
  const auto over = [](const Slot& slot) { return !slot.on && !slot.condition->engaged(); };
  const auto forgotten = [&](const Slot& slot) { return over(slot) && !slot.condition->shelf(); };
  auto slot = std::find_if(device.slots.begin(), device.slots.end(), forgotten);
  if (slot == device.slots.end() && device.slots.size() < drivers::device_alarms_max)
    return &device.slots.emplace_back(Slot{&engine_->add(std::move(spec)), false, nullptr, {}});
  if (slot == device.slots.end())  // a shelf gives way to an alarm
    slot = std::find_if(device.slots.begin(), device.slots.end(), over);
  if (slot == device.slots.end()) return nullptr;
  slot->condition->become(std::move(spec));
  return &*slot;
}

bool MonitorAlarms::told(std::size_t source, const drivers::DeviceAlarm& alarm, Teller teller,
                         alarms::Listener& out) {
  Device& device = devices_[source];
  heard(source, alarm.rx.mono);
  std::string name = monitor_condition(device.facts.name, alarm.code, alarm.source);
  Slot* slot = find(device, name);
  if (!alarm.on) {
    if (slot == nullptr || !slot->on) return true;
    slot->on = false;
    engine_->assert_present(*slot->condition, false, alarm.rx, out);
    return true;
  }
  alarms::ConditionSpec spec;
  spec.name = std::move(name);
  spec.source = device.facts.name;
  spec.origin = alarms::Origin::monitor;
  spec.kind = alarm.technical ? alarms::Kind::technical : alarms::Kind::physiological;
  spec.src_code = code_of(alarm);
  if (slot == nullptr) {
    slot = take(device, std::move(spec));
  } else if (alarm.technical && slot->condition->spec().kind == alarms::Kind::physiological) {
    replace(*slot, std::move(spec), alarm.rx, out);
  }
  if (slot == nullptr) {
    ++dropped_;
    return false;
  }
  slot->teller = teller;
  begin(*slot, alarm, out);
  return true;
}

// It is of the equipment after all: the alarm of the patient is over, and another begins. Not the other way
// round: a driver that starts anew may not know yet what it knew before.
void MonitorAlarms::replace(Slot& slot, alarms::ConditionSpec spec, Stamp now, alarms::Listener& out) {
  engine_->assert_present(*slot.condition, false, now, out);
  if (!slot.condition->engaged()) slot.condition->become(std::move(spec));
}

void MonitorAlarms::begin(Slot& slot, const drivers::DeviceAlarm& alarm, alarms::Listener& out) {
  slot.on = true;
  const Priority priority = priority_of(alarm.level);
  engine_->relabel(*slot.condition, text_of(alarm), word_of(alarm), alarm.rx, out);
  behave(slot, priority, alarm.rx, out);
  engine_->assert_present(*slot.condition, true, alarm.rx, out);
  const alarms::Alarm* shown = slot.condition->alarm();
  if (shown != nullptr && shown->priority < priority)
    behave(slot, priority, alarm.rx, out);  // after a restart
}

void MonitorAlarms::behave(Slot& slot, Priority priority, Stamp now, alarms::Listener& out) {
  alarms::Behaviour behaviour;
  behaviour.watched = watching_;
  behaviour.priority = behaviour.priority_critical = priority;
  engine_->set_behaviour(*slot.condition, behaviour, alarms::EndReason::phase, now, out);
}

void MonitorAlarms::teller_gone(std::size_t source, Teller teller, Stamp now) {
  for (Slot& slot : devices_[source].slots) {
    if (!slot.on || slot.teller != teller) continue;
    slot.teller = nullptr;
    slot.doubted_at = now.mono;
  }
}

void MonitorAlarms::link(std::size_t source, bool up) {
  Device& device = devices_[source];
  device.up = up;
  device.heard_at.reset();
  device.listening_since.reset();
}

bool MonitorAlarms::heard(std::size_t source, MonoTime at) {
  Device& device = devices_[source];
  const bool news = device.silent(at);
  device.heard_at = at;
  if (news) device.listening_since = at;
  return news && !device.slots.empty();
}

void MonitorAlarms::settle(Stamp now, alarms::Listener& out) {
  for (Device& device : devices_)
    for (Slot& slot : device.slots)
      if (slot.on) settle(device, slot, now, out);
}

void MonitorAlarms::settle(const Device& device, Slot& slot, Stamp now, alarms::Listener& out) {
  alarms::Condition& condition = *slot.condition;
  if (slot.teller == nullptr && condition.alarm() == nullptr) {  // a person has closed it meanwhile
    slot.on = false;
  } else if (!device.up || device.silent(now.mono)) {
    engine_->lose(condition, Data::lost, now, out);
  } else if (slot.teller != nullptr) {
    engine_->assert_present(condition, true, now, out);
  } else if (now.mono < unknown_at(device, slot)) {
    return;
  } else if (device.facts.lists) {  // not on its list any more
    slot.on = false;
    engine_->assert_present(condition, false, now, out);
  } else {  // its end may have been lost: unknown, and a person may close it
    engine_->lose(condition, Data::stale, now, out);
  }
}

// When a slot without a teller has had its chance to be told again.
MonoTime MonitorAlarms::unknown_at(const Device& device, const Slot& slot) const {
  const MonoTime from = std::max(slot.doubted_at, device.listening_since.value_or(slot.doubted_at));
  return from + (device.facts.lists ? alarm_cycle_ms_max : 2 * device.facts.period + unknown_after);
}

MonoTime MonitorAlarms::deadline(MonoTime now) const {
  MonoTime due = never;
  const auto wait_for = [&](MonoTime when) {
    if (when > now) due = std::min(due, when);
  };
  for (const Device& device : devices_) {
    if (!device.up || !device.heard_at) continue;
    for (const Slot& slot : device.slots) {
      if (!slot.on) continue;
      wait_for(*device.heard_at + device.facts.silence);
      if (slot.teller == nullptr) wait_for(unknown_at(device, slot));
    }
  }
  return due;
}

alarms::Condition* MonitorAlarms::adopt(const alarms::Alarm& stored, Stamp now, alarms::Listener& out) {
  if (stored.origin != alarms::Origin::monitor) return nullptr;
  for (Device& device : devices_) {
    const std::string prefix = "mon-" + device.facts.name + "-";
    const bool ours = stored.condition.size() == prefix.size() + 8 && stored.condition.starts_with(prefix);
    if (!ours || find(device, stored.condition) != nullptr) continue;
    alarms::ConditionSpec spec;
    spec.name = stored.condition;
    spec.label = stored.text;
    spec.source = device.facts.name;
    spec.origin = alarms::Origin::monitor;
    spec.kind = stored.kind;
    spec.src_code = stored.src_code;
    spec.device = stored.device;
    Slot* slot = take(device, std::move(spec));
    if (slot == nullptr) return nullptr;
    slot->on = true;
    slot->doubted_at = now.mono;
    behave(*slot, stored.priority, now, out);
    return slot->condition;
  }
  return nullptr;
}

void MonitorAlarms::set_watching(bool watching, Stamp now, alarms::Listener& out) {
  if (watching == watching_) return;
  watching_ = watching;
  for (Device& device : devices_)
    for (Slot& slot : device.slots) {
      behave(slot, slot.condition->behaviour().priority, now, out);
      if (slot.on && slot.teller != nullptr) engine_->assert_present(*slot.condition, true, now, out);
    }
}

std::optional<std::size_t> MonitorAlarms::source_of(const alarms::Alarm& alarm) const {
  if (alarm.origin != alarms::Origin::monitor) return std::nullopt;
  for (std::size_t i = 0; i < devices_.size(); ++i)
    if (devices_[i].facts.name == alarm.source) return i;
  return std::nullopt;
}

}  // namespace bed
