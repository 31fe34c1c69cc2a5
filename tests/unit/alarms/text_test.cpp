#include "daemon/alarms/text.hpp"

#include <gtest/gtest.h>

namespace alarms {
namespace {

using vitals::Metric;
using vitals::Reason;

TEST(Text, value_and_the_limit_it_passed) {
  EXPECT_EQ(value_text({"SpO2", Metric::spo2, 86, 88, Side::low, Reason::none}), "SpO2 86 < 88 %");
  EXPECT_EQ(value_text({"SBP", Metric::nibp_sys, 182, 180, Side::high, Reason::none}), "SBP 182 > 180 mmHg");
}

TEST(Text, value_alone_when_no_limit_is_passed) {
  EXPECT_EQ(value_text({"HR", Metric::hr, 72, std::nullopt, Side::low, Reason::none}), "HR 72 /min");
}

TEST(Text, a_limit_that_is_reached_does_not_read_as_passed) {
  EXPECT_EQ(value_text({"SpO2", Metric::spo2, 80, 80, Side::low, Reason::none}), "SpO2 80 <= 80 %");
  EXPECT_EQ(value_text({"SBP", Metric::nibp_sys, 140, 140, Side::high, Reason::none}), "SBP 140 >= 140 mmHg");
}

TEST(Text, a_doubt_is_said) {
  EXPECT_EQ(value_text({"SpO2", Metric::spo2, 86, 88, Side::low, Reason::artifact}),
            "SpO2 86 < 88 % (artifact)");
}

TEST(Text, numbers_are_whole_or_to_one_decimal) {
  EXPECT_EQ(number_text(97), "97");
  EXPECT_EQ(number_text(36.66), "36.7");
  EXPECT_EQ(number_text(116.96), "117");
  EXPECT_EQ(number_text(-0.04), "0");
  EXPECT_EQ(number_text(0), "0");
}

}  // namespace
}  // namespace alarms
