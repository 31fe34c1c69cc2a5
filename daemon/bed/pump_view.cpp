#include "daemon/bed/pump_view.hpp"

#include <algorithm>
#include <array>

namespace bed {
namespace {

using drivers::PumpReport;
using drivers::PumpState;
using vitals::Milliseconds;
using vitals::MonoTime;

constexpr std::size_t drug_bytes_max = 64;
constexpr std::array<std::string_view, 4> drug_words{"ketamin", "ketanest", "ketalar", "spravato"};

bool names(std::string_view event, std::string_view what) {
  return event.find(what) != std::string_view::npos;
}

// The source channels that give a bolus, by their words in IHE's tree of a pump.
bool is_bolus(std::string_view source) {
  return names(source, "clinician") || names(source, "loading") || names(source, "pca");
}

template <typename T>
void take_over(std::optional<T>& into, const std::optional<T>& value) {
  if (value) into = value;
}

}  // namespace

bool is_session_drug(std::string_view name) {
  std::string lower;
  for (const char c : name.substr(0, drug_bytes_max))
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::any_of(drug_words.begin(), drug_words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool PumpView::is_history(const PumpReport& report, vitals::WallTime own) {
  const vitals::WallTime sent = report.t_sent.value_or(own);
  const bool agrees = std::chrono::abs(report.rx.wall - sent) < pump_clock_tolerance_ms;
  const bool right = clock_.tells_ages(sent, agrees, report.rx);
  return sent - own >= pump_kept_ms_max || (right && report.rx.wall - own >= pump_clock_tolerance_ms);
}

PumpNews PumpView::take(const PumpReport& report) {
  heard_at_ = report.rx.mono;
  const vitals::WallTime own = std::min(report.t_event.value_or(report.rx.wall), report.rx.wall);
  if (is_history(report, own)) return PumpNews::none;
  if (newest_ && own < *newest_) return PumpNews::none;
  newest_ = own;
  if (!report.drug.empty()) drug_ = report.drug.substr(0, drug_bytes_max);
  take_over(weight_kg_, report.weight_kg);

  const bool comes_to_end = names(report.event, "DELIV_COMP");
  const bool event = comes_to_end || names(report.event, "DELIV_START") || names(report.event, "DELIV_STOP");
  // After a bolus the infusion goes on by itself: its end is no stop unless no start follows.
  if (comes_to_end)
    return bolus() ? stops_in_transition(report, PumpState::complete) : stops(PumpState::complete);
  if (names(report.event, "DELIV_STOP")) {
    if (report.transitioning) return stops_in_transition(report, PumpState::paused);
    return stops(report.state == PumpState::off ? PumpState::off : PumpState::paused);
  }
  if (report.state == PumpState::running) return runs(report, event);
  if (report.state == PumpState::unknown) return event ? runs(report, event) : PumpNews::none;
  if (report.transitioning) return PumpNews::none;
  return stops(report.state);
}

PumpNews PumpView::runs(const PumpReport& report, bool event) {
  if (!event && report.transitioning) return PumpNews::none;  // between two deliveries: keep what is known
  const Rate told{report.rate_ml_h, report.rate_mg_h, report.rate_mg_kg_h, report.concentration_mg_ml};
  const auto is_zero = [](const std::optional<double>& rate) { return rate && *rate <= 0; };
  if (is_zero(told.ml_h) || is_zero(told.mg_h) || is_zero(told.mg_kg_h)) return PumpNews::none;  // likewise
  const PumpState before = state_;
  const bool bolus = event || !report.source.empty() ? is_bolus(report.source) : bolus_;
  const bool other_rate = (told.told() && told != rate_) || bolus != bolus_;
  bolus_ = bolus;
  stop_at_.reset();
  state_ = PumpState::running;
  if (told.told()) rate_ = told;
  if (before == PumpState::running) return other_rate ? PumpNews::rate : PumpNews::none;
  // First heard of while it runs already: nobody knows since when. Only its own word of a start is one.
  if (before == PumpState::unknown && !event) return PumpNews::rate;
  return PumpNews::started;
}

PumpNews PumpView::stops(PumpState into) {
  const bool ran = running();
  stop_at_.reset();
  state_ = into;
  return ran ? PumpNews::stopped : PumpNews::none;
}

PumpNews PumpView::stops_in_transition(const PumpReport& report, PumpState into) {
  if (!running()) return PumpNews::none;
  stop_at_ = report.rx.mono + pump_transition_ms;
  stop_into_ = into;
  return PumpNews::none;
}

PumpNews PumpView::advance(MonoTime now) {
  if (!stop_at_ || now < *stop_at_) return PumpNews::none;
  return stops(stop_into_);
}

std::optional<double> PumpView::rate_mg_h(std::optional<double> kg,
                                          std::optional<double> concentration_mg_ml) const {
  if (rate_.mg_h) return rate_.mg_h;
  if (rate_.mg_kg_h && kg) return *rate_.mg_kg_h * *kg;
  const auto concentration = rate_.concentration_mg_ml ? rate_.concentration_mg_ml : concentration_mg_ml;
  if (rate_.ml_h && concentration) return *rate_.ml_h * *concentration;
  return std::nullopt;
}

}  // namespace bed
