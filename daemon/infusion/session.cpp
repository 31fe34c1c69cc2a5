// What each verb does in each phase. "-" is refused, and the text says what would be right.
//
//                   none       scheduled   baseline   infusing   held       recovery   ended
//   session-start   baseline*  baseline*   -          -          -          -          baseline*
//   baseline-set    -          -           yes        yes        yes        yes        -
//   infusion-start  infusing   infusing    infusing   -**        -          infusing   infusing
//   infusion-bolus  infusing   infusing    infusing   yes        yes        infusing   infusing
//   infusion-rate   -          -           -          yes        -          -          -
//   infusion-hold   -          -           -          held       -          -          -
//   infusion-resume -          -           -          -          infusing   -          -
//   a pump's bolus  -           -           infusing   yes        infusing   -          -
//   infusion-stop   no change  no change   no change  recovery   recovery   no change  no change
//   session-end     -          ended       ended      -          -          ended      -
//
//   * scheduled when its time is still to come. A scheduled session is started by its own name, or without
//   one. infusion-start opens a session in none and ended, and the scheduled one in scheduled: an infusion
//   that runs is recorded first and put in order afterwards. So does a bolus that a person has given; after
//   it recovery counts anew, and in held it leaves the pump at rest.
//   ** but after a bolus alone, whose infusion has no rate yet: it tells the rate.
#include "daemon/infusion/session.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/infusion/rate.hpp"
#include "daemon/infusion/told.hpp"

namespace infusion {
namespace {

constexpr std::size_t session_name_length_max = 32;
constexpr double ms_per_h = 3'600'000;
constexpr Milliseconds planned_ms_max{7 * 24 * std::int64_t{3'600'000}};  // longer is as good as never

// A rise that is only the rounding of another unit is none.
bool is_increase(double from_mg_per_h, double to_mg_per_h) { return above(to_mg_per_h, from_mg_per_h); }

bool is_session_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return text.size() <= session_name_length_max && std::all_of(text.begin(), text.end(), fits);
}

double hours(Milliseconds time) { return static_cast<double>(time.count()) / ms_per_h; }

std::string exceptional_text(double mg_per_kg_h) {
  return "rate " + number(mg_per_kg_h) + " mg/kg/h is above " + number(band_high_mg_per_kg_h_max) +
         " mg/kg/h";
}

// Fills in what flows; not applied when the rate cannot be used.
Outcome resolve_rate(const Rate& rate, std::optional<double> kg, std::optional<double> conc_mg_ml,
                     double& mg_per_h_out, double& mg_per_kg_h_out) {
  if (!std::isfinite(rate.value) || rate.value <= 0)
    return invalid("rate must be above 0; a pause is infusion-hold, the end infusion-stop");
  const auto flow = mg_per_h(rate, kg, conc_mg_ml);
  if (!flow && rate.unit == RateUnit::ml_per_h)
    return invalid("conc_mg_ml is missing: a rate in mL/h needs it");
  if (!flow || !kg) return invalid("kg is missing: the dose is judged by weight");
  mg_per_h_out = *flow;
  mg_per_kg_h_out = *flow / *kg;
  if (!std::isfinite(mg_per_kg_h_out) || above(mg_per_kg_h_out, rate_mg_per_kg_h_max))
    return too_fast(mg_per_kg_h_out);
  return {};
}

}  // namespace

Session::Session(std::string seed, Milliseconds titrating)
    : seed_(std::move(seed)), titrating_period_(titrating) {}

std::optional<vitals::MonoTime> Session::titrating_until() const {
  if (!titrating_until_) return std::nullopt;
  return titrating_until_->mono;
}

std::optional<vitals::MonoTime> Session::phase_since() const {
  if (!phase_since_) return std::nullopt;
  return phase_since_->mono;
}

std::optional<vitals::MonoTime> Session::increased_at() const {
  if (!increased_) return std::nullopt;
  return increased_->mono;
}

std::optional<vitals::MonoTime> Session::increase_unseen() const {
  if (!increase_unseen_) return std::nullopt;
  return increase_unseen_->mono;
}

bool Session::titrating(Stamp now) const { return titrating_until_ && now.mono < titrating_until_->mono; }

std::optional<vitals::MonoTime> Session::overtime_at() const {
  if (phase_ != Phase::infusing || !planned_ || !started_) return std::nullopt;
  return started_->mono + held_ + std::min(*planned_, planned_ms_max);
}

bool Session::overtime(Stamp now) const {
  const auto at = overtime_at();
  return at && now.mono > *at;
}

double Session::flow_mg_per_h() const {
  return phase_ == Phase::infusing ? bolus_mg_per_h_.value_or(mg_per_h_) : 0;
}

double Session::dose_mg(Stamp now) const {
  if (now.mono <= counted_) return dose_mg_;
  return dose_mg_ + flow_mg_per_h() * hours(now.mono - counted_);
}

Milliseconds Session::held(Stamp now) const {
  if (phase_ != Phase::held || now.mono <= counted_) return held_;
  return held_ + (now.mono - counted_);
}

Dose Session::dose(Stamp now) const {
  Dose out{dose_mg(now), std::nullopt};
  if (kg_) out.mg_per_kg = out.mg / *kg_;
  return out;
}

DoseBand Session::band() const { return kg_ ? band_of(mg_per_h_ / *kg_) : DoseBand::none; }

void Session::count(Stamp now) {
  dose_mg_ = dose_mg(now);
  held_ = held(now);
  counted_ = std::max(counted_, now.mono);
}

void Session::enter(Phase phase, Stamp now) {
  count(now);
  bolus_mg_per_h_.reset();
  phase_ = phase;
  phase_since_ = now;
}

void Session::open_titrating(Stamp now) {
  titrating_until_ = Stamp{now.mono + titrating_period_, now.wall + titrating_period_};
  increased_ = now;
  if (!increase_unseen_) increase_unseen_ = now;
}

// Six characters of Crockford's base 32 from a 64-bit FNV-1a hash: not to be guessed back to a patient, and
// the same input gives the same name.
std::string Session::derived_name(Stamp now) const {
  constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::uint8_t byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  for (const char c : seed_) add(static_cast<std::uint8_t>(c));
  const auto ms = static_cast<std::uint64_t>(vitals::unix_ms(now.wall));
  for (unsigned shift = 0; shift < 64; shift += 8) add(static_cast<std::uint8_t>(ms >> shift));
  hash ^= hash >> 32;  // the low bits of FNV mix least
  std::string out = "s-";
  for (int i = 0; i < 6; ++i, hash >>= 5) out += digits[hash & 31];
  return out;
}

void Session::begin_session(std::string session, Stamp now) {
  session_ = session.empty() ? derived_name(now) : std::move(session);
  titrating_until_.reset();
  increased_.reset();
  increase_unseen_.reset();
  started_.reset();
  scheduled_.reset();
  kg_.reset();
  conc_mg_ml_.reset();
  rate_.reset();
  mg_per_h_ = 0;
  bolus_mg_per_h_.reset();
  planned_mg_per_kg_.reset();
  planned_.reset();
  by_.clear();
  dose_mg_ = 0;
  last_bolus_.reset();
  held_ = Milliseconds{0};
  counted_ = now.mono;
  baseline_.reset();
  clear_readings();
  opened_.reset();
  chart_ = {};
  series_ = {};
  extremes_ = {};
  checklist_.clear();
  spo2_scale_ = Spo2Scale::one;
  gate_.reset();
  gate_wanted_ = false;
  recovery_.reset();
  stable_reading(false, now);
}

Outcome Session::start(const SessionStart& request, Stamp now) {
  if (in_progress())
    return refused("session-start", phase_, "session " + session_ + " is open, session-end closes it");
  if (!is_session_name(request.session))
    return invalid("session must be a pseudonym of at most 32 letters, digits and hyphens");
  if (request.kg && !is_weight(*request.kg)) return invalid("kg must be above 0 and at most 700");
  const SeriesPlace& series = request.series;
  if (!is_session_name(series.series))
    return invalid("series must be a pseudonym of at most 32 letters, digits and hyphens");
  if (series.series.empty() && (series.n > 0 || series.m > 0 || series.interval_days > 0))
    return invalid("n, m and interval_days need a series");
  if (series.m > 0 && series.n > series.m) return invalid("n must be at most m: session n of m");

  const bool scheduled_one = phase_ == Phase::scheduled;
  if (scheduled_one && !request.session.empty() && request.session != session_)
    return refused("session-start", phase_,
                   "session " + session_ + " is scheduled here, session-end cancels it");

  if (!scheduled_one) begin_session(request.session, now);
  adopt(kg_, request.kg);
  merge(request.checklist);
  if (!series.series.empty()) series_ = series;
  if (request.spo2_scale) spo2_scale_ = *request.spo2_scale;
  const bool to_come = request.at && *request.at > now.wall;
  scheduled_ = to_come ? request.at : std::nullopt;
  enter(to_come ? Phase::scheduled : Phase::baseline, now);
  if (!to_come) opened_ = now;
  return {};
}

Outcome Session::plan_start(const InfusionStart& request, Plan& plan) const {
  if (request.kg && !is_weight(*request.kg)) return invalid("kg must be above 0 and at most 700");
  if (request.conc_mg_ml && !(*request.conc_mg_ml > 0 && *request.conc_mg_ml <= concentration_mg_ml_max))
    return invalid("conc_mg_ml must be above 0 and at most 100");
  if (request.mg_per_kg && !(std::isfinite(*request.mg_per_kg) && *request.mg_per_kg > 0))
    return invalid("mg_per_kg must be above 0");
  if (request.planned && *request.planned <= Milliseconds{0}) return invalid("planned_min must be above 0");

  // Weight and concentration of the session stand until told anew; those of an ended session do not.
  const bool session_stands = in_progress() || phase_ == Phase::scheduled;
  plan.kg = request.kg || !session_stands ? request.kg : kg_;
  plan.conc_mg_ml = request.conc_mg_ml || !session_stands ? request.conc_mg_ml : conc_mg_ml_;

  if (request.rate)
    plan.rate = *request.rate;
  else if (request.mg_per_kg && request.planned)
    plan.rate = {*request.mg_per_kg / hours(*request.planned), RateUnit::mg_per_kg_h};
  else
    return invalid("rate and rate_unit are missing, or mg_per_kg with planned_min");
  return resolve_rate(plan.rate, plan.kg, plan.conc_mg_ml, plan.mg_per_h, plan.mg_per_kg_h);
}

Outcome Session::infusion_start(const InfusionStart& request, Stamp now) {
  const bool bolus_alone = phase_ == Phase::infusing && !rate_ && !bolus_runs();
  if (phase_ == Phase::infusing && !bolus_alone)
    return refused("infusion-start", phase_,
                   "infusion-rate changes the rate, infusion-stop comes before a new start");
  if (phase_ == Phase::held)
    return refused("infusion-start", phase_,
                   "infusion-resume goes on, infusion-stop comes before a new start");
  Plan plan;
  if (Outcome outcome = plan_start(request, plan); outcome.verdict != Verdict::applied) return outcome;

  std::string reasons;
  if (band_of(plan.mg_per_kg_h) == DoseBand::exceptional)
    add_reason(reasons, exceptional_text(plan.mg_per_kg_h));
  doubt_weight(reasons, *plan.kg);
  if (request.mg_per_kg && request.planned) {
    const double by_rate = plan.mg_per_kg_h * hours(*request.planned);
    if (above(std::abs(by_rate - *request.mg_per_kg), *request.mg_per_kg * planned_difference_max))
      add_reason(reasons, "rate x time gives " + number(by_rate) + " mg/kg, planned are " +
                              number(*request.mg_per_kg) + " mg/kg");
  }
  if (!reasons.empty() && !request.confirmed) return to_confirm(std::move(reasons));
  bolus_alone ? go_on_after_bolus(request, plan, now) : begin_infusion(request, plan, now);
  return {};
}

void Session::begin_infusion(const InfusionStart& request, const Plan& plan, Stamp now) {
  if (phase_ == Phase::none || phase_ == Phase::ended) begin_session({}, now);
  if (phase_ == Phase::baseline) freeze_baseline(now);
  enter(Phase::infusing, now);
  if (!opened_) opened_ = now;
  scheduled_.reset();
  started_ = now;
  held_ = Milliseconds{0};
  planned_mg_per_kg_ = request.mg_per_kg;
  planned_ = request.planned;
  by_ = request.by;
  gate_wanted_ = true;
  recovery_.reset();
  stable_reading(false, now);
  run_at(plan);
  open_titrating(now);
}

void Session::run_at(const Plan& plan) {
  kg_ = plan.kg;
  conc_mg_ml_ = plan.conc_mg_ml;
  rate_ = plan.rate;
  mg_per_h_ = plan.mg_per_h;
}

Outcome Session::rate(const Rate& rate, bool confirmed, Stamp now) {
  if (phase_ == Phase::held)
    return refused("infusion-rate", phase_, "infusion-resume comes first, then the new rate");
  if (phase_ != Phase::infusing) return refused("infusion-rate", phase_, "infusion-start comes first");
  Plan plan{kg_, conc_mg_ml_, rate, 0, 0};
  if (Outcome outcome = resolve_rate(rate, kg_, conc_mg_ml_, plan.mg_per_h, plan.mg_per_kg_h);
      outcome.verdict != Verdict::applied)
    return outcome;
  if (band_of(plan.mg_per_kg_h) == DoseBand::exceptional && !confirmed)
    return to_confirm(exceptional_text(plan.mg_per_kg_h));
  count(now);
  if (is_increase(mg_per_h_, plan.mg_per_h)) open_titrating(now);
  run_at(plan);
  return {};
}

Outcome Session::hold(Stamp now) {
  if (phase_ != Phase::infusing)
    return refused("infusion-hold", phase_, "only a running infusion can be held");
  enter(Phase::held, now);
  return {};
}

Outcome Session::resume(Stamp now) {
  if (phase_ != Phase::held) return refused("infusion-resume", phase_, "only a held infusion can be resumed");
  enter(Phase::infusing, now);
  return {};
}

Outcome Session::stop(Stamp now) {
  if (phase_ != Phase::infusing && phase_ != Phase::held)
    return {Verdict::applied,
            "no infusion is recorded as running (phase " + std::string(name(phase_)) + "): nothing changed"};
  enter(Phase::recovery, now);
  rate_.reset();
  mg_per_h_ = 0;
  titrating_until_.reset();
  increased_.reset();
  increase_unseen_.reset();
  return {};
}

Outcome Session::end(Stamp now) {
  if (phase_ == Phase::infusing || phase_ == Phase::held)
    return refused("session-end", phase_, "infusion-stop comes first");
  if (!in_progress() && phase_ != Phase::scheduled)
    return refused("session-end", phase_, "no session is open");
  scheduled_.reset();
  clear_readings();
  enter(Phase::ended, now);
  return {};
}

void Session::abandon(Stamp now) {
  begin_session({}, now);
  session_.clear();
  phase_ = Phase::none;
  phase_since_.reset();
}

}  // namespace infusion
