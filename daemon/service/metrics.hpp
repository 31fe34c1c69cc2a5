// Figures for Prometheus over HTTP: GET /metrics, text format, no login. The HTTP server has threads of its
// own and sees nothing of the daemon: a scrape asks, the loop hands over finished figures at its next tick.
//
// A loop that does not answer in time gives an empty page: no old figure passes for a current one.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace service {

using MetricFamilies = std::vector<prometheus::MetricFamily>;

// Turns figures that it owns into families; called once for each scrape, in the server's threads.
using RenderMetrics = std::function<MetricFamilies()>;

class MetricsServer {
 public:
  // `address`: numeric, IPv4 or IPv6; port 0: any. Null: `error` says why it cannot listen.
  static std::unique_ptr<MetricsServer> open(const std::string& address, std::uint16_t port,
                                             std::string& error);
  ~MetricsServer();  // at once; a client that stalls may cost 2 s
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // Of the loop thread: does a scrape wait, and here is what it gets. Neither waits for anything.
  bool wanted() const;
  void answer(RenderMetrics render);

  std::uint16_t port() const;  // that it listens on

 private:
  struct Parts;
  explicit MetricsServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace service
