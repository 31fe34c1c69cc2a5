// The infusion session of one bed: phases, baseline, dose. It records what people (or a pump) report; it
// never drives a pump, and never infers a start or a stop from vital signs. Pure: time comes in.
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

#include "daemon/infusion/assessment.hpp"
#include "daemon/infusion/baseline_cuffs.hpp"
#include "daemon/infusion/baseline_window.hpp"
#include "daemon/infusion/news2.hpp"
#include "daemon/infusion/observation.hpp"
#include "daemon/infusion/series.hpp"
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
std::string_view name(RateUnit unit);  // "mg/h" "mg/kg/h" "mcg/kg/min" "mL/h"
std::optional<RateUnit> rate_unit_named(std::string_view text);

enum class DoseBand : std::uint8_t { none, minimal, low, high, exceptional };
std::string_view name(DoseBand band);

struct Rate {
  double value = 0;
  RateUnit unit = RateUnit::mg_per_kg_h;

  friend bool operator==(const Rate&, const Rate&) = default;
};

struct SessionStart {
  std::string session;         // pseudonym, [A-Za-z0-9-]{1,32}; empty: one is derived from bed and time
  std::optional<WallTime> at;  // in the future: scheduled
  std::optional<double> kg;
  std::vector<Answer> checklist = {};
  std::optional<Spo2Scale> spo2_scale = std::nullopt;  // of NEWS2; absent: scale 1
  SeriesPlace series = {};
};
struct InfusionStart {
  std::optional<double> mg_per_kg;   // planned total
  std::optional<double> kg;          // needed here unless the session has it
  std::optional<double> conc_mg_ml;  // needed for a rate in mL/h
  std::optional<Rate> rate;          // or mg_per_kg and planned_min
  std::optional<Milliseconds> planned;
  std::string by = "command";  // command | pump
  bool confirmed = false;      // told as asked and answered (Session); as the command says (Bed)

  friend bool operator==(const InfusionStart&, const InfusionStart&) = default;
};
// A bolus that a person has given, by hand or with the pump's key, and tells afterwards.
struct HandBolus {
  std::optional<double> mg, mg_per_kg;  // one of them
  std::optional<double> kg;             // needed here unless the session has it

  friend bool operator==(const HandBolus&, const HandBolus&) = default;
};
struct LastBolus {
  double mg = 0;
  WallTime t{};  // when it was told
};
// The baseline that relative limits are measured from. Pressure: from whatever leads at the bed.
struct Baseline {
  std::optional<double> rate, spo2, sbp, dbp, map;
  WallTime t{};
  bool overridden = false;              // set by command
  std::optional<double> o2_l_min = {};  // that the patient had then, where a nurse has told it
};

struct Dose {
  double mg = 0;
  std::optional<double> mg_per_kg;
};

// All that stations and the journal need to see; also what a restart restores from.
struct View {
  WallTime as_of{};  // when dose_mg and held were right; kept with the rest, a restart counts on from here
                     // (0: from now)
  Phase phase = Phase::none;
  WallTime phase_since{};
  std::string session;
  std::optional<WallTime> t_opened;  // the session; none without one
  std::optional<WallTime> titrating_until;
  std::optional<WallTime> t_increase, t_increase_unseen;  // for the journal alone
  std::optional<double> kg, conc_mg_ml;
  std::optional<Rate>
      rate;  // as told, also while held; none when no infusion is open, or only a bolus was told
  std::optional<double> rate_mg_per_h;  // what flows, a bolus included: 0 while held and after the stop
  bool bolus = false;                   // one of the pump runs
  std::optional<LastBolus> last_bolus;  // by a person, of the session
  std::optional<double> rate_mg_per_kg_h;
  std::optional<double> planned_mg_per_kg;
  std::optional<Milliseconds> planned;
  DoseBand band = DoseBand::none;
  double dose_mg = 0;  // of the whole session, over all its infusions
  std::optional<double> dose_mg_per_kg;
  std::optional<WallTime> t_start;  // of the newest infusion of the session
  std::optional<WallTime> t_scheduled;
  Milliseconds held{0};  // of that infusion, the hold that is on included
  std::string by;
  std::optional<Baseline> baseline;
  std::vector<BaselineCuff> baseline_cuffs;  // in the baseline phase; for the journal alone
  Chart chart;
  SeriesPlace series;
  std::optional<SeriesHistory> history;  // filled in by whoever knows earlier sessions, before the infusion
  Extremes extremes;
  std::vector<Answer> checklist;
  Spo2Scale spo2_scale = Spo2Scale::one;
  std::optional<Assessment> gate;      // as it was when the newest infusion was started; before: as it is
  std::optional<Assessment> recovery;  // in recovery as it is, afterwards as it was at the end
  std::optional<WallTime> stable_since, stable_last;  // of an unbroken row of stable readings in recovery
  std::optional<WallTime> observation_due;  // the next one; filled in by the bed, which knows the intervals
};

// Used from one thread. Values are judged where they come in: what cannot be is `invalid`, what is unusual
// wants a confirmation, a verb that does not fit the phase is `refused`; then nothing has changed.
class Session {
 public:
  // `seed` names the bed, so that derived session names differ between beds.
  explicit Session(std::string seed, Milliseconds titrating);

  Phase phase() const { return phase_; }
  const std::string& id() const { return session_; }
  bool in_progress() const { return vitals::in_session(phase_); }
  const std::optional<Baseline>& baseline() const { return baseline_; }
  // Enough to run relative rules on: a systolic pressure was measured, or a person has set a baseline.
  bool has_baseline() const { return baseline_ && (baseline_->sbp || baseline_->overridden); }
  std::optional<double> kg() const { return kg_; }
  std::optional<double> concentration_mg_ml() const { return conc_mg_ml_; }
  // What the rate as told means; also while held.
  std::optional<double> rate_told_mg_h() const { return rate_ ? std::optional{mg_per_h_} : std::nullopt; }
  bool titrating(Stamp now) const;
  std::optional<vitals::MonoTime> titrating_until() const;
  std::optional<vitals::MonoTime> phase_since() const;
  std::optional<vitals::MonoTime> infusion_since() const;  // start of the newest infusion of the session
  // Start, rises of the rate and boluses of the infusion, until the stop: the newest, and the first after
  // which nobody has observed the patient.
  std::optional<vitals::MonoTime> increased_at() const;
  std::optional<vitals::MonoTime> increase_unseen() const;
  const Chart& chart() const { return chart_; }
  bool overtime(Stamp now) const;  // infusing past the planned time, holds not counted
  // When that will be, or was. nullopt: not infusing, or no time was planned.
  std::optional<vitals::MonoTime> overtime_at() const;
  Dose dose(Stamp now) const;
  DoseBand band() const;  // of the rate as told, also while held; none without an open infusion
  View view(Stamp now) const;

  Outcome start(const SessionStart& request, Stamp now);
  Outcome set_baseline(const Baseline& request, Stamp now);
  Outcome infusion_start(const InfusionStart& request, Stamp now);
  Outcome rate(const Rate& rate, bool confirmed, Stamp now);
  // A bolus that a person has given. It adds to the dose and opens titrating as any increase does; where no
  // infusion runs it begins one without a rate. Above 0.35 mg/kg it is to be confirmed.
  Outcome give_bolus(const HandBolus& told, bool confirmed, Stamp now);
  // A bolus that a pump gives beside the rate as told; it counts while it runs, and opens titrating as any
  // increase does. It begins the infusion from baseline (`kg`: where the session has none) and goes on with a
  // held one. A pump reports what flows already: no confirmation, and another bound than for a rate.
  Outcome bolus(double mg_per_h, std::optional<double> kg, Stamp now);
  void bolus_over(Stamp now);  // the rate as told flows again
  bool bolus_runs() const { return bolus_mg_per_h_.has_value(); }
  void watch_increase(Stamp now) { open_titrating(now); }  // one that is reported and not taken over
  Outcome hold(Stamp now);
  Outcome resume(Stamp now);
  Outcome stop(Stamp now);  // accepted in every phase
  Outcome end(Stamp now);
  // What a nurse observed, in an open session: dated at most 30 min back and not before the session began.
  Outcome note(const NurseObservation& observation, Stamp now);
  // Answers to the checklist, from session-start on; a later answer replaces an earlier one.
  Outcome answer(const std::vector<Answer>& answers);
  const std::vector<Answer>& checklist() const { return checklist_; }
  // A valid value, and a physiological alarm, since the infusion was started. True: the extremes have
  // changed.
  bool extreme(vitals::Metric metric, double value) { return begun() && extremes_.take(metric, value); }
  bool event();
  Spo2Scale spo2_scale() const { return spo2_scale_; }
  // An infusion was started, and what the gate said then is still to be kept.
  bool gate_wanted() const { return gate_wanted_; }
  void keep_gate(std::optional<Assessment> gate);
  const std::optional<Assessment>& gate() const { return gate_; }
  void keep_recovery(Assessment recovery) { recovery_ = std::move(recovery); }
  // A reading of pressure in recovery, with rate and saturation at that time: near the baseline, or not.
  void stable_reading(bool stable, Stamp measured);
  std::optional<Milliseconds> stable() const;  // from the first to the newest of the row; none without two
  void said_by(std::string_view who) { by_ = who; }  // of the newest change: command | pump
  void abandon(Stamp now);  // it was another patient: whatever ran is over, and nothing of it stays

  // Readings of the baseline phase; the median becomes the baseline at infusion start: at least two cuff
  // readings, or 60 s of a streaming metric within the last 5 minutes. The caller passes only valid values of
  // the one rate and the one pressure that the bed's limits watch.
  void observe(vitals::Metric metric, double value, Stamp now);  // not a part of a cuff reading
  bool observe_cuff(const BaselineCuff& reading);  // true: something that a restart needs has changed

  // Goes on where `view` was taken, however long ago: over a restart the wall clock counts. A wall clock that
  // went back counts as no time. Of an unfinished baseline phase the cuff readings are kept, which are
  // minutes apart; streams fill again within a minute.
  void restore(const View& view, Stamp now);

 private:
  enum class Quantity : std::uint8_t { rate, spo2, sbp, dbp, map };
  static constexpr std::size_t quantity_count = 5;

  // An infusion as it would run: checked before anything changes.
  struct Plan {
    std::optional<double> kg, conc_mg_ml;
    Rate rate;
    double mg_per_h = 0;
    double mg_per_kg_h = 0;
  };

  struct BolusPlan {
    std::optional<double> kg, conc_mg_ml;
    double mg = 0;
  };

  void enter(Phase phase, Stamp now);
  void begin_session(std::string session, Stamp now);
  void begin_infusion(const InfusionStart& request, const Plan& plan, Stamp now);
  void go_on_after_bolus(const InfusionStart& request, const Plan& plan, Stamp now);
  void begin_with_bolus(std::optional<double> kg, std::optional<double> conc_mg_ml, Stamp now);
  void run_at(const Plan& plan);
  void open_titrating(Stamp now);
  void freeze_baseline(Stamp now);
  void clear_readings();
  bool begun() const { return in_progress() && started_.has_value(); }
  void merge(const std::vector<Answer>& answers);
  void restore_chart(const View& view, Stamp now);
  void restore_cuffs(const View& view, Stamp now);
  std::string derived_name(Stamp now) const;
  void count(Stamp now);  // adds what has run since counted_ to dose and holds
  double flow_mg_per_h() const;
  double dose_mg(Stamp now) const;
  Milliseconds held(Stamp now) const;
  Outcome plan_start(const InfusionStart& request, Plan& plan) const;
  Outcome plan_bolus(const HandBolus& told, BolusPlan& plan) const;

  std::string seed_;
  Milliseconds titrating_period_;
  Phase phase_ = Phase::none;
  std::string session_;
  std::optional<Stamp> phase_since_;
  std::optional<Stamp> opened_;  // the session: by session-start, or by the infusion that came without
  std::optional<Stamp> titrating_until_;
  std::optional<Stamp> increased_, increase_unseen_;
  std::optional<Stamp> started_;  // the newest infusion
  std::optional<WallTime> scheduled_;
  std::optional<double> kg_, conc_mg_ml_;
  std::optional<Rate> rate_;              // as told
  double mg_per_h_ = 0;                   // what rate_ means; flows while infusing only
  std::optional<double> bolus_mg_per_h_;  // flows instead
  std::optional<double> planned_mg_per_kg_;
  std::optional<Milliseconds> planned_;
  std::string by_;
  double dose_mg_ = 0;  // up to counted_
  std::optional<LastBolus> last_bolus_;
  Milliseconds held_{0};  // up to counted_
  vitals::MonoTime counted_{};
  std::optional<Baseline> baseline_;
  std::array<BaselineWindow, quantity_count> readings_;
  BaselineCuffs cuffs_;
  Chart chart_;
  SeriesPlace series_;
  Extremes extremes_;
  std::vector<Answer> checklist_;
  Spo2Scale spo2_scale_ = Spo2Scale::one;
  std::optional<Assessment> gate_, recovery_;
  bool gate_wanted_ = false;
  std::optional<Stamp> stable_since_, stable_last_;
};

}  // namespace infusion
