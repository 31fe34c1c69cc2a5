// One message on its way to the reader of its kind, and what every reader needs around it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "drivers/driver.hpp"
#include "drivers/hl7/message.hpp"
#include "drivers/hl7/rules.hpp"
#include "drivers/hl7/values.hpp"

namespace drivers::hl7 {

// Lives while the message is read.
struct Received {
  const Header& header;
  std::span<const std::string_view> segments;  // behind the MSH
  std::string_view frame;                      // what offsets of faults are counted from
  std::uint64_t frame_offset = 0;
  vitals::Stamp rx;
  Sink& out;

  const Separators& separators() const { return header.separators(); }
};

// T and D in MSH-11: training and debugging.
bool is_test(const Header& header);

// `code` where it is a view of the frame says where in the stream it was noticed.
void report(const Received& message, FaultKind kind, std::string_view reason, std::string_view code = {},
            std::string_view unit = {}, std::string_view value = {});

// The times of one message: MSH-7, and the zone of all times that carry none (MSH-7's, else the source's).
struct MessageClock {
  DeviceTime sent;
  Zone zone;
};
MessageClock read_clock(const Header& header, const ReadingRules& rules, vitals::WallTime arrival);

// A time field as an instant, if it is one.
std::optional<vitals::WallTime> instant(std::string_view field, const Received& message, const Zone& zone);

}  // namespace drivers::hl7
