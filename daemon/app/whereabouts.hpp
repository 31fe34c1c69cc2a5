// The beds of one source, shared by all its connections: where a location leads, and which other beds must
// hear that a patient's values come from this one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/bed/bed.hpp"

namespace app {

// A bed, and which of its sources this one is.
struct Route {
  bed::Bed* bed = nullptr;
  std::size_t source = 0;
};

struct Routes {
  std::optional<Route> fixed;                             // a serial source, or an HL7 source of one bed
  std::map<std::string, Route, std::less<>> by_location;  // lower case, trimmed
  std::vector<Route> all() const;                         // each bed once
};

class Whereabouts {
 public:
  explicit Whereabouts(Routes routes);

  const std::optional<Route>& fixed() const { return routes_.fixed; }
  const std::vector<Route>& all() const { return all_; }  // each bed once
  const Route* at(std::string_view location);             // null: no bed lies there

  // Values of `subject` come from `here` now; null: from a place that is no bed of ours. What each message
  // repeats is told once to every other bed, and again to those that have changed their mind about their
  // patient since.
  void subject(const drivers::Subject& subject, const Route* here);

 private:
  struct Told {
    bed::Identity identity;
    std::uint64_t changes = 0;  // of PatientChanges when all beds knew of it
  };
  void tell_all(const drivers::Subject& subject, const bed::Bed* but) const;
  void tell_changed(const drivers::Subject& subject, const bed::Bed& here, Told& told);

  Routes routes_;
  std::vector<Route> all_;
  std::unordered_map<const bed::Bed*, Route> route_of_;
  std::unordered_map<const bed::Bed*, Told> told_;  // by the bed that the values come from
  const bed::PatientChanges* changes_ = nullptr;    // null: not known of all beds, so all are always told
  std::string key_;
};

}  // namespace app
