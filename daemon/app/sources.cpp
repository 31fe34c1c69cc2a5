#include "daemon/app/sources.hpp"

#include <spdlog/spdlog.h>

namespace app {

void say_fault(bool warning, const std::string& line) {
  spdlog::log(warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
}

}  // namespace app
