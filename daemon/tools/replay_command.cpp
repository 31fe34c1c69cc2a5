// `vitalsd replay`: lines on the standard output.
#include <iostream>

#include "daemon/tools/replay.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {

int print_replay(const ReplayOptions& options) {
  std::string error, out;
  const auto print = [&out](std::string_view line) {
    out += line;
    out += '\n';
    if (out.size() < std::size_t{1} << 16U) return;
    std::cout << out;
    out.clear();
  };
  const bool ok = replay(options, print, error);
  std::cout << out << std::flush;
  if (!error.empty()) std::cerr << "vitalsd replay: " << error << '\n';
  return ok ? 0 : 1;
}

}  // namespace tools
