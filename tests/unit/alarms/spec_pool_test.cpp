#include "daemon/alarms/spec_pool.hpp"

#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

ConditionSpec named(std::string name) {
  return {std::move(name), "SpO2", "check probe", Kind::physiological, Side::low, "mon1"};
}

TEST(SpecPool, what_is_equal_is_kept_once) {
  SpecPool pool;
  const auto first = pool.keep(named("spo2-low"));
  EXPECT_EQ(pool.keep(named("spo2-low")), first);
  EXPECT_NE(pool.keep(named("spo2-deep")), first);
  EXPECT_EQ(pool.size(), 2U);
}

TEST(SpecPool, another_source_or_label_is_another_spec) {
  SpecPool pool;
  ConditionSpec other = named("spo2-low");
  other.source = "mon2";
  EXPECT_NE(pool.keep(named("spo2-low")), pool.keep(other));
  other.source.clear();
  other.label = "SpO2 (finger)";
  EXPECT_NE(pool.keep(named("spo2-low")), pool.keep(other));
}

TEST(SpecPool, a_new_label_at_one_bed_leaves_the_others_theirs) {
  const Realarm realarm;
  const Callout callout;
  SpecPool pool;
  Engine here{{"gw1", "pain/b1"}, realarm, callout}, there{{"gw1", "pain/b2"}, realarm, callout};
  Condition& one = here.add(pool.keep(named("spo2-low")));
  const Condition& other = there.add(pool.keep(named("spo2-low")));
  Record record;
  here.relabel(one, "SpO2 of the toe", {}, record);
  EXPECT_EQ(one.label(), "SpO2 of the toe");
  EXPECT_EQ(other.label(), "SpO2");
}

}  // namespace
}  // namespace alarms
