// Whether the broker passes on what we publish. Its acknowledgement does not say so: one whose access rules
// refuse us acknowledges and discards. Therefore our presence has to come back to us, once on each
// connection.
#pragma once

#include <optional>
#include <utility>

#include "daemon/vitals/time.hpp"

namespace app {

class Echo {
 public:
  // It usually comes before the acknowledgement. Counted from there, so that no queue of ours is blamed on
  // the broker.
  static constexpr vitals::Milliseconds patience{5'000};

  void connected() {
    came_ = false;
    waits_since_.reset();
  }
  void taken(vitals::MonoTime now) {
    if (!came_ && !waits_since_) waits_since_ = now;
  }
  // True: after it had been missed.
  bool came_back() {
    came_ = true;
    waits_since_.reset();
    return std::exchange(missed_, false);
  }
  // True: it does not come, and has to be published again.
  bool overdue(vitals::MonoTime now) {
    if (!waits_since_ || now - *waits_since_ < patience) return false;
    waits_since_.reset();
    missed_ = true;
    return true;
  }
  bool missed() const { return missed_; }
  bool heard() const { return !missed_ && !waits_since_; }

 private:
  bool came_ = false;    // on this connection
  bool missed_ = false;  // on this or an earlier one, and it has not come since
  std::optional<vitals::MonoTime> waits_since_;
};

}  // namespace app
