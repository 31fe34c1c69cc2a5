// Any course of verbs: the dose never falls, is rate x time in closed form, and a restart anywhere changes
// nothing.
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

#include "daemon/infusion/session.hpp"

namespace infusion {
namespace {

struct Step {
  int verb = 0;
  int seconds = 0;    // before the verb
  int per_mille = 0;  // of 2 mg/kg/h, for verbs with a rate
};

void showValue(const Step& step, std::ostream& out) {
  out << "verb " << step.verb << " after " << step.seconds << " s, rate " << step.per_mille;
}

rc::Gen<std::vector<Step>> courses() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::verb, rc::gen::inRange(0, 8)),
                           rc::gen::set(&Step::seconds, rc::gen::inRange(0, 7200)),
                           rc::gen::set(&Step::per_mille, rc::gen::inRange(1, 1001))));
}

constexpr double kg = 70;
constexpr Milliseconds titrating{900'000};

double mg_per_kg_h(const Step& step) { return step.per_mille * 2e-3; }

double bolus_mg_per_kg(const Step& step) { return step.per_mille * 0.35e-3; }

void run(Session& session, const Step& step, Stamp now) {
  InfusionStart request;
  request.kg = kg;
  request.rate = Rate{mg_per_kg_h(step), RateUnit::mg_per_kg_h};
  switch (step.verb) {
    case 0: session.start({}, now); break;
    case 1: session.infusion_start(request, now); break;
    case 2: session.rate(*request.rate, false, now); break;
    case 3: session.hold(now); break;
    case 4: session.resume(now); break;
    case 5: session.stop(now); break;
    case 6: session.give_bolus({{}, bolus_mg_per_kg(step), kg}, false, now); break;
    default: session.end(now); break;
  }
}

void pass(Stamp& now, int seconds) {
  now.mono += Milliseconds{seconds * 1000};
  now.wall += Milliseconds{seconds * 1000};
}

constexpr Stamp origin{vitals::MonoTime{}, vitals::wall_from_unix_ms(1'764'000'000'000)};

bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b)); }

RC_GTEST_PROP(SessionProperty, dose_never_falls_and_is_rate_times_time, ()) {
  const auto course = *courses();
  Session session("u/b", titrating);
  Stamp now = origin;
  double expected_mg = 0;
  double flow_mg_per_h = 0;
  std::string of_session;
  for (const Step& step : course) {
    const double before = session.dose(now).mg;
    pass(now, step.seconds);
    RC_ASSERT(session.dose(now).mg >= before);
    if (session.phase() == Phase::infusing) expected_mg += flow_mg_per_h * step.seconds / 3600;
    RC_ASSERT(near(session.dose(now).mg, expected_mg));

    const Phase phase = session.phase();
    run(session, step, now);
    if (session.id() != of_session) expected_mg = 0;  // a new session
    of_session = session.id();
    const bool rested = phase != Phase::infusing && phase != Phase::held;
    if (step.verb == 6) expected_mg += bolus_mg_per_kg(step) * kg;
    if (step.verb == 6 && rested) flow_mg_per_h = 0;
    const bool bolus_alone = phase == Phase::infusing && flow_mg_per_h == 0;
    const bool begins = step.verb == 1 && (rested || bolus_alone);
    if (begins || (step.verb == 2 && phase == Phase::infusing)) flow_mg_per_h = mg_per_kg_h(step) * kg;
  }
}

RC_GTEST_PROP(SessionProperty, a_restart_anywhere_changes_nothing, ()) {
  const auto course = *courses();
  const auto restart_at = *rc::gen::inRange<std::size_t>(0, course.size() + 1);
  const int gap_seconds = *rc::gen::inRange(0, 100'000);
  const Milliseconds mono_shift{*rc::gen::inRange(-1'000'000, 1'000'000)};
  Session through("u/b", titrating);
  Session restarted("u/b", titrating);
  Stamp now = origin;
  Milliseconds shift{0};  // of the restarted process's monotonic clock
  const auto shifted = [&] { return Stamp{now.mono + shift, now.wall}; };
  for (std::size_t i = 0; i <= course.size(); ++i) {
    if (i == restart_at) {
      const View kept = restarted.view(shifted());
      pass(now, gap_seconds);
      shift = mono_shift;
      restarted = Session("u/b", titrating);
      restarted.restore(kept, shifted());
    }
    if (i == course.size()) break;
    pass(now, course[i].seconds);
    run(through, course[i], now);
    run(restarted, course[i], shifted());
  }
  const View a = through.view(now);
  const View b = restarted.view(shifted());
  RC_ASSERT(near(b.dose_mg, a.dose_mg));
  RC_ASSERT(a.phase == b.phase);
  RC_ASSERT(a.session == b.session);
  RC_ASSERT(a.held == b.held);
  RC_ASSERT(a.phase_since == b.phase_since);
  RC_ASSERT(a.titrating_until == b.titrating_until);
  RC_ASSERT(a.t_start == b.t_start);
  RC_ASSERT(a.rate_mg_per_h == b.rate_mg_per_h);
  RC_ASSERT(a.kg == b.kg);
  RC_ASSERT(a.band == b.band);
  RC_ASSERT(a.by == b.by);
  RC_ASSERT(a.last_bolus.has_value() == b.last_bolus.has_value());
}

}  // namespace
}  // namespace infusion
