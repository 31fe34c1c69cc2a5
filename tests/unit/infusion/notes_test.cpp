// What the session keeps beside the infusion itself: the checklist, the gate, the row of stable readings, the
// rises of the rate that nobody has looked after yet.
#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

struct Notes : SessionTest {
  void observe(Milliseconds ago = 0s) {
    NurseObservation seen;
    seen[Item::pain] = 3;
    seen.at = now.wall - ago;
    EXPECT_EQ(session.note(seen, now).verdict, Verdict::applied);
  }
  void restart(Milliseconds away) {
    const View kept = session.view(now);
    pass(away);
    now.mono += 77'000s;
    session = Session("pain/b3", 15min);
    session.restore(kept, now);
  }
};

TEST_F(Notes, the_checklist_belongs_to_a_session_that_is_open_or_scheduled) {
  for (const Phase phase : {Phase::none, Phase::ended}) {
    session = Session{"pain/b3", 15min};
    go_to(phase);
    const Outcome outcome = session.answer({{"liver", true}});
    EXPECT_EQ(outcome.verdict, Verdict::refused);
    EXPECT_EQ(outcome.text, "checklist does not fit phase " + std::string(name(phase)) +
                                ": its answers belong to a session, session-start comes first");
    EXPECT_TRUE(session.checklist().empty());
  }
  for (const Phase phase : {Phase::scheduled, Phase::baseline, Phase::recovery}) {
    session = Session{"pain/b3", 15min};
    go_to(phase);
    EXPECT_EQ(session.answer({{"liver", true}}).verdict, Verdict::applied) << name(phase);
  }
}

TEST_F(Notes, a_later_answer_replaces_an_earlier_one) {
  SessionStart request;
  request.checklist = {{"liver", true}, {"pregnancy", false}};
  session.start(request, now);
  session.answer({{"liver", false}, {"psychosis", true}});
  EXPECT_EQ(session.checklist(),
            (std::vector<Answer>{{"liver", false}, {"pregnancy", false}, {"psychosis", true}}));
  restart(10s);
  EXPECT_EQ(session.checklist().size(), 3U);
  session.end(now);
  session.start({}, now);
  EXPECT_TRUE(session.checklist().empty()) << "of one session";
}

TEST_F(Notes, the_scale_of_the_early_warning_score_is_asked_for_and_of_one_session) {
  SessionStart request;
  request.spo2_scale = Spo2Scale::two;
  session.start(request, now);
  EXPECT_EQ(session.spo2_scale(), Spo2Scale::two);
  restart(10s);
  EXPECT_EQ(session.spo2_scale(), Spo2Scale::two);
  session.end(now);
  session.start({}, now);
  EXPECT_EQ(session.spo2_scale(), Spo2Scale::one);
}

TEST_F(Notes, the_gate_is_kept_once_for_each_infusion) {
  Assessment open;
  open.add(Met::not_met, "sbp", "SBP 185 > 180 mmHg");
  go_to(Phase::baseline);
  EXPECT_FALSE(session.gate_wanted());
  go_to(Phase::infusing);
  EXPECT_TRUE(session.gate_wanted());
  session.keep_gate(open);
  EXPECT_FALSE(session.gate_wanted());
  restart(10s);
  EXPECT_EQ(session.gate(), open);
  EXPECT_FALSE(session.gate_wanted());
  session.stop(now);
  session.infusion_start(usual_infusion(), now);
  EXPECT_TRUE(session.gate_wanted()) << "the patient may be another than an hour ago";
}

TEST_F(Notes, before_the_infusion_a_restart_takes_no_old_gate_over) {
  go_to(Phase::baseline);
  View kept = session.view(now);
  kept.gate = Assessment{};
  session = Session("pain/b3", 15min);
  session.restore(kept, now);
  EXPECT_FALSE(session.gate()) << "it is made from what is current";
}

TEST_F(Notes, a_row_of_stable_readings_is_of_the_recovery_and_is_broken_by_one_that_is_not) {
  go_to(Phase::infusing);
  session.stable_reading(true, now);
  EXPECT_FALSE(session.view(now).stable_since) << "an infusion runs";
  session.stop(now);
  session.stable_reading(true, now);
  EXPECT_FALSE(session.stable()) << "one reading is no row";
  pass(10min);
  session.stable_reading(true, now);
  EXPECT_EQ(session.stable(), 10min);
  pass(5min);
  session.stable_reading(true, now);
  EXPECT_EQ(session.stable(), 15min);
  pass(5min);
  session.stable_reading(false, now);
  EXPECT_FALSE(session.stable());
  session.stable_reading(true, now);
  pass(1min);
  session.stable_reading(true, now);
  EXPECT_EQ(session.stable(), 1min) << "it begins anew";
}

TEST_F(Notes, P2_a_row_of_stable_readings_survives_a_restart_and_not_the_next_infusion) {
  go_to(Phase::recovery);
  session.stable_reading(true, now);
  restart(5min);
  EXPECT_FALSE(session.stable());
  session.stable_reading(true, now);
  EXPECT_EQ(session.stable(), 5min);
  restart(1min);
  EXPECT_EQ(session.stable(), 5min);
  session.infusion_start(usual_infusion(), now);
  session.stop(now);
  EXPECT_FALSE(session.stable());
}

TEST_F(Notes, half_a_row_in_a_record_is_no_row) {
  go_to(Phase::recovery);
  View kept = session.view(now);
  kept.stable_since = now.wall - 20min;
  session = Session("pain/b3", 15min);
  session.restore(kept, now);
  EXPECT_FALSE(session.stable());
}

TEST_F(Notes, a_criterion_is_met_not_met_or_not_known) {
  EXPECT_EQ(name(Met::met), "met");
  EXPECT_EQ(name(Met::not_met), "not-met");
  EXPECT_EQ(name(Met::unknown), "unknown");
}

TEST_F(Notes, the_recovery_is_kept_with_the_end_of_the_session) {
  Assessment open;
  open.add(Met::unknown, "score", "score");
  go_to(Phase::recovery);
  session.keep_recovery(open);
  restart(10s);
  EXPECT_FALSE(session.view(now).recovery) << "until the end it is made from what is current";
  session.keep_recovery(open);
  session.end(now);
  restart(10s);
  EXPECT_EQ(session.view(now).recovery, open);
}

TEST_F(Notes, a_rise_waits_for_somebody_who_looks_at_the_patient) {
  EXPECT_FALSE(session.increased_at());
  EXPECT_FALSE(session.increase_unseen());
  EXPECT_FALSE(session.titrating_until());
  EXPECT_FALSE(session.infusion_since());
  go_to(Phase::infusing);
  const vitals::MonoTime start = now.mono;
  EXPECT_EQ(session.infusion_since(), start);
  EXPECT_EQ(session.increased_at(), start);
  EXPECT_EQ(session.increase_unseen(), start);
  EXPECT_EQ(session.titrating_until(), start + 15min);
  pass(10min);
  session.rate({0.6, RateUnit::mg_per_kg_h}, false, now);
  EXPECT_EQ(session.increased_at(), now.mono);
  EXPECT_EQ(session.increase_unseen(), start) << "the first that nobody has seen";
  pass(5min);
  observe(6min);
  EXPECT_EQ(session.increase_unseen(), session.increased_at()) << "looked at before the second rise";
  restart(1min);
  EXPECT_EQ(session.increase_unseen(), session.increased_at());
  observe();
  EXPECT_FALSE(session.increase_unseen());
  EXPECT_EQ(session.increased_at(), now.mono - 6min);
  observe(10min);
  EXPECT_FALSE(session.increase_unseen());
  session.rate({0.4, RateUnit::mg_per_kg_h}, false, now);
  EXPECT_FALSE(session.increase_unseen()) << "less is no rise";
  session.stop(now);
  EXPECT_FALSE(session.increased_at());
}

TEST_F(Notes, an_observation_from_before_the_rise_has_not_seen_it) {
  go_to(Phase::baseline);
  pass(10min);
  session.infusion_start(usual_infusion(), now);
  pass(5min);
  observe(6min);
  EXPECT_EQ(session.increase_unseen(), session.increased_at());
  observe(5min);
  EXPECT_FALSE(session.increase_unseen()) << "in the same minute";
}

TEST_F(Notes, a_record_without_an_infusion_has_no_time_over) {
  View kept;
  kept.phase = Phase::infusing;
  kept.phase_since = now.wall;
  kept.planned = 1min;
  session.restore(kept, now);
  pass(1h);
  EXPECT_FALSE(session.overtime_at()) << "nobody knows when it was started";
  EXPECT_EQ(session.rate({0.5, RateUnit::mg_per_kg_h}, false, now).text,
            "kg is missing: the dose is judged by weight");
  EXPECT_EQ(session.rate({35, RateUnit::mg_per_h}, false, now).text,
            "kg is missing: the dose is judged by weight");
}

TEST_F(Notes, without_a_planned_time_there_is_no_time_over) {
  go_to(Phase::infusing);
  pass(24h);
  EXPECT_FALSE(session.overtime_at());
  EXPECT_FALSE(session.overtime(now));
}

}  // namespace
}  // namespace infusion
