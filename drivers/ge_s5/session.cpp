#include "drivers/ge_s5/session.hpp"

#include "drivers/ge_s5/request.hpp"

namespace drivers::ge_s5 {
namespace {

using vitals::Milliseconds;

constexpr Milliseconds between_requests_ms{200};
constexpr Milliseconds answer_ms_max{10'000};
constexpr int tries_max = 3;

// An alarm status that was lost on the way is made good by one that is asked for.
constexpr Milliseconds alarms_refresh_ms{60'000};
constexpr Milliseconds alarms_refresh_ms_min{5'000};  // however much arrives damaged

constexpr unsigned alarms_level_min = 10;  // of the interface; older monitors have no alarm records

bool passed(const std::optional<vitals::MonoTime>& since, vitals::MonoTime now, Milliseconds wait) {
  return !since || now - *since >= wait;
}

}  // namespace

bool Session::tick(vitals::Stamp now, bool wants_cuff_time, Sink& out) {
  if (!sent_at_) {  // another host may have left the monitor sending something else
    send(Bytes{request::stop_values}, now.mono, out);
  } else if (!passed(sent_at_, now.mono, between_requests_ms)) {
    return false;
  } else if (values_due(now.mono)) {
    start_values(now.mono, out);
  } else if (alarms_due(now.mono)) {
    return ask_alarms(now.mono, out);
  } else {
    ask_cuff_time(now.mono, wants_cuff_time, out);
  }
  return false;
}

// What is sent together is read as one after the other by the monitor; there is nobody left to pace it.
void Session::close(vitals::Stamp now, Sink& out) {
  if (alarms_asked_at_) send(Bytes{request::stop_alarms}, now.mono, out);
  if (values_asked_at_) send(Bytes{request::stop_values}, now.mono, out);
}

void Session::heard_values(vitals::Stamp rx, unsigned level) {
  values_heard_at_ = rx.mono;
  has_alarms_ = level >= alarms_level_min;
}

void Session::heard_alarms(vitals::Stamp rx) {
  alarms_heard_at_ = rx.mono;
  alarm_tries_ = 0;
  alarms_on_change_ = alarms_asked_at_.has_value();
}

void Session::send(Bytes request, vitals::MonoTime now, Sink& out) {
  sent_at_ = now;
  out.on_send(request);
}

// What comes before they were asked for was asked for by somebody else, and has just been stopped.
bool Session::values_due(vitals::MonoTime now) const {
  if (!values_asked_at_) return true;
  return passed(values_asked_at_, now, silence_ms_max) && passed(values_heard_at_, now, silence_ms_max);
}

// A monitor that forgot the values has forgotten the alarms too.
void Session::start_values(vitals::MonoTime now, Sink& out) {
  values_asked_at_ = now;
  values_heard_at_.reset();
  alarms_on_change_ = false;
  alarm_tries_ = 0;
  alarms_asked_at_.reset();
  cuff_time_tries_ = 0;
  send(Bytes{request::start_values}, now, out);
}

bool Session::alarms_due(vitals::MonoTime now) const {
  if (!has_alarms_ || !values_heard_at_) return false;
  if (!alarms_asked_at_) return true;
  if (alarm_tries_ > 0)
    return passed(alarms_asked_at_, now, alarm_tries_ <= tries_max ? answer_ms_max : alarms_refresh_ms);
  const bool doubtful = alarms_doubtful_ && passed(alarms_asked_at_, now, alarms_refresh_ms_min);
  return !alarms_on_change_ || doubtful || passed(alarms_heard_at_, now, alarms_refresh_ms);
}

bool Session::ask_alarms(vitals::MonoTime now, Sink& out) {
  alarms_asked_at_ = now;
  alarms_doubtful_ = false;
  const bool given_up = ++alarm_tries_ > tries_max;
  if (given_up) alarms_on_change_ = false;
  send(alarms_on_change_ ? Bytes{request::alarms_once} : Bytes{request::alarms_on_change}, now, out);
  return given_up;
}

void Session::ask_cuff_time(vitals::MonoTime now, bool wanted, Sink& out) {
  if (!wanted) cuff_time_tries_ = 0;
  if (!wanted || !values_heard_at_ || cuff_time_tries_ == tries_max ||
      !passed(cuff_time_asked_at_, now, answer_ms_max))
    return;
  ++cuff_time_tries_;
  cuff_time_asked_at_ = now;
  send(Bytes{request::auxiliary_once}, now, out);
}

}  // namespace drivers::ge_s5
