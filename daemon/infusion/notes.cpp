// What people note in an open session.
#include <algorithm>

#include "daemon/infusion/session.hpp"

namespace infusion {

std::optional<vitals::MonoTime> Session::infusion_since() const {
  if (!started_) return std::nullopt;
  return started_->mono;
}

Outcome Session::note(const NurseObservation& observation, Stamp now) {
  if (!in_progress())
    return {Verdict::refused, "observe does not fit phase " + std::string(name(phase_)) +
                                  ": an observation belongs to a session, session-start comes first"};
  if (observation.empty()) return {Verdict::invalid, "at least one item or action is needed"};
  for (const ItemFacts& facts : items()) {
    const auto& value = observation[facts.item];
    if (value && !fits(facts, *value))
      return {Verdict::invalid, std::string(facts.key) + " must be " + what_fits(facts)};
  }
  const Milliseconds age = now.wall - observation.at.value_or(now.wall);
  if (age < -observed_ahead_ms_max)
    return {Verdict::invalid, "t_obs lies ahead: an observation has been made, at the latest now"};
  if (age > observed_back_ms_max)
    return {Verdict::invalid, "t_obs is more than 30 min ago: what is older belongs into a note"};
  // By the monotonic clock: a step of the wall clock must not put the session's start ahead.
  const Milliseconds open = now.mono - opened_->mono;  // in progress, so it was opened
  if (age > open + observed_ahead_ms_max)
    return {Verdict::invalid, "t_obs is before the session began: what is older belongs into a note"};
  const Milliseconds taken = std::clamp(age, Milliseconds{0}, std::max(open, Milliseconds{0}));
  chart_.take(observation, {now.mono - taken, now.wall - taken});
  if (increase_unseen_ && increase_unseen_->mono <= chart_.last->mono) {
    increase_unseen_.reset();
    if (increased_->mono > chart_.last->mono) increase_unseen_ = increased_;
  }
  return {};
}

void Session::merge(const std::vector<Answer>& answers) {
  for (const Answer& one : answers) {
    const auto known = std::find_if(checklist_.begin(), checklist_.end(),
                                    [&](const Answer& answer) { return answer.key == one.key; });
    if (known == checklist_.end())
      checklist_.push_back(one);
    else
      *known = one;
  }
}

Outcome Session::answer(const std::vector<Answer>& answers) {
  if (!in_progress() && phase_ != Phase::scheduled)
    return {Verdict::refused, "checklist does not fit phase " + std::string(name(phase_)) +
                                  ": its answers belong to a session, session-start comes first"};
  merge(answers);
  return {};
}

bool Session::event() {
  if (!begun()) return false;
  ++extremes_.events;
  return true;
}

void Session::keep_gate(std::optional<Assessment> gate) {
  gate_ = std::move(gate);
  gate_wanted_ = false;
}

// A reading that is not stable breaks the row.
void Session::stable_reading(bool stable, Stamp measured) {
  if (!stable) {
    stable_since_.reset();
    stable_last_.reset();
    return;
  }
  if (phase_ != Phase::recovery) return;
  if (!stable_since_) stable_since_ = measured;
  stable_last_ = measured;
}

std::optional<Milliseconds> Session::stable() const {
  if (!stable_since_ || !stable_last_ || stable_last_->mono <= stable_since_->mono) return std::nullopt;
  return stable_last_->mono - stable_since_->mono;
}

}  // namespace infusion
