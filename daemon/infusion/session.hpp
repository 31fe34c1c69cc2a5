// The infusion session of one bed: phases, baseline, dose. It records what people (or a pump) report; it never
// drives a pump, and never infers a start or a stop from vital signs. Pure: time comes in.
//
// Phases: none -> (scheduled) -> baseline -> infusing <-> held -> recovery -> ended. What each verb does in
// each phase is the table in session.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/phase.hpp"
#include "daemon/vitals/time.hpp"

namespace infusion {

using vitals::Milliseconds;
using vitals::Phase;
using vitals::Stamp;
using vitals::WallTime;

enum class Verdict : std::uint8_t { applied, refused, confirm_needed, invalid };
struct Outcome {
  Verdict verdict = Verdict::applied;
  std::string text;  // why not, or what to confirm; empty when applied without remark
};

enum class RateUnit : std::uint8_t { mg_per_h, mg_per_kg_h, mcg_per_kg_min, ml_per_h };
std::string_view name(RateUnit unit);                       // "mg/h" "mg/kg/h" "mcg/kg/min" "mL/h"
std::optional<RateUnit> rate_unit_named(std::string_view text);

enum class DoseBand : std::uint8_t { none, minimal, low, high, exceptional };
std::string_view name(DoseBand band);

struct Rate {
  double value = 0;
  RateUnit unit = RateUnit::mg_per_kg_h;
};

struct SessionStart {
  std::string session;  // pseudonym; empty: one is derived from bed and time
  std::optional<WallTime> at;  // in the future: scheduled
  std::optional<double> kg;
};
struct InfusionStart {
  std::optional<double> mg_per_kg;   // planned total
  std::optional<double> kg;          // needed here unless the session has it
  std::optional<double> conc_mg_ml;  // needed for a rate in mL/h
  std::optional<Rate> rate;          // or mg_per_kg and planned_min
  std::optional<Milliseconds> planned;
  std::string by = "command";        // command | pump
  bool confirmed = false;            // args.confirm of a second command
};
// The baseline that relative limits are measured from. Pressure: from whatever leads at the bed.
struct Baseline {
  std::optional<double> rate, spo2, sbp, dbp, map;
  WallTime t{};
  bool overridden = false;  // set by command
};

struct Dose {
  double mg = 0;
  std::optional<double> mg_per_kg;
};

// All that stations and the journal need to see; also what a restart restores from.
struct View {
  Phase phase = Phase::none;
  WallTime phase_since{};
  std::string session;
  std::optional<WallTime> titrating_until;
  std::optional<double> kg, conc_mg_ml;
  std::optional<Rate> rate;             // as told
  std::optional<double> rate_mg_per_h;  // 0 while held
  std::optional<double> rate_mg_per_kg_h;
  std::optional<double> planned_mg_per_kg;
  std::optional<Milliseconds> planned;
  DoseBand band = DoseBand::none;
  double dose_mg = 0;
  std::optional<double> dose_mg_per_kg;
  std::optional<WallTime> t_start;
  std::optional<WallTime> t_scheduled;
  Milliseconds held{0};
  std::string by;
  std::optional<Baseline> baseline;
};

class Session {
 public:
  // `seed` names the bed, so that derived session names differ between beds.
  explicit Session(std::string seed, Milliseconds titrating);

  Phase phase() const { return phase_; }
  const std::string& id() const { return session_; }
  bool in_progress() const { return vitals::in_session(phase_); }
  const std::optional<Baseline>& baseline() const { return baseline_; }
  bool titrating(Stamp now) const;
  std::optional<vitals::MonoTime> titrating_until() const { return titrating_until_; }
  std::optional<vitals::MonoTime> phase_since() const { return phase_since_; }
  bool overtime(Stamp now) const;  // infusing past the planned time
  Dose dose(Stamp now) const;
  View view(Stamp now) const;

  Outcome start(const SessionStart& request, Stamp now);
  Outcome set_baseline(const Baseline& request, Stamp now);
  Outcome infusion_start(const InfusionStart& request, Stamp now);
  Outcome rate(const Rate& rate, bool confirmed, Stamp now);
  Outcome hold(Stamp now);
  Outcome resume(Stamp now);
  Outcome stop(Stamp now);  // accepted in every phase
  Outcome end(Stamp now);

  // Readings of the baseline phase; the median becomes the baseline at infusion start: at least two cuff
  // readings, or 60 s of a streaming metric within the last 5 minutes.
  void observe(vitals::Metric metric, double value, Stamp now);

  // Phase changes by time only (a scheduled session does not start by itself: none so far).
  void restore(const View& view, Stamp now);

 private:
  struct Reading {
    vitals::MonoTime at;
    vitals::Metric metric;
    double value;
  };
  std::string seed_;
  Milliseconds titrating_period_;
  Phase phase_ = Phase::none;
  std::string session_;
  std::optional<vitals::MonoTime> phase_since_;
  std::optional<vitals::MonoTime> titrating_until_;
  std::optional<Baseline> baseline_;
};

}  // namespace infusion
