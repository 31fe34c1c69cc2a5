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

inline void adopt(std::optional<double>& into, const std::optional<double>& told) {
  if (told) into = told;
}

}  // namespace infusion
