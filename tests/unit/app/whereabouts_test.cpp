// Whose values come from where, with many beds on one source.
#include "daemon/app/whereabouts.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "daemon/app/bed_desk.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

constexpr unsigned beds = 8;

class WhereaboutsTest : public testing::Test {
 protected:
  WhereaboutsTest() {
    Routes routes;
    for (unsigned i = 0; i < beds; ++i) {
      bed::Settings settings;
      settings.node = "gw1";
      settings.unit = "pain";
      settings.name = "b" + std::to_string(i);
      settings.profile = &profile_;
      settings.patient_changes = changes_;
      bed::Source source;
      source.name = "ward";
      source.streaming = false;
      settings.sources = {source};
      desks_.emplace_back(identity_, settings, i + 1, 0, outlet_, now_);
      routes.by_location[settings.name] = {&desks_.back().bed(), 0};
    }
    where_.emplace(std::move(routes));
  }

  bed::Bed& bed(unsigned number) { return desks_[number].bed(); }
  const Route* place(unsigned number) { return where_->at("b" + std::to_string(number)); }

  // A message of values for a patient, from a bed.
  void message(unsigned number, std::string_view patient) {
    drivers::Subject subject;
    subject.patient_id = patient;
    where_->subject(subject, place(number));
    now_.mono += vitals::Milliseconds{100};
    now_.wall += vitals::Milliseconds{100};
    bed(number).frame_end(0, now_);
    for (BedDesk& desk : desks_) desk.advance(now_);
  }
  void start_session(unsigned number) {
    infusion::SessionStart request;
    request.session = "s" + std::to_string(number);
    ASSERT_EQ(bed(number).session_start(request, now_).verdict, infusion::Verdict::applied);
  }
  bool doubted(unsigned number) { return desks_[number].has_alarm("wrong-patient"); }

  alarms::Profile profile_;
  Identity identity_{"gw1", "9f3c", "vitals"};
  RecordingOutlet outlet_;
  std::shared_ptr<bed::PatientChanges> changes_ = std::make_shared<bed::PatientChanges>();
  Stamp now_ = at(0);
  std::deque<BedDesk> desks_;
  std::optional<Whereabouts> where_;
};

TEST_F(WhereaboutsTest, APatientWhoIsNamedAtAnotherBedIsDoubtedAtHisOwn) {
  message(1, "P1");
  start_session(1);
  message(2, "P1");
  EXPECT_TRUE(doubted(1));
  EXPECT_FALSE(doubted(3));
}

TEST_F(WhereaboutsTest, ABedThatBeginsASessionLaterHearsOfItWithTheNextMessage) {
  message(1, "P1");
  message(2, "P1");  // told to all: no session anywhere, nothing to doubt
  message(2, "P1");
  start_session(1);
  EXPECT_FALSE(doubted(1));
  message(2, "P1");  // nothing new from bed 2; but bed 1 has a patient now
  EXPECT_TRUE(doubted(1));
}

TEST_F(WhereaboutsTest, AnAnsweredDoubtComesAgainWhileTheOtherBedGoesOn) {
  message(1, "P1");
  start_session(1);
  message(2, "P1");
  ASSERT_TRUE(doubted(1));
  EXPECT_EQ(bed(1).patient_confirm(true, now_).verdict, infusion::Verdict::applied);
  message(3, "P3");
  EXPECT_FALSE(doubted(1));
  message(2, "P1");
  EXPECT_TRUE(doubted(1));
}

TEST_F(WhereaboutsTest, MoreChangesThanAreKeptMeanThatAllAreAsked) {
  message(1, "P1");
  message(2, "P1");
  start_session(1);
  for (std::size_t i = 0; i < bed::PatientChanges::kept_max; ++i) changes_->note(bed(5));
  message(2, "P1");
  EXPECT_TRUE(doubted(1));
}

// The other way to know: beds without a common list of changes are all asked each time.
TEST_F(WhereaboutsTest, AMemoryThatGoesByChangesFindsWhatAskingEveryoneFinds) {
  message(1, "P1");
  message(2, "P1");
  const std::uint64_t before = changes_->count();
  start_session(1);
  EXPECT_GT(changes_->count(), before) << "who begins to know his patient is listed";
  bool listed = false;
  EXPECT_TRUE(changes_->since(before, [&](const bed::Bed& one) { listed = listed || &one == &bed(1); }));
  EXPECT_TRUE(listed);
}

}  // namespace
}  // namespace app::test
