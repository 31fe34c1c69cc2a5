#include "daemon/journal/queue.hpp"

#include <algorithm>
#include <utility>

namespace journal {
namespace {

bool is(History what, const Entry& entry) {
  return what == History::trend ? std::holds_alternative<TrendEntry>(entry)
                                : std::holds_alternative<EventEntry>(entry);
}

std::size_t count(History what, const Job& job) {
  return static_cast<std::size_t>(std::count_if(job.entries.begin(), job.entries.end(),
                                                [what](const Entry& entry) { return is(what, entry); }));
}

bool nothing_left(const Job& job) { return job.entries.empty() && !job.whole; }

}  // namespace

std::vector<Done> Queue::push(Job job) {
  std::vector<Done> due;
  for (const History what : {History::trend, History::event}) {
    if (!fits(job)) make_room(what, load(job), due);
    if (!fits(job)) give_up(what, job);
    if (nothing_left(job)) break;
  }
  const std::size_t trend = count(History::trend, job);
  if (trend > 0 && waiting(History::trend) + trend > trend_max()) make_room(History::trend, trend, due);
  if (!fits(job) || nothing_left(job)) {
    dropped_ += job.entries.size();
    due.push_back(std::move(job.done));
    return due;
  }
  load_ += load(job);
  for (const History what : {History::trend, History::event}) waiting(what) += count(what, job);
  jobs_.push_back(std::move(job));
  return due;
}

std::vector<Job> Queue::take(std::size_t entries_max) {
  std::vector<Job> taken;
  std::size_t sum = 0;
  while (!jobs_.empty()) {
    Job& oldest = jobs_.front();
    if (!taken.empty() && sum + load(oldest) > entries_max) break;
    sum += load(oldest);
    load_ -= load(oldest);
    for (const History what : {History::trend, History::event}) waiting(what) -= count(what, oldest);
    taken.push_back(std::move(oldest));
    jobs_.pop_front();
  }
  return taken;
}

std::size_t Queue::give_up(History what, Job& job) {
  const std::size_t lost = std::erase_if(job.entries, [what](const Entry& entry) { return is(what, entry); });
  // Without its trend a job still keeps what its answer is about.
  if (lost > 0 && (what == History::event || job.entries.empty())) job.whole = false;
  dropped_ += lost;
  return lost;
}

void Queue::make_room(History what, std::size_t wanted, std::vector<Done>& due) {
  if (waiting(what) == 0) return;
  // An eighth at once, so that a stuck disk does not cost a walk through the queue for each new entry.
  const std::size_t places = what == History::trend ? trend_max() : entries_max_;
  const std::size_t target = std::max(wanted, places / 8);
  std::size_t freed = 0;
  std::deque<Job> kept;
  for (Job& job : jobs_) {
    if (freed < target && waiting(what) > 0) {
      const std::size_t before = load(job);
      waiting(what) -= give_up(what, job);
      const bool gone = nothing_left(job);
      freed += before - (gone ? 0 : load(job));
      if (gone) {
        due.push_back(std::move(job.done));
        continue;
      }
    }
    kept.push_back(std::move(job));
  }
  jobs_ = std::move(kept);
  load_ -= freed;
}

}  // namespace journal
