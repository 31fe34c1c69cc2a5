#include "drivers/oximetry/oximetry.hpp"

#include <array>
#include <charconv>

namespace drivers::oximetry {
namespace {

using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

struct Span {
  unsigned min = 0;
  unsigned max = 0;
};

void report_implausible(Metric metric, unsigned value, const Origin& origin, Sink& out) {
  std::array<char, 16> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  DecodeFault fault;
  fault.kind = FaultKind::implausible;
  fault.reason = "range";
  fault.code = vitals::name(metric);
  fault.value = {digits.data(), static_cast<std::size_t>(written.ptr - digits.data())};
  fault.offset = origin.offset;
  fault.rx = origin.rx;
  out.on_fault(fault);
  out.on_observation(vitals::absent(metric, Reason::implausible, origin.rx));
}

void report_one(Metric metric, std::optional<unsigned> value, Span span, Reason doubt, const Origin& origin,
                Sink& out) {
  if (!value || *value == 0) {
    const bool explained = doubt != Reason::none;
    out.on_observation(vitals::absent(metric, explained ? doubt : Reason::missing, origin.rx,
                                      explained ? Quality::invalid : Quality::unavailable));
  } else if (*value < span.min || *value > span.max) {
    report_implausible(metric, *value, origin, out);
  } else {
    out.on_observation(vitals::measured(metric, *value, origin.rx, doubt));
  }
}

}  // namespace

void report(const Reading& reading, Reason doubt, const Origin& origin, Sink& out) {
  report_one(Metric::pr, reading.rate_per_min, {rate_per_min_min, rate_per_min_max}, doubt, origin, out);
  report_one(Metric::spo2, reading.spo2_percent, {1, spo2_percent_max}, doubt, origin, out);
}

void report_absent(Reason reason, Quality quality, vitals::Stamp rx, Sink& out) {
  out.on_observation(vitals::absent(Metric::pr, reason, rx, quality));
  out.on_observation(vitals::absent(Metric::spo2, reason, rx, quality));
}

}  // namespace drivers::oximetry
