#include "daemon/alarms/limits.hpp"

namespace alarms {
namespace {

// Is `a` tighter than `b`: reached earlier by a value that goes off to `side`?
bool tighter(double a, double b, Side side) { return side == Side::high ? a < b : a > b; }

struct Edge {
  double at = 0;
  bool included = false;
};

// "> +20 % and >= 140": the later of the two edges decides. For a low limit all is mirrored.
Edge relative_edge(const Relative& rule, Side side, double baseline) {
  const double change = rule.percent ? baseline * rule.change / 100 : rule.change;
  const double at = side == Side::high ? baseline + change : baseline - change;
  if (tighter(at, rule.floor, side)) return {rule.floor, rule.floor_included};
  return {at, false};
}

}  // namespace

Boundary::Boundary(const Threshold& threshold, Side side, double deadband, std::optional<double> baseline)
    : side_(side), deadband_(deadband), limit_(threshold.limit), included_(threshold.limit_included) {
  if (!threshold.relative || !baseline) return;
  const Edge edge = relative_edge(*threshold.relative, side, *baseline);
  relative_ = edge.at;
  if (limit_ && edge.at == *limit_) included_ = included_ || edge.included;
  if (limit_ && !tighter(edge.at, *limit_, side)) return;
  limit_ = edge.at;
  included_ = edge.included;
}

Zone Boundary::judge(double value) const {
  if (!limit_) return Zone::inside;
  const double past = side_ == Side::high ? value - *limit_ : *limit_ - value;
  if (past > 0 || (included_ && past == 0)) return Zone::beyond;
  return past <= -deadband_ ? Zone::inside : Zone::band;
}

Limit::Limit(const LimitRule& rule, Side side, std::optional<double> baseline)
    : warn_(rule.warn, side, rule.deadband, baseline),
      critical_(rule.critical, side, rule.deadband, baseline) {}

Standing Limit::judge(double value) const { return {warn_.judge(value), critical_.judge(value)}; }

}  // namespace alarms
