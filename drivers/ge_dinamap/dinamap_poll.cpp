#include "drivers/ge_dinamap/dinamap_poll.hpp"

#include <algorithm>

namespace drivers::dinamap {
namespace {

using vitals::Milliseconds;

// The limits of the manual are not public; a reply takes 30 ms on the line.
constexpr Milliseconds reply_ms_max{1000};
constexpr Milliseconds offline_period_ms{2000};
// A monitor without oximeter may not answer for it; that must not slow down the cuff.
constexpr Milliseconds unanswered_period_ms{10'000};

constexpr Milliseconds period_ms(Ask ask) { return Milliseconds{ask == Ask::cuff ? 2000 : 1000}; }

}  // namespace

vitals::MonoTime Poll::due(Ask ask) const {
  const Item& item = of(ask);
  if (!item.sent) return vitals::MonoTime::min();
  if (offline()) return *item.sent + offline_period_ms;
  return *item.sent + (unanswered(ask) ? unanswered_period_ms : period_ms(ask));
}

bool Poll::timed_out(vitals::MonoTime now) {
  if (!waiting_ || now - *of(*waiting_).sent < reply_ms_max) return false;
  fail();
  return true;
}

std::optional<Ask> Poll::next(vitals::MonoTime now) {
  if (waiting_) return std::nullopt;
  Ask chosen = Ask::cuff;
  if (!offline())
    for (const Ask ask : {Ask::oximeter, Ask::rate})
      if (due(ask) < due(chosen)) chosen = ask;
  if (due(chosen) > now) return std::nullopt;
  of(chosen).sent = now;
  waiting_ = chosen;
  return chosen;
}

void Poll::heard(Ask ask) {
  if (waiting_ == ask) return answered();
  of(ask).failures = 0;
  failures_in_a_row_ = 0;
}

void Poll::answered() {
  const Item answered = {0, of(*waiting_).sent};
  if (offline()) items_ = {};  // it was away: the others are asked at once, the oximeter before its rate
  of(*waiting_) = answered;
  failures_in_a_row_ = 0;
  waiting_.reset();
}

void Poll::fail() {
  if (!waiting_) return;
  Item& item = of(*waiting_);
  item.failures = std::min(item.failures + 1, tries);
  failures_in_a_row_ = std::min(failures_in_a_row_ + 1, tries);
  waiting_.reset();
}

}  // namespace drivers::dinamap
