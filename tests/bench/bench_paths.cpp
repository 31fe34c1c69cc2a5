// How long each hot path takes: Google Benchmark over tests/bench/work.hpp.
#include <benchmark/benchmark.h>

#include "tests/bench/work.hpp"

namespace {

void measure(benchmark::State& state, const bench::Path& path) {
  const auto work = path.make();
  for (std::uint64_t i = 0; i < path.warm_up_steps; ++i) work->step();
  for (auto unused : state) {
    static_cast<void>(unused);
    work->step();
  }
  const auto items = static_cast<std::int64_t>(path.items_per_step) * state.iterations();
  if (path.item == "byte") {
    state.SetBytesProcessed(items);
  } else {
    state.SetItemsProcessed(items);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (const bench::Path& path : bench::all_paths())
    benchmark::RegisterBenchmark(path.name.c_str(),
                                 [path](benchmark::State& state) { measure(state, path); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
