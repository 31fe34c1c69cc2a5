// Only beds that were touched, or whose time has come, are looked at; and none of those is missed.
#include "daemon/app/agenda.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

#include "daemon/app/bed_desk.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using vitals::MonoTime;

MonoTime ms(std::int64_t count) { return MonoTime{vitals::Milliseconds{count}}; }

TEST(Deadlines, WithoutNumbersNothingIsDue) { EXPECT_EQ(Deadlines{}.earliest(), MonoTime::max()); }

TEST(Deadlines, TheEarliestIsFirstHoweverTheyAreMoved) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> some(0, 99);
  Deadlines deadlines;
  std::vector<MonoTime> model;
  for (int step = 0; step < 5'000; ++step) {
    const MonoTime when = random() % 20 == 0 ? MonoTime::max() : ms(some(random));
    if (model.size() < 50) {
      deadlines.add(when);
      model.push_back(when);
    } else {
      const std::size_t number = random() % model.size();
      deadlines.set(number, when);
      model[number] = when;
    }
    ASSERT_EQ(deadlines.earliest(), *std::min_element(model.begin(), model.end()));
    ASSERT_EQ(model[deadlines.first()], deadlines.earliest());
  }
}

class AgendaTest : public testing::Test {
 protected:
  AgendaTest() {
    for (const char* name : {"b0", "b1", "b2"}) {
      bed::Settings settings;
      settings.node = "gw1";
      settings.unit = "pain";
      settings.name = name;
      settings.profile = &profile_;
      bed::Source source;
      source.name = "ward";
      settings.sources = {source};
      settings.source_of[vitals::index_of(vitals::Metric::spo2)] = 0;
      settings.expected.insert(vitals::Metric::spo2);
      desks_.emplace_back(identity_, settings, static_cast<std::uint32_t>(desks_.size() + 1), 0, outlet_,
                          at(0));
      agenda_.add(desks_.back());
    }
  }

  std::size_t states_of(std::string_view bed) const {
    return outlet_.on("vitals/1/bed/pain/" + std::string{bed} + "/state").size();
  }

  alarms::Profile profile_;
  Identity identity_{"gw1", "9f3c", "vitals"};
  RecordingOutlet outlet_;
  std::deque<BedDesk> desks_;
  Agenda agenda_;
};

TEST_F(AgendaTest, ADeskThatIsNewIsGivenOutAtOnce) {
  agenda_.settle(at(0));
  for (const char* bed : {"b0", "b1", "b2"}) EXPECT_EQ(states_of(bed), 1U) << bed;
}

TEST_F(AgendaTest, WhatIsSaidOfOneBedIsGivenOutForThatOneAlone) {
  agenda_.settle(at(0));
  outlet_.messages.clear();
  infusion::SessionStart request;
  request.session = "s1";
  EXPECT_EQ(desks_[1].bed().session_start(request, at(10)).verdict, infusion::Verdict::applied);
  agenda_.settle(at(10));
  EXPECT_EQ(states_of("b0"), 0U);
  EXPECT_EQ(states_of("b1"), 1U);
  agenda_.settle(at(10));
  EXPECT_EQ(states_of("b1"), 1U) << "once";
}

TEST_F(AgendaTest, TheDeadlineIsThatOfTheBedThatIsDueFirst) {
  for (unsigned i = 0; i < desks_.size(); ++i) {
    desks_[i].bed().link(0, true, at(i));
    desks_[i].bed().observe(0, vitals::measured(vitals::Metric::spo2, 97, at(i)));
  }
  agenda_.settle(at(10));
  const auto earliest =
      std::min_element(desks_.begin(), desks_.end(), [](const BedDesk& a, const BedDesk& b) {
        return a.deadline() < b.deadline();
      })->deadline();
  EXPECT_EQ(agenda_.deadline(), earliest);
}

// Silence is an event: nothing comes any more, and each bed must still say so at its time.
TEST_F(AgendaTest, ABedThatNothingHappensToIsDueByItself) {
  for (BedDesk& desk : desks_) {
    desk.bed().link(0, true, at(0));
    desk.bed().observe(0, vitals::measured(vitals::Metric::spo2, 97, at(0)));
  }
  agenda_.settle(at(0));
  for (int turn = 0; turn < 1'000 && agenda_.deadline() != MonoTime::max() && agenda_.deadline() < ms(60'000);
       ++turn)
    agenda_.settle(at(agenda_.deadline().time_since_epoch().count()));
  for (const BedDesk& desk : desks_)
    EXPECT_FALSE(desk.bed().entry(vitals::Metric::spo2).observation.has_value()) << desk.bed().scope();
  EXPECT_GE(agenda_.deadline(), ms(60'000));
}

}  // namespace
}  // namespace app::test
