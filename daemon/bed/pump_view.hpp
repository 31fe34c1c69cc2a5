// What one pump says of itself, as a state: events (PCD-10) and snapshots (PCD-01) in the order of the
// sender's times. A rate change comes as a stop "in transition" and a start; it is no pause. Nothing is ever
// sent to a pump. Pure: time comes in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/bed/clock_offset.hpp"
#include "daemon/vitals/time.hpp"
#include "drivers/driver.hpp"

namespace bed {

// A stop in transition is one only when no start follows within this.
inline constexpr vitals::Milliseconds pump_transition_ms{10'000};

// A report that its sender has kept for longer is history; so is one that is old by a clock that was right.
// A snapshot may say when its numbers were read, half a minute before it goes.
inline constexpr vitals::Milliseconds pump_kept_ms_max{120'000};
inline constexpr vitals::Milliseconds pump_clock_tolerance_ms{300'000};

// What the alarm of a pump says that runs beside the session, the plain one first.
inline constexpr std::string_view unrecorded_text = "a pump runs and the session does not know of it";
inline constexpr std::string_view second_pump_text = "a second pump runs beside the one of the session";
inline constexpr std::string_view no_rate_text = "a pump runs and tells no rate that can be converted";
inline constexpr std::string_view weight_text = "a pump runs with another weight than the session has";
inline constexpr std::string_view no_weight_text = "a pump runs and no weight is known";
inline constexpr std::string_view too_fast_text =
    "a pump runs at a rate that the session does not take: too high";

// What a session has to hear of.
enum class PumpNews : std::uint8_t { none, started, rate, stopped };

class PumpView {
 public:
  // History changes nothing (promise P10).
  PumpNews take(const drivers::PumpReport& report);
  PumpNews advance(vitals::MonoTime now);  // a stop that was none turns out to be one
  std::optional<vitals::MonoTime> deadline() const { return stop_at_; }

  drivers::PumpState state() const { return state_; }
  bool running() const { return state_ == drivers::PumpState::running; }
  std::optional<vitals::MonoTime> heard_at() const { return heard_at_; }
  // What runs is a bolus: a loading dose, one that a person calls for at the pump, or the patient.
  bool bolus() const { return running() && bolus_; }
  const std::string& drug() const { return drug_; }
  std::optional<double> weight_kg() const { return weight_kg_; }
  // What flows now; absent: not told in a way that can be converted.
  std::optional<double> rate_mg_h(std::optional<double> kg, std::optional<double> concentration_mg_ml) const;

 private:
  struct Rate {
    std::optional<double> ml_h, mg_h, mg_kg_h, concentration_mg_ml;

    bool told() const { return ml_h || mg_h || mg_kg_h; }
    friend bool operator==(const Rate&, const Rate&) = default;
  };

  bool is_history(const drivers::PumpReport& report, vitals::WallTime own);
  PumpNews runs(const drivers::PumpReport& report, bool event);
  PumpNews stops(drivers::PumpState into);
  PumpNews stops_in_transition(const drivers::PumpReport& report, drivers::PumpState into);

  SenderClock clock_{true};  // an old start must not begin a session
  drivers::PumpState state_ = drivers::PumpState::unknown;
  std::optional<vitals::WallTime> newest_;  // by the sender's time
  std::optional<vitals::MonoTime> heard_at_;
  std::optional<vitals::MonoTime> stop_at_;  // a stop in transition counts from here
  drivers::PumpState stop_into_ = drivers::PumpState::paused;
  bool bolus_ = false;
  std::string drug_;
  std::optional<double> weight_kg_;
  Rate rate_;
};

// True for ketamine and esketamine as pump libraries name them.
bool is_session_drug(std::string_view name);

}  // namespace bed
