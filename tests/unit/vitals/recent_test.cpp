#include "daemon/vitals/recent.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Recent, keeps_the_newest_from_the_oldest_on) {
  vitals::Recent<int, 3> recent;
  EXPECT_TRUE(recent.empty());
  for (int i = 1; i <= 5; ++i) recent.add(i);
  ASSERT_EQ(recent.size(), 3U);
  EXPECT_EQ(recent[0], 3);
  EXPECT_EQ(recent[1], 4);
  EXPECT_EQ(recent[2], 5);
  EXPECT_EQ(recent.back(), 5);
}

TEST(Recent, begins_anew_after_clear) {
  vitals::Recent<int, 3> recent;
  for (int i = 1; i <= 4; ++i) recent.add(i);
  recent.clear();
  EXPECT_TRUE(recent.empty());
  recent.add(7);
  recent.add(8);
  EXPECT_EQ(recent[0], 7);
  EXPECT_EQ(recent.back(), 8);
}

TEST(Recent, takes_no_memory_while_it_is_empty) { EXPECT_LE(sizeof(vitals::Recent<double, 1000>), 40U); }

}  // namespace
