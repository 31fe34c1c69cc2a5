#include "daemon/bed/criteria.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "daemon/alarms/text.hpp"

namespace bed {
namespace {

using alarms::number_text;
using infusion::Assessment;
using infusion::Baseline;
using infusion::Item;
using infusion::Met;

std::string text_of(std::string_view label, double value, std::string_view sign, double limit,
                    std::string_view unit) {
  std::string out{label};
  out.append(" ").append(number_text(value)).append(" ").append(sign).append(" ");
  return out.append(number_text(limit)).append(" ").append(unit);
}

struct Bounds {
  std::string_view key, label, unit;
  std::optional<double> least, most;
};

void hold_against(const Bounds& bounds, std::optional<double> value, Assessment& out) {
  if (!bounds.least && !bounds.most) return;  // the profile does not ask
  std::string key{bounds.key};
  if (!value) return out.add(Met::unknown, std::move(key), std::string{bounds.label});
  if (bounds.least && *value < *bounds.least)
    out.add(Met::not_met, std::move(key), text_of(bounds.label, *value, "<", *bounds.least, bounds.unit));
  else if (bounds.most && *value > *bounds.most)
    out.add(Met::not_met, std::move(key), text_of(bounds.label, *value, ">", *bounds.most, bounds.unit));
}

std::string percent_text(double percent) { return number_text(percent) + " %"; }

std::optional<bool> near(const std::optional<double>& value, const std::optional<double>& baseline,
                         double percent) {
  if (!value || !baseline) return std::nullopt;
  return std::abs(*value - *baseline) * 100 <= percent * *baseline;
}

// Both where both are known; unknown as long as the systolic pressure is.
std::optional<bool> pressure_near(const Readings& readings, const std::optional<Baseline>& baseline,
                                  double percent) {
  if (!baseline) return std::nullopt;
  const auto sbp = near(readings.sbp, baseline->sbp, percent);
  const auto dbp = near(readings.dbp, baseline->dbp, percent);
  if (!sbp) return std::nullopt;
  return *sbp && dbp.value_or(true);
}

std::optional<bool> rate_near(const Readings& readings, const std::optional<Baseline>& baseline,
                              double percent) {
  return baseline ? near(readings.rate, baseline->rate, percent) : std::nullopt;
}

// Of the number alone. A patient whose own saturation is lower has recovered when it is back there.
std::optional<bool> saturated(const Readings& readings, const std::optional<Baseline>& baseline,
                              double above) {
  if (!readings.spo2) return std::nullopt;
  const bool own = baseline && baseline->spo2 && *readings.spo2 >= *baseline->spo2;
  return own || *readings.spo2 > above;
}

Met met(const std::optional<bool>& known) {
  if (!known) return Met::unknown;
  return *known ? Met::met : Met::not_met;
}

class RecoveryList {
 public:
  RecoveryList(const alarms::Profile& profile, const Recovery& recovery)
      : profile_(profile), recovery_(recovery) {}

  Assessment run() {
    const double percent = profile_.recovery.within_percent;
    const std::string within = " within " + percent_text(percent) + " of the baseline";
    add(recovery_.elapsed >= profile_.recovery.min, "minimum",
        std::to_string(std::chrono::ceil<std::chrono::minutes>(profile_.recovery.min).count()) +
            " min since the stop");
    score();
    saturation();
    add(pressure_near(recovery_.readings, recovery_.baseline, percent), "pressure", "pressure" + within);
    add(rate_near(recovery_.readings, recovery_.baseline, percent), "rate", "rate" + within);
    sedation();
    add(noted(Item::hallucination, 0), "hallucination", "no hallucination");
    // Also an escort who came along in the morning, and what was agreed then.
    ever_told(Item::escort, "escort", "escort present");
    ever_told(Item::no_driving, "driving", "no driving until the next day agreed");
    add(stable(), "stable",
        "stable readings over " +
            std::to_string(std::chrono::ceil<std::chrono::minutes>(profile_.recovery.stable).count()) +
            " min");
    return std::move(out_);
  }

 private:
  void add(std::optional<bool> known, std::string_view key, std::string text) {
    out_.add(met(known), std::string{key}, std::move(text));
  }

  void ever_told(Item item, std::string_view key, std::string text) {
    const auto& told = (*recovery_.chart)[item];
    add(told ? std::optional{told->value == 1} : std::nullopt, key, std::move(text));
  }

  const infusion::Chart::Noted* word(Item item) const {
    const auto& noted = (*recovery_.chart)[item];
    return noted && noted->at.mono >= recovery_.since ? &*noted : nullptr;
  }
  std::optional<bool> noted(Item item, double wanted) const {
    const auto* found = word(item);
    return found ? std::optional{found->value == wanted} : std::nullopt;
  }

  // What oxygen holds up is no recovery, unless the patient had as much of it at the baseline. A number that
  // is too low even so is not enough, whether or not anybody has told of oxygen.
  void saturation() {
    const std::string wanted = "SpO2 above " + percent_text(profile_.recovery.spo2_above);
    const auto enough = saturated(recovery_.readings, recovery_.baseline, profile_.recovery.spo2_above);
    const auto* oxygen = word(Item::o2_l_min);
    if (enough == true && oxygen == nullptr)
      return add(std::nullopt, "spo2", "oxygen (" + wanted + " counts on room air)");
    const double usual = recovery_.baseline ? recovery_.baseline->o2_l_min.value_or(0) : 0;
    add(enough == true ? std::optional{oxygen->value <= usual} : enough, "spo2",
        wanted + " on room air, or as at baseline");
  }

  // Either of the two scores is enough.
  void score() {
    std::optional<bool> enough;
    for (const Item item : {Item::aldrete, Item::pads})
      if (const auto* found = word(item))
        enough = enough.value_or(false) || found->value >= profile_.recovery.score_least;
    const std::string least = number_text(profile_.recovery.score_least);
    add(enough, "score", "Aldrete or PADS at least " + least);
  }

  void sedation() {
    const bool rass = profile_.observation.scale == alarms::SedationScale::rass;
    add(noted(rass ? Item::rass : Item::poss, rass ? 0 : 1), "sedation", rass ? "RASS 0" : "POSS 1");
  }

  // Never unknown: as long as no such row has been seen it is not there.
  bool stable() const {
    return recovery_.stable && *recovery_.stable + stable_tolerance_ms >= profile_.recovery.stable;
  }

  // A monitor that measures every 15 min takes some seconds more or less each time.
  static constexpr vitals::Milliseconds stable_tolerance_ms{60'000};

  const alarms::Profile& profile_;
  const Recovery& recovery_;
  Assessment out_;
};

}  // namespace

Assessment assess_gate(const alarms::Profile& profile, const Readings& readings,
                       std::span<const infusion::Answer> answers) {
  const alarms::Gate& gate = profile.gate;
  Assessment out;
  hold_against({"spo2", "SpO2", "%", gate.spo2_least, std::nullopt}, readings.spo2, out);
  hold_against({"sbp", "SBP", "mmHg", gate.sbp_least, gate.sbp_most}, readings.sbp, out);
  hold_against({"rate", "rate", "/min", gate.rate_least, gate.rate_most}, readings.rate, out);
  hold_against({"rr", "RR", "/min", gate.rr_least, gate.rr_most}, readings.rr, out);
  for (const alarms::ChecklistItem& item : profile.checklist) {
    const auto found = std::find_if(answers.begin(), answers.end(),
                                    [&](const infusion::Answer& answer) { return answer.key == item.key; });
    if (found == answers.end())
      out.add(Met::unknown, item.key, item.key);
    else if (found->yes)
      out.add(Met::not_met, item.key, item.key + " answered yes");
  }
  return out;
}

Assessment assess_recovery(const alarms::Profile& profile, const Recovery& recovery) {
  return RecoveryList(profile, recovery).run();
}

std::optional<bool> is_stable(const alarms::Profile& profile, const Readings& readings,
                              const std::optional<Baseline>& baseline) {
  const double percent = profile.recovery.within_percent;
  const auto spo2 = saturated(readings, baseline, profile.recovery.spo2_above);
  const auto pressure = pressure_near(readings, baseline, percent);
  const auto rate = rate_near(readings, baseline, percent);
  if (spo2 == false || pressure == false || rate == false) return false;
  if (!spo2 || !pressure || !rate) return std::nullopt;
  return true;
}

}  // namespace bed
