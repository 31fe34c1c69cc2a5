// What a nurse observes and records in a session: which items there are, what each may say, and which of it
// is out of range. Codes and numbers only: free text never comes here. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/vitals/time.hpp"

namespace infusion {

enum class Item : std::uint8_t {
  pain,           // numeric rating scale
  rass,           // Richmond Agitation-Sedation Scale
  poss,           // Pasero Opioid-induced Sedation Scale: S asleep and easy to wake, 1 ... 4
  dissociation,   // none mild moderate severe
  hallucination,  // yes or no, as the next six
  dysphoria,
  anxiety,
  nausea,  // or vomiting
  secretions,
  headache,
  visual_disturbance,
  rr,          // counted, /min
  o2_l_min,    // oxygen flow; 0 is room air
  acvpu,       // alert, new confusion, to voice, to pain, unresponsive
  temp,        // degC
  aldrete,     // sum of the recovery score
  pads,        // sum of the post-anaesthetic discharge score
  escort,      // somebody is here to take the patient home
  no_driving,  // the patient knows: no driving until the next day, after sleep (label of esketamine)
};
inline constexpr std::size_t item_count = 19;
constexpr std::size_t index_of(Item item) { return static_cast<std::size_t>(item); }

enum class Form : std::uint8_t { whole, number, word, flag };
struct ItemFacts {
  Item item{};
  std::string_view key;  // on the wire and in the journal: does not change
  Form form = Form::flag;
  double least = 0, most = 1;               // a word: its index
  std::span<const std::string_view> words;  // form word
};
const ItemFacts& facts(Item item);
std::span<const ItemFacts, item_count> items();
bool fits(const ItemFacts& facts, double value);
std::string what_fits(const ItemFacts& facts);  // "a whole number from 0 to 10"

// What was done about it; several at once are usual.
inline constexpr std::array<std::string_view, 9> action_words{
    "reassure", "dim-light", "antiemetic", "midazolam", "rate-change", "oxygen", "suction", "call", "other"};
using Actions = std::uint16_t;  // a bit for each of action_words

// One observation as it is told. A word is its index, a flag 0 or 1.
struct NurseObservation {
  std::array<std::optional<double>, item_count> values{};
  Actions actions = 0;
  std::optional<vitals::WallTime> at;  // absent: now

  std::optional<double>& operator[](Item item) { return values[index_of(item)]; }
  const std::optional<double>& operator[](Item item) const { return values[index_of(item)]; }
  bool empty() const;
};

// How far back an observation may be dated, and how far a station's clock may run ahead.
inline constexpr vitals::Milliseconds observed_back_ms_max{30 * 60'000};
inline constexpr vitals::Milliseconds observed_ahead_ms_max{5'000};

// The newest word on each item, from all observations of a session.
struct Chart {
  struct Noted {
    double value = 0;
    vitals::Stamp at;
  };
  std::array<std::optional<Noted>, item_count> newest{};
  std::optional<vitals::Stamp> last;  // when the patient was observed last

  // An older one than what is known of an item changes nothing. Two sedation scales are not kept side by
  // side: the newer one stands.
  void take(const NurseObservation& observation, vitals::Stamp at);
  const std::optional<Noted>& operator[](Item item) const { return newest[index_of(item)]; }
};

enum class Severity : std::uint8_t { none, medium, high };
struct Finding {
  Severity severity = Severity::none;
  std::string text;  // "RASS -4: moves to touch only"
};
// Judges the newest RASS, POSS and ACVPU. A proposal, no published rule sets alarm priorities for them: RASS
// +3, +4 and -3 medium, -4 and -5 high; POSS 3 ("act, reduce") medium, 4 high; ACVPU P and U high.
Finding out_of_range(const Chart& chart);

}  // namespace infusion
