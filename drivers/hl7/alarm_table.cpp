#include "drivers/hl7/alarm_table.hpp"

#include <algorithm>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

// Event ids travel through systems that change their case.
bool same_id(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

AlarmTable::Taken AlarmTable::take(const Subject& subject, const AlarmReport& report, Teller teller,
                                   Sink& out) {
  Entry* entry = find_event(subject.location, report);
  if (entry == nullptr) entry = find_named(subject.location, AlarmList::single, report.alarm);
  if (!report.alarm.on) return end(entry, report, out);
  return set(entry, AlarmList::single, subject, report, teller, out);
}

bool AlarmTable::stands_in(const Entry& entry, AlarmList list, std::string_view reporter,
                           const Subject& subject) {
  return entry.used && entry.list == list && entry.location == subject.location && entry.reporter == reporter;
}

void AlarmTable::begin_list(AlarmList list, std::string_view reporter, const Subject& subject) {
  for (Entry& entry : entries_)
    if (stands_in(entry, list, reporter, subject)) entry.listed = false;
}

AlarmTable::Taken AlarmTable::take_listed(AlarmList list, const Subject& subject, const AlarmReport& report,
                                          Teller teller, Sink& out) {
  return set(find_named(subject.location, list, report.alarm), list, subject, report, teller, out);
}

void AlarmTable::end_list(AlarmList list, std::string_view reporter, const Subject& subject, vitals::Stamp rx,
                          Sink& out) {
  for (Entry& entry : entries_) {
    if (!stands_in(entry, list, reporter, subject) || entry.listed) continue;
    out.on_device_alarm(told(entry, false, rx));
    entry.used = false;
  }
}

AlarmTable::Entry* AlarmTable::find_event(std::string_view location, const AlarmReport& report) {
  if (report.event_id.empty()) return nullptr;
  for (Entry& entry : entries_) {
    const bool here = entry.used && entry.list == AlarmList::single && entry.location == location;
    if (here && same_id(entry.event_id, report.event_id) && same_id(entry.reporter, report.reporter))
      return &entry;
  }
  return nullptr;
}

AlarmTable::Entry* AlarmTable::find_named(std::string_view location, AlarmList list,
                                          const DeviceAlarm& alarm) {
  for (Entry& entry : entries_) {
    const bool here = entry.used && entry.list == list && entry.location == location;
    if (here && entry.code == alarm.code && entry.source == alarm.source) return &entry;
  }
  return nullptr;
}

AlarmTable::Entry* AlarmTable::find_room(std::string_view location) {
  std::size_t here = 0;
  Entry* room = nullptr;
  for (Entry& entry : entries_) {
    if (entry.used && entry.location == location) ++here;
    if (!entry.used) room = &entry;
  }
  if (here >= device_alarms_max) return nullptr;
  if (room == nullptr && entries_.size() < alarms_max) room = &entries_.emplace_back();
  return room;
}

AlarmTable::Taken AlarmTable::set(Entry* entry, AlarmList list, const Subject& subject,
                                  const AlarmReport& report, Teller teller, Sink& out) {
  const bool fresh = entry == nullptr;
  if (fresh) entry = find_room(subject.location);
  if (entry == nullptr) {
    out.on_device_alarm(report.alarm);
    return Taken::no_room;
  }
  if (fresh) {
    entry->used = true;
    entry->list = list;
    entry->location.assign(subject.location);
    entry->code.assign(report.alarm.code);  // named so from its begin to its end, whatever updates call it
    entry->source.assign(report.alarm.source);
  }
  entry->listed = true;
  entry->reporter.assign(report.reporter);
  entry->event_id.assign(report.event_id);
  const bool news = update(*entry, report.alarm) || entry->teller != teller;
  entry->teller = teller;
  if (fresh || news) out.on_device_alarm(told(*entry, true, report.alarm.rx));
  return Taken::kept;
}

// An end that nobody announced is handed on as well: whoever restored the alarm from elsewhere needs it.
AlarmTable::Taken AlarmTable::end(Entry* entry, const AlarmReport& report, Sink& out) {
  if (entry == nullptr) {
    out.on_device_alarm(report.alarm);
    return Taken::unknown_end;
  }
  out.on_device_alarm(told(*entry, false, report.alarm.rx));
  entry->used = false;
  return Taken::kept;
}

// A repetition may leave the text out.
bool AlarmTable::update(Entry& entry, const DeviceAlarm& alarm) {
  const bool same_text = alarm.text.empty() || entry.text == alarm.text;
  const bool same = same_text && entry.level == alarm.level && entry.technical == alarm.technical &&
                    entry.level_told == alarm.level_told && entry.silenced == alarm.silenced &&
                    entry.unsure == alarm.unsure && entry.test == alarm.test;
  if (!same_text) entry.text.assign(alarm.text);
  entry.level = alarm.level;
  entry.technical = alarm.technical;
  entry.level_told = alarm.level_told;
  entry.silenced = alarm.silenced;
  entry.unsure = alarm.unsure;
  entry.test = alarm.test;
  entry.t_event = alarm.t_event;
  return !same;
}

DeviceAlarm AlarmTable::told(const Entry& entry, bool on, vitals::Stamp rx) {
  DeviceAlarm out;
  out.code = entry.code;
  out.source = entry.source;
  if (on) out.text = entry.text;
  out.level = entry.level;
  out.technical = entry.technical;
  out.on = on;
  out.rx = rx;
  out.level_told = entry.level_told;
  out.silenced = entry.silenced;
  out.unsure = entry.unsure;
  out.test = entry.test;
  out.t_event = entry.t_event;
  return out;
}

}  // namespace drivers::hl7
