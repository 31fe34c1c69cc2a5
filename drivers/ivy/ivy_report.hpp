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
  void take_cuff(const Line& line, const Origin& origin, Sink& out);
  void report_cuff(const Line& line, const Origin& origin, Sink& out);
  void tell_messages(const Record& record, const Origin& origin, Sink& out);

  using Numbers = std::array<std::optional<unsigned>, 4>;

  std::optional<Name> arterial_;
  Messages messages_;
  // What the cuff line says, and since when.
  struct CuffLine {
    Numbers numbers;
    vitals::Stamp since;
  };

  std::optional<CuffLine> cuff_;  // of the last record
  std::optional<vitals::MonoTime> cuff_heard_at_;
  bool cuff_known_ = false;         // a line was repeated, since the start or the last silence
  std::optional<Numbers> reading_;  // the last one passed on
};

DecodeFault fault_of(FaultKind kind, std::string_view reason, const Origin& origin);

}  // namespace drivers::ivy
