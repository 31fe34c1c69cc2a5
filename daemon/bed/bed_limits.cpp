// The limits in force: those of the profile in this phase, and what a person has set for this session.
#include <algorithm>

#include "daemon/alarms/text.hpp"
#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

using alarms::EndReason;
using infusion::Outcome;
using infusion::Verdict;

// " warn 160 -> 170"
std::string move_text(std::string_view word, std::optional<double> from, std::optional<double> to) {
  if (!from || *from == *to) return {};  // a change moves what there is, and takes nothing away
  return " " + std::string{word} + " " + alarms::number_text(*from) + " -> " + alarms::number_text(*to);
}

// A person who reads "applied" must not believe in a limit that the patient's baseline holds tighter.
std::string baseline_text(std::string_view word, std::optional<double> set, std::optional<double> in_force) {
  if (!set || !in_force || *set == *in_force) return {};
  return std::string{word} + " stays " + alarms::number_text(*in_force) + " by the baseline";
}

}  // namespace

void Bed::apply_limits(Stamp now, bool watching) {
  const Phase phase = session_.phase();
  for (Watch& watch : watches_) {
    const std::size_t i = alarms::index_of(watch.id);
    const alarms::LimitRule rule =
        alarms::changed(profile_.limits[vitals::index_of(phase)][i], limits_set_[i]);
    watch.limit = alarms::Limit(rule, alarms::side_of(watch.id), baseline(watch.metric));
    watch.confirm = vitals::is_cuff(watch.metric) ? alarms::ConfirmRule{} : rule.confirm;
    const bool watched = watching && source_of(watch.metric) != nullptr;
    engine_.set_behaviour(*watch.condition, limit_behaviour(profile_, phase, watch.id, watch.metric, watched),
                          EndReason::phase, now, *this);
  }
  const bool watched = watching && source_of(settings_.leads.rate) != nullptr;
  engine_.set_behaviour(*hr_zero_, hr_zero_behaviour(profile_, watched), EndReason::phase, now, *this);
  const bool both = source_of(Metric::hr) != nullptr && source_of(Metric::pr) != nullptr;
  engine_.set_behaviour(*rates_differ_, rates_differ_behaviour(watching && both), EndReason::phase, now,
                        *this);
}

Outcome Bed::limits_set(LimitId id, const alarms::LimitChange& change, Stamp now) {
  advance(now);
  if (!session_.in_progress())
    return {Verdict::refused, "limits are set for a session, and none is in progress"};
  const std::size_t i = alarms::index_of(id);
  alarms::LimitChanges wanted = limits_set_;
  alarms::LimitChange& merged = wanted[i] ? *wanted[i] : wanted[i].emplace();
  if (change.warn) merged.warn = change.warn;
  if (change.critical) merged.critical = change.critical;
  merged.by = change.by;
  if (std::string why = alarms::refusal(profile_, wanted, id); !why.empty())
    return {Verdict::refused, std::move(why)};
  const alarms::LimitRule& usual = profile_.limits[vitals::index_of(session_.phase())][i];
  const alarms::LimitRule before = alarms::changed(usual, limits_set_[i]);
  const alarms::LimitRule after = alarms::changed(usual, wanted[i]);
  if (alarms::is_usual(profile_, merged, id)) wanted[i].reset();
  limits_set_ = std::move(wanted);
  const Outcome outcome = after_verb({}, now);
  output_->on_setting(std::string{alarms::name(id)} + ":" +
                          move_text("warn", before.warn.limit, after.warn.limit) +
                          move_text("critical", before.critical.limit, after.critical.limit) +
                          " for this session by " + change.by,
                      now);
  output_->on_session(false, now);
  std::string text;
  for (const Watch& watch : watches_) {
    if (watch.id != id) continue;
    text = baseline_text("warn", change.warn, watch.limit.warn().limit());
    const std::string critical = baseline_text("critical", change.critical, watch.limit.critical().limit());
    text += (text.empty() || critical.empty() ? "" : ", ") + critical;
  }
  return {outcome.verdict, std::move(text)};
}

void Bed::restore_limits(const alarms::LimitChanges& kept, Stamp now) {
  if (!session_.in_progress()) return;  // they were of another
  limits_set_ = kept;
  // The profile may be another since: what does not fit it, or not without what did not fit, is not in force.
  for (std::size_t i = 0; i < alarms::limit_count;) {
    const bool fits = alarms::refusal(profile_, limits_set_, static_cast<LimitId>(i)).empty();
    if (!fits) limits_set_[i].reset();
    i = fits ? i + 1 : 0;
  }
  apply_phase(now);
}

void Bed::forget_limits(Stamp now) {
  const bool any =
      std::any_of(limits_set_.begin(), limits_set_.end(), [](const auto& one) { return one.has_value(); });
  if (!any) return;
  limits_set_ = {};
  output_->on_setting("limits are those of the preset again", now);
}

std::vector<Bed::InForce> Bed::limits_in_force() const {
  std::vector<InForce> out;
  for (const Watch& watch : watches_) {
    if (!watch.condition->behaviour().watched) continue;
    const auto& change = limits_set_[alarms::index_of(watch.id)];
    out.push_back({watch.id, watch.limit, watch.condition->behaviour(),
                   change ? std::string_view{change->by} : std::string_view{}});
  }
  return out;
}

}  // namespace bed
