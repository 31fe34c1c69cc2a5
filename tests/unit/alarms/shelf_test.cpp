// Shelving: a condition set aside for a time is watched and shown on, and calls nobody.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

struct ShelfRecord : Record {
  void on_shelf(const Condition& /*condition*/, ShelfChange change, Stamp /*at*/) override {
    shelves.push_back(change);
  }
  std::vector<ShelfChange> shelves;
};

struct ShelfTest : OneCondition {
  ShelfTest() { freshness = seconds(3600); }
  AckResult shelve(double s = 600) {
    return engine.shelve("spo2-low", seconds(s), "charge-1/rn-2", now, shelf_record);
  }
  // The fixture's own steps report to `record`; what happens to a shelf is looked at step by step.
  void advance(double s) {
    pass(s);
    engine.advance(now, shelf_record);
  }
  void expect_shelved(Priority below) {
    ASSERT_NE(alarm(), nullptr);
    EXPECT_EQ(alarm()->inhibit, Inhibit::shelved);
    EXPECT_EQ(alarm()->shown(), Priority::info);
    EXPECT_EQ(alarm()->priority, below);
    EXPECT_FALSE(engine.sounding());
  }
  void expect_calling(Priority priority) {
    ASSERT_NE(alarm(), nullptr);
    EXPECT_EQ(alarm()->inhibit, Inhibit::none);
    EXPECT_EQ(alarm()->shown(), priority);
    EXPECT_FALSE(alarm()->acked);
    EXPECT_TRUE(engine.sounding());
    EXPECT_FALSE(condition.shelf());
  }
  using Changes = std::vector<ShelfChange>;
  ShelfRecord shelf_record;
};

TEST_F(ShelfTest, an_active_alarm_becomes_information_and_calls_anew_at_the_end) {
  go_medium();
  ASSERT_EQ(shelve(600).verdict, AckVerdict::applied);
  expect_shelved(Priority::medium);
  EXPECT_EQ(shelf_record.documents.back().change, Change::update);
  EXPECT_EQ(condition.shelf()->until_wall, now.wall + seconds(600));
  EXPECT_EQ(condition.shelf()->by, "charge-1/rn-2");
  ack();
  advance(599.9);
  expect_shelved(Priority::medium);
  EXPECT_EQ(alarm()->audience, Audience::bed) << "nobody is called for it";
  advance(0.1);
  expect_calling(Priority::medium);
  EXPECT_EQ(shelf_record.documents.back().change, Change::update);
  EXPECT_EQ(shelf_record.shelves, (Changes{ShelfChange::begun, ShelfChange::over}));
  advance(179.9);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  advance(0.1);
  EXPECT_EQ(alarm()->audience, Audience::unit) << "called from the end of the shelf on";
}

TEST_F(ShelfTest, what_starts_while_shelved_starts_as_information) {
  const AckResult applied = shelve(600);
  ASSERT_EQ(applied.verdict, AckVerdict::applied);
  EXPECT_EQ(applied.rev, 0U) << "of no alarm";
  EXPECT_TRUE(shelf_record.documents.empty()) << "there is no alarm yet";
  go_medium();
  expect_shelved(Priority::medium);
  EXPECT_EQ(last().change, Change::start);
  EXPECT_EQ(last().priority_initial, Priority::medium);
}

TEST_F(ShelfTest, below_the_shelf_it_ends_and_the_next_one_is_shelved_too) {
  shelve(600);
  go_medium();
  stay(97, 6);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::end);
  go_medium();
  expect_shelved(Priority::medium);
}

TEST_F(ShelfTest, a_rise_in_priority_ends_it) {
  go_medium();
  shelve(600);
  read(85);
  advance(9.9);
  expect_shelved(Priority::medium);
  advance(0.1);
  expect_calling(Priority::high);
  EXPECT_EQ(shelf_record.documents.back().change, Change::escalate);
  EXPECT_EQ(shelf_record.shelves, (Changes{ShelfChange::begun, ShelfChange::broken}));
}

TEST_F(ShelfTest, an_alarm_that_starts_above_what_was_shelved_ends_it) {
  shelve(600);
  read(85);
  advance(10);
  expect_calling(Priority::high);
  EXPECT_EQ(shelf_record.documents.back().change, Change::start);
  EXPECT_EQ(shelf_record.shelves, (Changes{ShelfChange::begun, ShelfChange::broken}));
}

TEST_F(ShelfTest, a_rise_by_time_ends_it_too) {
  behaviour.priority = Priority::low;
  behaviour.raise_after = seconds(60);
  behave(behaviour);
  go_medium();
  ASSERT_EQ(alarm()->priority, Priority::low);
  shelve(600);
  advance(60);
  expect_calling(Priority::medium);
}

TEST_F(ShelfTest, the_worst_value_and_the_end_of_data_are_told_below_it) {
  go_medium();
  shelve(600);
  read(89);
  wait(6);
  EXPECT_EQ(alarm()->worst, 89);
  lose();
  EXPECT_EQ(alarm()->data, Data::lost);
  expect_shelved(Priority::medium);
}

TEST_F(ShelfTest, what_falls_below_it_is_an_update) {
  behaviour.raise_after = seconds(20);
  behaviour.priority = Priority::low;
  behave(behaviour);
  go_medium();
  wait(20);
  ASSERT_EQ(alarm()->priority, Priority::medium);
  shelve(600);
  behaviour.raise_after.reset();
  behaviour.priority_critical = Priority::low;
  behave(behaviour);
  expect_shelved(Priority::low);
  EXPECT_EQ(last().change, Change::update) << "the priority that is shown has not changed";
}

TEST_F(ShelfTest, nothing_high_latched_or_unwatched_is_shelved) {
  go_high();
  EXPECT_EQ(shelve().verdict, AckVerdict::refused);
  expect_calling(Priority::high);
  stay(97, 6);
  ASSERT_EQ(alarm()->state, State::latched);
  EXPECT_EQ(shelve().verdict, AckVerdict::refused);
  reset();
  behaviour.priority = Priority::high;
  behave(behaviour);
  EXPECT_EQ(shelve().verdict, AckVerdict::refused) << "it would start high";
  behaviour.priority = Priority::medium;
  behaviour.watched = false;
  behave(behaviour);
  EXPECT_EQ(shelve().verdict, AckVerdict::refused);
  EXPECT_FALSE(condition.shelf());
  EXPECT_TRUE(shelf_record.shelves.empty());
}

TEST_F(ShelfTest, it_is_taken_back) {
  go_medium();
  shelve();
  EXPECT_EQ(engine.unshelve("spo2-low", now, shelf_record).verdict, AckVerdict::applied);
  expect_calling(Priority::medium);
  const std::uint64_t rev = alarm()->rev;
  EXPECT_EQ(engine.unshelve("spo2-low", now, shelf_record).verdict, AckVerdict::applied);
  EXPECT_EQ(alarm()->rev, rev) << "it was not shelved";
}

TEST_F(ShelfTest, a_second_shelf_takes_the_place_of_the_first) {
  go_medium();
  shelve(600);
  const std::uint64_t rev = alarm()->rev;
  advance(300);
  shelve(600);
  EXPECT_EQ(alarm()->rev, rev) << "the alarm itself has not changed";
  advance(599);
  expect_shelved(Priority::medium);
  advance(1);
  expect_calling(Priority::medium);
}

TEST_F(ShelfTest, an_alarm_that_comes_back_above_it_ends_it) {
  go_high();
  stay(90, 6);  // latching, and at medium now
  ASSERT_EQ(alarm()->priority, Priority::medium);
  ASSERT_EQ(shelve(600).verdict, AckVerdict::applied);
  stay(97, 6);
  ASSERT_EQ(alarm()->state, State::latched);
  EXPECT_EQ(alarm()->inhibit, Inhibit::shelved) << "latched below it";
  const std::uint64_t seen = alarm()->rev;
  read(85);
  advance(10);
  expect_calling(Priority::high);
  EXPECT_EQ(shelf_record.shelves, (Changes{ShelfChange::begun, ShelfChange::broken}));
  const AckResult late = engine.acknowledge("spo2-low", view(alarm()->id), seen, "a", now, record);
  EXPECT_EQ(late.verdict, AckVerdict::conflict) << "the priority has risen since";
}

TEST_F(ShelfTest, without_one_nothing_is_said_of_any) {
  read(85);
  advance(10);
  for (int i = 0; i < 7; ++i) {
    engine.read(condition, reading(97), now, shelf_record);
    advance(1);
  }
  ASSERT_EQ(alarm()->state, State::latched);
  engine.read(condition, reading(85), now, shelf_record);
  advance(10);
  ASSERT_EQ(alarm()->state, State::active);
  engine.read(condition, reading(97), now, shelf_record);
  EXPECT_TRUE(shelf_record.shelves.empty());
}

TEST_F(ShelfTest, what_is_latched_is_not_shelved_at_whatever_priority) {
  go_high();
  stay(90, 6);
  stay(97, 6);
  ASSERT_EQ(alarm()->state, State::latched);
  ASSERT_EQ(alarm()->priority, Priority::medium);
  EXPECT_EQ(shelve().verdict, AckVerdict::refused);
  EXPECT_EQ(alarm()->inhibit, Inhibit::none);
}

TEST_F(ShelfTest, an_alarm_that_comes_back_below_it_stays_shelved) {
  go_high();
  stay(90, 6);
  shelve(600);
  stay(97, 6);
  stay(90, 16);
  ASSERT_EQ(alarm()->state, State::active);
  expect_shelved(Priority::medium);
}

TEST_F(ShelfTest, the_end_of_the_session_takes_all_of_them_back) {
  Condition& other = engine.add({"hr-high", "HR", "", Kind::physiological, Side::high, "mon1"});
  engine.set_behaviour(other, behaviour, EndReason::phase, now, record);
  engine.shelve("hr-high", seconds(600), "charge-1/rn-2", now, shelf_record);
  go_medium();
  shelve(600);
  engine.unshelve_all(now, shelf_record);
  expect_calling(Priority::medium);
  EXPECT_FALSE(other.shelf());
  EXPECT_EQ(shelf_record.shelves.size(), 4U);
  advance(179.9);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  advance(0.1);
  EXPECT_EQ(alarm()->audience, Audience::unit) << "called from here on";
}

TEST_F(ShelfTest, it_ends_in_time_also_where_nothing_is_watched_any_more) {
  shelve(600);
  behaviour.watched = false;
  behave(behaviour);
  EXPECT_LE(engine.deadline(), now.mono + seconds(600));
  advance(600);
  EXPECT_FALSE(condition.shelf());
}

struct ShelfOverRestart : ShelfTest {
  // The same node again, with the alarm and the shelf as they were kept.
  void restart(const Shelf& shelf) {
    const Alarm stored = *alarm();
    Engine& after = *again.emplace_back(std::make_unique<Engine>(Place{"gw1", "pain/b3"}, realarm, callout));
    Condition& one = after.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
    after.set_behaviour(one, behaviour, EndReason::phase, now, shelf_record);
    after.restore_shelf("spo2-low", shelf, now);
    ASSERT_TRUE(after.restore(stored, now, shelf_record));
    restored = &one;
  }
  std::vector<std::unique_ptr<Engine>> again;
  Condition* restored = nullptr;
};

TEST_F(ShelfOverRestart, it_goes_on_to_its_end) {
  go_medium();
  shelve(600);
  const Shelf shelf = *condition.shelf();
  pass(300);
  restart(shelf);
  EXPECT_EQ(restored->alarm()->inhibit, Inhibit::shelved);
  EXPECT_EQ(restored->alarm()->priority, Priority::medium);
  pass(299.9);
  again.back()->advance(now, shelf_record);
  EXPECT_EQ(restored->alarm()->inhibit, Inhibit::shelved);
  pass(0.1);
  again.back()->advance(now, shelf_record);
  EXPECT_EQ(restored->alarm()->inhibit, Inhibit::none);
}

TEST_F(ShelfOverRestart, without_a_credible_end_it_is_over_and_calls) {
  go_medium();
  shelve(600);
  ack();
  const Shelf kept = *condition.shelf();
  Shelf ahead = kept;
  ahead.until_wall = now.wall + seconds(901);
  Shelf past = kept;
  past.until_wall = now.wall;
  for (const Shelf& shelf : {ahead, past}) {
    restart(shelf);
    EXPECT_FALSE(restored->shelf());
    EXPECT_EQ(restored->alarm()->inhibit, Inhibit::none);
    EXPECT_EQ(restored->alarm()->priority, Priority::medium);
    EXPECT_FALSE(restored->alarm()->acked) << "the end of a shelf calls anew";
    EXPECT_EQ(restored->alarm()->rev_priority, restored->alarm()->rev) << "nothing older acknowledges it";
  }
}

TEST_F(ShelfOverRestart, a_record_that_cannot_be_is_no_shelf) {
  shelve(600);
  Shelf kept = *condition.shelf();
  Engine after{{"gw1", "pain/b3"}, realarm, callout};
  after.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
  EXPECT_FALSE(after.restore_shelf("no-such", kept, now));
  kept.level = Priority::high;
  EXPECT_FALSE(after.restore_shelf("spo2-low", kept, now)) << "nothing high is shelved";
  kept.level = Priority::medium;
  EXPECT_TRUE(after.restore_shelf("spo2-low", kept, now));
  engine.unshelve("spo2-low", now, shelf_record);
  go_medium();
  EXPECT_FALSE(engine.restore_shelf("spo2-low", kept, now)) << "shelves come before alarms";
}

TEST_F(ShelfOverRestart, an_alarm_above_it_is_not_shelved) {
  shelve(600);
  const Shelf kept = *condition.shelf();
  go_high();
  restart(kept);
  EXPECT_FALSE(restored->shelf());
  EXPECT_EQ(restored->alarm()->shown(), Priority::high);
}

}  // namespace
}  // namespace alarms
