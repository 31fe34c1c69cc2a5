#include "drivers/hl7/candidate.hpp"

#include <algorithm>

namespace drivers::hl7 {

namespace {

using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

// How much an observation is worth when several rows of one message speak for one metric. A rate of zero is a
// statement of its own and goes before "no value".
int worth(const Observation& seen) {
  if (seen.quality == Quality::valid) return 4;
  if (seen.quality == Quality::questionable) return 3;
  if (seen.reason == Reason::zero || seen.quality == Quality::over || seen.quality == Quality::under)
    return 2;
  return 1;
}

bool is_dotted(std::string_view sub_id) {
  const auto fits = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return std::all_of(sub_id.begin(), sub_id.end(), fits) &&
         std::find(sub_id.begin(), sub_id.end(), '.') != sub_id.end();
}

unsigned take_level(std::string_view& path) {
  unsigned level = 0;
  while (!path.empty() && path.front() != '.') {
    level = std::min(level * 10 + static_cast<unsigned>(path.front() - '0'), 100'000'000U);
    path.remove_prefix(1);
  }
  if (!path.empty()) path.remove_prefix(1);
  return level;
}

// Device tree positions `1.3.2.150456`, compared level by level as numbers.
int compare_paths(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const unsigned x = take_level(a);
    const unsigned y = take_level(b);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

}  // namespace

bool better(const Candidate& fresh, const Candidate& held) {
  const auto& fresh_time = fresh.seen.t_src;
  const auto& held_time = held.seen.t_src;
  // Rows with a time of their own, or in groups of different times. One of each cannot be compared: a row
  // whose own time is all zeros has the message's, and that is the newest of all.
  const bool both_timed =
      fresh.seen.time_source == held.seen.time_source && fresh_time && held_time && *fresh_time != *held_time;
  if (fresh.rank == held.rank && fresh.sub_id == held.sub_id && both_timed) return *fresh_time > *held_time;
  if (worth(fresh.seen) != worth(held.seen)) return worth(fresh.seen) > worth(held.seen);
  if (fresh.rank != held.rank) return fresh.rank < held.rank;
  if (is_dotted(fresh.sub_id) && is_dotted(held.sub_id)) {
    const int order = compare_paths(fresh.sub_id, held.sub_id);
    if (order != 0) return order < 0;
  }
  if (both_timed) return *fresh_time > *held_time;
  return true;
}

// The fifth level of a device tree position holds attributes of a value, not values; 0 there is none of them.
bool is_facet(std::string_view sub_id) {
  if (std::count(sub_id.begin(), sub_id.end(), '.') < 4 || !is_dotted(sub_id)) return false;
  for (int level = 1; level < 5; ++level) take_level(sub_id);
  return take_level(sub_id) != 0;
}

}  // namespace drivers::hl7
