#include "daemon/infusion/questions.hpp"

#include <algorithm>
#include <utility>

namespace infusion {
namespace {

// Whether a command says "confirm" is not part of what it tells.
Told plain(Told told) {
  if (auto* start = std::get_if<InfusionStart>(&told)) start->confirmed = false;
  return told;
}

}  // namespace

void Questions::ask(std::string_view login, Told told, std::string_view text, vitals::MonoTime now) {
  std::erase_if(asked_, [&](const Question& one) { return one.login == login; });
  if (asked_.size() == questions_max) asked_.erase(asked_.begin());
  asked_.push_back({std::string{login}, plain(std::move(told)), std::string{text}, now + question_ms_max});
}

bool Questions::answered(std::string_view login, const Told& told, std::string_view text,
                         vitals::MonoTime now) {
  const Told values = plain(told);
  const auto found = std::find_if(asked_.begin(), asked_.end(), [&](const Question& one) {
    return one.login == login && one.told == values && one.text == text && now <= one.until;
  });
  if (found == asked_.end()) return false;
  asked_.erase(found);
  return true;
}

}  // namespace infusion
