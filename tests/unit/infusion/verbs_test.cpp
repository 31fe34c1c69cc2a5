// Every verb in every phase: applied and where it leads, or refused with the phase and what would be right.
#include <array>
#include <functional>
#include <string>

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

constexpr std::array<Phase, 7> phases{Phase::none, Phase::scheduled, Phase::baseline, Phase::infusing,
                                      Phase::held, Phase::recovery,  Phase::ended};

struct Verb {
  std::string name;
  std::function<Outcome(Session&, Stamp)> run;
  // The phase after it, in the order of `phases`; "-" is refused.
  std::array<std::string, 7> leads_to;
};

const std::array<Verb, 9>& verbs() {
  static const std::array<Verb, 9> table{{
      {"session-start",
       [](Session& s, Stamp now) { return s.start({}, now); },
       {"baseline", "baseline", "-", "-", "-", "-", "baseline"}},
      {"baseline-set",
       [](Session& s, Stamp now) {
         Baseline baseline;
         baseline.sbp = 128;
         return s.set_baseline(baseline, now);
       },
       {"-", "-", "baseline", "infusing", "held", "recovery", "-"}},
      {"infusion-start",
       [](Session& s, Stamp now) { return s.infusion_start(usual_infusion(), now); },
       {"infusing", "infusing", "infusing", "-", "-", "infusing", "infusing"}},
      {"infusion-rate",
       [](Session& s, Stamp now) {
         return s.rate({0.4, RateUnit::mg_per_kg_h}, false, now);
       },
       {"-", "-", "-", "infusing", "-", "-", "-"}},
      {"infusion-bolus",
       [](Session& s, Stamp now) {
         return s.give_bolus({14, {}, 70}, false, now);
       },
       {"infusing", "infusing", "infusing", "infusing", "held", "infusing", "infusing"}},
      {"infusion-hold",
       [](Session& s, Stamp now) { return s.hold(now); },
       {"-", "-", "-", "held", "-", "-", "-"}},
      {"infusion-resume",
       [](Session& s, Stamp now) { return s.resume(now); },
       {"-", "-", "-", "-", "infusing", "-", "-"}},
      {"infusion-stop",
       [](Session& s, Stamp now) { return s.stop(now); },
       {"none", "scheduled", "baseline", "recovery", "recovery", "recovery", "ended"}},
      {"session-end",
       [](Session& s, Stamp now) { return s.end(now); },
       {"-", "ended", "ended", "-", "-", "ended", "-"}},
  }};
  return table;
}

struct Verbs : SessionTest, ::testing::WithParamInterface<std::size_t> {};

TEST_P(Verbs, in_every_phase) {
  const Verb& verb = verbs()[GetParam()];
  for (std::size_t i = 0; i < phases.size(); ++i) {
    SCOPED_TRACE(verb.name + " in " + std::string(name(phases[i])));
    session = Session("pain/b3", 15min);
    go_to(phases[i]);
    pass(1min);
    const View before = session.view(now);
    const Outcome outcome = verb.run(session, now);
    if (verb.leads_to[i] != "-") {
      EXPECT_EQ(outcome.verdict, Verdict::applied) << outcome.text;
      EXPECT_EQ(name(session.phase()), verb.leads_to[i]);
      continue;
    }
    EXPECT_EQ(outcome.verdict, Verdict::refused);
    EXPECT_EQ(session.phase(), phases[i]);
    EXPECT_EQ(session.view(now).phase_since, before.phase_since);
    EXPECT_NE(outcome.text.find(verb.name), std::string::npos) << outcome.text;
    EXPECT_NE(outcome.text.find("phase " + std::string(name(phases[i]))), std::string::npos) << outcome.text;
  }
}

std::string test_name(const ::testing::TestParamInfo<std::size_t>& info) {
  std::string out = verbs()[info.param].name;
  for (char& c : out)
    if (c == '-') c = '_';
  return out;
}

INSTANTIATE_TEST_SUITE_P(All, Verbs, ::testing::Range<std::size_t>(0, 9), test_name);

using Stop = SessionTest;

TEST_F(Stop, says_so_when_there_was_nothing_to_stop) {
  go_to(Phase::baseline);
  const Outcome outcome = session.stop(now);
  EXPECT_EQ(outcome.verdict, Verdict::applied);
  EXPECT_EQ(outcome.text, "no infusion is recorded as running (phase baseline): nothing changed");
}

TEST_F(Stop, of_a_running_infusion_is_applied_without_remark) {
  go_to(Phase::infusing);
  EXPECT_EQ(session.stop(now).text, "");
}

struct WithoutASession : SessionTest {
  // An infusion of an earlier session: held for a while, observed, with a concentration.
  void earlier() {
    InfusionStart request = usual_infusion();
    request.rate = Rate{17.5, RateUnit::ml_per_h};
    request.conc_mg_ml = 2;
    session.infusion_start(request, now);
    NurseObservation seen;
    seen[Item::pain] = 4;
    session.note(seen, now);
    pass(1h);
    session.hold(now);
    pass(10min);
    session.stop(now);
    session.end(now);
  }
};

TEST_F(WithoutASession, infusion_start_opens_one_that_has_nothing_of_the_last) {
  session.infusion_start(usual_infusion(), now);
  EXPECT_EQ(session.id().substr(0, 2), "s-");
  session = Session("pain/b3", 15min);
  earlier();
  const std::string last = session.id();
  pass(1h);
  EXPECT_EQ(session.infusion_start(usual_infusion(), now).verdict, Verdict::applied);
  EXPECT_NE(session.id(), last);
  const View view = session.view(now);
  EXPECT_EQ(view.t_opened, now.wall);
  EXPECT_EQ(view.dose_mg, 0);
  EXPECT_EQ(view.held, 0s);
  EXPECT_FALSE(view.chart.last);
  EXPECT_FALSE(view.conc_mg_ml);
}

TEST_F(WithoutASession, weight_and_concentration_are_of_the_session_that_ended) {
  earlier();
  InfusionStart request = usual_infusion();
  request.kg.reset();
  EXPECT_EQ(session.infusion_start(request, now).text, "kg is missing: the dose is judged by weight");
  request = usual_infusion();
  request.rate = Rate{17.5, RateUnit::ml_per_h};
  EXPECT_EQ(session.infusion_start(request, now).text, "conc_mg_ml is missing: a rate in mL/h needs it");
  EXPECT_EQ(session.phase(), Phase::ended);
}

TEST_F(WithoutASession, a_new_session_has_no_hold_of_the_last) {
  earlier();
  session.start({}, now);
  EXPECT_EQ(session.view(now).held, 0s);
  EXPECT_FALSE(session.view(now).conc_mg_ml);
  EXPECT_FALSE(session.infusion_since()) << "nothing of what is counted from an infusion";
}

TEST_F(WithoutASession, of_one_that_was_another_patients_nothing_stays) {
  SessionStart start;
  start.kg = 70;
  session.start(start, now);
  session.infusion_start(usual_infusion(), now);
  pass(10min);
  session.bolus(140, {}, now);
  pass(1min);
  session.abandon(now);
  EXPECT_EQ(session.phase(), Phase::none);
  EXPECT_EQ(session.id(), "");
  EXPECT_FALSE(session.phase_since());
  EXPECT_FALSE(session.infusion_since());
  EXPECT_FALSE(session.increased_at());
  EXPECT_FALSE(session.increase_unseen());
  EXPECT_FALSE(session.titrating_until());
  EXPECT_FALSE(session.bolus_runs());
  EXPECT_FALSE(session.kg());
  pass(1h);
  const View view = session.view(now);
  EXPECT_EQ(view.dose_mg, 0);
  EXPECT_FALSE(view.rate);
  EXPECT_FALSE(view.t_opened);
}

TEST_F(WithoutASession, the_hold_of_one_infusion_is_not_that_of_the_next) {
  session.infusion_start(usual_infusion(), now);
  session.hold(now);
  pass(10min);
  session.stop(now);
  EXPECT_EQ(session.view(now).held, 10min);
  session.infusion_start(usual_infusion(), now);
  EXPECT_EQ(session.view(now).held, 0s);
}

TEST_F(WithoutASession, what_is_told_with_the_start_counts_before_what_the_session_knows) {
  InfusionStart request = usual_infusion();
  request.rate = Rate{17.5, RateUnit::ml_per_h};
  request.conc_mg_ml = 2;
  session.infusion_start(request, now);
  session.stop(now);
  request.conc_mg_ml = 1;
  request.kg = 50;
  session.infusion_start(request, now);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 17.5);
  EXPECT_EQ(session.view(now).kg, 50);
  session.stop(now);
  request.conc_mg_ml.reset();
  request.kg.reset();
  session.infusion_start(request, now);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 17.5) << "and that stands until told anew";
  EXPECT_EQ(session.view(now).kg, 50);
}

using Scheduled = SessionTest;

TEST_F(Scheduled, waits_for_its_own_session) {
  SessionStart request;
  request.session = "s-7Q2K";
  request.at = now.wall + 1h;
  request.kg = 70;
  session.start(request, now);
  EXPECT_EQ(session.phase(), Phase::scheduled);
  EXPECT_FALSE(session.in_progress());
  EXPECT_EQ(session.view(now).t_scheduled, now.wall + 1h);

  pass(2h);
  EXPECT_EQ(session.phase(), Phase::scheduled) << "no session starts by itself";

  SessionStart other;
  other.session = "s-AAAA";
  const Outcome refusal = session.start(other, now);
  EXPECT_EQ(refusal.verdict, Verdict::refused);
  EXPECT_NE(refusal.text.find("s-7Q2K"), std::string::npos) << refusal.text;

  SessionStart same;
  same.session = "s-7Q2K";
  EXPECT_EQ(session.start(same, now).verdict, Verdict::applied);
  EXPECT_EQ(session.phase(), Phase::baseline);
  EXPECT_EQ(session.id(), "s-7Q2K");
  EXPECT_EQ(session.view(now).kg, 70);
  EXPECT_FALSE(session.view(now).t_scheduled);
}

TEST_F(Scheduled, infusion_start_takes_the_scheduled_session) {
  SessionStart request;
  request.session = "s-7Q2K";
  request.at = now.wall + 1h;
  request.kg = 70;
  session.start(request, now);
  InfusionStart infusion;
  infusion.rate = Rate{0.5, RateUnit::mg_per_kg_h};
  EXPECT_EQ(session.infusion_start(infusion, now).verdict, Verdict::applied);
  EXPECT_EQ(session.id(), "s-7Q2K");
}

TEST_F(Scheduled, time_of_the_past_starts_now) {
  SessionStart request;
  request.at = now.wall - 1min;
  session.start(request, now);
  EXPECT_EQ(session.phase(), Phase::baseline);
}

using Names = SessionTest;

TEST_F(Names, derived_ones_differ_between_beds_and_times_and_repeat_exactly) {
  Session other("pain/b4", 15min);
  Session twin("pain/b3", 15min);
  session.start({}, now);
  other.start({}, now);
  twin.start({}, now);
  EXPECT_EQ(session.id().size(), 8U);
  EXPECT_EQ(session.id().substr(0, 2), "s-");
  EXPECT_EQ(session.id(), twin.id());
  EXPECT_NE(session.id(), other.id());
  const std::string first = session.id();
  session.end(now);
  pass(1ms);
  session.start({}, now);
  EXPECT_NE(session.id(), first);
}

// Computed apart: FNV-1a of the bed and the time in ms, six digits of it.
TEST_F(Names, P8_derived_ones_are_the_same_in_every_build) {
  session.start({}, now);
  EXPECT_EQ(session.id(), "s-195WVV");
}

TEST_F(Names, that_could_be_a_persons_are_invalid) {
  SessionStart request;
  request.session = "Jane Doe";
  EXPECT_EQ(session.start(request, now).verdict, Verdict::invalid);
  EXPECT_EQ(session.phase(), Phase::none);
  request.session = std::string(33, 'a');
  EXPECT_EQ(session.start(request, now).verdict, Verdict::invalid);
}

}  // namespace
}  // namespace infusion
