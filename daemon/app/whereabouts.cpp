#include "daemon/app/whereabouts.hpp"

#include <algorithm>
#include <unordered_set>

namespace app {
namespace {

void lower_trimmed(std::string_view text, std::string& out) {
  const auto first = text.find_first_not_of(" \t");
  out.clear();
  if (first == std::string_view::npos) return;
  const auto last = text.find_last_not_of(" \t");
  for (const char c : text.substr(first, last - first + 1))
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Null where not all beds note in the same place.
const bed::PatientChanges* changes_of(const std::vector<Route>& routes) {
  if (routes.empty()) return nullptr;
  const auto* const first = routes.front().bed->settings().patient_changes.get();
  const bool shared = std::all_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.bed->settings().patient_changes.get() == first;
  });
  return shared ? first : nullptr;
}

}  // namespace

std::vector<Route> Routes::all() const {
  std::vector<Route> out;
  std::unordered_set<const bed::Bed*> known;
  const auto add = [&](const Route& route) {
    if (known.insert(route.bed).second) out.push_back(route);
  };
  if (fixed) add(*fixed);
  for (const auto& [location, route] : by_location) add(route);
  return out;
}

Whereabouts::Whereabouts(Routes routes)
    : routes_(std::move(routes)), all_(routes_.all()), changes_(changes_of(all_)) {
  for (const Route& route : all_) route_of_.emplace(route.bed, route);
}

const Route* Whereabouts::at(std::string_view location) {
  lower_trimmed(location, key_);
  const auto found = routes_.by_location.find(key_);
  return found == routes_.by_location.end() ? nullptr : &found->second;
}

void Whereabouts::subject(const drivers::Subject& subject, const Route* here) {
  if (here == nullptr) return tell_all(subject, nullptr);
  const bed::Identity identity = here->bed->subject(here->source, subject, routes_.fixed.has_value());
  if (routes_.fixed || !identity.told()) return;
  Told& told = told_[here->bed];
  if (changes_ != nullptr && told.identity == identity) return tell_changed(subject, *here->bed, told);
  tell_all(subject, here->bed);
  told = {identity, changes_ == nullptr ? 0 : changes_->count()};
}

void Whereabouts::tell_all(const drivers::Subject& subject, const bed::Bed* but) const {
  for (const Route& route : all_)
    if (route.bed != but) route.bed->subject_elsewhere(route.source, subject);
}

void Whereabouts::tell_changed(const drivers::Subject& subject, const bed::Bed& here, Told& told) {
  const bool all_known = changes_->since(told.changes, [&](const bed::Bed& bed) {
    const auto ours = route_of_.find(&bed);
    if (&bed != &here && ours != route_of_.end())
      ours->second.bed->subject_elsewhere(ours->second.source, subject);
  });
  if (!all_known) tell_all(subject, &here);
  told.changes = changes_->count();
}

}  // namespace app
