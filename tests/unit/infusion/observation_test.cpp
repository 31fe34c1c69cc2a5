// What a nurse observes: which values fit, which times, what stands on the chart, what is out of range.
#include "daemon/infusion/observation.hpp"

#include <array>
#include <limits>

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

NurseObservation seen(Item item, double value) {
  NurseObservation out;
  out[item] = value;
  return out;
}

struct ObservationTest : SessionTest {
  Verdict note(NurseObservation observation, std::optional<Milliseconds> ago = std::nullopt) {
    if (ago) observation.at = now.wall - *ago;
    return session.note(observation, now).verdict;
  }
  std::optional<double> newest(Item item) const {
    const auto& noted = session.chart()[item];
    return noted ? std::optional{noted->value} : std::nullopt;
  }
};

TEST(Items, keys_are_the_contract_and_each_is_in_its_own_place) {
  std::string keys;
  for (const ItemFacts& one : items()) {
    EXPECT_EQ(&facts(one.item), &one);
    keys.append(one.key).append(" ");
  }
  EXPECT_EQ(keys,
            "pain rass poss dissociation hallucination dysphoria anxiety nausea secretions headache "
            "visual_disturbance rr o2_l_min acvpu temp aldrete pads escort no_driving ");
}

TEST(Items, bounds_are_included_and_whole_scales_have_no_halves) {
  struct Edge {
    Item item;
    double least, most;
    const char* right;
  };
  for (const Edge& edge :
       {Edge{Item::pain, 0, 10, "a whole number from 0 to 10"},
        Edge{Item::rass, -5, 4, "a whole number from -5 to 4"},
        Edge{Item::poss, 0, 4, "one of S, 1, 2, 3, 4"},
        Edge{Item::dissociation, 0, 3, "one of none, mild, moderate, severe"},
        Edge{Item::nausea, 0, 1, "true or false"}, Edge{Item::rr, 0, 80, "a whole number from 0 to 80"},
        Edge{Item::o2_l_min, 0, 70, "a number from 0 to 70"}, Edge{Item::acvpu, 0, 4, "one of A, C, V, P, U"},
        Edge{Item::temp, 25, 45, "a number from 25 to 45"},
        Edge{Item::aldrete, 0, 10, "a whole number from 0 to 10"}}) {
    const ItemFacts& one = facts(edge.item);
    EXPECT_TRUE(fits(one, edge.least)) << one.key;
    EXPECT_TRUE(fits(one, edge.most)) << one.key;
    EXPECT_FALSE(fits(one, edge.least - 1)) << one.key;
    EXPECT_FALSE(fits(one, edge.most + 1)) << one.key;
    EXPECT_FALSE(fits(one, std::numeric_limits<double>::quiet_NaN())) << one.key;
    EXPECT_EQ(fits(one, edge.least + 0.5), one.form == Form::number) << one.key;
    EXPECT_EQ(what_fits(one), edge.right);
  }
}

TEST(Items, each_step_of_a_scale_is_in_range_or_has_its_severity) {
  const auto severity = [](Item item, double value) {
    Chart chart;
    chart.take(seen(item, value), test_start);
    return out_of_range(chart).severity;
  };
  using enum Severity;
  const std::array<Severity, 10> rass{high, high, medium, none, none, none, none, none, medium, medium};
  for (std::size_t i = 0; i < rass.size(); ++i)
    EXPECT_EQ(severity(Item::rass, static_cast<double>(i) - 5), rass[i]) << i;
  const std::array<Severity, 5> poss{none, none, none, medium, high}, acvpu{none, none, none, high, high};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(severity(Item::poss, static_cast<double>(i)), poss[i]) << i;
    EXPECT_EQ(severity(Item::acvpu, static_cast<double>(i)), acvpu[i]) << i;
  }
  EXPECT_EQ(severity(Item::pain, 10), none);
}

TEST(Items, the_text_says_what_each_step_means) {
  const auto text = [](Item item, double value) {
    Chart chart;
    chart.take(seen(item, value), test_start);
    return out_of_range(chart).text;
  };
  EXPECT_EQ(text(Item::rass, 4), "RASS +4: combative");
  EXPECT_EQ(text(Item::rass, 3), "RASS +3: pulls at lines");
  EXPECT_EQ(text(Item::rass, -3), "RASS -3: moves to voice only");
  EXPECT_EQ(text(Item::rass, -4), "RASS -4: moves to touch only");
  EXPECT_EQ(text(Item::rass, -5), "RASS -5: not to be roused");
  EXPECT_EQ(text(Item::poss, 3), "POSS 3: drifts off while talking");
  EXPECT_EQ(text(Item::poss, 4), "POSS 4: barely responds");
  EXPECT_EQ(text(Item::acvpu, 3), "ACVPU P: responds to pain only");
  EXPECT_EQ(text(Item::acvpu, 4), "ACVPU U: unresponsive");
  EXPECT_EQ(text(Item::rass, 0), "");
}

TEST(Items, the_text_says_what_was_seen) {
  Chart chart;
  chart.take(seen(Item::rass, -4), test_start);
  EXPECT_EQ(out_of_range(chart).text, "RASS -4: moves to touch only");
  chart.take(seen(Item::acvpu, 4), test_start);
  EXPECT_EQ(out_of_range(chart).text, "RASS -4: moves to touch only, ACVPU U: unresponsive");
  chart.take(seen(Item::rass, 3), test_start);
  chart.take(seen(Item::acvpu, 0), test_start);
  EXPECT_EQ(out_of_range(chart).text, "RASS +3: pulls at lines");
}

TEST_F(ObservationTest, belongs_to_an_open_session) {
  for (const Phase phase : {Phase::none, Phase::scheduled, Phase::ended}) {
    session = Session{"pain/b3", 15min};
    go_to(phase);
    EXPECT_EQ(note(seen(Item::pain, 3)), Verdict::refused) << name(phase);
    EXPECT_FALSE(session.chart().last);
  }
  for (const Phase phase : {Phase::baseline, Phase::infusing, Phase::held, Phase::recovery}) {
    session = Session{"pain/b3", 15min};
    go_to(phase);
    EXPECT_EQ(note(seen(Item::pain, 3)), Verdict::applied) << name(phase);
  }
}

TEST_F(ObservationTest, nothing_and_what_does_not_fit_is_invalid_and_changes_nothing) {
  go_to(Phase::infusing);
  EXPECT_EQ(note({}), Verdict::invalid);
  NurseObservation one = seen(Item::pain, 3);
  one[Item::rass] = 5;
  EXPECT_EQ(session.note(one, now).text, "rass must be a whole number from -5 to 4");
  EXPECT_FALSE(newest(Item::pain));
  NurseObservation action;
  action.actions = 1;
  EXPECT_EQ(note(action), Verdict::applied) << "what was done is an observation too";
}

TEST_F(ObservationTest, is_dated_at_most_30_min_back_and_5_s_ahead) {
  go_to(Phase::infusing);
  pass(2h);
  EXPECT_EQ(note(seen(Item::pain, 1), 30min), Verdict::applied);
  EXPECT_EQ(session.chart().last->mono, now.mono - 30min);
  EXPECT_EQ(note(seen(Item::pain, 1), 30min + 1ms), Verdict::invalid);
  EXPECT_EQ(note(seen(Item::pain, 1), -(5s + 1ms)), Verdict::invalid);
  EXPECT_EQ(note(seen(Item::pain, 1), -5s), Verdict::applied);
  EXPECT_EQ(session.chart().last->mono, now.mono) << "never counted from the future";
  EXPECT_EQ(session.chart().last->wall, now.wall);
}

TEST_F(ObservationTest, is_not_older_than_the_session) {
  go_to(Phase::baseline);
  pass(10min);
  EXPECT_EQ(note(seen(Item::pain, 1), 10min), Verdict::applied);
  EXPECT_EQ(note(seen(Item::pain, 2), 10min + 5s), Verdict::applied) << "the station's clock may differ";
  EXPECT_EQ(session.chart().last->mono, test_start.mono);
  EXPECT_EQ(note(seen(Item::pain, 3), 10min + 6s), Verdict::invalid);
}

TEST_F(ObservationTest, a_step_of_the_wall_clock_does_not_put_the_session_ahead) {
  go_to(Phase::infusing);
  pass(10min);
  now.wall -= 1h;
  EXPECT_EQ(note(seen(Item::pain, 1)), Verdict::applied);
  EXPECT_EQ(note(seen(Item::pain, 1), 9min), Verdict::applied);
}

TEST_F(ObservationTest, an_older_word_does_not_replace_a_newer_one_item_by_item) {
  go_to(Phase::infusing);
  pass(20min);
  note(seen(Item::rass, 0), 5min);
  NurseObservation late = seen(Item::rass, -4);
  late[Item::pain] = 6;
  EXPECT_EQ(note(late, 10min), Verdict::applied);
  EXPECT_EQ(newest(Item::rass), 0);
  EXPECT_EQ(newest(Item::pain), 6);
  EXPECT_EQ(session.chart().last->mono, now.mono - 5min);
  note(seen(Item::rass, 1), 5min);
  EXPECT_EQ(newest(Item::rass), 1) << "of the same minute: corrected";
}

TEST_F(ObservationTest, one_sedation_scale_stands) {
  go_to(Phase::infusing);
  note(seen(Item::rass, -4));
  pass(1min);
  note(seen(Item::poss, 1));
  EXPECT_FALSE(newest(Item::rass));
  EXPECT_EQ(out_of_range(session.chart()).severity, Severity::none);
  pass(1min);
  note(seen(Item::rass, 3));
  EXPECT_FALSE(newest(Item::poss));
  EXPECT_EQ(out_of_range(session.chart()).severity, Severity::medium);
  NurseObservation late = seen(Item::poss, 4);
  EXPECT_EQ(note(late, 30s), Verdict::applied);
  EXPECT_EQ(newest(Item::rass), 3) << "what was seen before that does not stand";
  EXPECT_FALSE(newest(Item::poss));
}

TEST_F(ObservationTest, a_new_session_begins_with_an_empty_chart) {
  go_to(Phase::recovery);
  note(seen(Item::rass, -4));
  session.end(now);
  EXPECT_TRUE(session.chart().last) << "the report is closed, not forgotten";
  session.start({}, now);
  EXPECT_FALSE(session.chart().last);
  EXPECT_FALSE(newest(Item::rass));
}

TEST_F(ObservationTest, a_restart_keeps_the_chart_with_its_age) {
  go_to(Phase::infusing);
  note(seen(Item::rass, -4));
  const View view = session.view(now);
  Session after{"pain/b3", 15min};
  now.mono = vitals::MonoTime{1h};  // another boot
  now.wall += 7min;
  after.restore(view, now);
  ASSERT_TRUE(after.chart()[Item::rass]);
  EXPECT_EQ(after.chart()[Item::rass]->value, -4);
  EXPECT_EQ(after.chart()[Item::rass]->at.mono, now.mono - 7min);
  EXPECT_EQ(after.chart().last->mono, now.mono - 7min);
  session = after;
  EXPECT_EQ(note(seen(Item::rass, -1), 7min), Verdict::applied);
  EXPECT_EQ(note(seen(Item::rass, -1), 8min), Verdict::invalid) << "the session is no older than before";
}

TEST_F(ObservationTest, a_record_from_before_charts_of_no_open_session_has_no_start) {
  go_to(Phase::ended);
  View view = session.view(now);
  view.t_opened.reset();
  session = Session{"pain/b3", 15min};
  session.restore(view, now);
  EXPECT_FALSE(session.view(now).t_opened);
}

TEST_F(ObservationTest, a_record_from_before_charts_takes_the_infusion_for_the_start) {
  go_to(Phase::infusing);
  View view = session.view(now);
  view.t_opened.reset();
  pass(10min);
  session = Session{"pain/b3", 15min};
  session.restore(view, now);
  EXPECT_EQ(note(seen(Item::pain, 1), 10min), Verdict::applied);
  EXPECT_EQ(note(seen(Item::pain, 1), 11min), Verdict::invalid);
}

}  // namespace
}  // namespace infusion
