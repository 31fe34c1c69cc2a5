// From a limit rule and the patient's baseline to thresholds, and from a value to where it stands.
#pragma once

#include <optional>

#include "daemon/alarms/profile.hpp"

namespace alarms {

// Beyond the limit, back inside by at least the deadband, or in the band between.
enum class Zone : std::uint8_t { inside, band, beyond };

struct Standing {
  Zone warn = Zone::inside;
  Zone critical = Zone::inside;
};

// One threshold with the relative rule folded in. The relative rule is one more way in: it can only tighten.
class Boundary {
 public:
  Boundary() = default;
  Boundary(const Threshold& threshold, Side side, double deadband, std::optional<double> baseline);

  Zone judge(double value) const;
  std::optional<double> limit() const { return limit_; }        // what is in force, for people
  std::optional<double> relative() const { return relative_; }  // the relative part alone, if any

 private:
  Side side_ = Side::none;
  double deadband_ = 0;
  std::optional<double> limit_;
  std::optional<double> relative_;
  bool included_ = false;
};

class Limit {
 public:
  Limit() = default;
  // `baseline` absent: the relative rules rest.
  Limit(const LimitRule& rule, Side side, std::optional<double> baseline);

  Standing judge(double value) const;
  const Boundary& warn() const { return warn_; }
  const Boundary& critical() const { return critical_; }

 private:
  Boundary warn_, critical_;
};

}  // namespace alarms
