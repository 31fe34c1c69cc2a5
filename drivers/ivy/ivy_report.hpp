// What the lines of an Ivy record mean for the bed.
#pragma once

#include <array>
#include <optional>

#include "drivers/driver.hpp"
#include "drivers/ivy/ivy_messages.hpp"
#include "drivers/ivy/ivy_text.hpp"

namespace drivers::ivy {

struct Origin {
  vitals::Stamp rx;
  std::uint64_t offset = 0;  // of the record in the stream
};

// One per stream: it remembers the last cuff reading and the messages that stand.
class Reporter {
 public:
  // `arterial` is the pressure channel that lies in an artery, if one does.
  explicit Reporter(std::optional<Name> arterial) : arterial_(arterial) {}

  void report(const Record& record, const Origin& origin, Sink& out);

 private:
  void report_heart_rate(const Line& line, const Origin& origin, Sink& out);
  void report_saturation(const Line& line, const Origin& origin, Sink& out);
  void report_cuff(const Line& line, const Origin& origin, Sink& out);
  void tell_messages(const Record& record, const Origin& origin, Sink& out);

  std::optional<Name> arterial_;
  Messages messages_;
  std::optional<vitals::MonoTime> cuff_heard_at_;
  std::optional<std::array<std::optional<unsigned>, 4>> reading_;  // the last one shown
};

DecodeFault fault_of(FaultKind kind, std::string_view reason, const Origin& origin);

}  // namespace drivers::ivy
