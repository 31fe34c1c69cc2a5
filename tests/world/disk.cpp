#include "tests/world/disk.hpp"

#include <utility>

namespace world {
namespace {

constexpr Milliseconds retry{1'000};
constexpr std::size_t batch_max = 4'096;

journal::Restored restored_from(const Disk& disk) {
  journal::Restored out;
  out.fresh = !disk.exists;
  for (const auto& [key, one] : disk.state.episodes)
    out.episodes.push_back({one.scope, one.condition, one.id, one.doc, one.rev});
  for (const auto& [scope, doc] : disk.state.sessions) out.sessions.push_back({scope, doc});
  for (const auto& one : disk.state.commands)
    out.commands.push_back({one.command_id, one.client, one.status, one.text, one.ts_ms});
  for (const auto& [scope, runs] : disk.state.sequences)
    for (const auto& [boot, seq] : runs) out.sequences.push_back({scope, boot, seq});
  for (const auto& one : disk.state.past) out.past.push_back(one);
  for (const auto& one : disk.state.beds) out.beds.push_back(one);
  return out;
}

}  // namespace

void Disk::lose() {
  exists = false;
  state = {};
  events.clear();
  commands.clear();
}

SimJournal::SimJournal(Ground& ground, Disk& disk, const std::string& boot, Watch watch)
    : ground_(ground),
      disk_(disk),
      watch_(std::move(watch)),
      restored_(restored_from(disk)),
      queue_(disk.entries_max) {
  mirror_.adopt(restored_, boot);
  disk_.state.boot = boot;
  disk_.exists = true;
}

void SimJournal::answer(const journal::Done& done, bool kept) {
  if (!done) return;
  ground_.calendar.in(0ms, [alive = alive_, done, kept] {
    if (*alive) done(kept);
  });
}

void SimJournal::write(std::vector<journal::Entry> entries, app::Kept then) {
  watch_.written(entries);
  for (const journal::Entry& entry : entries) mirror_.apply(entry);
  journal::Done done;
  if (then) done = [this, then = std::move(then)](bool kept) { then(kept, ground_.stamp()); };
  if (watch_.refuse()) {
    repair_ = true;
    answer(done, false);
    return wake();
  }
  const std::uint64_t dropped = queue_.dropped();
  for (const journal::Done& refused : queue_.push({std::move(entries), std::move(done)}))
    answer(refused, false);
  if (queue_.dropped() != dropped) repair_ = true;
  wake();
}

void SimJournal::read_events(const std::string& scope, std::uint64_t from_seq, app::PageRead then) {
  journal::Job job;
  job.done = [this, then](bool) { then({}, ground_.stamp()); };
  job.read = [this, scope, from_seq, then = std::move(then)] {
    then(page(scope, from_seq), ground_.stamp());
  };
  for (const journal::Done& refused : queue_.push(std::move(job))) answer(refused, false);
  wake();
}

journal::Health SimJournal::health() const {
  journal::Health out = health_;
  out.queued = queue_.size();
  out.dropped = queue_.dropped();
  return out;
}

void SimJournal::wake() {
  if (busy_) return;
  busy_ = true;
  begin();
}

void SimJournal::begin() {
  committing_ = queue_.take(batch_max);
  repairing_.reset();
  if (repair_ && queue_.empty()) {
    repairing_ = mirror_;
    repair_ = false;
  }
  ground_.calendar.in(ground_.dice.between(disk_.commit_least, disk_.commit_most), [this, alive = alive_] {
    if (*alive) end();
  });
}

void SimJournal::end() {
  const bool ok = !disk_.failing && !watch_.spoil();
  if (ok) keep(committing_);
  health_.failed = !ok;
  if (!ok) {
    health_.reason = "the disk is full";
    repair_ = true;
  }
  for (const journal::Job& job : std::exchange(committing_, {})) {
    if (job.read && ok) {
      ground_.calendar.in(0ms, [alive = alive_, read = job.read] {
        if (*alive) read();
      });
    } else {
      answer(job.done, ok && job.whole);
    }
  }
  busy_ = false;
  if (!queue_.empty()) return wake();
  if (ok && !repair_) return;
  if (std::exchange(retrying_, true)) return;
  ground_.calendar.in(retry, [this, alive = alive_] {  // a failed journal tries by itself
    if (!*alive) return;
    retrying_ = false;
    wake();
  });
}

void SimJournal::keep(const std::vector<journal::Job>& jobs) {
  for (const journal::Job& job : jobs)
    for (const journal::Entry& entry : job.entries) put(entry);
  if (!repairing_) return;
  disk_.state = *repairing_;
  for (const auto& command : disk_.state.commands) disk_.commands.insert(command.command_id);
}

void SimJournal::put(const journal::Entry& entry) {
  disk_.state.apply(entry);
  if (const auto* event = std::get_if<journal::EventEntry>(&entry))
    disk_.events[event->scope][event->seq] = *event;
  if (const auto* command = std::get_if<journal::CommandEntry>(&entry))
    disk_.commands.insert(command->command_id);
}

journal::Page SimJournal::page(const std::string& scope, std::uint64_t from_seq) const {
  journal::Page out;
  out.read = true;
  const auto found = disk_.events.find(scope);
  if (found == disk_.events.end() || found->second.empty()) return out;
  out.first_kept = found->second.begin()->first;
  auto one = found->second.lower_bound(from_seq);
  for (; one != found->second.end() && out.docs.size() < page_max; ++one) {
    out.docs.push_back(one->second.doc);
    out.last = one->first;
  }
  out.more = one != found->second.end();
  return out;
}

void SimJournal::die() {
  *alive_ = false;
  const bool durable = busy_ && !disk_.failing && ground_.dice.one_in(2);
  if (durable) keep(committing_);
}

void SimJournal::finish() {
  *alive_ = false;
  if (disk_.failing) return;
  keep(committing_);
  repairing_.reset();
  if (repair_) repairing_ = mirror_;
  while (!queue_.empty()) keep(queue_.take(batch_max));
}

}  // namespace world
