// Each of the limits, at both of its levels: its own alarm, of its priority and metric, after its delay.
#include <ostream>

#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Pressures {
  double sys = 120, dia = 75;
  std::optional<double> map;
};

// A value beyond one level, for which nothing else calls.
struct LimitCase {
  std::string_view condition;
  Metric metric{};
  double value = 0;
  Priority priority{};
  double delay_s = 0;  // until it begins
  std::optional<Pressures> cuff = std::nullopt;
};

std::ostream& operator<<(std::ostream& out, const LimitCase& one) {
  return out << one.condition << " at " << one.value;
}

// The levels of preset(). A cuff reading counts at once.
const std::vector<LimitCase> limit_cases{
    {"hr-high", Metric::pr, 121, Priority::medium, 10},
    {"hr-high", Metric::pr, 141, Priority::high, 5},
    {"hr-low", Metric::pr, 49, Priority::medium, 10},
    {"hr-low", Metric::pr, 39, Priority::high, 5},
    {"spo2-low", Metric::spo2, 91, Priority::medium, 15},
    {"spo2-low", Metric::spo2, 87, Priority::high, 10},
    {"spo2-deep", Metric::spo2, 80, Priority::high, 0},
    {"rr-high", Metric::rr, 25, Priority::medium, 15},
    {"rr-high", Metric::rr, 31, Priority::high, 10},
    {"rr-low", Metric::rr, 9, Priority::medium, 15},
    {"rr-low", Metric::rr, 7, Priority::high, 10},
    {"sbp-high", Metric::nibp_sys, 161, Priority::medium, 0, Pressures{161, 80, 105}},
    {"sbp-high", Metric::nibp_sys, 181, Priority::high, 0, Pressures{181, 85, 108}},
    {"sbp-low", Metric::nibp_sys, 89, Priority::medium, 0, Pressures{89, 60, 70}},
    {"sbp-low", Metric::nibp_sys, 79, Priority::high, 0, Pressures{79, 55, 66}},
    {"dbp-high", Metric::nibp_dia, 101, Priority::medium, 0, Pressures{150, 101, 109}},
    {"dbp-high", Metric::nibp_dia, 111, Priority::high, 0, Pressures{158, 111, std::nullopt}},
    {"dbp-low", Metric::nibp_dia, 49, Priority::medium, 0, Pressures{110, 49, 69}},
    {"dbp-low", Metric::nibp_dia, 39, Priority::high, 0, Pressures{110, 39, 66}},
    {"map-high", Metric::nibp_map, 111, Priority::medium, 0, Pressures{150, 95, 111}},
    {"map-high", Metric::nibp_map, 131, Priority::high, 0, Pressures{158, 99, 131}},
    {"map-low", Metric::nibp_map, 64, Priority::medium, 0, Pressures{95, 51, 64}},
    {"map-low", Metric::nibp_map, 59, Priority::high, 0, Pressures{92, 51, 59}},
};

struct EveryLimit : OneBed, testing::WithParamInterface<LimitCase> {
  EveryLimit() {
    settings.source_of[vitals::index_of(Metric::rr)] = 0;
    settings.expected.insert(Metric::rr);
    linked();
  }
  // One second, all well but what the case says.
  void second() {
    const auto one = [&](Metric metric, double well) {
      value(metric, GetParam().metric == metric ? GetParam().value : well);
    };
    one(Metric::pr, 70);
    one(Metric::spo2, 97);
    one(Metric::rr, 14);
  }
};

TEST_P(EveryLimit, raises_its_own_alarm_after_its_delay) {
  const LimitCase& one = GetParam();
  for (double s = 0; s < one.delay_s; s += 1) {
    second();
    EXPECT_EQ(active(), Names{}) << s << " s";
    wait(1);
  }
  second();
  if (one.cuff) cuff(one.cuff->sys, one.cuff->dia, one.cuff->map);
  // Above the critical level of spo2-low nothing is deep, and what is deep is also low, later.
  ASSERT_EQ(active(), Names{std::string{one.condition}});
  const Alarm& alarm = *this->alarm(one.condition);
  EXPECT_EQ(alarm.priority, one.priority);
  EXPECT_EQ(alarm.kind, alarms::Kind::physiological);
  EXPECT_EQ(alarm.metric, one.metric);
  EXPECT_EQ(alarm.value, one.value);
  EXPECT_EQ(alarm.side, one.condition.ends_with("-high") ? alarms::Side::high : alarms::Side::low);
  EXPECT_EQ(alarm.on_delay, seconds(one.delay_s));
}

INSTANTIATE_TEST_SUITE_P(Limits, EveryLimit, testing::ValuesIn(limit_cases), [](const auto& of) {
  std::string name{of.param.condition};
  std::replace(name.begin(), name.end(), '-', '_');
  return name + "_" + std::string{alarms::name(of.param.priority)};
});

TEST(EveryLimitTable, names_each_limit) {
  for (const std::string_view name : alarms::limit_names)
    EXPECT_TRUE(std::any_of(limit_cases.begin(), limit_cases.end(), [&](const LimitCase& one) {
      return one.condition == name;
    })) << name;
}

}  // namespace
}  // namespace bed
