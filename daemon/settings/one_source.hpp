// One source without the settings around it: for tools that are told on the command line what to listen to,
// and that print what to paste.
#pragma once

#include <optional>
#include <string>

#include "daemon/settings/settings.hpp"

namespace settings {

struct OneSource {
  std::optional<Source> source;  // nullopt: there are errors
  std::string problems;          // "line:column: error: text" a line, warnings too
};

// `text` is a [[source]] as in a settings file.
OneSource parse_source(const std::string& text);

// The same the other way round, ready to paste: name, protocol, link and options.
std::string source_text(const Source& source);

}  // namespace settings
