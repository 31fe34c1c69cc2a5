// A story that tells what is not so must fail, and say where and what came instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/stories/player.hpp"

namespace stories {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string dip = R"(title a dip
monitor mon1 sends pr spo2 every 1 s
0:00 pr 70, spo2 97
1:00 spo2 90
)";

TEST(Player, what_goes_as_told_is_not_complained_about) {
  EXPECT_THAT(play_text(dip + "1:15 expect spo2-low start medium unacked sounds value 90\n1:20 end\n"),
              IsEmpty());
}

TEST(Player, an_alarm_that_nobody_expects_is_told_with_the_line_before_it) {
  EXPECT_THAT(play_text(dip + "1:20 end\n"),
              ElementsAre(AllOf(
                  HasSubstr("not expected: 1:15 spo2-low start medium active unacked \"SpO2 90 < 92 %\""),
                  HasSubstr("after line 4 '1:00 spo2 90'"))));
}

TEST(Player, an_alarm_that_comes_at_another_time_is_told_twice) {
  EXPECT_THAT(play_text(dip + "1:14 expect spo2-low start\n1:20 end\n"),
              ElementsAre(AllOf(HasSubstr("line 5 '1:14 expect spo2-low start': it did not come"),
                                HasSubstr("came: 1:15 spo2-low start medium")),
                          HasSubstr("not expected: 1:15 spo2-low start")));
}

TEST(Player, an_alarm_that_is_other_than_told_says_in_what) {
  EXPECT_THAT(play_text(dip + "1:15 expect spo2-low start high\n1:20 end\n"),
              ElementsAre(HasSubstr("it came, but prio is medium, not high"), HasSubstr("not expected")));
}

TEST(Player, an_answer_that_is_other_than_told_says_which) {
  EXPECT_THAT(play_text(dip + "1:05 session-end\n1:10 end\n"),
              ElementsAre(HasSubstr(
                  "line 5 '1:05 session-end': the answer is 'refused', and 'applied' was expected")));
}

TEST(Player, what_is_looked_at_is_told_as_it_is) {
  EXPECT_THAT(
      play_text(dip +
                "1:05 shows spo2 97\n1:05 alarms spo2-low\n1:05 phase infusing\n1:05 avoided spo2-low 1\n"
                "1:10 end\n"),
      ElementsAre(HasSubstr("it shows 90"), HasSubstr("there are none"), HasSubstr("it is none"),
                  HasSubstr("it is 0")));
}

TEST(Player, what_this_bed_does_not_have_is_told) {
  EXPECT_THAT(play_text(dip + "1:05 rr 14\n1:10 end\n"),
              ElementsAre(HasSubstr("no monitor of this bed sends rr")));
  EXPECT_THAT(play_text("title x\nmonitor mon1 sends hr pr every 1 s\n0:01 end\n"),
              ElementsAre(HasSubstr("write 'rate hr' or 'rate pr'")));
  EXPECT_THAT(play_text("title x\nprofile mine\nmonitor mon1 sends pr every 1 s\n0:01 end\n"),
              ElementsAre(HasSubstr("there is no profile 'mine'")));
}

}  // namespace
}  // namespace stories
