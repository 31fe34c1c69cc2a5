// Between two alarms nothing is asked of the memory: a byte that comes becomes a judged value in buffers that
// are there already. The paths are those of the benches.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "tests/bench/work.hpp"
#include "tests/unit/drivers/counted_new.hpp"

namespace app::test {
namespace {

constexpr int warm_up_steps = 5'000;  // every place of every table has been used
constexpr int steps = 1'000;

class HotPath : public testing::TestWithParam<const char*> {};

TEST_P(HotPath, AllocatesNothingAfterWarmUp) {
  const bench::Paths paths = bench::all_paths();
  const auto path =
      std::find_if(paths.begin(), paths.end(), [](const bench::Path& one) { return one.name == GetParam(); });
  ASSERT_NE(path, paths.end());
  const auto work = path->make();
  for (int i = 0; i < warm_up_steps; ++i) work->step();
  const std::size_t before = drivers::test::allocations();
  for (int i = 0; i < steps; ++i) work->step();
  EXPECT_EQ(drivers::test::allocations(), before);
}

INSTANTIATE_TEST_SUITE_P(Of, HotPath,
                         testing::Values("hl7/frame-to-observations", "hl7/frame-to-alarms",
                                         "alarms/engine/100", "bed/observations/100", "document/alarm",
                                         "document/observation"));

}  // namespace
}  // namespace app::test
