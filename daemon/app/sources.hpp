// The live sources: a link, a driver and the beds behind it. Loop thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "daemon/app/host.hpp"
#include "daemon/app/intake.hpp"
#include "daemon/app/samples.hpp"
#include "daemon/settings/settings.hpp"

namespace app {

class SourceHub {
 public:
  virtual ~SourceHub() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
  // Stops in order: the device is told, as far as its protocol has a word for it. Then `done`, perhaps at
  // once, and at the latest after links::finish_ms_max.
  virtual void finish(std::function<void()> done) = 0;
  virtual void tick(Stamp now) = 0;
  // How often at least. Each tick wakes the processor: on a small box at the bed that is most of what we
  // cost.
  virtual Milliseconds tick_ms() const = 0;
  virtual SourceSample sample(Stamp now) const = 0;
  // Until our own certificate for this source expires, negative afterwards; none: we show none.
  virtual std::optional<int> certificate_days_left() const { return std::nullopt; }
};

// How a hub's faults reach the log.
void say_fault(bool warning, const std::string& line);

// What the link of a source counts, and what of it goes into every sample.
struct LinkCounts {
  std::uint64_t bytes = 0, opened = 0;
  std::optional<MonoTime> received_at;

  void received(std::size_t size, Stamp rx) {
    bytes += size;
    received_at = rx.mono;
  }
};
SourceSample make_sample(const settings::Source& source, const LinkCounts& link, const Counters& counters,
                         const FaultBook& faults, Stamp now);

std::unique_ptr<SourceHub> make_serial_hub(boost::asio::io_context& loop, const settings::Source& source,
                                           Routes routes, Host& host);
std::unique_ptr<SourceHub> make_hl7_hub(boost::asio::io_context& loop, const settings::Source& source,
                                        Routes routes, Host& host);

}  // namespace app
