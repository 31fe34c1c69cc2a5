// What waits for the journal's thread: bounded, in order, history given up before state: trend first, then
// events. No thread, no lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "daemon/journal/journal.hpp"

namespace journal {

struct Job {
  std::vector<Entry> entries;
  Done done = {};
  std::function<void()> read =
      {};             // after the commit, in the journal's thread; it sees what was queued before
  bool whole = true;  // false: entries of it were given up, so the answer is "not kept"
};

// What may be given up, the first to go first.
enum class History : std::uint8_t { trend, event };

class Queue {
 public:
  explicit Queue(std::size_t entries_max) : entries_max_(entries_max) {}

  // Never grows beyond the limit. When full, the oldest trend of all jobs goes first, then that of the new
  // job; then events likewise, then the new job itself. A trend entry is large: beside
  // those of the newest job only a sixteenth of the places are for them. Returns the answers now due: jobs of
  // which nothing is left.
  std::vector<Done> push(Job job);

  // The oldest jobs, at least one and together at most `entries_max` entries unless the first one is larger.
  std::vector<Job> take(std::size_t entries_max);

  bool empty() const { return jobs_.empty(); }
  std::size_t size() const { return load_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  // An empty job still costs its place.
  static std::size_t load(const Job& job) { return job.entries.empty() ? 1 : job.entries.size(); }
  bool fits(const Job& job) const { return load_ + load(job) <= entries_max_; }
  std::size_t trend_max() const { return entries_max_ / 16; }
  std::size_t& waiting(History what) { return waiting_[static_cast<std::size_t>(what)]; }
  std::size_t give_up(History what, Job& job);
  void make_room(History what, std::size_t wanted, std::vector<Done>& due);

  std::size_t entries_max_;
  std::deque<Job> jobs_;
  std::size_t load_ = 0;
  std::array<std::size_t, 2> waiting_{};  // by History: tells at once whether a search can succeed
  std::uint64_t dropped_ = 0;
};

}  // namespace journal
