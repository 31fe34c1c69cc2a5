// The monitor of a story: it says again in its own rhythm what the story last said of it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "daemon/vitals/observation.hpp"
#include "tests/unit/stories/story.hpp"

namespace stories {

class Monitor {
 public:
  explicit Monitor(MonitorFacts facts) : facts_(std::move(facts)) {}

  const MonitorFacts& facts() const { return facts_; }
  bool carries(Metric metric) const;
  void take(const Show& show);
  void take(const Withhold& withhold);
  void take(const Silence& silence);
  void take(const Switch& turned);

  bool connected() const { return cable_; }
  bool talks() const { return cable_ && talking_; }
  bool right_device() const { return right_device_; }
  // What it says now of everything that it was told to say; the next of the values in turn is used up.
  std::vector<vitals::Observation> message(vitals::Stamp now);
  std::vector<vitals::Observation> message(const Cuff& cuff, vitals::Stamp now) const;

 private:
  struct Feed {
    std::vector<double> values;  // empty: nothing is said, unless a reason is
    std::size_t next = 0;
    bool doubtful = false;
    std::optional<Reason> withheld;
  };
  Feed& feed(Metric metric) { return feeds_[vitals::index_of(metric)]; }
  std::optional<Reason> hindered(Metric metric) const;

  MonitorFacts facts_;
  std::array<Feed, vitals::metric_count> feeds_{};
  bool cable_ = true, talking_ = true, probe_ = true, leads_ = true, signal_ = true, demo_ = false,
       right_device_ = true;
};

}  // namespace stories
