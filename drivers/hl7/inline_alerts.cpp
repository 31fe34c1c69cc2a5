#include "drivers/hl7/inline_alerts.hpp"

#include <algorithm>
#include <array>

namespace drivers::hl7 {

namespace {

constexpr std::string_view not_standing = "XDWNOIUS";  // OBX-11 of a row that says nothing now

struct Kind {
  std::string_view number;
  AlarmLevel level;
  bool technical;
};
// An INOP is what the monitors themselves show at their lowest level, light blue.
constexpr std::array<Kind, 4> kinds{{{"1", AlarmLevel::high, false},
                                     {"2", AlarmLevel::medium, false},
                                     {"5", AlarmLevel::low, true},
                                     {"6", AlarmLevel::low, true}}};

bool begins_number(char c) { return (c >= '0' && c <= '9') || c == '<' || c == '>' || c == '=' || c == '+'; }

std::string_view without_marks(std::string_view text) {
  const std::size_t at = text.find_first_not_of("*! ");
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

}  // namespace

std::string_view alert_words(std::string_view text) {
  text = without_marks(text);
  std::size_t end = 0;
  for (bool new_word = true; end < text.size() && text[end] != ','; ++end) {
    if (new_word && begins_number(text[end])) break;
    new_word = text[end] == ' ';
  }
  const std::string_view words = trim(text.substr(0, end));
  return words.empty() ? text : words;
}

void InlineAlerts::begin_message(const Received& message, AlarmTable& table, Teller teller) {
  message_ = &message;
  table_ = &table;
  teller_ = teller;
  reporter_ = message.header.component(3, 1);
  if (reporter_.empty()) reporter_ = message.header.component(3, 2);
  listed_ = false;
}

void InlineAlerts::take(const Fields& row, const Subject& subject, std::optional<vitals::WallTime> at) {
  const std::string_view status = trim(row[11]);
  if (!listed_) table_->begin_list(AlarmList::in_results, reporter_, subject);
  listed_ = true;
  if (!status.empty() && not_standing.find(status[0]) != std::string_view::npos) return;
  const Separators& by = message_->separators();
  Scratch scratch;
  AlarmReport report;
  report.reporter = reporter_;
  DeviceAlarm& alarm = report.alarm;
  alarm.text = text_of(part(row[5], by.repetition, 1, by.double_byte), by, scratch);
  alarm.code = alert_words(alarm.text);
  if (alarm.code.empty()) alarm.code = text_of(component(row[3], 2, by), by, scratch);
  if (alarm.code.empty()) return hl7::report(*message_, FaultKind::broken, "alarm-without-event", row[3]);
  const std::string_view number = trim(component(row[3], 1, by));
  const auto* const kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& known) { return known.number == number; });
  alarm.level_told = kind != kinds.end();
  alarm.level = alarm.level_told ? kind->level : AlarmLevel::medium;
  alarm.technical = alarm.level_told && kind->technical;
  alarm.on = true;
  alarm.test = is_test(message_->header);
  alarm.t_event = at;
  alarm.rx = message_->rx;
  if (table_->take_listed(AlarmList::in_results, subject, report, teller_, message_->out) ==
      AlarmTable::Taken::no_room)
    hl7::report(*message_, FaultKind::refused, "alarm-table-full");
}

void InlineAlerts::end_group(const Subject& subject) {
  if (!listed_) table_->begin_list(AlarmList::in_results, reporter_, subject);
  listed_ = false;
  table_->end_list(AlarmList::in_results, reporter_, subject, message_->rx, message_->out);
}

}  // namespace drivers::hl7
