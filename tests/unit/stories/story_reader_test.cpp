// What a story file may get wrong, and what it is told then: the line, and what would be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/stories/story.hpp"

namespace stories {
namespace {

using testing::HasSubstr;

const std::string one_bed = "title x\nmonitor mon1 sends pr spo2 nibp every 1 s\n";

struct Case {
  std::string text;  // behind the bed, which is two lines
  std::size_t line;
  std::string says;
};

class BrokenStory : public testing::TestWithParam<Case> {};

TEST_P(BrokenStory, is_told_its_line_and_what_would_be_right) {
  const Read read = read_story(one_bed + GetParam().text);
  ASSERT_FALSE(read.problems.empty());
  EXPECT_EQ(read.problems.front().line, GetParam().line);
  EXPECT_THAT(read.problems.front().text, HasSubstr(GetParam().says));
}

const std::vector<Case> cases{
    {"0:10 sp02 97\n1:00 end\n", 3, "'sp02' is not known here: a metric (hr pr spo2"},
    {"0:10 spo2 ninety\n1:00 end\n", 3,
     "'ninety' is not a number: here a value, 'none' or 'silent' is wanted"},
    {"0:10 spo2 91 92\n1:00 end\n", 3, "several values are sent 'in turn'"},
    {"0:10 spo2 none because\n1:00 end\n", 3, "'because' is no reason: sensor-off"},
    {"0:10 nibp 150\n1:00 end\n", 3, "a cuff reading is 150/90"},
    {"0:10 probe away\n1:00 end\n", 3, "'away' is neither on nor off"},
    {"10 spo2 97\n1:00 end\n", 3, "'10' is no time: minutes and seconds such as 10:30"},
    {"0:30 spo2 97\n0:20 spo2 96\n1:00 end\n", 4, "this is before 0:30 above: lines go forward in time"},
    {"0:10 expect spo2-low begins\n1:00 end\n", 3, "'begins' is not what an alarm does: start update"},
    {"0:10 expect spo2-low start mediun\n1:00 end\n", 3, "'mediun' is not said of an alarm: high medium low"},
    {"0:10 ack spo2-low by rn-1\n1:00 end\n", 3, "STATION/PERSON, such as ns-1/rn-17"},
    {"0:10 ack spo2-low is done\n1:00 end\n", 3, "'done' is no answer: applied accepted"},
    {"0:10 clock step -1 hour\n1:00 end\n", 3, "'hour' is no unit of time: ms, s, min or h"},
    {"0:10 spo2 97 %\n1:00 end\n", 3, "another value, 'in turn' or 'doubtful' is wanted"},
    {"0:10 cable off mon1 now\n1:00 end\n", 3, "'now' is one word too many"},
    {"0:10 expect spo2-low start text \"SpO2\n1:00 end\n", 3, "a quote that does not end"},
    {"0:10 spo2 97\n", 4, "a story ends with a line such as '20:00 end'"},
    {"0:10 end\n0:20 spo2 97\n", 4, "the story has ended above"},
    {"0:10 spo2 97\nrate pr\n1:00 end\n", 4, "a line begins with its time"},
    {"colour red\n1:00 end\n", 3, "'colour' does not describe a bed: title, proves, profile, monitor"},
    {"monitor mon2 rr\n1:00 end\n", 3, "monitor NAME sends pr spo2 nibp every 1 s"},
    {"not-watched hr-hihg in recovery\n1:00 end\n", 3, "'hr-hihg' is no limit: hr-high"},
    {"not-watched hr-high in recovry\n1:00 end\n", 3, "'recovry' is no phase: none scheduled baseline"},
};
INSTANTIATE_TEST_SUITE_P(mistakes, BrokenStory, testing::ValuesIn(cases));

TEST(StoryReader, a_story_without_title_or_monitor_is_told_so) {
  const Read read = read_story("1:00 end\n");
  ASSERT_EQ(read.problems.size(), 2U);
  EXPECT_THAT(read.problems[0].text, HasSubstr("a story has a 'title'"));
  EXPECT_THAT(read.problems[1].text, HasSubstr("monitor mon1 sends"));
}

TEST(StoryReader, every_mistake_of_a_file_is_told_at_once) {
  const Read read = read_story(one_bed + "0:10 sp02 97\n0:20 ppr 70\n1:00 end\n");
  ASSERT_EQ(read.problems.size(), 2U);
  EXPECT_EQ(read.problems[1].line, 4U);
}

TEST(StoryReader, of_one_instant_the_monitor_comes_first_then_people_then_looks) {
  const Read read =
      read_story(one_bed + "0:10 no alarms\n0:10 infusion-stop\n0:10 pr 70, spo2 97\n1:00 end\n");
  ASSERT_TRUE(read.problems.empty());
  ASSERT_EQ(read.story.steps.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<Show>(read.story.steps[0].deed));
  EXPECT_TRUE(std::holds_alternative<Show>(read.story.steps[1].deed));
  EXPECT_TRUE(std::holds_alternative<Command>(read.story.steps[2].deed));
  EXPECT_TRUE(std::holds_alternative<Alarms>(read.story.steps[3].deed));
}

TEST(StoryReader, a_command_is_what_it_tells_and_what_is_said_of_it) {
  const Read read = read_story(one_bed +
                               "0:10 infusion-start kg 70, rate 0.5 mg/kg/h, reason pain at night by "
                               "ns-2/rn-9 late 40 s is expired\n1:00 end\n");
  ASSERT_TRUE(read.problems.empty());
  const auto& command = std::get<Command>(read.story.steps[0].deed);
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT(command.args, testing::ElementsAre(Pair{"kg", "70"}, Pair{"rate_unit", "mg/kg/h"},
                                                 Pair{"rate", "0.5"}, Pair{"reason", "pain at night"}));
  EXPECT_EQ(command.station, "ns-2");
  EXPECT_EQ(command.actor, "rn-9");
  EXPECT_EQ(command.age, Milliseconds{40'000});
  EXPECT_EQ(command.status, "expired");
}

TEST(StoryReader, times_are_written_as_they_are_read) {
  for (const std::string text : {"0:00", "10:30", "59:59", "1:02:03", "0:00.250", "0:05.007"}) {
    const Read read = read_story(one_bed + text + " end\n");
    ASSERT_TRUE(read.problems.empty()) << text;
    EXPECT_EQ(clock_text(read.story.end), text);
  }
}

}  // namespace
}  // namespace stories
