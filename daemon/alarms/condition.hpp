// One alarm condition: the state machine normal -> pending -> active -> clearing -> normal | latched.
//
// It is fed with readings (a limit was judged) or with plain statements (a sensor is off), and with time. It
// raises by timer: a feed with one value a minute still alarms when the on-delay has run. Pure; times come
// in.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/alarms/alarm.hpp"
#include "daemon/alarms/limits.hpp"
#include "daemon/alarms/profile.hpp"
#include "daemon/vitals/observation.hpp"

namespace alarms {

using vitals::MonoTime;
using vitals::Stamp;

inline constexpr MonoTime never = MonoTime::max();
// `worst` alone is reported at most this often (contract 6.5).
inline constexpr Milliseconds worst_update_ms_min{5'000};
// After a restart revisions go on at the next multiple of this, and from there by the age of the episode:
// also those of a run whose changes were never kept are not used again (contract 6.1). No episode changes as
// often as each hundredth of a second, and no start takes less time.
inline constexpr std::uint64_t rev_restart_step = 1'000'000;
inline constexpr Milliseconds rev_age_unit{10};
// How long a station may pause the sound (contract 6.8).
inline constexpr Milliseconds audio_pause_ms_min{10'000}, audio_pause_ms_max{180'000};
inline constexpr Milliseconds audio_pause_ms_default{120'000};
// How long a condition may be shelved at once (contract 6.8).
inline constexpr Milliseconds shelf_ms_min{10'000}, shelf_ms_max{900'000};

// What does not change while the condition is engaged.
struct ConditionSpec {
  std::string name;   // "spo2-low", "link-lost-mon1"
  std::string label;  // "SpO2", or the whole text of a technical condition
  std::string advice;
  Kind kind = Kind::physiological;
  Side side = Side::none;
  std::string source;
  Origin origin = Origin::daemon;
  std::string src_code = std::string{};  // origin monitor: the device's own code
  DeviceWord device = {};                // likewise; may change as the label may
};

// What the phase and the profile decide.
struct Behaviour {
  // Up to 24 days; the settings take none above ten minutes. Forty conditions of a bed have five of them.
  using Delay = std::chrono::duration<std::int32_t, std::milli>;

  bool watched = true;
  bool latching = false;                        // once the episode was high
  Priority priority = Priority::medium;         // beyond the warn limit, or present
  Priority priority_critical = Priority::high;  // beyond the critical limit
  Delay on_delay{0};
  Delay on_delay_critical{0};
  Delay off_delay{0};
  Delay questionable_on_delay_min{10'000};  // 0 for a cuff reading
  std::optional<Delay> raise_after;         // from the start: technical low -> medium, medium -> high
  Priority priority_raised = Priority::medium;
};

// A judged value. For a statement without a number use Condition::assert_present.
struct Reading {
  Standing standing;
  double value = 0;
  bool has_value = true;  // false: a plain statement, "present" or "not present"
  bool questionable = false;
  vitals::Reason doubt = vitals::Reason::none;
  bool warn_confirmed = true, critical_confirmed = true;  // false: samples are missing to begin or escalate
  vitals::Metric metric{};
  std::optional<double> limit, limit_critical;
  MonoTime fresh_until = never;
  std::optional<vitals::WallTime> t_src;
  vitals::WallTime t_rx{};
};

// A plain statement. It holds until the next one, unless the caller sets `fresh_until`.
Reading statement(bool present, Stamp now);

// A person has set a condition aside for a time: it is watched and shown on, and calls nobody.
struct Shelf {
  MonoTime until{};
  vitals::WallTime until_wall{};
  Priority level = Priority::info;  // what it covers; an alarm above it ends it
  std::string by;                   // "login/actor"
};
enum class ShelfChange : std::uint8_t { begun, over, taken_back, broken };  // broken: the priority rose

class Condition;
class Listener {
 public:
  virtual ~Listener() = default;
  // A change of the condition's document. The listener may fill in what only the bed knows (phase, session,
  // dose).
  virtual void on_alarm(Alarm& alarm, Stamp at) = 0;
  // A shelf has begun or ended, also of a condition without an alarm.
  virtual void on_shelf(const Condition& /*condition*/, ShelfChange /*change*/, Stamp /*at*/) {}
};

// Who and where, for episode ids.
struct Place {
  std::string node;
  std::string scope;  // "unit/bed", or "node"
};

// What the conditions of a place have in common. All of it outlives them.
struct Surroundings {
  Place place;
  const Realarm* realarm = nullptr;
  const Callout* callout = nullptr;
  Audience least_audience = Audience::bed;  // who is called at the least, from the start of an episode
};

enum class AckVerdict : std::uint8_t { applied, conflict, refused };
struct AckResult {
  AckVerdict verdict = AckVerdict::applied;
  std::string_view text;
  std::uint64_t rev = 0;
};

class alignas(64) Condition {  // a cache line, see the members
 public:
  Condition(std::shared_ptr<const ConditionSpec> spec, const Surroundings& around);

  const ConditionSpec& spec() const { return *spec_; }
  const std::string& label() const { return relabelled_ ? relabelled_->label : spec_->label; }
  const Behaviour& behaviour() const { return behaviour_; }
  const Alarm* alarm() const { return alarm_.get(); }  // null when normal or pending
  // An on-delay runs towards a start (of an episode, or again of a latched one).
  bool pending() const { return pending_any() && (!alarm_ || alarm_->state == State::latched); }
  // Pending, active, clearing or latched: this condition says why something else may be missing.
  bool engaged() const { return alarm_ != nullptr || pending_any(); }
  // 1: engaged since the last call, -1: not any more. For one who counts them.
  int engaged_change() {
    const bool before = std::exchange(engaged_told_, engaged());
    return static_cast<int>(engaged_told_) - static_cast<int>(before);
  }
  const Shelf* shelf() const { return shelf_.get(); }  // null: it is not shelved
  std::uint32_t avoided() const { return avoided_; }

  // Another condition from now on, for a device that names its own; only while nothing is engaged. A shelf
  // was the other's.
  void become(ConditionSpec spec);
  // Another text for the same condition; an active alarm says it at once.
  void relabel(std::string_view label, Stamp now, Listener& out) { relabel(label, device(), now, out); }
  void relabel(std::string_view label, const DeviceWord& device, Stamp now, Listener& out);

  // A new phase or new limits: running timers run on, and an active alarm keeps to the priorities that hold
  // now. A condition that is no longer watched ends.
  void set_behaviour(const Behaviour& behaviour, EndReason if_unwatched, Stamp now, Listener& out);

  // The least audience has changed. A lower one takes nobody back who was called.
  void fit_audience(Stamp now, Listener& out);

  // All of these expect advance(now) to have been called first.
  void read(const Reading& reading, Stamp now, Listener& out);
  void assert_present(bool present, Stamp now, Listener& out);
  // As assert_present(true), but a pending physiological alarm was lost to it: no delay, and medium where the
  // condition may rise at all.
  void assert_at_once(Stamp now, Listener& out);
  // No usable value any more. Never ends an alarm. True: a pending one was given up.
  bool lose(Data how, Stamp now, Listener& out);
  void advance(Stamp at, Listener& out);
  MonoTime deadline() const { return deadline_; }

  AckResult acknowledge(std::string_view id, std::uint64_t rev, std::string_view by, Stamp now,
                        Listener& out);
  AckResult reset(std::string_view id, Stamp now, Listener& out);
  AckResult unacknowledge(std::string_view id, std::uint64_t rev, Stamp now, Listener& out);
  // The sound of this episode rests for `time`; a rise, a re-alarm, a new beginning or unack end that.
  AckResult pause_audio(std::string_view id, std::uint64_t rev, Milliseconds time, std::string_view by,
                        Stamp now, Listener& out);
  AckResult resume_audio(std::string_view id, Stamp now, Listener& out);
  // The same for whatever episode there is. A pause that was pressed before this one called is none of it.
  // False: nothing changed.
  bool pause_audio(vitals::WallTime pressed, Milliseconds time, std::string_view by, Stamp now,
                   Listener& out);
  bool resume_audio(Stamp now, Listener& out);
  // Accepted: nobody else is called. Rejected: the next are called now. It silences nothing.
  AckResult respond(std::string_view id, std::uint64_t rev, Response response, std::string_view by, Stamp now,
                    Listener& out);
  // Sets it aside for `time`, whether or not there is an alarm; never one at high. A second shelf takes the
  // place of the first. Its end, by whatever cause, calls anew for what is still there.
  AckResult shelve(Milliseconds time, std::string_view by, Stamp now, Listener& out);
  AckResult unshelve(Stamp now, Listener& out);
  // From the journal, before the alarm. False: its end is not credible, or an alarm is here already.
  bool restore_shelf(const Shelf& stored, Stamp now);
  // Stations sound for it now.
  bool sounding() const {
    return active() && !alarm_->acked && alarm_->audio == Audio::on && alarm_->shown() != Priority::info;
  }
  void finish(EndReason reason, Stamp now, Listener& out);  // session end, settings
  // A restored episode keeps id, priority and acknowledgement; data is stale until fresh data judge it. One
  // that is not watched ends by `config` at the next advance(): the phase may be restored after the alarm.
  // False: `stored` is over, also in this run, or an episode is already here.
  bool restore(const Alarm& stored, Stamp now, Listener& out);

 private:
  struct Relabelled {
    std::string label;
    DeviceWord device;
  };
  // What is known of it while something runs.
  struct Run {
    std::optional<MonoTime> warn_since;      // beyond the warn limit, or present
    std::optional<MonoTime> critical_since;  // beyond the critical limit
    std::optional<MonoTime> inside_since;    // inside both by the deadband, first seen on valid data
    std::optional<MonoTime> calm_since;      // inside the critical limit by the deadband, likewise
    Reading newest;
    MonoTime on_since{};   // of the episode
    MonoTime called_at{};  // the alarm's t_call
    MonoTime acked_at{};
    MonoTime audio_until{};  // while paused
    MonoTime revised_at{};
    MonoTime worst_due = never;
  };

  const DeviceWord& device() const { return relabelled_ ? relabelled_->device : spec_->device; }
  bool newest_fresh(MonoTime now) const { return run_ && run_->newest.fresh_until > now; }
  Milliseconds waiting(Milliseconds configured) const;
  MonoTime start_due() const;
  MonoTime critical_due() const;
  MonoTime end_due() const;
  MonoTime deescalate_due() const;
  MonoTime raise_due() const;
  MonoTime realarm_due() const;
  MonoTime callout_due() const;
  MonoTime audio_due() const;
  bool pending_any() const { return run_ && (run_->warn_since || run_->critical_since); }
  bool active() const { return alarm_ && alarm_->state == State::active; }
  bool tells_more() const;

  void forget_timers();
  void take(const Reading& reading, MonoTime now);
  void track(const Reading& reading, MonoTime now);
  void fit_priority(Stamp now, Listener& out);
  void settle(Stamp now, Listener& out);
  void settle_start(Stamp now, Listener& out);
  void settle_active(Stamp now, Listener& out);
  void note_worst(Stamp now, Listener& out);
  void say_which();
  void start(Priority priority, Milliseconds waited, Stamp now, Listener& out);
  void start_again(Priority priority, Stamp now, Listener& out);
  void clear(Stamp now, Listener& out);
  void raise(Priority priority, Stamp now, Listener& out);
  void lower(Priority priority, Stamp now, Listener& out);
  bool break_shelf(Priority risen);
  void inhibit_if_shelved();
  void end_shelf(ShelfChange how, Stamp now, Listener& out);
  void called(Stamp now);
  void call_anew(Stamp now);
  void call_after_silence(Stamp now);
  void sound_again();
  AckResult seen(std::string_view id, std::uint64_t rev) const;
  EpisodeId newest_id() const;
  void restore_audio(const Alarm& stored, Stamp now);
  void restore_inhibit(const Alarm& stored, Stamp now);
  void end(Change change, EndReason reason, Stamp now, Listener& out);
  void fill_from_newest();
  void publish(Change change, Stamp now, Listener& out);
  void reschedule();
  std::string text() const;

  // What is looked at for each value while nothing runs, in one cache line: with thousands of beds that is
  // most of what a value costs.
  MonoTime deadline_ = never;
  std::unique_ptr<Alarm> alarm_;
  // Of the forty conditions of a bed few ever run. Always there while engaged; goes with the episode. Where a
  // delay has spared the alarm it stays: values that waver about a limit would allocate again and again.
  std::unique_ptr<Run> run_;
  std::uint32_t avoided_ = 0;
  bool engaged_told_ = false;
  Behaviour behaviour_;

  std::shared_ptr<const ConditionSpec> spec_;  // of many beds; alarms have views into it
  std::unique_ptr<Relabelled> relabelled_;
  const Surroundings* around_;
  std::unique_ptr<Shelf> shelf_;
  vitals::WallTime last_on_{};
};

}  // namespace alarms
