// What the verbs of a session share: how they answer, and what of a person's numbers can be. Of this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/infusion/rate.hpp"
#include "daemon/infusion/session.hpp"

namespace infusion {

inline Outcome invalid(std::string text) { return {Verdict::invalid, std::move(text)}; }

// `right`: what would fit instead.
inline Outcome refused(std::string_view verb, Phase phase, std::string_view right) {
  std::string text(verb);
  text += " does not fit phase ";
  text += name(phase);
  text += ": ";
  text += right;
  return {Verdict::refused, std::move(text)};
}

inline bool within(double value, double least, double most) { return value >= least && value <= most; }

inline bool is_weight(double kg) { return kg > 0 && kg <= weight_kg_max; }

// What is unusual, one doubt after the other, in the words of the question to the nurse.
inline void add_reason(std::string& text, std::string_view reason) {
  if (!text.empty()) text += "; ";
  text += reason;
}

inline void doubt_weight(std::string& reasons, double kg) {
  if (!within(kg, weight_kg_usual_min, weight_kg_usual_max))
    add_reason(reasons, "weight " + number(kg) + " kg is outside 30-250 kg");
}

inline Outcome to_confirm(std::string reasons) {
  return {Verdict::confirm_needed, std::move(reasons) + ": confirm if this is right"};
}

inline Outcome too_fast(double mg_per_kg_h) {
  return {Verdict::refused,
          "rate " + number(mg_per_kg_h) + " mg/kg/h is above " + number(rate_mg_per_kg_h_max) +
              " mg/kg/h and taken for a typing error: check rate, unit, weight and concentration"};
}

inline void adopt(std::optional<double>& into, const std::optional<double>& told) {
  if (told) into = told;
}

}  // namespace infusion
