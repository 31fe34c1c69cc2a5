// Rates of an infusion: units, conversion, and the dose band that monitoring follows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/infusion/session.hpp"

namespace infusion {

// Upper ends in mg/kg/h, each included. 0.3: usual bound of "sub-anaesthetic"; 1: ceiling without intensive
// monitoring in the 2018 consensus guideline for acute pain; 2: top of the range for chronic pain there; 7:
// the most that is reported from intensive care, so beyond it a typing error is likelier than an order.
inline constexpr double band_minimal_mg_per_kg_h_max = 0.3;
inline constexpr double band_low_mg_per_kg_h_max = 1;
inline constexpr double band_high_mg_per_kg_h_max = 2;
inline constexpr double rate_mg_per_kg_h_max = 7;

// The label's fastest: 4.5 mg/kg over 60 s. Beyond it no pump gives a bolus.
inline constexpr double bolus_mg_per_kg_h_max = 270;
// Of one bolus by hand. 0.35: the most for pain in the consensus guidelines of 2018 (ASRA, AAPM, ASA), above
// it to be confirmed. 4.5: the label's largest dose to induce anaesthesia, above it a typing error.
inline constexpr double bolus_mg_per_kg_usual_max = 0.35, bolus_mg_per_kg_max = 4.5;

inline constexpr double weight_kg_usual_min = 30, weight_kg_usual_max = 250;  // outside: to be confirmed
inline constexpr double weight_kg_max = 700;                                  // beyond: nobody
inline constexpr double concentration_mg_ml_max = 100;                        // strongest vial on the market
inline constexpr double planned_difference_max = 0.10;  // of planned dose from rate x time

DoseBand band_of(double mg_per_kg_h);
bool above(double mg_per_kg_h, double bound);  // tolerant: "16.667 mcg/kg/min" is meant as 1 mg/kg/h

// nullopt: the unit needs a weight or a concentration that is not known.
std::optional<double> mg_per_h(const Rate& rate, std::optional<double> kg, std::optional<double> conc_mg_ml);

std::string number(double value);  // for texts: at most three decimals, no trailing zeros

}  // namespace infusion
