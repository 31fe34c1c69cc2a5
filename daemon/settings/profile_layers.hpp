// The files that a profile is made of: `extends = "NAME"` rests one on another, and what the later one says
// goes before what the earlier one said, key by key.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <vector>

#include "daemon/settings/problem.hpp"

namespace settings {

struct Layer {
  toml::table table;
  std::string file;
};

inline constexpr std::size_t profile_layers_max = 8;

// Whether there is such a file. nullopt: reported at `place`, since it could not be looked at; whoever took
// it for absent would go on to another file of that name, with other limits.
std::optional<bool> is_there(const std::string& path, const Place& place, Report& report);

// The file at `path` last, what it rests on before it. `extends` is the name of a profile, looked for beside
// the file and then in `folders`, or a file with .toml, from the file's own folder. nullopt: reported.
std::optional<std::vector<Layer>> read_layers(const std::string& path,
                                              const std::vector<std::string>& folders, Fingerprint& read,
                                              Report& report);

// Where each value of several layers was written, by its key; none for a single layer: it is all in one file.
std::vector<Origin> origins_of(const std::vector<Layer>& layers);

}  // namespace settings
