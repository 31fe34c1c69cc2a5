// What a profile may not say, and what it had better not.
#include <algorithm>
#include <array>

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

// Where the first limit of a condition is of use, nearer is noise, and no level beyond its far end ever
// calls. Pressures: the widest defaults of a monitor that we know (LIFEPAK 15, 50 to 200 and 20 to 150 mmHg),
// the mean as these two make it; systolic up to 220, where NEWS2 gives 3 points. Rates: the ranges that IEC
// 60601-2-27 asks for. Respiration and the near ends: a proposal, well outside of all protocols.
alarms::LimitBounds usual_range(LimitId id) {
  switch (id) {
    case LimitId::hr_high: return {100, 200};
    case LimitId::hr_low: return {30, 100};
    case LimitId::spo2_low: return {85, 100};  // ISO 80601-2-61 allows no preset below
    case LimitId::spo2_deep:
      return {70, 90};  // monitors: 80, or 10 below the low limit; the ends: a proposal
    case LimitId::sbp_high: return {100, 220};
    case LimitId::sbp_low: return {50, 120};
    case LimitId::dbp_high: return {60, 150};
    case LimitId::dbp_low: return {20, 80};
    case LimitId::map_high: return {75, 165};
    case LimitId::map_low: return {30, 90};
    case LimitId::rr_high: return {15, 60};
    case LimitId::rr_low: return {4, 20};
  }
  return {};
}

std::string unit(LimitId id) {
  if (is_pressure(id)) return " mmHg";
  return id == LimitId::spo2_low || id == LimitId::spo2_deep ? " %" : " /min";
}

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
    relative_order();
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

  // At some baseline the high alarm would come first. A percentage and units cannot be compared.
  void relative_order() {
    const auto &warn = rule_.warn.relative, &critical = rule_.critical.relative;
    if (!warn || !critical || warn->percent != critical->percent) return;
    const bool floor_nearer =
        side_of(id_) == Side::high ? critical->floor < warn->floor : critical->floor > warn->floor;
    if (critical->change < warn->change || floor_nearer)
      warning(
          "critical_relative is nearer than warn_relative: there the high alarm comes without the medium "
          "one");
  }

  void latching() {
    if (has(rule_.critical) && !rule_.latching)
      warning("has latching = false: a high alarm that ends by itself is gone before anybody has seen it");
  }

  // An alarm limit at the end of the scale is an alarm that is off.
  void usefulness() {
    const auto first = rule_.warn.limit ? rule_.warn.limit : rule_.critical.limit;
    if (!first) return;
    const alarms::LimitBounds usual = usual_range(id_);
    const std::string range = number(usual.least) + " to " + number(usual.most);
    if (id_ == LimitId::spo2_low) {
      if (*first < usual.least)
        warning("first warns below " + number(*first) + " %: ISO 80601-2-61 allows no preset below 85 %");
    } else if (*first < usual.least || *first > usual.most) {
      warning("at " + number(*first) + unit(id_) + " is outside " + range +
              ", the usual range of this limit");
    } else if (rule_.critical.limit && (side_of(id_) == Side::high ? *rule_.critical.limit > usual.most
                                                                   : *rule_.critical.limit < usual.least)) {
      warning("critical at " + number(*rule_.critical.limit) + unit(id_) + " is outside " + range +
              ", the usual range of this limit");
    }
  }

  LimitId id_;
  const LimitRule& rule_;
  const Place& place_;
  Report& report_;
};

// Two limits of one phase, where what is wrong is what they say together.
class PairPlaces {
 public:
  PairPlaces(const ProfilePlaces& places, std::size_t phase) : places_(places), phase_(phase) {}

  // The one that was written last: in the file that rests on the other's, else further down.
  const Place& later(LimitId a, LimitId b) const {
    return std::pair(layer(a), of(a).line) > std::pair(layer(b), of(b).line) ? of(a) : of(b);
  }
  // Of the first, unless the other stands in a file that rests on its file.
  const Place& newer(LimitId first, LimitId other) const {
    return layer(other) > layer(first) ? of(other) : of(first);
  }
  // "; hr-low is written in FILE:LINE", where that is not the file that the problem names.
  std::string elsewhere(LimitId a, LimitId b) const {
    if (of(a).file == of(b).file) return {};
    const LimitId older = layer(a) < layer(b) ? a : b;
    return "; " + named(older) + " is written in " + of(older).file + ":" + std::to_string(of(older).line);
  }

 private:
  const Place& of(LimitId id) const { return places_.limits[phase_][index_of(id)]; }
  std::ptrdiff_t layer(LimitId id) const {
    return std::find(places_.files.begin(), places_.files.end(), of(id).file) - places_.files.begin();
  }

  const ProfilePlaces& places_;
  std::size_t phase_;
};

void check_pair(const std::array<LimitRule, alarms::limit_count>& rules, LimitId low, LimitId high,
                const PairPlaces& places, Report& report) {
  const LimitRule& below = rules[index_of(low)];
  const LimitRule& above = rules[index_of(high)];
  if (!below.watched || !above.watched) return;
  const auto most = below.warn.limit ? below.warn.limit : below.critical.limit;
  const auto least = above.warn.limit ? above.warn.limit : above.critical.limit;
  if (!most || !least) return;
  const Place& written_last = places.later(low, high);
  const std::string both = named(high) + " " + number(*least) + " and " + named(low) + " " + number(*most);
  const double gap = *least - *most;
  if (gap > 0 && gap <= below.deadband + above.deadband)
    report.warning(written_last,
                   both + " are so near that with their deadbands no value lies well between them" +
                       places.elsewhere(low, high));
  if (gap > 0) return;
  report.error(written_last,
               both + " cross: the low limit must be below the high one" + places.elsewhere(low, high));
}

void check_deep(const std::array<LimitRule, alarms::limit_count>& rules, const PairPlaces& places,
                Report& report) {
  const LimitRule& deep = rules[index_of(LimitId::spo2_deep)];
  const LimitRule& low = rules[index_of(LimitId::spo2_low)];
  if (!deep.watched || !low.watched || !deep.critical.limit || !low.critical.limit) return;
  if (*deep.critical.limit <= *low.critical.limit) return;
  report.error(places.newer(LimitId::spo2_deep, LimitId::spo2_low),
               "spo2-deep " + number(*deep.critical.limit) + " is above spo2-low critical " +
                   number(*low.critical.limit) + ": it must lie beyond" +
                   places.elsewhere(LimitId::spo2_low, LimitId::spo2_deep));
}

// What ketamine does or a patient cannot do without: each of these is to be watched while an infusion can
// harm.
constexpr std::array mandatory{LimitId::hr_high, LimitId::hr_low,   LimitId::sbp_high,
                               LimitId::sbp_low, LimitId::spo2_low, LimitId::spo2_deep};

// The phases in which an infusion can harm, and this limit is off.
std::vector<std::string> unwatched(const Profile& profile, LimitId id) {
  std::vector<std::string> out;
  for (const vitals::Phase phase : {vitals::Phase::infusing, vitals::Phase::held, vitals::Phase::recovery})
    if (!profile.limits[vitals::index_of(phase)][index_of(id)].watched) out.emplace_back(vitals::name(phase));
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

bool watches(const Profile& profile, LimitId id) {
  return std::any_of(profile.limits.begin(), profile.limits.end(),
                     [&](const auto& phase) { return phase[index_of(id)].watched; });
}

void check_whole(const Profile& profile, const Place& file, Report& report) {
  if (profile.signed_off_by.empty())
    report.warning(
        file,
        "signed_off_by is empty: the limits are a proposal until the clinic has signed them off, and "
        "stations are told so");
  for (const LimitId id : mandatory) {
    const auto phases = unwatched(profile, id);
    if (!watches(profile, id)) {
      report.warning({file.file}, named(id) + " is not watched in any phase");
    } else if (!phases.empty()) {
      report.warning({file.file}, named(id) + " is not watched in the phases " + joined(phases));
    }
  }
  if (profile.observation.first_hour == 0s && profile.observation.later == 0s)
    report.warning({file.file},
                   "no observation by a nurse is due while infusing: [observation] names no interval for it");
  if (profile.callout.high_second < profile.callout.high_unit)
    report.error({file.file}, "[callout] high_second_s is before high_unit_s: the unit is called first");
}

}  // namespace

void check_profile(const Profile& profile, const ProfilePlaces& places, Report& report) {
  for (std::size_t phase = 0; phase < vitals::phase_count; ++phase) {
    const auto& rules = profile.limits[phase];
    const PairPlaces pair(places, phase);
    for (std::size_t i = 0; i < alarms::limit_count; ++i)
      if (rules[i].watched)
        RuleCheck(static_cast<LimitId>(i), rules[i], places.limits[phase][i], report).run();
    check_pair(rules, LimitId::hr_low, LimitId::hr_high, pair, report);
    check_pair(rules, LimitId::sbp_low, LimitId::sbp_high, pair, report);
    check_pair(rules, LimitId::dbp_low, LimitId::dbp_high, pair, report);
    check_pair(rules, LimitId::map_low, LimitId::map_high, pair, report);
    check_pair(rules, LimitId::rr_low, LimitId::rr_high, pair, report);
    check_deep(rules, pair, report);
    check_bounds(profile, phase, places.limits, report);
  }
  check_whole(profile, places.sign_off, report);
}

}  // namespace settings
