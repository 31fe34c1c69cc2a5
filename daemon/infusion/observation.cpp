#include "daemon/infusion/observation.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/infusion/rate.hpp"

namespace infusion {
namespace {

using Words = std::string_view;
constexpr std::array<Words, 5> poss_words{"S", "1", "2", "3", "4"};
constexpr std::array<Words, 4> dissociation_words{"none", "mild", "moderate", "severe"};
constexpr std::array<Words, 5> acvpu_words{"A", "C", "V", "P", "U"};
constexpr double acvpu_to_pain = 3, acvpu_unresponsive = 4;

constexpr ItemFacts number_item(Item item, Words key, Form form, double least, double most) {
  return {item, key, form, least, most, {}};
}
constexpr ItemFacts word_item(Item item, Words key, std::span<const Words> words) {
  return {item, key, Form::word, 0, static_cast<double>(words.size()) - 1, words};
}
constexpr ItemFacts flag_item(Item item, Words key) { return {item, key, Form::flag, 0, 1, {}}; }

// Bounds of the scales are their own; those of rr, oxygen and temperature only keep out slips of the keyboard
// (a temperature in degrees Fahrenheit, a saturation in place of a rate).
constexpr std::array<ItemFacts, item_count> table{
    number_item(Item::pain, "pain", Form::whole, 0, 10),
    number_item(Item::rass, "rass", Form::whole, -5, 4),
    word_item(Item::poss, "poss", poss_words),
    word_item(Item::dissociation, "dissociation", dissociation_words),
    flag_item(Item::hallucination, "hallucination"),
    flag_item(Item::dysphoria, "dysphoria"),
    flag_item(Item::anxiety, "anxiety"),
    flag_item(Item::nausea, "nausea"),
    flag_item(Item::secretions, "secretions"),
    flag_item(Item::headache, "headache"),
    flag_item(Item::visual_disturbance, "visual_disturbance"),
    number_item(Item::rr, "rr", Form::whole, 0, 80),
    number_item(Item::o2_l_min, "o2_l_min", Form::number, 0, 70),
    word_item(Item::acvpu, "acvpu", acvpu_words),
    number_item(Item::temp, "temp", Form::number, 25, 45),
    number_item(Item::aldrete, "aldrete", Form::whole, 0, 10),
    number_item(Item::pads, "pads", Form::whole, 0, 10),
    flag_item(Item::escort, "escort"),
    flag_item(Item::no_driving, "no_driving"),
};

// Out of range only: what the number means, in the words of the scale.
std::string_view meaning_of_rass(double value) {
  if (value >= 4) return "combative";
  if (value >= 3) return "pulls at lines";
  if (value >= -3) return "moves to voice only";
  return value >= -4 ? "moves to touch only" : "not to be roused";
}

void add(Finding& out, Severity severity, std::string_view text) {
  out.severity = std::max(out.severity, severity);
  out.text += out.text.empty() ? "" : ", ";
  out.text += text;
}

void judge_rass(const Chart& chart, Finding& out) {
  const auto& rass = chart[Item::rass];
  if (!rass || (rass->value > -3 && rass->value < 3)) return;
  add(out, rass->value <= -4 ? Severity::high : Severity::medium,
      "RASS " + std::string(rass->value > 0 ? "+" : "") + number(rass->value) + ": " +
          std::string(meaning_of_rass(rass->value)));
}

void judge_poss(const Chart& chart, Finding& out) {
  const auto& poss = chart[Item::poss];
  if (!poss || poss->value < 3) return;
  const bool barely = poss->value >= 4;
  add(out, barely ? Severity::high : Severity::medium,
      barely ? "POSS 4: barely responds" : "POSS 3: drifts off while talking");
}

void judge_acvpu(const Chart& chart, Finding& out) {
  const auto& acvpu = chart[Item::acvpu];
  if (!acvpu || acvpu->value < acvpu_to_pain) return;
  add(out, Severity::high,
      acvpu->value >= acvpu_unresponsive ? "ACVPU U: unresponsive" : "ACVPU P: responds to pain only");
}

}  // namespace

const ItemFacts& facts(Item item) { return table[index_of(item)]; }
std::span<const ItemFacts, item_count> items() { return table; }

bool fits(const ItemFacts& facts, double value) {
  if (!(value >= facts.least && value <= facts.most)) return false;
  return facts.form == Form::number || value == std::trunc(value);
}

std::string what_fits(const ItemFacts& facts) {
  if (facts.form == Form::flag) return "true or false";
  if (facts.form == Form::word) {
    std::string out = "one of";
    for (const std::string_view word : facts.words)
      out.append(word == facts.words.front() ? " " : ", ").append(word);
    return out;
  }
  return std::string(facts.form == Form::whole ? "a whole number" : "a number") + " from " +
         number(facts.least) + " to " + number(facts.most);
}

bool NurseObservation::empty() const {
  return actions == 0 &&
         std::none_of(values.begin(), values.end(), [](const auto& v) { return v.has_value(); });
}

void Chart::take(const NurseObservation& observation, vitals::Stamp at) {
  for (std::size_t i = 0; i < item_count; ++i) {
    if (!observation.values[i] || (newest[i] && newest[i]->at.mono > at.mono)) continue;
    newest[i] = Noted{*observation.values[i], at};
  }
  auto& rass = newest[index_of(Item::rass)];
  auto& poss = newest[index_of(Item::poss)];
  if (rass && poss) (rass->at.mono > poss->at.mono ? poss : rass).reset();
  if (!last || last->mono < at.mono) last = at;
}

Finding out_of_range(const Chart& chart) {
  Finding out;
  judge_rass(chart, out);
  judge_poss(chart, out);
  judge_acvpu(chart, out);
  return out;
}

}  // namespace infusion
