// Questions to people: what is unusual is done only when it is told a second time, confirmed, after the
// question was put. A confirmation that comes unasked is none. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/infusion/session.hpp"

namespace infusion {

// How long a question waits for its answer (contract, `confirm-needed`).
inline constexpr Milliseconds question_ms_max{60'000};
// At one bed, of as many logins; the oldest is forgotten. Nobody is asked by so many at once.
inline constexpr std::size_t questions_max = 8;

// What was told, in its own values.
using Told = std::variant<InfusionStart, Rate, HandBolus>;

class Questions {
 public:
  // Each login has one question at a time: the newest.
  void ask(std::string_view login, Told told, std::string_view text, vitals::MonoTime now);
  // True: this login was asked just this about just these values. An answer counts once.
  bool answered(std::string_view login, const Told& told, std::string_view text, vitals::MonoTime now);
  void forget() { asked_.clear(); }

 private:
  struct Question {
    std::string login;
    Told told;
    std::string text;
    vitals::MonoTime until{};
  };
  std::vector<Question> asked_;  // the oldest first
};

}  // namespace infusion
