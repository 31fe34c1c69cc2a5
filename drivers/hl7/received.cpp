#include "drivers/hl7/received.hpp"

#include <functional>

#include "drivers/hl7/fault_text.hpp"

namespace drivers::hl7 {

bool is_test(const Header& header) {
  const std::string_view processing = header.component(11, 1);
  return processing == "T" || processing == "D";
}

void report(const Received& message, FaultKind kind, std::string_view reason, std::string_view code,
            std::string_view unit, std::string_view value) {
  FaultText text;
  DecodeFault out;
  out.kind = kind;
  out.reason = reason;
  out.code = text.printable(code);
  out.unit = text.printable(unit);
  out.value = text.printable(value);
  const char* const begin = message.frame.data();
  const char* const at = code.data();
  const bool inside =
      !code.empty() && std::less_equal<>{}(begin, at) && std::less<>{}(at, begin + message.frame.size());
  out.offset = message.frame_offset + (inside ? static_cast<std::uint64_t>(at - begin) : 0);
  out.rx = message.rx;
  message.out.on_fault(out);
}

MessageClock read_clock(const Header& header, const ReadingRules& rules, vitals::WallTime arrival) {
  MessageClock clock;
  clock.sent = parse_time(header.component(7, 1), rules.zone, arrival);
  clock.sent.at = within_minute(clock.sent, arrival);
  clock.zone = clock.sent.zone_minutes ? Zone::fixed(*clock.sent.zone_minutes) : rules.zone;
  return clock;
}

std::optional<vitals::WallTime> instant(std::string_view field, const Received& message, const Zone& zone) {
  if (field.empty() || field.size() > time_bytes_max) return std::nullopt;
  const DeviceTime time = parse_time(component(field, 1, message.separators()), zone, message.rx.wall);
  return time.usable() ? std::optional(time.at) : std::nullopt;
}

}  // namespace drivers::hl7
