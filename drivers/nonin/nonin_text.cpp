// Nonin text printout of table-top and hand-held models: one line a second, no checksum and no flags.
//
//   [HH:MM:SS ]SPO2=XXX HR=YYY[ F][*][B]
//
//   XXX, YYY  three places: digits filled up with zeros or blanks, or --- for no data
//   F fast response, * event key pressed, B breath seen: not used
//
// Without a checksum the form is everything: a line counts only if all of it fits, and a number only with all
// of its three places, because 100 with one character lost would read 00 or 10. Other lines are headers or
// damage.
#include <optional>

#include "drivers/framing/line_splitter.hpp"
#include "drivers/nonin/nonin_formats.hpp"

namespace drivers::nonin {
namespace {

constexpr std::size_t line_bytes_max = 128;
constexpr std::size_t field_places = 3;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

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
    constexpr std::string_view form = "00:00:00 ";
    if (left_.size() < form.size()) return;
    for (std::size_t i = 0; i < form.size(); ++i)
      if (form[i] == '0' ? !is_digit(left_[i]) : left_[i] != form[i]) return;
    left_.remove_prefix(form.size());
  }

  // False: no such field. A field of dashes leaves `value` empty.
  bool take_field(std::string_view name, std::optional<unsigned>& value) {
    if (!take(name) || left_.size() < field_places) return false;
    if (take("---")) return true;
    unsigned number = 0;
    std::size_t at = 0;
    while (at + 1 < field_places && left_[at] == ' ') ++at;
    for (; at < field_places; ++at) {
      if (!is_digit(left_[at])) return false;
      number = number * 10 + static_cast<unsigned>(left_[at] - '0');
    }
    value = number;
    left_.remove_prefix(field_places);
    return true;
  }

 private:
  std::string_view left_;
};

bool parse(std::string_view line, oximetry::Reading& reading) {
  Cursor cursor(line);
  cursor.take_time();
  if (!cursor.take_field("SPO2=", reading.spo2_percent)) return false;
  if (!cursor.take_field(" HR=", reading.rate_per_min)) return false;
  cursor.take(" F");
  const bool event = cursor.take("*");
  cursor.take("B");
  if (!event) cursor.take("*");  // the order of * and B is not documented
  return cursor.at_end();
}

class Text final : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    lines_.feed(bytes, [&](const framing::Line& line) { take_line(line, rx, out); });
  }

  void tick(vitals::Stamp, Sink&) override {}

 private:
  static void take_line(const framing::Line& line, vitals::Stamp rx, Sink& out) {
    oximetry::Reading reading;
    if (!line.too_long && parse(line.text, reading)) {
      oximetry::report(reading, vitals::Reason::none, {rx, line.offset}, out);
      out.on_frame_end(rx);
    } else if (!line.first) {
      DecodeFault fault = broken(line.too_long ? "line-too-long" : "unknown-line", line.offset, rx);
      fault.kind = FaultKind::not_mine;
      out.on_fault(fault);
    }
  }

  framing::LineSplitter<line_bytes_max> lines_;
};

}  // namespace

std::unique_ptr<Driver> make_text() { return std::make_unique<Text>(); }

}  // namespace drivers::nonin
