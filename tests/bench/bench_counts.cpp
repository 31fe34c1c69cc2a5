// One hot path, a given number of steps: run under callgrind, which counts the instructions between `begin`
// and `end` of the name below. Without arguments: the names of the paths that are kept count of.
#include <charconv>
#include <cstdio>
#include <string_view>

#include "tests/bench/work.hpp"

namespace {

constexpr int warm_up_steps = 256;

}  // namespace

// Callgrind is told to count inside of this function only, so it must stay one.
[[gnu::noinline]] void counted_steps(bench::Work& work, int steps) {
  for (int i = 0; i < steps; ++i) work.step();
}

int main(int argc, char** argv) {
  for (const bench::Path& path : bench::all_paths()) {
    if (!path.counted) continue;
    if (argc < 3) {
      std::printf("%s\n", path.name.c_str());
      continue;
    }
    if (path.name != argv[1]) continue;
    int steps = 0;
    const std::string_view text = argv[2];
    if (std::from_chars(text.data(), text.data() + text.size(), steps).ec != std::errc{}) return 2;
    const auto work = path.make();
    for (int i = 0; i < warm_up_steps; ++i) work->step();
    counted_steps(*work, steps);
    return 0;
  }
  return argc < 3 ? 0 : 2;
}
