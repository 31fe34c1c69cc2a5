// What the application counts, for Prometheus.
#include <spdlog/spdlog.h>

#include "daemon/app/app.hpp"
#include "daemon/app/metrics_page.hpp"
#include "daemon/service/version.hpp"

namespace app {
namespace {

using std::chrono_literals::operator""s;

// A port that is taken is tried again: figures never keep a bed from being watched.
constexpr Milliseconds listen_again_ms = 10s;

std::string place_of(const settings::Metrics& at) {
  const bool six = at.address.find(':') != std::string::npos;
  return (six ? "[" + at.address + "]" : at.address) + ":" + std::to_string(at.port);
}

}  // namespace

void App::open_metrics(Stamp now) {
  if (!settings_.metrics || metrics_ || now.mono < open_metrics_at_) return;
  const bool first = open_metrics_at_ == MonoTime{};
  open_metrics_at_ = now.mono + listen_again_ms;
  const std::string place = place_of(*settings_.metrics);
  std::string error;
  metrics_ = service::MetricsServer::open(settings_.metrics->address, settings_.metrics->port, error);
  if (metrics_) {
    spdlog::info("metrics: http://{}/metrics", place);
  } else if (first) {
    spdlog::error("metrics: {}: {}", place, error);
  }
}

// The loop's part is to copy; names and text are made in the server's thread.
void App::answer_scrape(Stamp now) {
  if (!metrics_ || !metrics_->wanted()) return;
  metrics_->answer([seen = std::make_shared<const Snapshot>(snapshot(now))] { return metrics_page(*seen); });
}

Snapshot App::snapshot(Stamp now) const {
  Snapshot out;
  node_->sample(out, now);
  out.version = service::version;
  out.started = started_;
  out.lag = lag_;
  out.inbound_dropped = inbound_dropped_.load();
  out.journal = journal_->health();
  if (fallback_) out.fallback = fallback_->health();
  out.broker = broker_->health();
  for (const auto& source : sources_) out.sources.push_back(source->sample(now));
  return out;
}

}  // namespace app
