// Alarm status, 510 bytes: five boxes of 98 from offset 10, sorted by priority. A box: text of 80 bytes
// padded with NUL, changed i16, colour i16 (0 empty, 1 white, 2 yellow, 3 red). Sound and silencing, at 2 and
// 8, are what somebody did about an alarm and not passed on.
//
// The text depends on the language of the monitor, but nothing else names an alarm: it is its code too. Its
// encoding is not stated; it is read as Latin-1.
#include "drivers/ge_s5/alarm_list.hpp"

#include <optional>

namespace drivers::ge_s5 {
namespace {

constexpr std::size_t sound_at = 2;
constexpr std::size_t silence_at = 8;
constexpr unsigned silence_all_min = 4;
constexpr std::size_t boxes_at = 10;
constexpr std::size_t box_bytes = 98;
constexpr std::size_t colour_at = 82;
constexpr std::string_view without_text = "(no text)";

std::optional<AlarmLevel> level_of(unsigned colour) {
  switch (colour) {
    case 1: return AlarmLevel::low;
    case 2: return AlarmLevel::medium;
    case 3: return AlarmLevel::high;
    default: return std::nullopt;
  }
}

// Control characters, of the lower and the upper half, become blanks.
constexpr std::uint8_t shown_as(std::uint8_t byte) {
  return byte < 0x20 || (byte >= 0x7F && byte < 0xA0) ? std::uint8_t{' '} : byte;
}

// Latin-1 up to the first NUL, without blanks around it. `to` has room for two bytes each.
std::size_t to_utf8(Bytes latin1, char* to) {
  std::size_t end = 0;
  while (end < latin1.size() && latin1[end] != 0) ++end;
  while (end > 0 && shown_as(latin1[end - 1]) == ' ') --end;
  std::size_t begin = 0;
  while (begin < end && shown_as(latin1[begin]) == ' ') ++begin;
  std::size_t size = 0;
  for (const std::uint8_t byte : latin1.subspan(begin, end - begin)) {
    const unsigned code = shown_as(byte);
    if (code >= 0x80) to[size++] = static_cast<char>(0xC0U | (code >> 6U));
    to[size++] = static_cast<char>(code >= 0x80 ? 0x80U | (code & 0x3FU) : code);
  }
  return size;
}

// The bits of the arrhythmia word that name a rhythm as such; the rest are single beats and states of the
// analysis. Which of them the monitor shows in red is its setting: the deadly ones are high here.
struct Rhythm {
  unsigned bit = 0;
  std::string_view code;
  AlarmLevel level{};
};
constexpr std::array<Rhythm, 8> rhythms{{{0, "asystole", AlarmLevel::high},
                                         {1, "v-fib", AlarmLevel::high},
                                         {2, "rapid v-tach", AlarmLevel::high},
                                         {3, "v-tach", AlarmLevel::high},
                                         {4, "extreme brady", AlarmLevel::high},
                                         {5, "extreme tachy", AlarmLevel::high},
                                         {27, "brady", AlarmLevel::medium},
                                         {28, "tachy", AlarmLevel::medium}}};
constexpr unsigned analysis_off = 30;
constexpr std::size_t ecg_at = 4;  // the group, in both classes
constexpr std::size_t arrhythmia_at = 16;
constexpr unsigned asystole_status_bit = 2;

std::uint32_t rhythm_bits(Bytes basic, Bytes ext1) {
  const Group ecg(basic, ecg_at);
  std::uint32_t bits = ecg.active() && ecg.status_bit(asystole_status_bit) ? 1U : 0U;
  if (ext1.empty() || !Group(ext1, ecg_at).active()) return bits;
  const std::uint32_t told = u32_at(ext1, arrhythmia_at);
  if (((told >> analysis_off) & 1U) == 0) bits |= told;
  return bits;
}

}  // namespace

const AlarmList::Shown* AlarmList::List::find(std::string_view text) const {
  for (std::size_t i = 0; i < count; ++i)
    if (alarms[i].text() == text) return &alarms[i];
  return nullptr;
}

// False: the box is empty. A colour that we do not know is an alarm all the same.
bool AlarmList::read_box(Bytes box, Shown& out, const Origin& origin, Sink& sink) {
  const unsigned colour = u16_at(box, colour_at);
  if (colour == 0) return false;
  out.size = to_utf8(box.first(text_bytes), out.bytes.data());
  if (out.size == 0) out.size = without_text.copy(out.bytes.data(), out.bytes.size());
  const auto level = level_of(colour);
  out.level = level.value_or(AlarmLevel::medium);
  out.level_told = level.has_value();
  if (!level) {
    FaultText value;
    value << colour;
    report_fault(FaultKind::unmapped, "alarm-colour", {}, {}, value.view(), origin, sink);
  }
  return true;
}

void AlarmList::tell(const Shown& shown, bool on, vitals::Stamp rx, Sink& out) {
  DeviceAlarm alarm;
  alarm.code = shown.text();
  if (on) alarm.text = shown.text();
  alarm.level = shown.level;
  alarm.level_told = shown.level_told;
  alarm.silenced = on && shown.silenced;
  alarm.unsure = on && shown.unsure;
  alarm.on = on;
  alarm.rx = rx;
  out.on_device_alarm(alarm);
}

bool AlarmList::same_state(const Shown& a, const Shown& b) {
  return a.level == b.level && a.level_told == b.level_told && a.silenced == b.silenced &&
         a.unsure == b.unsure;
}

void AlarmList::take(Bytes status, const Origin& origin, Sink& out) {
  List fresh;
  const bool silenced = u16_at(status, sound_at) == 0 || u16_at(status, silence_at) >= silence_all_min;
  for (std::size_t i = 0; i < boxes; ++i) {
    Shown& next = fresh.alarms[fresh.count];
    if (!read_box(status.subspan(boxes_at + i * box_bytes, box_bytes), next, origin, out)) continue;
    next.silenced = silenced;
    if (fresh.find(next.text()) == nullptr) ++fresh.count;  // the one of higher priority stands
  }
  for (std::size_t i = 0; i < list_.count; ++i)
    if (fresh.find(list_.alarms[i].text()) == nullptr) tell(list_.alarms[i], false, origin.rx, out);
  for (std::size_t i = 0; i < fresh.count; ++i) {
    const Shown* before = list_.find(fresh.alarms[i].text());
    if (before == nullptr || !same_state(*before, fresh.alarms[i]))
      tell(fresh.alarms[i], true, origin.rx, out);
  }
  list_ = fresh;
}

void AlarmList::doubt_all(vitals::Stamp rx, Sink& out) {
  for (std::size_t i = 0; i < list_.count; ++i) {
    if (list_.alarms[i].unsure) continue;
    list_.alarms[i].unsure = true;
    tell(list_.alarms[i], true, rx, out);
  }
}

void RhythmAlarms::take(Bytes basic, Bytes ext1, vitals::Stamp rx, Sink& out) {
  const std::uint32_t bits = rhythm_bits(basic, ext1);
  for (const Rhythm& rhythm : rhythms) {
    const std::uint32_t bit = std::uint32_t{1} << rhythm.bit;
    if ((bits & bit) == (on_ & bit)) continue;
    DeviceAlarm alarm;
    alarm.code = rhythm.code;
    alarm.source = "ECG";
    alarm.on = (bits & bit) != 0;
    if (alarm.on) alarm.text = rhythm.code;
    alarm.level = rhythm.level;
    alarm.level_told = false;
    alarm.rx = rx;
    out.on_device_alarm(alarm);
  }
  on_ = bits;
}

}  // namespace drivers::ge_s5
