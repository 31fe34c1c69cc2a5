#include "daemon/app/trend_desk.hpp"

namespace app {
namespace {

constexpr std::int64_t minute_ms = 60'000;

std::int64_t minute_of(vitals::WallTime time) { return vitals::unix_ms(time) / minute_ms; }

}  // namespace

TrendDesk::TrendDesk(vitals::WallTime now) : minute_(minute_of(now)) {}

void TrendDesk::take(const vitals::Observation& value) {
  const std::int64_t since_ms = vitals::unix_ms(value.rx.wall) - minute_ * minute_ms;
  if (since_ms < 0 || !value.has_value()) return;  // before the minute: the clock was set
  block_.put(value.metric, static_cast<std::size_t>(since_ms / 1'000), value.value,
             value.quality == vitals::Quality::valid);
}

bool TrendDesk::due(vitals::WallTime now) const { return minute_of(now) != minute_; }

std::optional<journal::TrendEntry> TrendDesk::cut(std::string_view scope, bool sim, vitals::WallTime now) {
  std::optional<journal::TrendEntry> out;
  if (!block_.empty()) {
    block_.sim = sim;
    out = journal::TrendEntry{std::string{scope}, session_, minute_, !session_.empty(), {}};
    out->doc = out->seconds ? journal::encode(block_) : journal::encode(journal::summarise(block_));
  }
  if (minute_of(now) == minute_ + 1) {
    block_.next_minute();
  } else {
    block_ = {};
  }
  minute_ = minute_of(now);
  session_.clear();
  return out;
}

}  // namespace app
