// The trend of a bed as an SVG picture: phases and alarms on top, then a panel for each kind of value.
#pragma once

#include <string>

#include "daemon/journal/trend_reader.hpp"

namespace tools {

std::string trend_picture(const journal::Trend& trend, const std::string& bed);

}  // namespace tools
