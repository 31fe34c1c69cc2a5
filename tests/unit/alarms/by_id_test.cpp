// A command may name an alarm by its episode alone.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

struct ByItsId : OneCondition {
  ByItsId() {
    freshness = seconds(3600);
    go_medium();
  }
  std::string_view id() const { return view(alarm()->id); }
};

TEST_F(ByItsId, an_episode_is_acknowledged_and_sounds_again) {
  EXPECT_EQ(engine.acknowledge("", id(), alarm()->rev, "ns-2/rn-17", now, record).verdict,
            AckVerdict::applied);
  EXPECT_TRUE(alarm()->acked);
  EXPECT_EQ(engine.unacknowledge("", id(), alarm()->rev, now, record).verdict, AckVerdict::applied);
  EXPECT_FALSE(alarm()->acked);
}

TEST_F(ByItsId, its_sound_is_paused_and_comes_back) {
  EXPECT_EQ(engine.pause_audio("", id(), alarm()->rev, seconds(60), "ns-2/rn-17", now, record).verdict,
            AckVerdict::applied);
  EXPECT_EQ(alarm()->audio, Audio::paused);
  EXPECT_EQ(engine.resume_audio("", id(), now, record).verdict, AckVerdict::applied);
  EXPECT_EQ(alarm()->audio, Audio::on);
}

TEST_F(ByItsId, it_is_answered_and_closed) {
  EXPECT_EQ(engine.respond("", id(), alarm()->rev, Response::accepted, "ns-2/rn-17", now, record).verdict,
            AckVerdict::applied);
  EXPECT_EQ(alarm()->response, Response::accepted);
  lose();
  EXPECT_EQ(engine.reset("", id(), now, record).verdict, AckVerdict::applied);
  EXPECT_FALSE(alarm());
}

TEST_F(ByItsId, one_of_several_is_meant_and_a_wrong_name_is_still_wrong) {
  Condition& other = engine.add({"hr-high", "HR", "", Kind::physiological, Side::high, "mon1"});
  engine.set_behaviour(other, behaviour, EndReason::phase, now, record);
  engine.assert_at_once(other, now, record);
  ASSERT_NE(other.alarm(), nullptr);
  const AckResult wrong = engine.acknowledge("hr-high", id(), alarm()->rev, "ns-2/rn-17", now, record);
  EXPECT_EQ(wrong.verdict, AckVerdict::refused);
  engine.acknowledge("", view(other.alarm()->id), other.alarm()->rev, "ns-2/rn-17", now, record);
  EXPECT_TRUE(other.alarm()->acked);
  EXPECT_FALSE(alarm()->acked);
}

TEST_F(ByItsId, an_id_of_no_episode_is_refused) {
  const AckResult gone = engine.acknowledge("", "01JD3N6T7Q8R9S0TAVWXYZ1234", 1, "ns-2/rn-17", now, record);
  EXPECT_EQ(gone.verdict, AckVerdict::refused);
  EXPECT_EQ(gone.text, "this episode is not present");
  EXPECT_EQ(engine.shelve("", seconds(60), "charge-1/rn-2", now, record).verdict, AckVerdict::refused);
}

}  // namespace
}  // namespace alarms
