// The sound of a whole bed: paused for what is known, and on as soon as anything new calls.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct AudioPauseTest : OneBed {
  void SetUp() override {
    linked();
    cuff(165, 80);  // sbp-high
    stay(97, 1);
  }
  bool pause() {
    return bed().pause_all(now.wall, seconds(120), "ns-2/rn-17", now).verdict == alarms::AckVerdict::applied;
  }
};

TEST_F(AudioPauseTest, it_is_shown_until_its_end) {
  const int before = out.states;
  ASSERT_TRUE(pause());
  ASSERT_TRUE(bed().audio_pause());
  EXPECT_EQ(bed().audio_pause()->until, now.wall + seconds(120));
  EXPECT_EQ(bed().audio_pause()->by, "ns-2/rn-17");
  EXPECT_GT(out.states, before);
  EXPECT_EQ(alarm("sbp-high")->audio, alarms::Audio::paused);
  stay(97, 119);
  EXPECT_TRUE(bed().audio_pause());
  stay(97, 2);
  EXPECT_FALSE(bed().audio_pause());
  EXPECT_EQ(alarm("sbp-high")->audio, alarms::Audio::on);
}

TEST_F(AudioPauseTest, a_new_alarm_sounds_and_the_bed_is_not_called_paused) {
  ASSERT_TRUE(pause());
  stay(90, 16);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->audio, alarms::Audio::on);
  EXPECT_EQ(alarm("sbp-high")->audio, alarms::Audio::paused);
  EXPECT_FALSE(bed().audio_pause());
  bed().acknowledge("spo2-low", view(alarm("spo2-low")->id), alarm("spo2-low")->rev, "a", now);
  EXPECT_TRUE(bed().audio_pause()) << "the rest of the time";
}

TEST_F(AudioPauseTest, it_is_taken_back) {
  ASSERT_TRUE(pause());
  EXPECT_EQ(bed().resume_all(now).verdict, alarms::AckVerdict::applied);
  EXPECT_FALSE(bed().audio_pause());
  EXPECT_EQ(alarm("sbp-high")->audio, alarms::Audio::on);
}

// Contract scenario 17: audio paused 120 s, a new medium alarm at 30 s sounds.
TEST_F(AudioPauseTest, scenario_17_a_new_medium_alarm_sounds_30_s_into_a_pause_of_120_s) {
  ASSERT_TRUE(pause());
  stay(97, 15);
  stay(90, 14);
  ASSERT_EQ(alarm("spo2-low"), nullptr);
  wait(1);  // 30 s: its own delay of 15 s is over
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->priority, Priority::medium);
  EXPECT_EQ(alarm("spo2-low")->audio, alarms::Audio::on);
  EXPECT_FALSE(alarm("spo2-low")->acked);
  EXPECT_EQ(alarm("sbp-high")->audio, alarms::Audio::paused) << "what had called keeps its pause";
}

TEST_F(AudioPauseTest, it_goes_on_over_a_restart_and_one_without_a_credible_end_does_not) {
  ASSERT_TRUE(pause());
  const Attention kept = bed().attention();
  ASSERT_FALSE(out.sessions.empty()) << "kept in the journal";
  for (const double gone_s : {60.0, 120.0, -600.0}) {  // the last: a clock that went back
    const Stamp later{now.mono + seconds(gone_s), now.wall + seconds(gone_s)};
    Recorder heard;
    Bed after(settings, heard, later);
    after.restore_attention(kept, later);
    after.advance(later);
    EXPECT_EQ(after.audio_pause().has_value(), gone_s == 60) << gone_s;
    if (gone_s != 60) continue;
    EXPECT_EQ(after.audio_pause()->until, kept.pause->until);
    after.advance({later.mono + seconds(60), later.wall + seconds(60)});
    EXPECT_FALSE(after.audio_pause());
  }
}

TEST_F(AudioPauseTest, what_was_resumed_is_not_paused_after_a_restart) {
  ASSERT_TRUE(pause());
  const std::size_t kept = out.sessions.size();
  bed().resume_all(now);
  EXPECT_GT(out.sessions.size(), kept);
  EXPECT_FALSE(bed().attention().pause);
}

TEST_F(AudioPauseTest, there_must_be_something_to_pause) {
  cuff(120, 70);
  ASSERT_EQ(alarm("sbp-high"), nullptr);
  EXPECT_FALSE(pause());
  EXPECT_FALSE(bed().audio_pause());
}

}  // namespace
}  // namespace bed
