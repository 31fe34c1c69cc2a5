// Nonin text printout of table-top and hand-held models: one line a second, no checksum and no flags.
//
//   [HH:MM:SS ]SPO2=sss HR=rrr[ F][*][B]
//
//   sss, rrr  three places: digits filled up with zeros or blanks, or --- for no data
//   F fast response, * event key pressed, B breath seen: not used
//
// Without a checksum the form is everything: a line counts only if all of it fits. How a number below 100 is
// filled up is not documented, and a device may leave it bare (98). But 98 is also what is left of 098, and
// 10 of 100, when a character is lost. So a stream that has filled up a number never has a bare one; SpO2 10
// is always damage; and a bare rate beside an SpO2 of 100, which may be a longer rate cut short, needs a
// second line like it. Other lines are headers or damage.
#include <optional>

#include "drivers/framing/line_driver.hpp"
#include "drivers/nonin/nonin_formats.hpp"

namespace drivers::nonin {
namespace {

constexpr std::size_t line_bytes_max = 128;
constexpr std::size_t field_places = 3;

constexpr std::size_t bare_places = 2;
constexpr unsigned cut_hundred = 10;  // what is left of 100
constexpr unsigned bare_lines_certain = 5;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Field {
  std::optional<unsigned> value;  // empty: dashes
  bool filled = false;            // filled up to three places
  bool bare = false;              // two places

  // A number that cannot be is damage, and shows nothing of how the device prints.
  bool shows_filling() const { return filled && value.value_or(0) >= oximetry::rate_per_min_min; }
};

struct Row {
  Field spo2, rate;
  bool filled() const { return spo2.filled || rate.filled; }
  bool shows_filling() const { return spo2.shows_filling() || rate.shows_filling(); }
  bool bare() const { return spo2.bare || rate.bare; }
};

// A line that is consumed from the left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : left_(text) {}

  bool at_end() const { return left_.empty(); }

  bool take(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }

  void take_time() {
    constexpr std::string_view latest = "29:59:59 ";  // the greatest digit in each place
    if (left_.size() < latest.size()) return;
    for (std::size_t i = 0; i < latest.size(); ++i)
      if (is_digit(latest[i]) ? !is_digit(left_[i]) || left_[i] > latest[i] : left_[i] != latest[i]) return;
    left_.remove_prefix(latest.size());
  }

  // False: no such field.
  bool take_field(std::string_view name, Field& field) {
    if (!take(name)) return false;
    if (take("---")) return true;
    std::size_t places = 0;
    while (places + 1 < field_places && places < left_.size() && left_[places] == ' ') ++places;
    const std::size_t blanks = places;
    unsigned number = 0;
    for (; places < field_places && places < left_.size() && is_digit(left_[places]); ++places)
      number = number * 10 + static_cast<unsigned>(left_[places] - '0');
    field.value = number;
    field.filled = places == field_places && number < 100;
    field.bare = places == bare_places && blanks == 0 && left_.front() != '0';
    left_.remove_prefix(places);
    return places == field_places || field.bare;
  }

 private:
  std::string_view left_;
};

bool parse(std::string_view line, Row& row) {
  Cursor cursor(line);
  cursor.take_time();
  if (!cursor.take_field("SPO2=", row.spo2)) return false;
  if (!cursor.take_field(" HR=", row.rate)) return false;
  cursor.take(" F");
  const bool event = cursor.take("*");
  cursor.take("B");
  if (!event) cursor.take("*");  // the order of * and B is not documented
  return cursor.at_end();
}

class Text final : public framing::LineDriver<line_bytes_max> {
 private:
  void take_line(const framing::Line& line, vitals::Stamp rx, Sink& out) override {
    Row row;
    if (line.too_long || !parse(line.text, row) || !whole(row))
      return report(FaultKind::not_mine, line.too_long ? "line-too-long" : "unknown-line", {}, line, rx, out);
    oximetry::report({row.rate.value, row.spo2.value}, vitals::Reason::none, {rx, line.offset}, out);
    out.on_frame_end(rx);
  }

  // False: the numbers may have lost a digit.
  bool whole(const Row& row) {
    if (row.filled() && row.bare()) return false;
    if (!row.bare()) {
      bare_lines_ = 0;
      fills_ = fills_ || row.shows_filling();
      return true;
    }
    if (row.spo2.bare && row.spo2.value == cut_hundred) return false;
    ++bare_lines_;
    if (fills_ && bare_lines_ < bare_lines_certain) return false;
    fills_ = false;
    leaves_bare_ = leaves_bare_ || row.spo2.bare || bare_lines_ > 1;
    return leaves_bare_;
  }

  // What this device does with a number below 100, as far as it has shown.
  bool fills_ = false;
  bool leaves_bare_ = false;
  unsigned bare_lines_ = 0;  // in a row
};

}  // namespace

std::unique_ptr<Driver> make_text() { return std::make_unique<Text>(); }

}  // namespace drivers::nonin
