#include "drivers/ge_s5/values.hpp"

#include <algorithm>

namespace drivers::ge_s5 {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

Observation without_number(Metric metric, Special special, vitals::Stamp rx) {
  switch (special) {
    case Special::under: return vitals::absent(metric, Reason::none, rx, Quality::under);
    case Special::over: return vitals::absent(metric, Reason::none, rx, Quality::over);
    case Special::not_calibrated: return vitals::absent(metric, Reason::missing, rx, Quality::calibrating);
    case Special::not_updated: return vitals::absent(metric, Reason::missing, rx, Quality::stale);
    case Special::none:
    case Special::invalid: break;
  }
  return vitals::absent(metric, Reason::missing, rx);
}

Observation observed(const Scaled& kind, int raw, Reason doubt, const Origin& origin, Sink& out) {
  if (!is_number(raw)) return without_number(kind.metric, special_of(raw), origin.rx);
  const double value = static_cast<double>(raw) / kind.divisor;
  if (value >= kind.min && value <= kind.max) return vitals::measured(kind.metric, value, origin.rx, doubt);
  FaultText text;
  text << value;
  report_fault(FaultKind::implausible, "range", vitals::name(kind.metric),
               vitals::name(vitals::unit_of(kind.metric)), text.view(), origin, out);
  return vitals::absent(kind.metric, Reason::implausible, origin.rx);
}

FaultText& FaultText::operator<<(std::string_view text) {
  const std::size_t taken = std::min(text.size(), bytes_.size() - size_);
  std::copy_n(text.data(), taken, bytes_.data() + size_);
  size_ += taken;
  return *this;
}

FaultText& FaultText::operator<<(double number) {
  const auto written = std::to_chars(bytes_.data() + size_, bytes_.data() + bytes_.size(), number);
  if (written.ec == std::errc{}) size_ = static_cast<std::size_t>(written.ptr - bytes_.data());
  return *this;
}

void report_fault(FaultKind kind, std::string_view reason, std::string_view code, std::string_view unit,
                  std::string_view value, const Origin& origin, Sink& out) {
  out.on_fault({kind, reason, code, unit, value, origin.offset, origin.rx});
}

}  // namespace drivers::ge_s5
