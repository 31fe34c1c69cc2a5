#include "drivers/hl7/alerts.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace drivers::hl7 {

namespace {

constexpr std::size_t last_alert_field = 18;  // OBX-18, the device
constexpr std::size_t shown_component = 9;    // of a coded event: its text for people
constexpr unsigned facets_known = 8;

// What a row of an alert tells; the last level of its OBX-4 is the same number.
enum class Facet : std::uint8_t { none, event, source, phase, state, inactivation, priority, type, text };

struct NamedFacet {
  std::string_view reference;
  Facet facet;
};
constexpr auto facet_names = std::to_array<NamedFacet>({
    {"MDC_ATTR_ALERT_SOURCE", Facet::source},
    {"MDC_ATTR_EVENT_PHASE", Facet::phase},
    {"MDC_ATTR_ALARM_STATE", Facet::state},
    {"MDC_ATTR_ALERT_STATE", Facet::state},
    {"MDC_ATTR_ALARM_INACTIVATION_STATE", Facet::inactivation},
    {"MDC_ATTR_ALERT_INACTIVATION_STATE", Facet::inactivation},
    {"MDC_ATTR_ALARM_PRIORITY", Facet::priority},
    {"MDC_ATTR_ALERT_PRIORITY", Facet::priority},
    {"MDC_ATTR_ALARM_TYPE", Facet::type},
    {"MDC_ATTR_ALERT_TYPE", Facet::type},
    {"MDC_ATTR_ALERT_TEXT", Facet::text},
});

struct NumberedFacet {
  std::string_view number;
  Facet facet;
};
constexpr auto facet_numbers = std::to_array<NumberedFacet>({
    {"68480", Facet::source},
    {"68481", Facet::phase},
    {"68482", Facet::state},
    {"68483", Facet::inactivation},
    {"68484", Facet::priority},
    {"68485", Facet::type},
    {"68546", Facet::text},
});

// By the name, else by the last level of its position, else by the number: makers use old numbers and
// six-digit ones, and one name for two of them.
Facet facet_of(const Coded& code, std::string_view sub_id) {
  for (const NamedFacet& known : facet_names)
    if (known.reference == code[1]) return known.facet;
  if (code[1].substr(0, 8) == "MDC_EVT_" || code[1].substr(0, 9) == "MDCX_EVT_") return Facet::event;
  const std::size_t dot = sub_id.rfind('.');
  const bool one_digit = dot != std::string_view::npos && dot + 2 == sub_id.size();
  if (one_digit && std::count(sub_id.begin(), sub_id.end(), '.') >= 4) {
    const auto level = static_cast<unsigned>(sub_id.back() - '0');
    if (level >= 1 && level <= facets_known) return static_cast<Facet>(level);
  }
  for (const NumberedFacet& known : facet_numbers)
    if (known.number == code[0]) return known.facet;
  return Facet::none;
}

// Rows of the device tree: MDS, VMD, channel. They say X and have no value.
bool is_device_row(const Coded& code, std::string_view value) {
  return value.empty() && code[1].substr(0, 8) == "MDC_DEV_";
}

std::optional<AlarmLevel> level_of(std::string_view word) {
  if (word == "PH") return AlarmLevel::high;
  if (word == "PM") return AlarmLevel::medium;
  if (word == "PL" || word == "PN") return AlarmLevel::low;
  return std::nullopt;
}

// In any case: some senders write END.
template <std::size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return same_word(word, one); });
}

bool is_phase(std::string_view word) {
  constexpr std::array<std::string_view, 7> words{"start",      "continue", "update", "escalate",
                                                  "deescalate", "end",      "reset"};
  return is_one_of(word, words);
}

bool is_silencing(std::string_view word) {
  constexpr std::array<std::string_view, 5> words{"audio-paused", "audio-off", "alarm-paused", "alarm-off",
                                                  "alert-acknowledged"};
  return is_one_of(word, words);
}

// 0 stands for no id: alarms must not be taken for one another by it.
std::string_view known_id(std::string_view id) { return id == "0" ? std::string_view{} : id; }

bool is_state(std::string_view word) {
  constexpr std::array<std::string_view, 3> words{"active", "latched", "inactive"};
  return is_one_of(word, words);
}

}  // namespace

void AlertReader::read(const Received& message, AlarmTable& table) {
  message_ = &message;
  zone_ = read_clock(message.header, rules_, message.rx.wall).zone;
  scratch_.clear();
  subject_ = Subject{};
  places_ = PlaceOrder{};
  announced_ = any_announced_ = false;
  alert_ = Alert{};
  reporter_ = read_device(message.header, scratch_);
  for (at_ = 0; at_ < message.segments.size(); ++at_) read_segment(message.segments[at_], table);
  end_alert(table);
  if (any_announced_) message.out.on_frame_end(message.rx);
}

void AlertReader::read_segment(std::string_view segment, AlarmTable& table) {
  const Separators& by = message_->separators();
  switch (id_of(segment, by.field)) {
    case pid: end_alert(table); return begin_patient(segment);
    case pv1:
      if (alert_.any) end_alert(table);  // the next group begins with it
      places_.place(segment);
      read_visit(segment, by, scratch_, subject_);
      announced_ = false;
      return;
    case obr: end_alert(table); return begin_alert(segment);
    case obx: places_.values(); return read_row(segment);
    case no_segment: return report(*message_, FaultKind::broken, "orphan-line");
    default: return;
  }
}

void AlertReader::begin_patient(std::string_view segment) {
  const Separators& by = message_->separators();
  const std::string_view place = places_.patient();
  subject_ = Subject{};
  announced_ = false;
  subject_.patient_id = read_patient_id(segment, rules_.patient_id_kind, by, scratch_);
  if (!place.empty()) read_visit(place, by, scratch_, subject_);
}

// OBR-3: this report; OBR-29: the one that began the alarm (some senders write it to OBR-26).
void AlertReader::begin_alert(std::string_view segment) {
  constexpr std::size_t parent = 29;
  constexpr std::size_t parent_result = 26;
  const Separators& by = message_->separators();
  fields_.split(segment, by, parent);
  alert_.id = known_id(trim(component(fields_[3], 1, by)));
  for (const std::size_t field : {parent, parent_result})
    for (const std::size_t n : {2U, 1U})
      if (alert_.parent_id.empty()) alert_.parent_id = known_id(stated(component(fields_[field], n, by)));
}

void AlertReader::read_row(std::string_view segment) {
  const Separators& by = message_->separators();
  fields_.split(segment, by, last_alert_field);
  const Coded code = coded(fields_[3], by);
  const std::string_view value = stated(fields_[5]);
  const std::string_view device = trim(component(fields_[18], 1, by));
  if (alert_.device.empty()) alert_.device = device;
  if (is_device_row(code, value)) return;
  const Facet facet = facet_of(code, trim(fields_[4]));
  if (facet != Facet::none) alert_.any = true;
  const std::string_view word = trim(component(fields_[5], 1, by));
  switch (facet) {
    case Facet::event: read_event_row(); return;
    case Facet::source: read_source_row(); return;
    case Facet::phase: alert_.phase = word; return;
    case Facet::state: alert_.state = word; return;
    case Facet::inactivation: alert_.inactivation = trim(fields_[5]); return;  // repeats
    case Facet::priority: alert_.priority = word; return;
    case Facet::type: alert_.type = word; return;
    case Facet::text: alert_.shown = fields_[5]; return;
    case Facet::none: return report(*message_, FaultKind::unmapped, "facet", fields_[3]);
  }
}

// Of the patient: the event is the row's code and OBX-5 is the text on the screen. Of the equipment: the
// event stands in OBX-5.
void AlertReader::read_event_row() {
  const Separators& by = message_->separators();
  const Event in_code = read_event(fields_[3], by);
  const Event in_value = read_event(fields_[5], by);
  const std::string_view type = trim(fields_[2]);
  alert_.coded_event = (type == "CWE" || type == "CE") && !in_value.name.empty();
  alert_.event = alert_.coded_event ? in_value : in_code;
  const std::string_view text = part(fields_[5], by.component, alert_.coded_event ? shown_component : 1);
  if (alert_.shown.empty()) alert_.shown = text;
  alert_.time = fields_[14];
  read_flags();
}

// Some senders tell priority and kind only in the event row's OBX-8: `L~PM~SP`.
void AlertReader::read_flags() {
  const Separators& by = message_->separators();
  for (std::size_t n = 1; n <= facets_known; ++n) {
    const std::string_view flag = trim(part(part(fields_[8], by.repetition, n), by.component, 1));
    if (level_of(flag) && alert_.priority.empty()) alert_.priority = flag;
    const bool kind = flag == "SP" || flag == "ST" || flag == "SA";
    if (kind && alert_.type.empty()) alert_.type = flag;
  }
}

// Of the patient: the metric with its value at that time; of the equipment: a part of it, or a metric, coded.
void AlertReader::read_source_row() {
  const Separators& by = message_->separators();
  const Coded code = coded(fields_[3], by);
  const bool attribute = code[1] == "MDC_ATTR_ALERT_SOURCE" || code[0] == "68480";
  const Coded named = coded(attribute ? fields_[5] : fields_[3], by);
  alert_.source = named[1].empty() ? named[0] : named[1];
  alert_.source_device = trim(component(fields_[18], 1, by));
  if (!attribute) alert_.value = trim(component(fields_[5], 1, by));
}

void AlertReader::end_alert(AlarmTable& table) {
  alert_scratch_.clear();
  if (alert_.any && is_watchdog(alert_.event)) announce(false);
  if (alert_.any && !is_watchdog(alert_.event)) hand_on(table);
  alert_ = Alert{};
}

void AlertReader::hand_on(AlarmTable& table) {
  announce(true);
  AlarmReport news;
  news.event_id = alert_.parent_id.empty() ? alert_.id : alert_.parent_id;
  news.reporter = reporter_;
  news.alarm = judged();
  if (news.alarm.code.empty()) return report(*message_, FaultKind::broken, "alarm-without-event");
  const auto taken = table.take(subject_, news, this, message_->out);
  if (taken == AlarmTable::Taken::ended_elsewhere) {
    report(*message_, FaultKind::broken, "alarm-end-elsewhere", alert_.event.name);
    announced_ = false;
    announce(true);  // the sink heard of another place meanwhile
  }
  if (taken == AlarmTable::Taken::no_room) report(*message_, FaultKind::refused, "alarm-table-full");
  if (taken == AlarmTable::Taken::unknown_end)
    report(*message_, FaultKind::not_mine, "alarm-end-unknown", alert_.event.name);
}

// A watchdog tells no bed anything: only where it names one does that bed hear of it.
void AlertReader::announce(bool required) {
  if (announced_) return;
  const Separators& by = message_->separators();
  subject_.device =
      rules_.location == LocationRule::device ? text_of(alert_.device, by, scratch_) : reporter_;
  subject_.location = choose_location(subject_, rules_.location, message_->header, scratch_);
  if (subject_.location.empty() && !alert_.device.empty())  // a pump may be known to belong somewhere
    subject_.device = text_of(alert_.device, by, scratch_);
  if (!required && subject_.location.empty()) return;
  announced_ = any_announced_ = true;
  message_->out.on_subject(subject_);
}

DeviceAlarm AlertReader::judged() {
  const Separators& by = message_->separators();
  DeviceAlarm alarm;
  alarm.rx = message_->rx;
  alarm.test = is_test(message_->header);
  alarm.code = text_of(alert_.event.name, by, alert_scratch_);
  alarm.source = source_of_alert();
  alarm.technical = is_technical();
  const bool advisory = alert_.type == "SA";
  const auto level = level_of(alert_.priority);
  alarm.level_told = level.has_value();
  alarm.level = level.value_or(alarm.technical || advisory ? AlarmLevel::low : AlarmLevel::medium);
  for (std::size_t n = 1; n <= facets_known; ++n)
    if (is_silencing(trim(part(alert_.inactivation, by.repetition, n)))) alarm.silenced = true;
  judge_state(alarm);
  alarm.t_event = instant(alert_.time, *message_, zone_);
  if (alarm.on) alarm.text = text_of_alert();
  return alarm;
}

// An alarm whose state cannot be told is shown, never taken for ended.
void AlertReader::judge_state(DeviceAlarm& alarm) {
  const bool inactive = same_word(alert_.state, "inactive");
  const bool over = same_word(alert_.phase, "end") || same_word(alert_.phase, "reset") ||
                    (inactive && !same_word(alert_.phase, "start"));
  alarm.on = !over;
  alarm.unsure = alarm.on && (inactive || (!is_phase(alert_.phase) && !is_state(alert_.state)));
  if (alarm.unsure) report(*message_, FaultKind::broken, "alarm-state", alert_.event.name);
}

bool AlertReader::is_technical() const {
  if (alert_.type == "ST") return true;
  if (alert_.type == "SP") return false;
  if (alert_.event.kind != tables::EventKind::unknown)
    return alert_.event.kind == tables::EventKind::equipment;
  return alert_.type != "SA" && alert_.coded_event;
}

// A metric, or which device: two pumps at one bed must not share an alarm.
std::string_view AlertReader::source_of_alert() {
  const Separators& by = message_->separators();
  const std::string_view device = alert_.source_device.empty() ? alert_.device : alert_.source_device;
  const bool of_device = alert_.source.empty() || alert_.source.substr(0, 8) == "MDC_DEV_";
  return text_of(of_device && !device.empty() ? device : alert_.source, by, alert_scratch_);
}

std::string_view AlertReader::text_of_alert() {
  const Separators& by = message_->separators();
  if (const std::string_view text = text_of(alert_.shown, by, alert_scratch_); !text.empty()) return text;
  made_text_.assign(words(alert_.event.reference.empty() ? alert_.event.name : alert_.event.reference));
  for (const std::string_view more : {words(alert_.source), text_of(alert_.value, by, alert_scratch_)}) {
    if (more.empty()) continue;
    made_text_ += ' ';
    made_text_ += more;
  }
  return made_text_;
}

// `MDC_ECG_ELEC_POTL` -> `ECG ELEC POTL`.
std::string_view AlertReader::words(std::string_view reference) {
  if (reference.substr(0, 4) == "MDC_") reference.remove_prefix(4);
  const std::string_view text = text_of(reference, message_->separators(), alert_scratch_);
  if (text.find('_') == std::string_view::npos || !alert_scratch_.has_room()) return text;
  const std::size_t start = alert_scratch_.used();
  for (const char c : text) alert_scratch_.put(c == '_' ? ' ' : c);
  return alert_scratch_.since(start);
}

}  // namespace drivers::hl7
