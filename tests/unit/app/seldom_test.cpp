#include "daemon/app/seldom.hpp"

#include <gtest/gtest.h>

namespace app::test {
namespace {

vitals::MonoTime at_s(std::int64_t s) { return vitals::MonoTime{vitals::Milliseconds{s * 1'000}}; }

TEST(Seldom, WhatIsNewIsSaidAtOnceAndWhatGoesOnLessAndLessOften) {
  Seldom seldom;
  std::vector<std::int64_t> said;
  for (std::int64_t s = 0; s < 12'000; ++s)
    if (seldom.due("refused", at_s(s))) said.push_back(s);
  EXPECT_EQ(said, (std::vector<std::int64_t>{0, 60, 180, 420, 900, 1'860, 3'780, 7'380, 10'980}));
  EXPECT_TRUE(seldom.due("no answer", at_s(12'000)));
  EXPECT_FALSE(seldom.due("refused", at_s(12'000))) << "two reasons in turn, as of two brokers, are two";
  seldom.over();
  EXPECT_TRUE(seldom.due("refused", at_s(12'001)));
}

TEST(Seldom, ManyTextsTakeNoMoreRoom) {
  Seldom seldom;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(seldom.due("reason " + std::to_string(i), at_s(i)));
}

}  // namespace
}  // namespace app::test
