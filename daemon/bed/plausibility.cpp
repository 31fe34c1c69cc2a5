#include "daemon/bed/plausibility.hpp"

#include <cmath>
#include <utility>

namespace bed {
namespace {

using vitals::Quality;
using vitals::Reason;

struct Range {
  double low, high;
};

constexpr Range range_of(Metric metric) {
  switch (metric) {
    case Metric::hr:
    case Metric::pr: return {1, 350};
    case Metric::spo2: return {1, 100};
    case Metric::nibp_sys:
    case Metric::art_sys: return {25, 290};
    case Metric::nibp_dia:
    case Metric::art_dia: return {10, 250};
    case Metric::nibp_map:
    case Metric::art_map: return {15, 260};
    case Metric::rr: return {0, 250};  // 0 is apnoea
    case Metric::temp: return {10, 50};
  }
  return {0, 0};
}

// Written so that a number that is none is outside too.
bool within(double value, Range range) { return value >= range.low && value <= range.high; }

void doubt(Observation& word, Reason reason) {
  if (word.quality != Quality::valid) return;  // the device's own doubt says more
  word.quality = Quality::questionable;
  word.reason = reason;
}

constexpr std::size_t arterial_slot(Metric metric) {
  return vitals::index_of(metric) - vitals::index_of(Metric::art_sys);
}

constexpr std::string_view mean_outside = "mean-outside", not_above = "sys-not-above-dia";

}  // namespace

bool StepWatch::doubtful(double value, Milliseconds at, double step_max) {
  const Sample sample{value, at};
  const auto near = [&](const Sample& other) { return std::abs(other.value - value) <= step_max; };
  const auto recent = [&](const Sample& other) { return std::chrono::abs(at - other.at) <= step_within_ms; };
  if (!newest_ || !recent(*newest_)) return settle(sample);
  const Sample before = std::exchange(*newest_, sample);
  if (!doubting_ && near(before)) return settle(sample);
  if (doubting_ && near(before) && ++agreeing_ >= agreeing_samples) return settle(sample);
  // A lone spike is over: this is where the series was before it.
  if (doubting_ && !near(before) && recent(*believed_) && near(*believed_)) return settle(sample);
  if (!doubting_ || !near(before)) agreeing_ = 0;
  doubting_ = true;
  return true;
}

bool StepWatch::settle(const Sample& sample) {
  believed_ = newest_ = sample;
  doubting_ = false;
  agreeing_ = 0;
  return false;
}

Observation Plausibility::judge(const Observation& told, bool again) {
  if (vitals::is_arterial(told.metric) && told.value < range_of(told.metric).low) {
    // A line that is open reads so, and so does a heart that has stopped: a needless look costs less.
    Observation word = told;
    doubt(word, Reason::implausible);
    return word;
  }
  if (!within(told.value, range_of(told.metric))) return reject(told, "range");
  Observation word = told;
  if (vitals::is_arterial(told.metric)) {
    const auto why = contradiction(told);
    if (!why.empty() && (why == not_above || told.metric == Metric::art_map)) return reject(told, why);
    if (!why.empty()) doubt(word, Reason::implausible);
    arterial_[arterial_slot(told.metric)] = told;
    return word;
  }
  if (sudden(told, again)) doubt(word, Reason::sudden);
  if (vitals::is_rate(told.metric) && !within(told.value, {rate_believed_min, rate_believed_max}))
    doubt(word, Reason::implausible);
  return word;
}

// A value that the device doubts itself neither begins nor confirms a step.
bool Plausibility::sudden(const Observation& told, bool again) {
  const bool rate = vitals::is_rate(told.metric);
  if (told.quality != Quality::valid || (!rate && told.metric != Metric::spo2)) return false;
  Series& series = series_[vitals::index_of(told.metric)];
  if (again) return series.doubted;
  const double step_max = rate ? rate_step_max : spo2_step_max;
  const bool own = told.clock_trusted && told.t_src;  // of a backlog all comes at once
  series.doubted = own ? series.by_own_time.doubtful(told.value, told.t_src->time_since_epoch(), step_max)
                       : series.by_arrival.doubtful(told.value, told.rx.mono.time_since_epoch(), step_max);
  return series.doubted;
}

// Against the other pressures of the same frame. Equal ones are a damped line, and let pass.
std::string_view Plausibility::contradiction(const Observation& told) const {
  const auto with_it = [&](Metric metric) -> std::optional<double> {
    const auto& other = arterial_[arterial_slot(metric)];
    if (told.metric == metric) return told.value;
    return other && other->rx == told.rx ? std::optional{other->value} : std::nullopt;
  };
  const auto sys = with_it(Metric::art_sys), dia = with_it(Metric::art_dia), map = with_it(Metric::art_map);
  if (sys && dia && *sys < *dia) return not_above;
  if (map && ((sys && *map > *sys) || (dia && *map < *dia))) return mean_outside;
  return {};
}

Observation Plausibility::reject(const Observation& told, std::string_view reason) {
  rejected_ = Implausible{told.metric, reason, told.value, told.rx};
  Observation word = told;
  word.quality = Quality::invalid;
  word.reason = Reason::implausible;
  word.value = 0;
  return word;
}

std::optional<Implausible> Plausibility::take_rejected() { return std::exchange(rejected_, std::nullopt); }

CuffJudgement judge_cuff(const CuffValues& told, vitals::Stamp rx) {
  constexpr std::array<Metric, 3> metrics{Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map};
  CuffJudgement out{told, false, std::nullopt};
  const auto reject = [&](std::size_t part, std::string_view reason) {
    if (!out.rejected) out.rejected = Implausible{metrics[part], reason, *out.values[part], rx};
    out.values[part].reset();
  };
  for (std::size_t part = 0; part < metrics.size(); ++part)
    if (out.values[part] && !within(*out.values[part], range_of(metrics[part]))) reject(part, "range");
  auto& [sys, dia, map] = out.values;
  if (sys && dia && *sys <= *dia) {
    reject(0, not_above);
    dia.reset();
    out.doubtful = true;
  }
  if (map && ((sys && *map > *sys) || (dia && *map < *dia))) {
    out.doubtful = true;
    reject(2, mean_outside);
  }
  return out;
}

}  // namespace bed
