#include "daemon/alarms/limit_change.hpp"

#include <algorithm>
#include <utility>

#include "daemon/alarms/text.hpp"

namespace alarms {
namespace {

using Rules = std::array<LimitRule, limit_count>;

constexpr std::array<std::pair<LimitId, LimitId>, 5> opposites{{{LimitId::hr_low, LimitId::hr_high},
                                                                {LimitId::sbp_low, LimitId::sbp_high},
                                                                {LimitId::dbp_low, LimitId::dbp_high},
                                                                {LimitId::map_low, LimitId::map_high},
                                                                {LimitId::rr_low, LimitId::rr_high}}};

std::string text(LimitId id, double value) { return std::string{name(id)} + " " + number_text(value); }

// The one that a value reaches first.
std::optional<double> first(const LimitRule& rule) {
  return rule.warn.limit ? rule.warn.limit : rule.critical.limit;
}

std::string order_refusal(const LimitRule& rule, LimitId id) {
  if (!rule.warn.limit || !rule.critical.limit) return {};
  const bool high = side_of(id) == Side::high;
  const double warn = *rule.warn.limit, critical = *rule.critical.limit;
  if (high ? critical >= warn : critical <= warn) return {};
  return text(id, critical) + " critical must lie beyond " + number_text(warn) + " warn";
}

// Back inside of a limit is inside by its deadband: with less room between them one of two opposite alarms
// could only end where the other begins.
std::string room_refusal(const Rules& rules, LimitId id) {
  for (const auto& [low, high] : opposites) {
    if (low != id && high != id) continue;
    const LimitRule &below = rules[index_of(low)], &above = rules[index_of(high)];
    const auto most = first(below), least = first(above);
    const double room = below.deadband + above.deadband;
    if (below.watched && above.watched && most && least && *most + room > *least)
      return text(low, *most) + " and " + text(high, *least) + " leave too little room: at least " +
             number_text(room) + " between them";
  }
  return {};
}

std::string deep_refusal(const Rules& rules, LimitId id) {
  if (id != LimitId::spo2_deep && id != LimitId::spo2_low) return {};
  const LimitRule& deep = rules[index_of(LimitId::spo2_deep)];
  const LimitRule& low = rules[index_of(LimitId::spo2_low)];
  if (!deep.watched || !low.watched || !deep.critical.limit || !low.critical.limit) return {};
  if (*deep.critical.limit <= *low.critical.limit) return {};
  return text(LimitId::spo2_deep, *deep.critical.limit) + " must not be above " +
         text(LimitId::spo2_low, *low.critical.limit) + " critical";
}

std::string bounds_refusal(const Profile& profile, const LimitChange& change, LimitId id) {
  const LimitBounds& bounds = profile.bounds[index_of(id)];
  for (const auto& value : {change.warn, change.critical})
    if (value && !(*value >= bounds.least && *value <= bounds.most))
      return std::string{name(id)} + " may be set from " + number_text(bounds.least) + " to " +
             number_text(bounds.most);
  return {};
}

// Is there a threshold that each part of the change would move?
std::string lack_refusal(const Profile& profile, const LimitChange& change, LimitId id) {
  const auto any = [&](auto has) {
    return std::any_of(profile.limits.begin(), profile.limits.end(), [&](const Rules& rules) {
      return rules[index_of(id)].watched && has(rules[index_of(id)]);
    });
  };
  const std::string limit{name(id)};
  if (!any([](const LimitRule&) { return true; })) return limit + " is not watched by this preset";
  if (change.warn && !any([](const LimitRule& rule) { return rule.warn.limit.has_value(); }))
    return limit + " has no warn limit";
  if (change.critical && !any([](const LimitRule& rule) { return rule.critical.limit.has_value(); }))
    return limit + " has no critical limit";
  return {};
}

}  // namespace

LimitRule changed(const LimitRule& rule, const std::optional<LimitChange>& change) {
  LimitRule out = rule;
  if (!change) return out;
  if (change->warn && out.warn.limit) out.warn.limit = change->warn;
  if (change->critical && out.critical.limit) out.critical.limit = change->critical;
  return out;
}

std::string refusal(const Profile& profile, const LimitChanges& changes, LimitId id) {
  const auto& change = changes[index_of(id)];
  if (!change) return {};
  std::string out = lack_refusal(profile, *change, id);
  if (out.empty()) out = bounds_refusal(profile, *change, id);
  for (const Rules& of_phase : profile.limits) {
    if (!of_phase[index_of(id)].watched) continue;
    Rules rules = of_phase;
    for (std::size_t i = 0; i < limit_count; ++i) rules[i] = changed(of_phase[i], changes[i]);
    if (out.empty()) out = order_refusal(rules[index_of(id)], id);
    if (out.empty()) out = room_refusal(rules, id);
    if (out.empty()) out = deep_refusal(rules, id);
  }
  return out;
}

bool is_usual(const Profile& profile, const LimitChange& change, LimitId id) {
  return std::all_of(profile.limits.begin(), profile.limits.end(), [&](const Rules& rules) {
    const LimitRule& usual = rules[index_of(id)];
    const LimitRule now = changed(usual, change);
    return !usual.watched ||
           (now.warn.limit == usual.warn.limit && now.critical.limit == usual.critical.limit);
  });
}

}  // namespace alarms
