#include "drivers/ge_dinamap/dinamap_cuff.hpp"

#include <array>
#include <charconv>

namespace drivers::dinamap {
namespace {

using oximetry::Origin;
using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

constexpr unsigned busy = 0;
constexpr unsigned done = 1;

// Empty: not a failure that we know.
constexpr std::string_view failure_name(unsigned status) {
  switch (status) {
    case 3: return "failed";
    case 4: return "pump-up-timeout";
    case 5: return "5";  // not in the list of causes, yet within what counts as failed
    case 6: return "total-timeout";
    case 7: return "one-pressure-timeout";
    case 8: return "overpressure";  // or too much air
    case 9: return "unknown";
    default: return {};
  }
}

// The counter stops at 5400 s; from there on it is no age any more. 9999: no result.
constexpr unsigned age_s_end = 5400;

// Ages are whole seconds, and a reply takes its time.
constexpr vitals::Milliseconds age_ms_slack{2000};

constexpr unsigned pressure_mmhg_max = 350;

struct Part {
  Metric metric{};
  unsigned value = 0;
};
using Parts = std::array<Part, 3>;

constexpr bool same_result(const CuffReply& a, const CuffReply& b) {
  return a.status == b.status && a.sys == b.sys && a.dia == b.dia && a.mean == b.mean;
}

constexpr bool in_range(unsigned value) { return value <= pressure_mmhg_max; }

// sys > mean > dia, as far as they are told.
constexpr bool in_order(const CuffReply& reply) {
  const auto above = [](unsigned high, unsigned low) { return high == 0 || low == 0 || high > low; };
  return above(reply.sys, reply.mean) && above(reply.mean, reply.dia) && above(reply.sys, reply.dia);
}

void report(FaultKind kind, std::string_view reason, std::string_view code, std::string_view value,
            const Origin& origin, Sink& out) {
  out.on_fault({kind, reason, code, {}, value, origin.offset, origin.rx});
}

void report_implausible(const CuffReply& reply, const Origin& origin, Sink& out) {
  std::array<char, 40> text{};
  char* end = text.data();
  for (const unsigned value : {reply.sys, reply.dia, reply.mean}) {
    if (end != text.data()) *end++ = '/';
    end = std::to_chars(end, text.data() + text.size(), value).ptr;
  }
  out.on_fault({FaultKind::implausible,
                "pressures",
                "nibp",
                "mmHg",
                {text.data(), static_cast<std::size_t>(end - text.data())},
                origin.offset,
                origin.rx});
}

// One part of a result; `value` 0: it was not told.
Observation part_of(const Part& part, bool believed, Reason absence, const Origin& origin) {
  if (part.value != 0 && believed) return vitals::measured(part.metric, part.value, origin.rx);
  return vitals::absent(part.metric, part.value != 0 ? Reason::implausible : absence, origin.rx);
}

void publish(const Parts& parts, bool believed, unsigned age_s, const Origin& origin, Sink& out) {
  for (const Part& part : parts) {
    Observation seen = part_of(part, believed, Reason::missing, origin);
    seen.t_src = origin.rx.wall - vitals::Milliseconds{std::int64_t{age_s} * 1000};
    seen.time_source = vitals::TimeSource::own;
    seen.clock_trusted = true;  // an age: no clock of the monitor matters
    out.on_observation(seen);
  }
}

}  // namespace

// The counter went back, or there was nothing before. A counter that merely goes on tells the same result,
// also when a measurement was broken off in between; so does one that is only behind, in a reply that was
// long on its way: equal numbers are another measurement only below the last age, or when the cuff was at
// work.
bool Cuff::is_news(const CuffReply& reply, vitals::MonoTime now) const {
  if (!result_) return true;
  const CuffReply& last = result_->reply;
  if ((last.status == done) != (reply.status == done)) return true;
  const auto age = vitals::Milliseconds{std::int64_t{reply.age_s} * 1000};
  const auto expected = vitals::Milliseconds{std::int64_t{last.age_s} * 1000} + (now - result_->at);
  if (age >= expected - age_ms_slack) return false;
  return worked_ || reply.age_s < last.age_s || !same_result(reply, last);
}

void Cuff::take(const CuffReply& reply, const Origin& origin, Sink& out) {
  const std::string_view failure = failure_name(reply.status);
  const bool known = reply.status == busy || reply.status == done || !failure.empty();
  measuring_.set(reply.status == busy, origin.rx, out);
  if (!known && unknown_status_ != reply.status) {
    const char digit = static_cast<char>('0' + reply.status);
    report(FaultKind::unmapped, "nibp-status", "NA", {&digit, 1}, origin, out);
  }
  unknown_status_ = known ? 0 : reply.status;
  if (!known || reply.status == busy) {
    if (reply.status != busy) return;
    worked_ = true;
    failed_.set(false, origin.rx, out);
    return;
  }
  const bool news = reply.age_s < age_s_end && is_news(reply, origin.rx.mono);
  if (news) failed_.set(false, origin.rx, out);  // a failure after a failure is told as another one
  failed_.set(!failure.empty(), origin.rx, out);
  if (reply.age_s >= age_s_end) return;
  result_ = Seen{reply, origin.rx.mono};
  worked_ = false;
  if (!news) return;
  if (!failure.empty()) {
    report(FaultKind::refused, "nibp-failed", failure, {}, origin, out);
    publish({{{Metric::nibp_sys}, {Metric::nibp_dia}, {Metric::nibp_map}}}, true, reply.age_s, origin, out);
    return;
  }
  const bool believed = in_order(reply) && in_range(reply.sys) && in_range(reply.dia) && in_range(reply.mean);
  if (!believed) report_implausible(reply, origin, out);
  publish({{{Metric::nibp_sys, reply.sys}, {Metric::nibp_dia, reply.dia}, {Metric::nibp_map, reply.mean}}},
          believed, reply.age_s, origin, out);
}

}  // namespace drivers::dinamap
