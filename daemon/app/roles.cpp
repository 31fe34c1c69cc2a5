#include "daemon/app/roles.hpp"

#include <algorithm>
#include <array>

namespace app {
namespace {

template <std::size_t count>
bool among(const std::array<std::string_view, count>& verbs, std::string_view verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

constexpr std::array<std::string_view, 3> looking{"received", "resync", "replay"};
constexpr std::array<std::string_view, 3> in_charge{"shelve", "unshelve", "limits-set"};
constexpr std::array<std::string_view, 6> attending{"ack",         "unack",        "reset",
                                                    "audio-pause", "audio-resume", "respond"};

}  // namespace

// A viewer looks and confirms receipt; what acts wants a nurse; what takes an alarm out of its usual course
// wants whoever is in charge.
settings::Role least_role(std::string_view verb) {
  if (among(looking, verb)) return settings::Role::viewer;
  return among(in_charge, verb) ? settings::Role::charge : settings::Role::nurse;
}

bool is_for_node(std::string_view verb) { return among(looking, verb) || among(attending, verb); }

}  // namespace app
