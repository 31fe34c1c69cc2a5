#include "drivers/draeger_medibus/medibus_answer.hpp"

#include <algorithm>

namespace drivers::draeger_medibus {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); }
constexpr bool is_code(std::string_view text) { return is_hex_digit(text[0]) && is_hex_digit(text[1]); }
constexpr bool is_printable(char c) { return c >= ' ' && c <= '~'; }

constexpr std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

constexpr unsigned priority_zero = 0x30;  // is added to a priority to make it printable
constexpr unsigned priority_max = 31;

// The protocol has 31 priorities and no words for them. Ours: what the devices give to a lost sensor or pulse
// (28, 21) is high; to a crossed limit or a sensor (6, 10) medium, the least that ISO 80601-2-61 allows for a
// low saturation; to information (4, 1) low.
constexpr AlarmLevel level_of(unsigned priority) {
  if (priority >= 20) return AlarmLevel::high;
  return priority >= 6 ? AlarmLevel::medium : AlarmLevel::low;
}

}  // namespace

std::optional<ValueItem> read_value(std::string_view item) {
  if (!is_code(item.substr(0, 2))) return std::nullopt;
  return ValueItem{item.substr(0, 2), trimmed(item.substr(2))};
}

std::optional<AlarmItem> read_alarm(std::string_view item) {
  const unsigned character = static_cast<unsigned char>(item[0]);
  const bool in_range = character > priority_zero && character <= priority_zero + priority_max;
  if (!in_range || !is_code(item.substr(1, 2))) return std::nullopt;
  return AlarmItem{character - priority_zero, item.substr(1, 2), trimmed(item.substr(3))};
}

std::string_view alarm_code(std::string_view item) {
  const std::string_view code = item.substr(1, 2);
  return is_code(code) ? code : std::string_view{};
}

std::optional<unsigned> read_number(std::string_view text) {
  if (text.empty() || text.size() > value_chars) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

unsigned medibus_revision(std::string_view identification) {
  const std::size_t colon = identification.rfind(':');
  if (colon == std::string_view::npos) return 0;
  const std::string_view revision = identification.substr(colon + 1);
  return read_number(trimmed(revision.substr(0, revision.find('.')))).value_or(0);
}

void AlarmList::begin() {
  for (Entry& entry : entries_) entry.listed = false;
}

// One code twice in a list: the worse of the two counts.
void AlarmList::add(const AlarmItem& item, bool technical) {
  Entry* entry = find(item.code);
  if (entry == nullptr) entry = make(item.code);
  if (entry == nullptr) return;  // the device lists more than anybody can look at
  const AlarmLevel level = level_of(item.priority);
  if (entry->listed && level <= entry->level) return;
  entry->listed = true;
  entry->level = level;
  entry->technical = technical;
  entry->text_size = std::min(item.text.size(), text_chars);
  std::transform(item.text.begin(), item.text.begin() + static_cast<std::ptrdiff_t>(entry->text_size),
                 entry->text.begin(), [](char c) { return is_printable(c) ? c : '?'; });
}

void AlarmList::keep(std::string_view code) {
  if (Entry* entry = find(code)) entry->listed = true;
}

void AlarmList::end(bool whole, vitals::Stamp rx, Sink& out) {
  for (Entry& entry : entries_)
    if (entry.used && entry.listed && entry.news()) tell(entry, true, rx, out);
  if (!whole) return;
  for (Entry& entry : entries_)
    if (entry.used && !entry.listed) tell(entry, false, rx, out);
}

bool AlarmList::contains(std::string_view code) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.used && entry.code_text() == code; });
}

bool AlarmList::lists(std::string_view code) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.used && entry.listed && entry.code_text() == code;
  });
}

AlarmList::Entry* AlarmList::find(std::string_view code) {
  for (Entry& entry : entries_)
    if (entry.used && entry.code_text() == code) return &entry;
  return nullptr;
}

AlarmList::Entry* AlarmList::make(std::string_view code) {
  const auto free =
      std::find_if(entries_.begin(), entries_.end(), [](const Entry& one) { return !one.used; });
  if (free == entries_.end()) return nullptr;
  *free = {};
  free->used = true;
  std::copy_n(code.begin(), free->code.size(), free->code.begin());
  return &*free;
}

void AlarmList::tell(Entry& entry, bool on, vitals::Stamp rx, Sink& out) {
  DeviceAlarm alarm;
  alarm.code = entry.code_text();
  if (on) alarm.text = entry.shown_text();
  alarm.level = entry.level;
  alarm.technical = entry.technical;
  alarm.on = on;
  alarm.rx = rx;
  entry.told = entry.level;
  entry.told_technical = entry.technical;
  entry.used = on;
  out.on_device_alarm(alarm);
}

}  // namespace drivers::draeger_medibus
