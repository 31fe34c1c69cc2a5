// One bed: observations and device status in; alarms, current values and the session's state out.
//
// Joins the rooms: freshness, alarm engine, infusion session. Pure: every call carries its time, and
// advance(now) must be called at deadline() at the latest, since silence is an event too (promise P1).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/engine.hpp"
#include "daemon/alarms/limits.hpp"
#include "daemon/alarms/profile.hpp"
#include "daemon/alarms/spec_pool.hpp"
#include "daemon/bed/attention.hpp"
#include "daemon/bed/board.hpp"
#include "daemon/bed/clock_offset.hpp"
#include "daemon/bed/criteria.hpp"
#include "daemon/bed/cuff.hpp"
#include "daemon/bed/monitor_alarms.hpp"
#include "daemon/bed/observation_counts.hpp"
#include "daemon/bed/patient_changes.hpp"
#include "daemon/bed/patient_watch.hpp"
#include "daemon/bed/plausibility.hpp"
#include "daemon/bed/pump_view.hpp"
#include "daemon/bed/watch.hpp"
#include "daemon/infusion/questions.hpp"
#include "daemon/infusion/session.hpp"

namespace bed {

struct Source {
  std::string name;
  bool streaming = true;                  // serial, unasked; otherwise HL7 and polled
  Milliseconds period{10'000};            // HL7 and polled: expected interval of values
  bool sim = false;                       // simulator or test bench: colours everything made from it
  bool accept_demo = false;               // judge values that the device marks as demo; they stay coloured
  bool lists_alarms = true;               // as MonitorAlarms::Source::lists
  Milliseconds clock_tolerance{120'000};  // further from ours its clock is `device-clock-...`
};

struct Settings {
  std::string node, unit, name;
  const alarms::Profile* profile = nullptr;  // outlives the bed
  std::vector<Source> sources;
  // Which source each metric comes from: exactly one, or none.
  std::array<std::optional<std::size_t>, vitals::metric_count> source_of{};  // an index into `sources`
  vitals::MetricSet expected;  // freshness is watched for each of these from the start
  Leads leads;
  bool idle_off = false;              // no limits without a session
  bool values_together = false;       // they share a topic, so all of them go ahead of an alarm
  bool cuff_on_oximeter_arm = false;  // its inflation takes the pulse away: sensor alarms wait for it
  Salt salt;                          // for patient ids
  std::vector<std::string> pumps;     // tied to this bed, as they name themselves
  std::shared_ptr<PatientChanges> patient_changes;  // of all beds of the node; may be null
  std::shared_ptr<alarms::SpecPool> specs;          // likewise: what they say in common
};

// How a value goes out: in the rhythm of values, or right ahead of the alarm that rests on it.
enum class Way : std::uint8_t { usual, ahead };

// What a bed reports. Called during the bed's own calls; must not call back into it.
class Output {
 public:
  virtual ~Output() = default;
  virtual void on_alarm(const alarms::Alarm& alarm, Stamp at) = 0;  // a transition, in order
  virtual void on_value(const Entry& entry, std::string_view source, bool sim, Way way, Stamp at) = 0;
  virtual void on_cuff(const CuffReading& reading, vitals::Quality quality, vitals::WallTime valid_until,
                       std::string_view source, bool sim, Way way, Stamp at) = 0;
  // Every value as it is measured, a repeat or a computed one aside; mostly nobody keeps them.
  virtual void on_measured(const Observation& /*value*/) {}
  virtual void on_state(Stamp at) = 0;  // phase, session, limits or monitoring changed
  // What a restart needs of the session or its patient has changed without a verb. `told`: stations too
  // should know.
  virtual void on_session(bool told, Stamp at) = 0;
  virtual void on_device(std::size_t source, Stamp at) = 0;  // its DeviceSignals changed
  // What a person has set for a time has begun or ended: `text` tells it, for the log.
  virtual void on_setting(std::string_view text, Stamp at) = 0;
  // Something was asked or told of the bed: its deadline may be another now.
  virtual void on_touched() {}
};

// What a device says of itself, as far as it is told now.
struct DeviceSignals {
  bool low_battery = false;
  bool alarm = false;      // a bare lamp: it alarms, and what about is not told. Shown, never judged
  bool measuring = false;  // a cuff measurement runs
  bool wrong_device = false;

  friend bool operator==(const DeviceSignals&, const DeviceSignals&) = default;
};

enum class Monitoring : std::uint8_t { none, partial, full, blind };
std::string_view name(Monitoring monitoring);

class Bed final : private alarms::Listener {
 public:
  Bed(Settings settings, Output& output, Stamp now);
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;

  // --- from the links and drivers
  void observe(std::size_t source, const Observation& told);
  void frame_end(std::size_t source, Stamp rx);
  // The newest number that observe() or frame_end() rejected since the last call.
  std::optional<Implausible> take_rejected();
  // Whose values come next from `source`; and, of a source of several beds, that they are another bed's.
  // `fixed`: the source has this one bed whatever location it names, so that another one is news.
  Identity subject(std::size_t source, const drivers::Subject& subject, bool fixed = false);
  void subject_elsewhere(std::size_t source, const drivers::Subject& subject);
  void patient_event(const drivers::PatientEvent& event, Place place);
  // What a pump says; of one that is not tied to this bed it is nothing here.
  void pump(std::size_t source, const drivers::PumpReport& report);
  bool has_pump(std::string_view device) const;
  void device_status(std::size_t source, const drivers::DeviceStatus& status);
  void device_demo(std::size_t source, bool on, Stamp now);
  void device_alarm(std::size_t source, const drivers::DeviceAlarm& alarm, Teller teller);
  // That driver object is no more: what it told of the device has to be told again.
  void teller_gone(std::size_t source, Teller teller, Stamp now);
  void link(std::size_t source, bool up, Stamp now);

  // --- time
  void advance(Stamp now);
  MonoTime deadline() const;

  // --- from people. What is unusual is asked about first: `confirmed` counts only from the login that was
  // asked, about the same values, at most 60 s later; what needs no confirmation passes over it. Questions
  // do not survive a restart.
  infusion::Outcome session_start(const infusion::SessionStart& request, Stamp now);
  infusion::Outcome baseline_set(const infusion::Baseline& request, Stamp now);
  infusion::Outcome infusion_start(const infusion::InfusionStart& request, Stamp now,
                                   std::string_view login = {});
  infusion::Outcome infusion_rate(const infusion::Rate& rate, bool confirmed, Stamp now,
                                  std::string_view login = {});
  infusion::Outcome infusion_bolus(const infusion::HandBolus& bolus, bool confirmed, Stamp now,
                                   std::string_view login = {});
  infusion::Outcome infusion_hold(Stamp now);
  infusion::Outcome infusion_resume(Stamp now);
  infusion::Outcome infusion_stop(Stamp now);
  infusion::Outcome session_end(Stamp now);
  // Of the two sedation scales only the profile's is taken.
  infusion::Outcome answer_checklist(const std::vector<infusion::Answer>& answers, Stamp now);
  infusion::Outcome nurse_observed(const infusion::NurseObservation& observation, Stamp now);
  // The answer to wrong-patient: the same as before, or a new one, which ends the session.
  infusion::Outcome patient_confirm(bool same, Stamp now);
  alarms::AckResult acknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                std::string_view by, Stamp now);
  alarms::AckResult reset(std::string_view condition, std::string_view id, Stamp now);
  alarms::AckResult unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                  Stamp now);
  alarms::AckResult pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev,
                                Milliseconds time, std::string_view by, Stamp now);
  alarms::AckResult resume_audio(std::string_view condition, std::string_view id, Stamp now);
  alarms::AckResult respond(std::string_view condition, std::string_view id, std::uint64_t rev,
                            alarms::Response response, std::string_view by, Stamp now);
  // Of every alarm that had called when it was pressed; what comes later sounds.
  alarms::AckResult pause_all(vitals::WallTime pressed, Milliseconds time, std::string_view by, Stamp now);
  alarms::AckResult resume_all(Stamp now);
  // Sets a condition aside, see Condition::shelve(). Never those whose silence could cost a life.
  alarms::AckResult shelve(std::string_view condition, Milliseconds time, std::string_view by, Stamp now);
  alarms::AckResult unshelve(std::string_view condition, Stamp now);
  // Until the end of the session; what `change` leaves out stays as it was set before, or as in the profile.
  infusion::Outcome limits_set(LimitId id, const alarms::LimitChange& change, Stamp now);

  // --- from the journal, before anything else: all at one instant, best the session first, so that the
  // alarms speak of it. False: this bed has no such condition any more. An alarm that is not watched in the
  // restored phase ends at the next advance().
  bool restore_alarm(const alarms::Alarm& stored, Stamp now);
  // `last_cuff`: when the last cuff reading was taken, so that none is called overdue that is not. Its
  // numbers are not kept: only the monitor says them again.
  void restore_session(const infusion::View& view, Stamp now, const PatientRecord* patient = nullptr,
                       std::optional<vitals::WallTime> last_cuff = std::nullopt);
  // After the session, before the alarms.
  void restore_attention(const Attention& kept, Stamp now);

  // --- to look at
  const Settings& settings() const { return settings_; }
  std::string scope() const { return settings_.unit + "/" + settings_.name; }
  infusion::View session(Stamp now) const;
  vitals::Phase phase() const { return session_.phase(); }
  const std::string& session_name() const { return session_.id(); }  // also of one that has ended
  PatientRecord patient() const { return patient_.record(); }
  Attention attention() const;
  const std::deque<alarms::Condition>& conditions() const { return engine_.conditions(); }
  Monitoring monitoring(MonoTime now) const;
  // The pause of the whole bed, while nothing sounds in spite of it.
  std::optional<AudioPause> audio_pause() const;
  // Whom every alarm calls at the least: the unit from the dose band `high` on.
  alarms::Audience audience() const;
  std::vector<Metric> missing(MonoTime now) const;  // expected, and no current value
  const Entry& entry(Metric metric) const { return board_[vitals::index_of(metric)]; }
  std::optional<vitals::WallTime> last_cuff() const;
  // NEWS2 of what is current now, the monitor's and the nurse's; only in a session.
  struct EarlyWarning {
    infusion::News2 score;
    infusion::Spo2Scale scale = infusion::Spo2Scale::one;
    MonoTime until = alarms::never;  // a part ceases to be current then
  };
  std::optional<EarlyWarning> early_warning(MonoTime now) const;
  const ObservationCounts& observed() const { return observed_; }
  struct InForce {
    LimitId id{};
    alarms::Limit limit;
    Behaviour behaviour;
    std::string_view set_by;  // empty: as in the profile
  };
  std::vector<InForce> limits_in_force() const;
  const DeviceSignals& signals(std::size_t source) const { return links_[source].signals; }
  // Of a source that tells the time of its messages, after some of them. Positive: its clock is ahead.
  std::optional<Milliseconds> clock_offset(std::size_t source) const { return links_[source].clock.offset(); }
  bool sim() const;

 private:
  struct Watch {
    LimitId id{};
    Metric metric{};
    alarms::Condition* condition = nullptr;
    alarms::Limit limit;
    alarms::ConfirmRule confirm{};
    alarms::Confirmation warn_seen{}, critical_seen{};
  };
  struct LinkState {
    bool up = false;
    std::optional<MonoTime> first_up;
    bool demo_told = false;   // the device says so of itself
    bool demo_seen = false;   // its newest value was marked so
    bool demo_alarm = false;  // ... its newest alarm
    DeviceSignals signals;
    Identity subject;  // of the values that come next, until the first of them is here
    alarms::Condition* lost = nullptr;
    alarms::Condition* demo_mode = nullptr;
    alarms::Condition* wrong_device = nullptr;
    alarms::Condition* device_clock = nullptr;
    ClockOffset clock;
    Lateness lateness;
    SenderClock sender;
    std::optional<vitals::WallTime> time_that_stays;  // values have changed beneath it

    bool demo() const { return demo_told || demo_seen || demo_alarm; }
  };
  // What can be said about a metric that is expected, the worst last.
  enum class Supply : std::uint8_t { current, waiting, covered, missing };

  void on_alarm(alarms::Alarm& alarm, Stamp at) override;
  void on_shelf(const alarms::Condition& condition, alarms::ShelfChange change, Stamp at) override;
  bool simulated(const alarms::Alarm& alarm) const;

  // bed_conditions.cpp: which conditions there are, and how they behave in this phase
  void add_conditions();
  void add_limits();
  void add_sensors();
  void add_stale();
  void add_links();
  alarms::Condition& add(alarms::ConditionSpec spec);
  alarms::Condition* add_technical(std::string name, std::string label, std::string advice,
                                   std::string source = {});
  void apply_phase(Stamp now);
  void apply_limits(Stamp now, bool watching);
  void apply_technical(Stamp now, bool watching);
  infusion::Outcome after_verb(infusion::Outcome outcome, Stamp now);
  infusion::Outcome by_command(infusion::Outcome outcome);
  infusion::Outcome with_gate(infusion::Outcome outcome) const;
  template <typename Do>  // do_it(confirmed) is tried unconfirmed first: a question changes nothing
  infusion::Outcome asked_first(const infusion::Told& told, bool confirmed, std::string_view login, Stamp now,
                                Do do_it);
  void watch_patient(Stamp now);  // begins and ends with the session
  void note_patient() const;      // for those who compare him with what other beds say
  void patient_news(bool news, bool doubted_before, Stamp now);
  void take_subject(std::size_t source, Stamp now);

  // bed_nurse.cpp
  struct Due {
    MonoTime at, low, medium;
  };
  std::optional<Due> observation_due() const;
  MonoTime observation_due_by_increase(MonoTime from) const;
  Readings readings(MonoTime now) const;
  infusion::Assessment gate(MonoTime now) const;
  infusion::Assessment recovery(MonoTime now) const;
  std::optional<infusion::Outcome> unknown_item(const std::vector<infusion::Answer>& answers) const;
  void note_stability(Stamp measured, Stamp now);
  bool cuff_refused() const;
  MonoTime pressure_fresh_until() const;
  void check_nurse(Stamp now);

  // bed_pump.cpp
  struct Pump {
    std::string name;
    std::string channel;  // known with its first word
    PumpView view;
    Milliseconds silence_ms_max{0};  // longer without a word: its link is lost
    bool taken_over = true;          // what it last said is in the session
    std::string_view trouble;        // else: why not
  };
  Pump* pump_of(const drivers::PumpReport& report);
  bool concerns(const Pump& pump) const;
  bool weight_agrees(const Pump& pump) const;
  void follow(Pump& pump, PumpNews news, Stamp now);
  bool follow_running(Pump& pump, Stamp now);
  bool recorded(const Pump& pump) const;
  bool follow_bolus(const Pump& pump, double mg_h, Stamp now);
  void end_silent_bolus(Stamp now);
  void said_by_pump(infusion::Outcome outcome, Stamp now);
  void session_moved(Stamp now);
  infusion::Outcome start_by(const Pump& pump, const infusion::Rate& rate, Stamp now);
  bool silent(const Pump& pump, MonoTime now) const;
  void check_pumps(Stamp now);
  MonoTime pumps_deadline() const;

  bool expected(Metric metric) const { return settings_.expected.contains(metric); }
  bool expects_arterial() const;
  bool owns(std::size_t source, Metric metric) const;
  const Source* source_of(Metric metric) const;
  std::string source_name(Metric metric) const;
  bool sim(Metric metric) const;
  bool demo_refused(std::size_t source, bool test) const;
  bool oximeter(Metric metric) const;      // the one probe that the spo2-* conditions speak of
  bool for_baseline(Metric metric) const;  // the one rate, the one pressure, SpO2
  bool tells_of_patient(Metric metric, vitals::Quality quality) const;
  Milliseconds freshness(const Source& source) const;
  bool high_dose() const { return session_.band() >= infusion::DoseBand::high; }
  Milliseconds cuff_interval_now() const;
  std::optional<double> baseline(Metric metric) const;

  // bed_values.cpp
  bool accept(Entry& entry, const Observation& told, std::size_t source);
  void judge_entry(const Entry& entry, Stamp now);
  void judge(Metric metric, const Observation& origin, MonoTime fresh_until, Stamp now);
  bool lose(Metric metric, alarms::Data how, Stamp now);  // true: a violation was waiting for its delay
  bool judge_rate_zero(const Entry& entry, Stamp now);
  void judge_sensor(const Entry& entry, Stamp now);
  void say_why(Entry& entry, Stamp now);
  void note_demo(std::size_t source, Stamp now);
  void take_cuff(std::size_t source, Stamp rx);
  void tell_measured(const CuffReading& reading);
  void remember_cuff(const CuffReading& reading, Stamp now);
  void cuff_failed(Stamp now);
  void judge_cuff(bool refused, Stamp now);
  void publish(Metric metric, Stamp now, Way way = Way::usual);
  void publish_cuff(Stamp now, Way way = Way::usual);
  void publish_ahead(const alarms::Alarm& alarm, Stamp now);
  void publish_all_ahead(Stamp now);

  // bed_attention.cpp
  void attention_changed(Stamp now);
  void check_pause(Stamp now);
  void place_shelves(Stamp now);

  // bed_limits.cpp
  void restore_limits(const alarms::LimitChanges& kept, Stamp now);
  void forget_limits(Stamp now);

  // bed_checks.cpp
  struct CuffCycle {
    MonoTime begin;
    std::optional<MonoTime> end;  // none: it measures
  };
  void check_rates(Stamp now);
  void check_clock(std::size_t source, const Observation& told);
  void forget_clock(std::size_t source, Stamp now);
  bool time_stays(std::size_t source, const Observation& told);
  void note_cuff_cycle(bool measuring, Stamp now);
  void note_cuff_reading(MonoTime measured, Stamp now);
  bool lost_to_cuff() const;
  MonoTime sensor_hold_until() const;
  void watch_oximeter(Stamp now);
  void apply_oximeter(Stamp now);

  // bed_time.cpp
  void expire_values(Stamp now);
  void publish_values(Stamp now);
  void check_cuff(Stamp now);
  void check_titrating(Stamp now);
  void check_statements(Stamp now);
  void check_links(Stamp now);
  void check_stale(Stamp now);
  void check_overdue(Stamp now);
  void check_session(Stamp now);
  void check_patient(Stamp now);
  void expire(Metric metric, Stamp now);
  void lose_cuff(alarms::Data how, Stamp now);
  alarms::Data silence_of(Metric metric) const;
  Supply supply(Metric metric, MonoTime now);
  MonoTime stale_since(Metric metric) const;    // when it went, or will go, stale
  bool covered(Metric metric, MonoTime now);    // another condition says why it is missing
  MonoTime covered_until(Metric metric) const;  // if that one only waits to say it
  bool link_engaged(Metric metric) const;
  struct CuffDue {
    MonoTime low, medium;
  };
  std::optional<CuffDue> cuff_due() const;
  vitals::MetricSet missing_set(MonoTime now) const;
  MonoTime own_deadline() const;

  Settings settings_;
  const alarms::Profile& profile_;
  Output* output_;
  alarms::Engine engine_;
  infusion::Session session_;
  std::array<Entry, vitals::metric_count> board_{};
  ObservationCounts observed_{};
  std::array<std::vector<Watch*>, vitals::metric_count> watches_of_{};
  std::vector<Watch> watches_;
  std::vector<LinkState> links_;
  std::array<alarms::Condition*, vitals::metric_count> stale_{};  // art-*: one for all three; cuff: none
  alarms::Condition* hr_zero_ = nullptr;
  alarms::Condition* rates_differ_ = nullptr;
  alarms::Condition* spo2_sensor_ = nullptr;
  alarms::Condition* spo2_signal_ = nullptr;
  alarms::Condition* ecg_leads_ = nullptr;
  alarms::Condition* cuff_overdue_ = nullptr;
  alarms::Condition* cuff_failed_ = nullptr;
  alarms::Condition* blind_ = nullptr;
  alarms::Condition* wrong_patient_ = nullptr;
  alarms::Condition* unrecorded_ = nullptr;
  alarms::Condition* pump_lost_ = nullptr;
  alarms::Condition* no_baseline_ = nullptr;
  alarms::Condition* overtime_ = nullptr;
  alarms::Condition* observed_out_ = nullptr;
  alarms::Condition* observation_overdue_ = nullptr;

  MonitorAlarms monitor_;
  PatientWatch patient_;
  std::vector<Pump> pumps_;
  std::optional<std::size_t> followed_;  // the pump whose infusion the session is
  bool elsewhere_ = false;  // the patient's values were seen at another bed, and that is not told yet

  Plausibility plausibility_;
  CuffAssembler assembler_;
  std::optional<CuffReading> cuff_;     // newest, also one that failed
  std::optional<Stamp> cuff_measured_;  // the newest that gave numbers
  unsigned cuff_failures_ = 0;          // since the last good reading
  std::optional<MonoTime> cuff_failed_at_;
  MonoTime cuff_fresh_until_ = MonoTime::min();
  bool cuff_stale_said_ = false;
  std::optional<CuffCycle> cuff_cycle_;       // the newest
  std::optional<MonoTime> oximeter_lost_at_;  // no pulse, or a poor one, since
  bool sensors_held_ = false;                 // the conditions of the oximeter wait for the cuff
  bool sensor_named_by_cuff_ = false, signal_named_by_cuff_ = false;  // their labels name it
  bool cuff_led_ = false;                                             // as Entry::led
  MonoTime cuff_published_at_ = MonoTime::min();
  std::vector<Shelved> shelved_before_;  // before a restart, of conditions that are not known yet
  alarms::LimitChanges limits_set_;      // of this session
  infusion::Questions questions_;        // ... to people
  std::optional<AudioPause> paused_;
  MonoTime paused_until_{};
  bool keep_ = false;  // something that a restart needs has changed
  bool titrating_ = false;
  MonoTime started_{};
  MonoTime clock_ = MonoTime::min();  // how far time has been brought forward
  Monitoring said_monitoring_ = Monitoring::none;
  MonoTime deadline_ = MonoTime::min();
};

}  // namespace bed
