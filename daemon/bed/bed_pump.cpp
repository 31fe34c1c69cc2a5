// What a pump changes at the bed. It may only raise watchfulness: baseline or held becomes infusing, infusing
// becomes held, a rate is taken over. Never a new session, never recovery or the end of one: a pump that runs
// beside the session is an alarm.
#include <algorithm>
#include <cmath>

#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

using alarms::Data;
using alarms::never;

// The weights of pump and session may differ by rounding.
constexpr double weight_difference_max = 0.02;
// Rates that differ by less are the same in another unit.
constexpr double rate_difference_max = 0.005;
// Of one pump: more than any stack has.
constexpr std::size_t channels_max = 16, channel_bytes_max = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A pump may be P2449 in what it delivers and 2449 in its alarms.
bool same_name(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() == b.size() + 1 && !is_digit(a[0]) && std::all_of(b.begin(), b.end(), is_digit))
    a.remove_prefix(1);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool differs(double a, double b, double part_max) { return std::abs(a - b) > part_max * std::max(a, b); }

}  // namespace

// Each channel of a pump is one of its own: what one stops another may run. A report that names none is of
// the first.
Bed::Pump* Bed::pump_of(const drivers::PumpReport& report) {
  Pump* first = nullptr;
  std::size_t channels = 0;
  for (Pump& pump : pumps_) {
    if (!same_name(pump.name, report.device)) continue;
    if (first == nullptr) first = &pump;
    if (report.channel.empty() || pump.channel == report.channel) return &pump;
    ++channels;
  }
  if (first == nullptr || channels == channels_max) return nullptr;
  if (!first->channel.empty()) {
    const std::string name = first->name;
    first = &pumps_.emplace_back();
    first->name = name;
  }
  first->channel = report.channel.substr(0, channel_bytes_max);
  return first;
}

bool Bed::has_pump(std::string_view device) const {
  return std::any_of(pumps_.begin(), pumps_.end(),
                     [&](const Pump& pump) { return same_name(pump.name, device); });
}

void Bed::pump(std::size_t source, const drivers::PumpReport& report) {
  Pump* const found = pump_of(report);
  if (found == nullptr) return;
  advance(report.rx);
  const Milliseconds limit = freshness(settings_.sources[source]);
  found->silence_ms_max = limit;
  PumpNews news = found->view.take(report);
  // A bolus that was given up in a silence, and goes on.
  if (news == PumpNews::none && found->view.bolus() && !session_.bolus_runs()) news = PumpNews::rate;
  follow(*found, news, report.rx);
  check_statements(report.rx);
  deadline_ = own_deadline();
}

// Of other drugs on other pumps this session has nothing to say.
bool Bed::concerns(const Pump& pump) const { return is_session_drug(pump.view.drug()); }

bool Bed::weight_agrees(const Pump& pump) const {
  const auto told = pump.view.weight_kg(), known = session_.kg();
  return !told || !known || !differs(*told, *known, weight_difference_max);
}

void Bed::follow(Pump& pump, PumpNews news, Stamp now) {
  if (news == PumpNews::none || !concerns(pump)) return;
  const auto index = static_cast<std::size_t>(&pump - pumps_.data());
  if (followed_ && *followed_ != index && pumps_[*followed_].view.running())
    return;                                                                   // a second one: unrecorded
  if (news == PumpNews::rate && session_.phase() != Phase::infusing) return;  // no start: it runs beside
  if (news != PumpNews::stopped) {
    pump.taken_over = follow_running(pump, now);
    if (pump.taken_over) followed_ = index;
    return;
  }
  pump.taken_over = true;
  if (session_.phase() != Phase::infusing) return;
  said_by_pump(session_.hold(now), now);
}

void Bed::said_by_pump(infusion::Outcome outcome, Stamp now) {
  session_.said_by("pump");
  after_verb(std::move(outcome), now);
  output_->on_session(true, now);
}

// True: the session now runs as the pump does.
bool Bed::follow_running(Pump& pump, Stamp now) {
  const auto kg = session_.kg() ? session_.kg() : pump.view.weight_kg();
  const auto mg_h = pump.view.rate_mg_h(kg, session_.concentration_mg_ml());
  const bool may = session_.phase() == Phase::baseline || session_.phase() == Phase::held ||
                   session_.phase() == Phase::infusing;
  pump.trouble = !may ? unrecorded_text : !mg_h ? no_rate_text : weight_text;
  if (!may || !mg_h || !weight_agrees(pump)) return false;
  pump.trouble = kg ? too_fast_text : no_weight_text;
  if (pump.view.bolus()) return follow_bolus(pump, *mg_h, now);
  const bool after_bolus = session_.bolus_runs();
  if (after_bolus) session_.bolus_over(now);
  const auto known = session_.rate_told_mg_h();
  if (session_.phase() == Phase::infusing && known && !differs(*known, *mg_h, rate_difference_max)) {
    if (after_bolus) said_by_pump({}, now);
    return true;
  }
  infusion::Outcome outcome = start_by(pump, {*mg_h, infusion::RateUnit::mg_per_h}, now);
  const bool taken = outcome.verdict == infusion::Verdict::applied;
  if (taken) {
    said_by_pump(std::move(outcome), now);
  } else if (session_.phase() == Phase::infusing) {  // the dose stays as told; watched as after an increase
    session_.watch_increase(now);
    session_moved(now);
  }
  return taken;
}

// A person has told the session what this pump does.
bool Bed::recorded(const Pump& pump) const {
  if (session_.phase() != Phase::infusing || pump.view.bolus() || !weight_agrees(pump)) return false;
  const auto mg_h = pump.view.rate_mg_h(session_.kg(), session_.concentration_mg_ml());
  const auto known = session_.rate_told_mg_h();
  return mg_h && known && !differs(*known, *mg_h, rate_difference_max);
}

bool Bed::follow_bolus(const Pump& pump, double mg_h, Stamp now) {
  infusion::Outcome outcome = session_.bolus(mg_h, pump.view.weight_kg(), now);
  if (outcome.verdict != infusion::Verdict::applied) return false;
  said_by_pump(std::move(outcome), now);
  return true;
}

// A rate may be taken to go on while nothing is heard; a bolus is over after minutes.
void Bed::end_silent_bolus(Stamp now) {
  if (!session_.bolus_runs() || !followed_ || !silent(pumps_[*followed_], now.mono)) return;
  session_.bolus_over(now);
  session_moved(now);
}

void Bed::session_moved(Stamp now) {
  after_verb({}, now);
  output_->on_session(true, now);
}

// What flows already needs no confirmation, however unusual.
infusion::Outcome Bed::start_by(const Pump& pump, const infusion::Rate& rate, Stamp now) {
  if (session_.phase() == Phase::baseline) {
    infusion::InfusionStart request;
    request.rate = rate;
    request.by = "pump";
    request.confirmed = true;
    if (!session_.kg()) request.kg = pump.view.weight_kg();
    return session_.infusion_start(request, now);
  }
  infusion::Session after = session_;
  if (after.phase() == Phase::held) after.resume(now);
  infusion::Outcome outcome = after.rate(rate, true, now);
  if (outcome.verdict == infusion::Verdict::applied) session_ = std::move(after);
  return outcome;
}

// Asked of a pump that runs, so that it was heard.
bool Bed::silent(const Pump& pump, MonoTime now) const {
  return now - *pump.view.heard_at() >= pump.silence_ms_max;
}

void Bed::check_pumps(Stamp now) {
  end_silent_bolus(now);
  bool runs_beside = false, lost = false, heard = pumps_.empty();
  std::string_view text;
  for (std::size_t i = 0; i < pumps_.size(); ++i) {
    Pump& pump = pumps_[i];
    follow(pump, pump.view.advance(now.mono), now);
    heard = heard || pump.view.state() != drivers::PumpState::unknown;
    if (!pump.view.running() || !concerns(pump)) continue;
    if (silent(pump, now.mono)) {  // its last known state stands, and says nothing of now
      lost = true;
      continue;
    }
    const bool second = followed_ && *followed_ != i;
    if (!pump.taken_over && !second && recorded(pump)) {
      pump.taken_over = true;
      followed_ = i;
    }
    if (session_.phase() == Phase::infusing && !second && pump.taken_over) continue;
    if (!runs_beside) text = second ? second_pump_text : pump.taken_over ? unrecorded_text : pump.trouble;
    runs_beside = true;
  }
  if (runs_beside) engine_.relabel(*unrecorded_, text, now, *this);
  const bool known = heard && !lost;  // after a restart an alarm waits for the first word of a pump
  if (runs_beside || known || session_.phase() == Phase::infusing) {
    engine_.assert_present(*unrecorded_, runs_beside, now, *this);
  } else {
    engine_.lose(*unrecorded_, Data::lost, now, *this);
  }
  engine_.assert_present(*pump_lost_, lost, now, *this);
}

MonoTime Bed::pumps_deadline() const {
  MonoTime due = never;
  for (const Pump& pump : pumps_) {
    if (const auto stop = pump.view.deadline()) due = std::min(due, *stop);
    if (!pump.view.running()) continue;
    const MonoTime when = *pump.view.heard_at() + pump.silence_ms_max;
    if (when > clock_) due = std::min(due, when);
  }
  return due;
}

}  // namespace bed
