// Entries of the lists 0902 (patient) and 0904 (equipment): source, event code, type and level, state bits,
// object, then text when the information id says so. 0916 tells the highest level of each list.
#include "drivers/philips_intellivue/alert_list.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "drivers/philips_intellivue/numeric_value.hpp"

namespace drivers::philips {
namespace {

using vitals::Metric;
using vitals::Reason;

constexpr std::uint16_t attribute_patient_alerts = 0x0902;
constexpr std::uint16_t attribute_technical_alerts = 0x0904;
constexpr std::uint16_t attribute_alert_state = 0x0916;
constexpr std::uint16_t information_with_text = 516;
constexpr std::uint16_t type_none = 0;
constexpr std::uint16_t event_zero_running = 6170;

// Lists come about every second, also where each is asked for.
constexpr vitals::Milliseconds unlisted_ms_max{20'000};
constexpr vitals::Milliseconds silence_ms_min{5'000};

struct StateWord {
  std::uint16_t bit;
  std::string_view word;
};
// "New" (0008) is not told: an alarm's begin says so.
constexpr std::array<StateWord, 7> state_words{{
    {0x0100, " [demo]"},
    {0x0400, " [test]"},
    {0x0200, " [standby]"},
    {0x8000, " [inhibited]"},
    {0x4000, " [suspended]"},
    {0x2000, " [latched]"},
    {0x1000, " [silenced]"},
}};

// Inhibited, suspended, silenced; demo, test, standby.
constexpr std::uint16_t state_without_sound = 0xD000;
constexpr std::uint16_t state_not_a_patient = 0x0700;

// The same three levels for both kinds: 0001 0002 0004 technical, 0100 0200 0400 of the patient.
AlarmLevel level_of(std::uint16_t type) {
  if ((type & 0x0404U) != 0) return AlarmLevel::high;
  if ((type & 0x0202U) != 0) return AlarmLevel::medium;
  return AlarmLevel::low;
}

// Writes an alarm's text as UTF-8, cut at a character. What was done about the alarm always has its room.
class TextWriter {
 public:
  TextWriter(Alert& alert, std::uint16_t state) : alert_(alert), state_(state) {
    for (const StateWord& word : state_words)
      if ((state & word.bit) != 0) kept_free_ += word.word.size();
  }

  void add_state_words() {
    kept_free_ = 0;
    for (const StateWord& word : state_words)
      if ((state_ & word.bit) != 0) add(word.word);
  }

  void add(std::string_view text) {
    if (text.size() > room()) return;
    alert_.text_size += text.copy(alert_.text.data() + alert_.text_size, room());
  }

  void add_utf16(Bytes bytes) {
    Reader reader(bytes);
    while (reader.size() >= 2) {
      const std::uint32_t unit = reader.u16();
      if (unit == 0) break;
      if (unit >= 0x20 && unit != 0x7F) add_character(unit);
    }
    while (alert_.text_size > 0 && alert_.text[alert_.text_size - 1] == ' ') --alert_.text_size;
  }

 private:
  std::size_t room() const { return alert_.text.size() - kept_free_ - alert_.text_size; }

  // What lies beyond 16 bits no monitor's font has: its halves are left out.
  void add_character(std::uint32_t unit) {
    if (unit >= 0xD800 && unit <= 0xDFFF) return;
    std::array<char, 3> utf8{};
    std::size_t size = 0;
    const auto put = [&](std::uint32_t byte) { utf8[size++] = static_cast<char>(byte); };
    if (unit < 0x80) {
      put(unit);
    } else if (unit < 0x800) {
      put(0xC0U | unit >> 6U);
      put(0x80U | (unit & 0x3FU));
    } else {
      put(0xE0U | unit >> 12U);
      put(0x80U | (unit >> 6U & 0x3FU));
      put(0x80U | (unit & 0x3FU));
    }
    add({utf8.data(), size});
  }

  Alert& alert_;
  std::uint16_t state_;
  std::size_t kept_free_ = 0;
};

// A number as a word, in place.
struct DecimalText {
  std::array<char, 8> text{};
  std::size_t size = 0;

  explicit DecimalText(std::uint16_t value)
      : size(static_cast<std::size_t>(std::to_chars(text.data(), text.data() + text.size(), value).ptr -
                                      text.data())) {}
  std::string_view view() const { return {text.data(), size}; }
};

struct SourceText {
  std::array<char, 12> text{};
  std::size_t size = 0;

  explicit SourceText(const Alert& alert) {
    const bool object = source_is_object(alert.code);
    const std::string_view name = object ? std::string_view{} : source_name(alert.source);
    if (object) put("object ");
    put(name.empty() ? HexText(alert.source).view() : name);
    if (!name.empty()) put(source_part(alert.source));
  }
  std::string_view view() const { return {text.data(), size}; }

 private:
  void put(std::string_view part) { size += part.copy(text.data() + size, text.size() - size); }
};

// For a monitor that sends no text: "SpO2 below limit", or the bare numbers.
void write_words(Alert& alert, TextWriter& writer) {
  writer.add(SourceText(alert).view());
  writer.add(" ");
  const EventCode* event = find_event(alert.code);
  if (event != nullptr) return writer.add(event->words);
  writer.add("event ");
  writer.add(DecimalText(alert.code).view());
}

// The text of an entry, when it brings one, stands behind instance, text id, priority and flags.
Bytes text_of(std::uint16_t information, Reader block) {
  if (information != information_with_text) return {};
  block.skip(2 + 4 + 2 + 2);
  return block.take(block.u16());
}

bool take_entry(Reader& reader, bool technical, Alert& alert, bool& active) {
  alert.source = reader.u16();
  alert.code = reader.u16();
  alert.technical = technical;
  const std::uint16_t type = reader.u16();
  const std::uint16_t state = reader.u16();
  reader.skip(6);  // the object
  const std::uint16_t information = reader.u16();
  const Bytes text = text_of(information, Reader(reader.take(reader.u16())));
  if (!reader.ok()) return false;
  active = type != type_none;
  alert.level = level_of(type);
  alert.silenced = (state & state_without_sound) != 0;
  alert.test = (state & state_not_a_patient) != 0;
  TextWriter writer(alert, state);
  writer.add_utf16(text);
  if (alert.text_size == 0) write_words(alert, writer);
  writer.add_state_words();
  return true;
}

void tell(const Alert& alert, bool on, vitals::Stamp rx, Sink& out) {
  const DecimalText code(alert.code);
  const SourceText source(alert);
  DeviceAlarm told;
  told.code = code.view();
  told.source = source.view();
  if (on) told.text = alert.words();
  told.level = alert.level;
  told.technical = alert.technical;
  told.silenced = on && alert.silenced;
  told.unsure = on && alert.unsure;
  told.test = alert.test;
  told.on = on;
  told.rx = rx;
  out.on_device_alarm(told);
}

bool same_state(const Alert& a, const Alert& b) {
  return a.level == b.level && a.technical == b.technical && a.silenced == b.silenced && a.test == b.test &&
         a.unsure == b.unsure && a.words() == b.words();
}

}  // namespace

const Alert* AlertList::Snapshot::find(const Alert& wanted) const {
  for (std::size_t i = 0; i < size; ++i)
    if (alerts[i].same_as(wanted)) return &alerts[i];
  return nullptr;
}

// Two entries of one name are one alarm, at the higher level.
void AlertList::Snapshot::add(const Alert& alert) {
  for (std::size_t i = 0; i < size; ++i) {
    if (!alerts[i].same_as(alert)) continue;
    if (alert.level > alerts[i].level) alerts[i] = alert;
    return;
  }
  full = size == alerts.size();
  if (!full) alerts[size++] = alert;
}

bool AlertList::read_object(const List& attributes, const Snapshot& known, Snapshot& next) {
  struct Side {
    std::uint16_t attribute;
    bool technical;
    bool listed = false;
    bool none_active = false;  // as the overall state says
  };
  bool sound = true;
  for (Side side : {Side{attribute_patient_alerts, false}, Side{attribute_technical_alerts, true}}) {
    each_attribute(attributes, [&](std::uint16_t id, Bytes value) {
      Reader reader(value);
      if (id == attribute_alert_state) {
        reader.skip(side.technical ? 6 : 4);
        side.none_active = reader.u16() == type_none && reader.ok();
      }
      if (id != side.attribute) return;
      const List list = take_list(reader);
      Reader entries(list.bytes);
      for (std::size_t i = 0; i < list.count && sound; ++i) {
        Alert alert;
        bool active = false;
        sound = take_entry(entries, side.technical, alert, active);
        if (sound && active) next.add(alert);
      }
      sound = sound && reader.ok() && reader.empty() && entries.empty();
      side.listed = true;
    });
    if (side.listed || side.none_active) continue;
    for (std::size_t i = 0; i < known.size; ++i)  // nothing said of this side: as before
      if (known.alerts[i].technical == side.technical) next.add(known.alerts[i]);
  }
  return sound;
}

bool AlertList::take(const PollResult& poll, vitals::Stamp rx, std::uint64_t offset, Sink& out) {
  bool sound = true;
  bool any = false;
  next_.size = 0;
  next_.full = false;
  each_object(poll, [&](ObjectKey, const List& attributes) {
    if (attributes.count == 0) return;
    any = true;
    sound = sound && read_object(attributes, active_, next_);
  });
  if (!sound) return false;
  if (!any) return true;  // the closing part of an answer in parts
  listed_ = answered_ = rx.mono;
  if (next_.full && !active_.full) {
    DecodeFault fault;
    fault.kind = FaultKind::refused;
    fault.reason = "too-many-alarms";
    fault.offset = offset;
    fault.rx = rx;
    out.on_fault(fault);
  }
  tell_changes(rx, out);
  return true;
}

void AlertList::tell_changes(vitals::Stamp rx, Sink& out) {
  for (std::size_t i = 0; i < active_.size; ++i)
    if (next_.find(active_.alerts[i]) == nullptr) tell(active_.alerts[i], false, rx, out);
  for (std::size_t i = 0; i < next_.size; ++i) {
    const Alert& alert = next_.alerts[i];
    const Alert* before = active_.find(alert);
    if (before == nullptr || !same_state(*before, alert)) tell(alert, true, rx, out);
  }
  active_ = next_;
}

void AlertList::on_other_answer(vitals::Stamp rx, Sink& out) {
  if (rx.mono - answered_ >= silence_ms_min) listed_ = rx.mono;  // it has its chance to list them again
  answered_ = rx.mono;
  if (rx.mono - listed_ >= unlisted_ms_max) doubt_all(rx, out);
}

void AlertList::doubt_all(vitals::Stamp rx, Sink& out) {
  for (std::size_t i = 0; i < active_.size; ++i) {
    if (active_.alerts[i].unsure) continue;
    active_.alerts[i].unsure = true;
    tell(active_.alerts[i], true, rx, out);
  }
}

void AlertList::begin_association(vitals::Stamp rx, Sink& out) {
  next_.size = 0;
  next_.full = active_.full;
  for (std::size_t i = 0; i < active_.size; ++i)
    if (!active_.alerts[i].unsure) next_.add(active_.alerts[i]);
  tell_changes(rx, out);
  listed_ = answered_ = rx.mono;
}

Reason AlertList::reason_for(Metric metric) const {
  for (std::size_t i = 0; i < active_.size; ++i) {
    const Alert& alert = active_.alerts[i];
    const EventCode* event = alert.technical && !alert.unsure ? find_event(alert.code) : nullptr;
    if (event == nullptr || event->reason == Reason::none) continue;
    // Electrodes belong to the ECG, whatever the entry names as source.
    const bool electrodes = event->reason == Reason::leads_off;
    const bool about =
        electrodes ? metric == Metric::hr : !source_is_object(alert.code) && concerns(alert.source, metric);
    if (about) return event->reason;
  }
  return Reason::none;
}

bool AlertList::is_zeroing(const Alert& alert) {
  return alert.code == event_zero_running && !alert.unsure && concerns(alert.source, Metric::art_sys);
}

bool AlertList::cuff_failed() const {
  for (std::size_t i = 0; i < active_.size; ++i) {
    const Alert& alert = active_.alerts[i];
    const EventCode* event = find_event(alert.code);
    if (event != nullptr && event->ends_cuff_run && concerns(alert.source, Metric::nibp_sys)) return true;
  }
  return false;
}

}  // namespace drivers::philips
