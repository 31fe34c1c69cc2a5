// What a profile may not say, and what it had better not.
#include <algorithm>

#include "daemon/settings/profile_file.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

using alarms::LimitId;
using alarms::LimitRule;
using alarms::Profile;
using alarms::Side;
using alarms::Threshold;
using std::chrono_literals::operator""s;

using alarms::delay_max;
using alarms::high_delay_max;

std::string named(LimitId id) { return std::string(alarms::name(id)); }

// Of one rule alone.
class RuleCheck {
 public:
  RuleCheck(LimitId id, const LimitRule& rule, const Place& place, Report& report)
      : id_(id), rule_(rule), place_(place), report_(report) {}

  void run() {
    if (!has(rule_.warn) && !has(rule_.critical))
      error("has neither warn nor critical: give a limit or leave it out");
    delays();
    order();
    latching();
    usefulness();
  }

 private:
  static bool has(const Threshold& threshold) { return threshold.limit || threshold.relative; }
  void error(const std::string& text) { report_.error(place_, named(id_) + " " + text); }
  void warning(const std::string& text) { report_.warning(place_, named(id_) + " " + text); }

  void delays() {
    if (has(rule_.critical) && rule_.critical.on_delay > high_delay_max)
      error("critical_delay_s is " + seconds_text(rule_.critical.on_delay) +
            ": at most 15 s for a high alarm");
    if (!has(rule_.warn)) return;
    if (rule_.warn.on_delay > delay_max)
      error("warn_delay_s is " + seconds_text(rule_.warn.on_delay) + ": at most 30 s");
    else if (rule_.warn.on_delay > high_delay_max)
      warning("warn_delay_s is " + seconds_text(rule_.warn.on_delay) +
              ": monitors allow 15 to 30 s, and the monitor's own delay comes on top");
  }

  void order() {
    if (!rule_.warn.limit || !rule_.critical.limit) return;
    const double warn = *rule_.warn.limit, critical = *rule_.critical.limit;
    if (side_of(id_) == Side::high && critical < warn)
      error("critical " + number(critical) + " is below warn " + number(warn) + ": it must lie beyond");
    if (side_of(id_) == Side::low && critical > warn)
      error("critical " + number(critical) + " is above warn " + number(warn) + ": it must lie beyond");
  }

  void latching() {
    if (has(rule_.critical) && !rule_.latching)
      warning("has latching = false: a high alarm that ends by itself is gone before anybody has seen it");
  }

  // An alarm limit at the end of the scale is an alarm that is off.
  void usefulness() {
    const auto first = rule_.warn.limit ? rule_.warn.limit : rule_.critical.limit;
    if (!first) return;
    if (id_ == LimitId::spo2_low && *first < 85)
      warning("first warns below " + number(*first) + " %: ISO 80601-2-61 allows no preset below 85 %");
    if (id_ == LimitId::hr_low && (*first < 30 || *first > 100))
      warning("at " + number(*first) + " /min is outside 30 to 100, the usual range of this limit");
    if (id_ == LimitId::hr_high && (*first < 100 || *first > 200))
      warning("at " + number(*first) + " /min is outside 100 to 200, the usual range of this limit");
  }

  LimitId id_;
  const LimitRule& rule_;
  const Place& place_;
  Report& report_;
};

void check_pair(const std::array<LimitRule, alarms::limit_count>& rules, LimitId low, LimitId high,
                const std::array<Place, alarms::limit_count>& places, Report& report) {
  const LimitRule& below = rules[index_of(low)];
  const LimitRule& above = rules[index_of(high)];
  if (!below.watched || !above.watched) return;
  const auto most = below.warn.limit ? below.warn.limit : below.critical.limit;
  const auto least = above.warn.limit ? above.warn.limit : above.critical.limit;
  if (!most || !least) return;
  const Place& written_last = places[index_of(low)].line > places[index_of(high)].line
                                  ? places[index_of(low)]
                                  : places[index_of(high)];
  const double gap = *least - *most;
  if (gap > 0 && gap <= below.deadband + above.deadband)
    report.warning(written_last,
                   named(high) + " " + number(*least) + " and " + named(low) + " " + number(*most) +
                       " are so near that with their deadbands no value lies well between " + "them");
  if (gap > 0) return;
  report.error(written_last, named(high) + " " + number(*least) + " and " + named(low) + " " + number(*most) +
                                 " cross: the low limit must be below the high one");
}

void check_deep(const std::array<LimitRule, alarms::limit_count>& rules,
                const std::array<Place, alarms::limit_count>& places, Report& report) {
  const LimitRule& deep = rules[index_of(LimitId::spo2_deep)];
  const LimitRule& low = rules[index_of(LimitId::spo2_low)];
  if (!deep.watched || !low.watched || !deep.critical.limit || !low.critical.limit) return;
  if (*deep.critical.limit <= *low.critical.limit) return;
  report.error(places[index_of(LimitId::spo2_deep)],
               "spo2-deep " + number(*deep.critical.limit) + " is above spo2-low critical " +
                   number(*low.critical.limit) + ": it must lie beyond");
}

// The phases in which an infusion can harm, and one of these limits is off.
std::vector<std::string> unwatched(const Profile& profile, std::initializer_list<LimitId> ids) {
  std::vector<std::string> out;
  for (const vitals::Phase phase : {vitals::Phase::infusing, vitals::Phase::held, vitals::Phase::recovery}) {
    const auto& rules = profile.limits[vitals::index_of(phase)];
    const auto watched = [&](LimitId id) { return rules[index_of(id)].watched; };
    if (std::none_of(ids.begin(), ids.end(), watched)) out.emplace_back(vitals::name(phase));
  }
  return out;
}

// What cannot be set back to what it was is a trap.
void check_bounds(const Profile& profile, std::size_t phase, const LimitPlaces& places, Report& report) {
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    const LimitRule& rule = profile.limits[phase][i];
    const alarms::LimitBounds& bounds = profile.bounds[i];
    if (!rule.watched) continue;
    for (const auto& limit : {rule.warn.limit, rule.critical.limit})
      if (limit && (*limit < bounds.least || *limit > bounds.most))
        report.warning(places[phase][i], named(static_cast<LimitId>(i)) + " " + number(*limit) +
                                             " lies outside its [bounds] " + number(bounds.least) + " to " +
                                             number(bounds.most) + ": once changed it cannot be set back");
  }
}

bool watches(const Profile& profile, std::initializer_list<LimitId> ids) {
  for (const auto& phase : profile.limits)
    for (const LimitId id : ids)
      if (phase[index_of(id)].watched) return true;
  return false;
}

void check_whole(const Profile& profile, const Place& file, Report& report) {
  if (profile.signed_off_by.empty())
    report.warning(
        file,
        "signed_off_by is empty: the limits are a proposal until the clinic has signed them off, and "
        "stations are told so");
  const auto demand = [&](std::initializer_list<LimitId> ids, const std::string& text) {
    const auto phases = unwatched(profile, ids);
    if (!watches(profile, ids)) {
      report.warning({file.file}, text + " watched in any phase");
    } else if (!phases.empty()) {
      report.warning({file.file}, text + " watched in the phases " + joined(phases));
    }
  };
  demand({LimitId::spo2_low}, "spo2-low is not");
  demand({LimitId::hr_high, LimitId::hr_low}, "neither hr-high nor hr-low is");
  demand({LimitId::sbp_high, LimitId::sbp_low, LimitId::map_high, LimitId::map_low}, "no blood pressure is");
  if (profile.callout.high_second < profile.callout.high_unit)
    report.error({file.file}, "[callout] high_second_s is before high_unit_s: the unit is called first");
}

}  // namespace

void check_profile(const Profile& profile, const LimitPlaces& places, const Place& file, Report& report) {
  for (std::size_t phase = 0; phase < vitals::phase_count; ++phase) {
    const auto& rules = profile.limits[phase];
    for (std::size_t i = 0; i < alarms::limit_count; ++i)
      if (rules[i].watched) RuleCheck(static_cast<LimitId>(i), rules[i], places[phase][i], report).run();
    check_pair(rules, LimitId::hr_low, LimitId::hr_high, places[phase], report);
    check_pair(rules, LimitId::sbp_low, LimitId::sbp_high, places[phase], report);
    check_pair(rules, LimitId::dbp_low, LimitId::dbp_high, places[phase], report);
    check_pair(rules, LimitId::map_low, LimitId::map_high, places[phase], report);
    check_pair(rules, LimitId::rr_low, LimitId::rr_high, places[phase], report);
    check_deep(rules, places[phase], report);
    check_bounds(profile, phase, places, report);
  }
  check_whole(profile, file, report);
}

}  // namespace settings
