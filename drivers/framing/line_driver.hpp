// What every protocol of text lines does alike: a device that sends lines unasked and is never answered. What
// a line means is the protocol's own. A line is printed in one go: over a pause its end is that of another
// one, and the two together would be numbers of two moments.
#pragma once

#include "drivers/framing/line_splitter.hpp"

namespace drivers::framing {

template <std::size_t line_bytes_max>
class LineDriver : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) final {
    if (bytes.empty()) return;
    if (lines_.open() && rx.mono - heard_at_ > pause_ms_max) give_up_line(rx, out);
    heard_at_ = rx.mono;
    lines_.feed(bytes, [&](const Line& line) { take_line(line, rx, out); });
  }

  void damaged(vitals::Stamp rx, Sink& out) final { out.on_fault(damaged_byte(lines_.give_up_line(), rx)); }

  void tick(vitals::Stamp /*now*/, Sink& /*out*/) final {}

 protected:
  // A value of a sound line that there is no metric for, as sent.
  static void list(std::string_view code, std::string_view unit, std::string_view value, const Line& line,
                   vitals::Stamp rx, Sink& out) {
    constexpr std::size_t value_chars_max = 64;
    DecodeFault fault;
    fault.kind = FaultKind::unmapped;
    fault.reason = "no-metric";
    fault.code = code;
    fault.unit = unit;
    fault.value = value.substr(0, value_chars_max);
    fault.offset = line.offset;
    fault.rx = rx;
    out.on_fault(fault);
  }

  // A fault of this line. The first line after opening is usually cut: that is none.
  static void report(FaultKind kind, std::string_view reason, std::string_view code, const Line& line,
                     vitals::Stamp rx, Sink& out) {
    if (line.first) return;
    DecodeFault fault;
    fault.kind = kind;
    fault.reason = reason;
    fault.code = code;
    fault.offset = line.offset;
    fault.rx = rx;
    out.on_fault(fault);
  }

 private:
  static constexpr vitals::Milliseconds pause_ms_max{1000};

  void give_up_line(vitals::Stamp rx, Sink& out) {
    report(FaultKind::broken, "gap", {}, {{}, lines_.offset(), lines_.first(), false}, rx, out);
    lines_.drop_open_line();
  }

  virtual void take_line(const Line& line, vitals::Stamp rx, Sink& out) = 0;

  LineSplitter<line_bytes_max> lines_;
  vitals::MonoTime heard_at_{};
};

}  // namespace drivers::framing
