// A story: what happens at one bed, minute by minute, and which alarms that must bring, in words that a nurse
// can read and write. How it is written: tests/stories/README.md. (A *scenario* is something else: what a
// simulated monitor plays, daemon/simulate/scenario.hpp.)
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/alarms/profile.hpp"
#include "daemon/vitals/observation.hpp"

namespace stories {

using vitals::Metric;
using vitals::Milliseconds;
using vitals::Reason;

// --- before the first minute: the bed

struct MonitorFacts {
  std::string name;
  std::vector<Metric> sends;
  Milliseconds period{1000};
  bool hl7 = false;  // else a cable on which values come unasked
  bool simulated = false;
};

struct NotWatched {
  alarms::LimitId limit{};
  vitals::Phase phase{};
};

struct BedFacts {
  std::string profile = "ketamine-adult";
  std::vector<MonitorFacts> monitors;
  std::optional<Metric> rate;    // hr or pr, where both are sent
  std::optional<bool> arterial;  // where both pressures are sent
  bool idle_off = false;
  std::vector<std::string> pumps;
  std::vector<NotWatched> not_watched;
};

// --- what happens. At one instant: first what changes at the monitor, then its message, then what people
// do, then what is looked at.

struct Show {  // from now on the monitor sends this; several values: in turn
  Metric metric{};
  std::vector<double> values;
  bool doubtful = false;
};
struct Withhold {  // from now on it says that it has no value, and why
  Metric metric{};
  Reason reason = Reason::missing;
};
struct Silence {  // from now on it says nothing of this metric
  Metric metric{};
};
struct Cuff {  // one measurement; without numbers: it failed
  std::optional<double> sys, dia, map;
  bool doubtful = false;
};
enum class Part { cable, monitor, probe, leads, signal, demo, device };
struct Switch {
  Part part{};
  bool on = false;
  std::string monitor;  // empty: all, or the one that carries what it is about
};
struct Patient {  // whom the values name from now on
  std::string id;
};
struct Pump {
  std::string name;
  bool running = false;
  std::optional<double> rate_ml_h, concentration_mg_ml;
};

struct Command {  // a person at a station
  std::string verb;
  std::string condition;                                  // of the alarm it is for
  std::vector<std::pair<std::string, std::string>> args;  // as they stand in the document
  std::string station = "ns-1", actor = "rn-1";
  std::optional<unsigned long> rev;  // else the one that is shown
  std::optional<unsigned> episode;   // which, counted per condition from 1; else the newest
  Milliseconds age{0};               // how old the command is when it comes
  bool again = false;                // the command before this one, delivered a second time
  bool retained = false;
  std::string status = "applied";  // the answer that is expected
};
struct Restart {  // kill -9, and back after this; what the monitor says meanwhile is lost
  Milliseconds away{0};
};
struct ClockStep {  // of the wall clock
  Milliseconds by{0};
};

// --- what is looked at

struct Shows {  // the newest value that stations got: a number, two, or a word of quality
  std::string metric, value;
};
struct Alarms {  // active and latched, no other
  std::vector<std::string> conditions;
};
struct Avoided {
  std::string condition;
  unsigned long count = 0;
};
struct Is {  // "phase infusing", "monitoring blind"
  std::string what, word;
};

using Deed = std::variant<Show, Withhold, Silence, Cuff, Switch, Patient, Pump, Command, Restart, ClockStep,
                          Shows, Alarms, Avoided, Is>;
enum class Turn { monitor, people, look };
Turn turn_of(const Deed& deed);

struct Step {
  std::size_t line = 0;
  Milliseconds at{0};
  Deed deed;
};

// A document that must come at exactly this time, its members as wished.
struct Expectation {
  std::size_t line = 0;
  Milliseconds at{0};
  std::string condition, change;
  std::optional<unsigned> episode;
  std::optional<bool> sounds;  // at a station, by the rule of the contract
  std::vector<std::pair<std::string, std::string>> members;
};

struct Story {
  std::string title;
  std::vector<std::string> proves;
  BedFacts bed;
  std::vector<Step> steps;  // in the order of time
  std::vector<Expectation> expectations;
  Milliseconds end{0};
  std::vector<std::string> lines;  // as written, for a report
};

// What is wrong with a file: "line 7: ... and what would be right".
struct Unreadable {
  std::size_t line = 0;
  std::string text;
};

struct Read {
  Story story;
  std::vector<Unreadable> problems;  // the story may be played only without any
};
Read read_story(std::string_view text);

// "10:30", "1:02:03", "0:00.250".
std::string clock_text(Milliseconds at);

}  // namespace stories
