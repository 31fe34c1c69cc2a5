// The daemon's figures as Prometheus wants them: names, units and labels. docs/installation.md lists them.
#pragma once

#include "daemon/app/samples.hpp"
#include "daemon/service/metrics.hpp"

namespace app {

service::MetricFamilies metrics_page(const Snapshot& snapshot);

}  // namespace app
