// A bolus beside the rate: told by a person after it was given, or by the pump while it flows.
#include <cmath>
#include <string>
#include <utility>

#include "daemon/infusion/session.hpp"
#include "daemon/infusion/told.hpp"

namespace infusion {

// Where no infusion runs the bolus begins one, whose rate is still to be told: the drug is in the patient,
// who is to be watched as in an infusion, and later readings are no baseline.
void Session::begin_with_bolus(std::optional<double> kg, std::optional<double> conc_mg_ml, Stamp now) {
  begin_infusion({}, {kg, conc_mg_ml, {}, 0, 0}, now);
  rate_.reset();
}

// The infusion that the bolus began gets its rate. Until now the pump rested, which counts as held: the
// planned time runs from here, and what the first drug has set going (recovery, observations) is not put off.
void Session::go_on_after_bolus(const InfusionStart& request, const Plan& plan, Stamp now) {
  count(now);
  held_ = now.mono - started_->mono;
  planned_mg_per_kg_ = request.mg_per_kg;
  planned_ = request.planned;
  by_ = request.by;
  run_at(plan);
  open_titrating(now);
}

Outcome Session::plan_bolus(const HandBolus& told, BolusPlan& plan) const {
  // Weight and concentration of the session stand; those of an ended session do not.
  const bool stands = in_progress() || phase_ == Phase::scheduled;
  const auto known = stands ? kg_ : std::nullopt;
  if (stands) plan.conc_mg_ml = conc_mg_ml_;
  if (told.kg && !is_weight(*told.kg)) return invalid("kg must be above 0 and at most 700");
  if (told.kg && known && *told.kg != *known)
    return invalid("kg is " + number(*known) + " in this session: leave it out");
  plan.kg = known ? known : told.kg;
  if (!plan.kg) return invalid("kg is missing: the dose is judged by weight");
  if (told.mg.has_value() == told.mg_per_kg.has_value()) return invalid("either mg or mg_per_kg is needed");
  plan.mg = told.mg ? *told.mg : *told.mg_per_kg * *plan.kg;
  if (!std::isfinite(plan.mg) || plan.mg <= 0) return invalid("a bolus must be above 0");
  return {};
}

Outcome Session::give_bolus(const HandBolus& told, bool confirmed, Stamp now) {
  BolusPlan plan;
  if (Outcome outcome = plan_bolus(told, plan); outcome.verdict != Verdict::applied) return outcome;
  const double mg_per_kg = plan.mg / *plan.kg;
  const std::string too_much = "bolus " + number(mg_per_kg) + " mg/kg is above ";
  if (above(mg_per_kg, bolus_mg_per_kg_max))
    return {Verdict::refused, too_much + number(bolus_mg_per_kg_max) +
                                  " mg/kg and taken for a typing error: check dose, unit and weight"};
  std::string reasons;
  if (above(mg_per_kg, bolus_mg_per_kg_usual_max))
    add_reason(reasons, too_much + number(bolus_mg_per_kg_usual_max) + " mg/kg");
  if (told.kg) doubt_weight(reasons, *plan.kg);
  if (!reasons.empty() && !confirmed) return to_confirm(std::move(reasons));

  if (phase_ != Phase::infusing && phase_ != Phase::held) begin_with_bolus(plan.kg, plan.conc_mg_ml, now);
  count(now);
  dose_mg_ += plan.mg;
  last_bolus_ = LastBolus{plan.mg, now.wall};
  open_titrating(now);
  return {};
}

Outcome Session::bolus(double mg_per_h, std::optional<double> kg, Stamp now) {
  if (phase_ != Phase::baseline && phase_ != Phase::infusing && phase_ != Phase::held)
    return refused("bolus", phase_, "infusion-start comes first");
  if (kg_) kg = kg_;
  if (!kg || !is_weight(*kg)) return invalid("kg is missing: the dose is judged by weight");
  if (!(mg_per_h > 0) || above(mg_per_h / *kg, bolus_mg_per_kg_h_max)) return too_fast(mg_per_h / *kg);
  if (phase_ == Phase::baseline) begin_with_bolus(kg, conc_mg_ml_, now);
  if (phase_ == Phase::held) enter(Phase::infusing, now);
  count(now);
  bolus_mg_per_h_ = mg_per_h;
  open_titrating(now);
  return {};
}

void Session::bolus_over(Stamp now) {
  count(now);
  bolus_mg_per_h_.reset();
}

}  // namespace infusion
