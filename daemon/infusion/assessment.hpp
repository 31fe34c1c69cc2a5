// A list of criteria, each met, not met or not known: the gate before an infusion, the recovery before the
// end of a session. It is shown and recorded; what follows from it people decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace infusion {

enum class Met : std::uint8_t { met, unknown, not_met };
constexpr std::string_view name(Met met) {
  return met == Met::met ? "met" : met == Met::unknown ? "unknown" : "not-met";
}

// One of a profile's checklist: `yes` is what speaks against an infusion.
struct Answer {
  std::string key;
  bool yes = false;

  friend bool operator==(const Answer&, const Answer&) = default;
};
inline constexpr std::size_t answers_max = 64;  // of a command

struct Criterion {
  std::string key;   // stable: "sbp", "psychosis"
  std::string text;  // "SBP 185 > 180 mmHg"

  friend bool operator==(const Criterion&, const Criterion&) = default;
};

struct Assessment {
  std::vector<Criterion> not_met, unknown;

  void add(Met met, std::string key, std::string text) {
    if (met == Met::met) return;
    (met == Met::not_met ? not_met : unknown).push_back({std::move(key), std::move(text)});
  }
  Met state() const { return !not_met.empty() ? Met::not_met : !unknown.empty() ? Met::unknown : Met::met; }
  // "not met: SBP 185 > 180 mmHg; not known: RR"; empty when all is met.
  std::string text() const {
    std::string out;
    const auto list = [&out](std::string_view head, const std::vector<Criterion>& criteria) {
      for (const Criterion& one : criteria) {
        if (&one == &criteria.front()) out.append(out.empty() ? "" : "; ").append(head);
        out.append(&one == &criteria.front() ? ": " : ", ").append(one.text);
      }
    };
    list("not met", not_met);
    list("not known", unknown);
    return out;
  }

  friend bool operator==(const Assessment&, const Assessment&) = default;
};

}  // namespace infusion
