// What the daemon's logic needs of the journal and of the broker, whoever stands behind them: live ones with
// threads of their own, or a world in virtual time. All calls and all answers are in the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daemon/journal/journal.hpp"
#include "daemon/stations/broker_link.hpp"
#include "daemon/vitals/time.hpp"

namespace app {

// `kept`: durable. `now`: when the answer is here.
using Kept = std::function<void(bool kept, vitals::Stamp now)>;
using PageRead = std::function<void(journal::Page page, vitals::Stamp now)>;

class JournalDoor {
 public:
  virtual ~JournalDoor() = default;
  // Each as journal::Journal says it, but for the thread; `then` may be empty, and is never called from
  // within.
  virtual const journal::Restored& restored() const = 0;
  virtual void write(std::vector<journal::Entry> entries, Kept then) = 0;
  virtual void read_events(const std::string& scope, std::uint64_t from_seq, PageRead then) = 0;
  virtual journal::Health health() const = 0;
};

class BrokerDoor {
 public:
  virtual ~BrokerDoor() = default;
  // Each as stations::BrokerLink says it.
  virtual void publish(stations::Message message) = 0;
  virtual void flush() = 0;  // what was published may have waited for this; alarms and answers do not
  virtual void subscribe(std::string filter, int qos) = 0;
  virtual void unsubscribe(std::string filter) = 0;
  virtual stations::BrokerHealth health() const = 0;
};

}  // namespace app
