// How much a place alarms, and what people make of it: the figures by which alarm fatigue is seen coming.
//
// The rules of thumb are those of the process industry (ISA-18.2, IEC 62682, EEMUA 191): about one alarm in
// ten minutes is what a person can deal with, more than ten in ten minutes is a flood. It only counts:
// nothing is ever held back, hidden or ordered by it. Counts begin anew with the daemon. Pure; times come in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/alarm.hpp"
#include "daemon/vitals/recent.hpp"

namespace alarms {

inline constexpr vitals::Milliseconds load_window_ms{600'000}, load_hour_ms{3'600'000};
inline constexpr unsigned flood_begins_above = 10, flood_ends_below = 5;  // alarms in ten minutes
// Active and clear again so often within a minute is chattering: the limit wants a deadband or a delay.
inline constexpr std::size_t chatter_cycles = 3;
inline constexpr vitals::Milliseconds chatter_ms{60'000};
// Gone by itself before anybody could have looked. A proposal; the standards name no number.
inline constexpr vitals::Milliseconds fleeting_ms_max{10'000};
inline constexpr vitals::Milliseconds standing_ms{24 * 3'600'000};  // active for longer: nobody needs it

// Past these the figures are a lower bound.
inline constexpr std::size_t load_starts_max = 1024, load_conditions_max = 512, load_answers_max = 256;

struct LoadFigures {
  unsigned last_10min = 0, last_hour = 0;  // alarms that began
  bool flood = false;
  unsigned standing = 0;
  std::vector<std::string> chattering;     // conditions
  std::uint64_t floods = 0, chatters = 0;  // times that one began
  std::uint64_t ended = 0;                 // by themselves or by a person's reset
  std::uint64_t self_cleared = 0;          // of these, by themselves before anybody had acknowledged
  std::uint64_t fleeting = 0;              // of these, within `fleeting_ms_max`
  std::uint64_t answered = 0;              // acknowledgements, and resets of what nobody had acknowledged
  vitals::Milliseconds answered_sum{0};    // from the call to the answer
  std::optional<vitals::Milliseconds> answered_median, answered_p95;  // of the newest `load_answers_max`
  vitals::Milliseconds paused{0};  // while the sound of at least one alarm was paused
};

class Load {
 public:
  // Every document of a change, in order. What is only information is no alarm.
  void note(const Alarm& alarm, vitals::Stamp at) { note(alarm.condition, alarm, at); }
  // The same for several beds together: `name` tells the condition of one from that of another.
  void note(std::string_view name, const Alarm& alarm, vitals::Stamp at);
  LoadFigures figures(vitals::MonoTime now) const;

 private:
  struct Episode {
    std::string condition;
    vitals::MonoTime since{};
    std::optional<vitals::MonoTime> called_at;  // absent: answered, or from before a restart
    bool open = false, active = false, acked = false, paused = false, shelved = false, ever_acked = false;
    std::array<std::optional<vitals::MonoTime>, chatter_cycles> cleared{};  // oldest first
  };

  Episode* episode(std::string_view name);
  void begin(Episode& one, const Alarm& alarm, vitals::Stamp at);
  void follow(Episode& one, const Alarm& alarm, vitals::MonoTime at);
  void close(Episode& one, const Alarm& alarm, vitals::MonoTime at);
  void note_start(vitals::MonoTime at);
  void note_clear(Episode& one, vitals::MonoTime at);
  void note_answer(Episode& one, vitals::MonoTime at);
  void note_pause(Episode& one, bool paused, vitals::MonoTime at);
  unsigned begun_within(vitals::MonoTime now, vitals::Milliseconds window) const;

  vitals::Recent<vitals::MonoTime, load_starts_max> starts_;
  vitals::Recent<vitals::Milliseconds, load_answers_max> answers_;
  std::vector<Episode> episodes_;
  LoadFigures counts_;  // what only grows
  bool flood_ = false;
  unsigned paused_ = 0;  // alarms
  vitals::MonoTime paused_since_{};
};

}  // namespace alarms
