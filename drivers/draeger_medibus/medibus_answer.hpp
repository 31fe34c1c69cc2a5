// What MEDIBUS responses carry: values, alarms, who the device is. Apart from the dialogue, so that each can
// be read alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::draeger_medibus {

// One item of a measured-values response: two hexadecimal digits of code, four characters of value.
struct ValueItem {
  std::string_view code;
  std::string_view value;  // without the blanks around it
};
inline constexpr std::size_t value_item_chars = 6;
inline constexpr std::size_t value_chars = 4;  // of these

// One item of an alarms response: a character of priority, two of code, twelve of text.
struct AlarmItem {
  unsigned priority = 0;  // 1-31, 31 is the highest
  std::string_view code;
  std::string_view text;  // without the blanks at its end
};
inline constexpr std::size_t alarm_item_chars = 15;

// Nothing: the item has not its form.
std::optional<ValueItem> read_value(std::string_view item);
std::optional<AlarmItem> read_alarm(std::string_view item);
// The code of an item that has not its form otherwise; empty: it cannot be read either.
std::string_view alarm_code(std::string_view item);
// Digits only, up to three.
std::optional<unsigned> read_number(std::string_view text);
// Major number of the MEDIBUS revision in an identification: 3 for "8888'Name'03.00:03.00". 0: cannot be
// read.
unsigned medibus_revision(std::string_view identification);

// The alarms that the device listed last; tells the differences.
class AlarmList {
 public:
  // Every list is one begin(), an add() for each item, and one end(), which tells. Nothing ends by a list of
  // which not all could be read.
  void begin();
  void add(const AlarmItem& item, bool technical);
  void keep(std::string_view code);  // the item says no more: if the alarm stands, it stays as it is
  void end(bool whole, vitals::Stamp rx, Sink& out);

  bool contains(std::string_view code) const;  // it stands
  bool lists(std::string_view code) const;     // the newest list says so

 private:
  static constexpr std::size_t text_chars = 12;

  struct Entry {
    bool used = false;
    bool listed = false;  // in the newest list
    bool technical = false;
    std::array<char, 2> code{};
    AlarmLevel level{};
    std::optional<AlarmLevel> told;  // at which level
    bool told_technical = false;
    std::array<char, text_chars> text{};
    std::size_t text_size = 0;

    bool news() const { return told != level || told_technical != technical; }
    std::string_view code_text() const { return {code.data(), code.size()}; }
    std::string_view shown_text() const { return {text.data(), text_size}; }
  };

  Entry* find(std::string_view code);
  Entry* make(std::string_view code);  // null: all are in use
  static void tell(Entry& entry, bool on, vitals::Stamp rx, Sink& out);

  std::array<Entry, device_alarms_max> entries_{};
};

}  // namespace drivers::draeger_medibus
