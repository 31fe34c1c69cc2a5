#include "daemon/journal/queue.hpp"

#include <algorithm>
#include <utility>

namespace journal {
namespace {

bool is_event(const Entry& entry) { return std::holds_alternative<EventEntry>(entry); }

std::size_t count_events(const Job& job) {
  return static_cast<std::size_t>(std::count_if(job.entries.begin(), job.entries.end(), is_event));
}

}  // namespace

std::vector<Done> Queue::push(Job job) {
  std::vector<Done> due;
  if (!fits(job)) make_room(load(job), due);
  if (!fits(job)) give_up_events(job);
  if (!fits(job) || (job.entries.empty() && !job.whole)) {
    dropped_ += job.entries.size();
    due.push_back(std::move(job.done));
    return due;
  }
  load_ += load(job);
  events_ += count_events(job);
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
    events_ -= count_events(oldest);
    taken.push_back(std::move(oldest));
    jobs_.pop_front();
  }
  return taken;
}

std::size_t Queue::give_up_events(Job& job) {
  const std::size_t lost = std::erase_if(job.entries, is_event);
  if (lost > 0) job.whole = false;
  dropped_ += lost;
  return lost;
}

void Queue::make_room(std::size_t wanted, std::vector<Done>& due) {
  if (events_ == 0) return;
  // An eighth at once, so that a stuck disk does not cost a walk through the queue for each new entry.
  const std::size_t target = std::max(wanted, entries_max_ / 8);
  std::size_t freed = 0;
  std::deque<Job> kept;
  for (Job& job : jobs_) {
    if (freed < target && events_ > 0) {
      const std::size_t before = load(job);
      events_ -= give_up_events(job);
      const bool gone = job.entries.empty() && !job.whole;
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
