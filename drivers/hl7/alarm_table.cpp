#include "drivers/hl7/alarm_table.hpp"

#include <algorithm>
#include <iterator>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

// Event ids travel through systems that change their case.
bool same_id(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_event(std::string_view event_id, std::string_view reporter, const AlarmReport& report) {
  return !report.event_id.empty() && same_id(event_id, report.event_id) && same_id(reporter, report.reporter);
}

}  // namespace

AlarmTable::Taken AlarmTable::take(const Subject& subject, const AlarmReport& report, Teller teller,
                                   Sink& out) {
  if (!report.alarm.on) return end(subject, report, out);
  const auto place = places_.find(subject.location);
  Entry* entry = nullptr;
  if (place != places_.end()) entry = find_event(place->second, report);
  if (place != places_.end() && entry == nullptr)
    entry = find_named(place->second, AlarmList::single, report.alarm);
  return set(AlarmList::single, subject, report, entry, teller, out);
}

void AlarmTable::begin_list(AlarmList list, std::string_view reporter, const Subject& subject) {
  const auto place = places_.find(subject.location);
  if (place == places_.end()) return;
  for (Entry& entry : place->second)
    if (entry.list == list && entry.reporter == reporter) entry.listed = false;
}

AlarmTable::Taken AlarmTable::take_listed(AlarmList list, const Subject& subject, const AlarmReport& report,
                                          Teller teller, Sink& out) {
  const auto place = places_.find(subject.location);
  Entry* const entry = place == places_.end() ? nullptr : find_named(place->second, list, report.alarm);
  return set(list, subject, report, entry, teller, out);
}

void AlarmTable::end_list(AlarmList list, std::string_view reporter, const Subject& subject, vitals::Stamp rx,
                          Sink& out) {
  const auto place = places_.find(subject.location);
  if (place == places_.end()) return;
  Entries& entries = place->second;
  const auto is_over = [&](const Entry& entry) {
    return entry.list == list && entry.reporter == reporter && !entry.listed;
  };
  for (const Entry& entry : entries)
    if (is_over(entry)) out.on_device_alarm(told(entry, false, rx));
  count_ -= std::erase_if(entries, is_over);
  if (entries.empty()) places_.erase(place);
}

AlarmTable::Entry* AlarmTable::find_event(Entries& entries, const AlarmReport& report) {
  for (Entry& entry : entries)
    if (entry.list == AlarmList::single && is_event(entry.event_id, entry.reporter, report)) return &entry;
  return nullptr;
}

AlarmTable::Entry* AlarmTable::find_named(Entries& entries, AlarmList list, const DeviceAlarm& alarm) {
  for (Entry& entry : entries)
    if (entry.list == list && entry.code == alarm.code && entry.source == alarm.source) return &entry;
  return nullptr;
}

AlarmTable::Entry* AlarmTable::make_room(std::string_view location) {
  if (count_ >= alarms_max) return nullptr;
  auto place = places_.find(location);
  if (place == places_.end()) place = places_.emplace(location, Entries{}).first;
  if (place->second.size() >= device_alarms_max) return nullptr;
  ++count_;
  return &place->second.emplace_back();
}

AlarmTable::Taken AlarmTable::set(AlarmList list, const Subject& subject, const AlarmReport& report,
                                  Entry* entry, Teller teller, Sink& out) {
  const bool fresh = entry == nullptr;
  if (fresh) entry = make_room(subject.location);
  if (entry == nullptr) {
    out.on_device_alarm(report.alarm);
    return Taken::no_room;
  }
  if (fresh) {
    entry->list = list;
    entry->code.assign(report.alarm.code);  // named so from its begin to its end, whatever updates call it
    entry->source.assign(report.alarm.source);
  }
  entry->listed = true;
  if (!subject.patient_id.empty()) entry->patient_id.assign(subject.patient_id);
  entry->reporter.assign(report.reporter);
  entry->event_id.assign(report.event_id);
  const bool news = update(*entry, report.alarm) || entry->teller != teller;
  entry->teller = teller;
  if (fresh || news) out.on_device_alarm(told(*entry, true, report.alarm.rx));
  return Taken::kept;
}

// By its id, here and wherever it began: a bed's alarm may end when the patient is in another one, or without
// a place. Only then by its name, and here alone: ends come with ids that no begin had. An end that nobody
// announced is handed on as well: whoever restored the alarm from elsewhere needs it.
AlarmTable::Taken AlarmTable::end(const Subject& subject, const AlarmReport& report, Sink& out) {
  const auto place = places_.find(subject.location);
  const bool known_place = place != places_.end();
  Entry* entry = known_place ? find_event(place->second, report) : nullptr;
  const bool by_id = entry != nullptr;
  if (by_id) end_entry(place, entry, report.alarm.rx, out);
  if (end_elsewhere(subject, report, by_id, out)) return Taken::ended_elsewhere;
  if (by_id) return Taken::kept;
  if (known_place) entry = find_named(place->second, AlarmList::single, report.alarm);
  if (entry == nullptr) {
    out.on_device_alarm(report.alarm);
    return Taken::unknown_end;
  }
  end_entry(place, entry, report.alarm.rx, out);
  return Taken::kept;
}

void AlarmTable::end_entry(Places::iterator place, const Entry* entry, vitals::Stamp rx, Sink& out) {
  out.on_device_alarm(told(*entry, false, rx));
  Entries& entries = place->second;
  entries.erase(std::next(entries.begin(), entry - entries.data()));
  --count_;
  if (entries.empty()) places_.erase(place);
}

// The same id does not make it the same alarm, where a reporter counts those of each bed for itself: another
// patient's is not, and without patients it has to bear the same name too.
AlarmTable::Sameness AlarmTable::sameness(const Entry& entry, const Subject& subject,
                                          const AlarmReport& report) {
  if (entry.list != AlarmList::single || !is_event(entry.event_id, entry.reporter, report))
    return Sameness::none;
  if (!entry.patient_id.empty() && !subject.patient_id.empty())
    return entry.patient_id == subject.patient_id ? Sameness::sure : Sameness::none;
  const bool same_name = entry.code == report.alarm.code && entry.source == report.alarm.source;
  return same_name ? Sameness::likely : Sameness::none;
}

// All that are surely meant; else the only one that may be, unless one ended here.
bool AlarmTable::end_elsewhere(const Subject& subject, const AlarmReport& report, bool ended_here,
                               Sink& out) {
  std::vector<Places::iterator> sure, likely;
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    if (place->first == subject.location) continue;
    Sameness best = Sameness::none;
    for (const Entry& entry : place->second) best = std::max(best, sameness(entry, subject, report));
    if (best == Sameness::sure) sure.push_back(place);
    if (best == Sameness::likely) likely.push_back(place);
  }
  if (sure.empty() && likely.size() == 1 && !ended_here) sure = likely;
  for (const Places::iterator place : sure) {
    Subject there;
    there.location = place->first;
    out.on_subject(there);
    end_entry(place, find_event(place->second, report), report.alarm.rx, out);
  }
  return !sure.empty();
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
