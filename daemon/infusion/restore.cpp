// A session to its view and back: what stations are shown, and what a restart goes on from.
#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/infusion/rate.hpp"
#include "daemon/infusion/session.hpp"

namespace infusion {
namespace {

// The monotonic instant of a wall-clock label of the past. One that lies ahead is a clock that went back:
// now.
Stamp past(WallTime label, Stamp now) {
  return {now.mono - std::max(now.wall - label, Milliseconds{0}), label};
}

double sound(double value) { return std::isfinite(value) && value > 0 ? value : 0; }

}  // namespace

View Session::view(Stamp now) const {
  View out;
  out.as_of = now.wall;
  out.phase = phase_;
  if (phase_since_) out.phase_since = phase_since_->wall;
  out.session = session_;
  if (opened_) out.t_opened = opened_->wall;
  if (titrating(now)) out.titrating_until = titrating_until_->wall;
  if (increased_) out.t_increase = increased_->wall;
  if (increase_unseen_) out.t_increase_unseen = increase_unseen_->wall;
  out.kg = kg_;
  out.conc_mg_ml = conc_mg_ml_;
  out.rate = rate_;
  if (started_) {
    out.rate_mg_per_h = flow_mg_per_h();
    if (kg_) out.rate_mg_per_kg_h = *out.rate_mg_per_h / *kg_;
  }
  out.bolus = bolus_runs();
  out.last_bolus = last_bolus_;
  out.band = band();
  out.planned_mg_per_kg = planned_mg_per_kg_;
  out.planned = planned_;
  const Dose given = dose(now);
  out.dose_mg = given.mg;
  out.dose_mg_per_kg = given.mg_per_kg;
  if (started_) out.t_start = started_->wall;
  out.t_scheduled = scheduled_;
  out.held = held(now);
  out.by = by_;
  out.baseline = baseline_;
  out.baseline_cuffs = cuffs_.readings();
  out.chart = chart_;
  out.series = series_;
  out.extremes = extremes_;
  out.checklist = checklist_;
  out.spo2_scale = spo2_scale_;
  out.gate = gate_;
  out.recovery = recovery_;
  if (stable_since_) out.stable_since = stable_since_->wall;
  if (stable_last_) out.stable_last = stable_last_->wall;
  return out;
}

void Session::restore(const View& view, Stamp now) {
  begin_session(view.session, now);
  session_ = view.session;  // begin_session would name one
  phase_ = view.phase;
  if (phase_ != Phase::none) phase_since_ = past(view.phase_since, now);
  if (view.titrating_until && *view.titrating_until > now.wall) {
    const auto left = std::min(*view.titrating_until - now.wall, titrating_period_);
    titrating_until_ = Stamp{now.mono + left, *view.titrating_until};
  }
  if (view.t_increase) increased_ = past(*view.t_increase, now);
  if (increased_ && view.t_increase_unseen) increase_unseen_ = past(*view.t_increase_unseen, now);
  if (view.t_start) started_ = past(*view.t_start, now);
  scheduled_ = view.t_scheduled;
  if (view.kg && *view.kg > 0 && *view.kg <= weight_kg_max) kg_ = view.kg;
  conc_mg_ml_ = view.conc_mg_ml;
  rate_ = view.rate;
  if (rate_) mg_per_h_ = sound(mg_per_h(*rate_, kg_, conc_mg_ml_).value_or(0));
  planned_mg_per_kg_ = view.planned_mg_per_kg;
  planned_ = view.planned;
  by_ = view.by;
  dose_mg_ = sound(view.dose_mg);
  last_bolus_ = view.last_bolus;
  held_ = std::max(view.held, Milliseconds{0});
  if (view.as_of != WallTime{}) counted_ = past(view.as_of, now).mono;
  baseline_ = view.baseline;
  if (phase_ == Phase::baseline) restore_cuffs(view, now);
  restore_chart(view, now);
  series_ = view.series;
  extremes_ = view.extremes;
  checklist_ = view.checklist;
  spo2_scale_ = view.spo2_scale;
  if (started_) gate_ = view.gate;  // before the start it is made from what is current
  if (phase_ == Phase::ended) recovery_ = view.recovery;
  if (view.stable_since) stable_since_ = past(*view.stable_since, now);
  if (view.stable_last) stable_last_ = past(*view.stable_last, now);
}

void Session::restore_cuffs(const View& view, Stamp now) {
  std::vector<BaselineCuff> readings = view.baseline_cuffs;
  for (BaselineCuff& one : readings) one.at = past(one.at.wall, now);
  cuffs_.restore(std::move(readings));
}

// What was observed keeps its age by the wall clock.
void Session::restore_chart(const View& view, Stamp now) {
  if (view.t_opened) opened_ = past(*view.t_opened, now);
  // A record from before this was kept: no later than the infusion, if one was started.
  if (!opened_ && in_progress()) opened_ = started_ ? started_ : phase_since_;
  chart_ = view.chart;
  for (auto& noted : chart_.newest)
    if (noted) noted->at = past(noted->at.wall, now);
  if (chart_.last) chart_.last = past(chart_.last->wall, now);
}

}  // namespace infusion
