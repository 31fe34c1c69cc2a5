#include "daemon/journal/journal.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/journal/mirror.hpp"
#include "daemon/journal/queue.hpp"
#include "daemon/journal/set_aside.hpp"
#include "daemon/journal/store.hpp"

namespace journal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t batch_entries_max = 4'096;  // of one transaction: keeps the wait for an answer short

// What one turn of the journal's thread writes.
struct Batch {
  std::vector<Job> jobs;
  std::optional<Mirror> state;  // set when the state tables are to be repaired as well
  Clock::duration took{};       // to write it

  std::size_t entries() const {
    std::size_t sum = 0;
    for (const Job& job : jobs) sum += job.entries.size();
    return sum;
  }
};

void answer(const Done& done, bool kept) {
  if (done) done(kept);
}

}  // namespace

struct Journal::Impl {
  Impl(std::string path_of_file, Limits limits_of_journal, std::string boot_of_run)
      : path(std::move(path_of_file)),
        limits(limits_of_journal),
        boot(std::move(boot_of_run)),
        queue(limits.entries_max),
        store(boot) {}

  // Before the thread runs.
  void start(std::int64_t now_ms);
  Result load(std::int64_t now_ms);

  // The journal's thread.
  void run();
  bool next(Batch& batch);
  void write(Batch& batch);
  void tend();
  Result ensure_open();
  Result open_anew();
  Result give_up_file(const Result& cause);
  Result replace_file();
  Result store_batch(const Batch& batch);
  void note(const Result& result, const Batch& batch);
  void checkpoint(Checkpoint which);
  bool failed() const;
  Mirror copy_of_mirror();

  const std::string path;
  const Limits limits;
  const std::string boot;
  Restored restored;

  mutable std::mutex mutex;
  std::condition_variable wake;
  // Guarded by the mutex, which is never held over disk access.
  Queue queue;
  Mirror mirror;        // every entry ever passed to write(), queued ones included
  bool repair = false;  // the state tables lag behind the mirror
  bool stopping = false;
  bool tending = false;  // until nothing more is to go
  std::optional<std::int64_t> tend_now_ms;
  Health health;

  // Of the journal's thread.
  Store store;
  bool state_known = false;    // nothing is in the file that the mirror does not know
  std::string broken_because;  // not empty: the file is broken and still has to be moved
  std::chrono::milliseconds retry_in{0};
  Clock::time_point retry_at{};
  std::thread thread;
};

void Journal::Impl::start(std::int64_t now_ms) {
  Result result = load(now_ms);
  if (!result.ok()) {
    restored = {};
    restored.fresh = true;
  }
  if (result.fault == Fault::broken) {
    result = give_up_file(result);
    restored.trouble = health.reason;
  }
  if (!result.ok()) note(result, {});
  mirror.adopt(restored, boot);
  thread = std::thread([this] { run(); });
}

Result Journal::Impl::load(std::int64_t now_ms) {
  Result result = store.open(path);
  if (!result.ok()) return result;
  if (!store.created()) result = store.load(restored, now_ms);
  if (result.ok()) {
    restored.fresh = store.created();
    state_known = true;
  }
  return result;
}

void Journal::Impl::run() {
  Batch batch;
  while (next(batch)) {
    if (!batch.jobs.empty() || batch.state || failed()) write(batch);
    tend();
  }
  checkpoint(Checkpoint::all);
  store.close();
}

// Waits for work; a failed journal also tries by itself, so that its alarm ends when the disk is back. False:
// stopping and nothing is left.
bool Journal::Impl::next(Batch& batch) {
  std::unique_lock lock{mutex};
  const auto has_work = [this] { return stopping || tending || !queue.empty(); };
  if (health.failed) {
    wake.wait_until(lock, retry_at, has_work);
  } else {
    wake.wait(lock, has_work);
  }
  if (stopping && queue.empty()) return false;
  batch.jobs = queue.take(batch_entries_max);
  batch.state.reset();
  // Only with the queue empty is the mirror exactly what the file will hold after this batch.
  if (repair && queue.empty()) {
    batch.state = mirror;
    repair = false;
  }
  return true;
}

// One step, after what was waiting.
void Journal::Impl::tend() {
  std::optional<std::int64_t> now_ms;
  {
    const std::lock_guard lock{mutex};
    if (health.failed || stopping || !store.is_open()) tending = false;
    if (!tending) return;
    now_ms = tend_now_ms;
  }
  bool more = false;
  const Result result = store.tend(limits.keep, now_ms, more);
  {
    const std::lock_guard lock{mutex};
    health.gone = store.events_gone();
    tending = tending && more;
  }
  if (result.ok()) return checkpoint(Checkpoint::when_long);
  if (result.fault == Fault::broken) give_up_file(result);
  note(result, {});
}

bool Journal::Impl::failed() const {
  const std::lock_guard lock{mutex};
  return health.failed;
}

void Journal::Impl::write(Batch& batch) {
  Result result = ensure_open();
  if (result.ok()) {
    const auto begun = Clock::now();
    result = store_batch(batch);
    batch.took = Clock::now() - begun;
    if (result.fault == Fault::broken) give_up_file(result);
  }
  note(result, batch);
  for (const Job& job : batch.jobs) {
    if (job.read && store.is_open()) {
      job.read();
    } else {
      answer(job.done, result.ok() && job.whole);
    }
  }
  batch.jobs.clear();
  if (result.ok()) checkpoint(Checkpoint::when_long);
}

Result Journal::Impl::store_batch(const Batch& batch) {
  const Mirror* state = batch.state ? &*batch.state : nullptr;
  return store.commit(batch.jobs, state, state_known, limits.events_max);
}

Result Journal::Impl::ensure_open() {
  if (store.is_open()) return {};
  if (Clock::now() < retry_at) return {Fault::retry, ""};
  return broken_because.empty() ? open_anew() : replace_file();
}

// Opens the file after a failure and brings its state tables up to date at once: entries committed to a new
// file must not stand there without the episodes that are older.
Result Journal::Impl::open_anew() {
  Result result = store.open(path);
  if (result.ok()) {
    state_known = state_known || store.created();
    const Mirror state = copy_of_mirror();
    result = store.commit({}, &state, state_known, limits.events_max);
  }
  if (result.ok()) return result;
  store.close();
  if (result.fault == Fault::broken) broken_because = result.reason;
  return result;
}

Result Journal::Impl::give_up_file(const Result& cause) {
  store.close();
  broken_because = cause.reason;
  return replace_file();
}

// A broken file is never opened again: when it cannot be moved there is no journal until it can.
Result Journal::Impl::replace_file() {
  const SetAside moved = set_aside(path);
  const std::string reason =
      broken_because + (moved.ok ? "; moved to " : "; cannot be moved: ") + moved.detail;
  {
    const std::lock_guard lock{mutex};
    health.set_aside += moved.ok ? 1U : 0U;
    health.reason = reason;
  }
  if (!moved.ok) return {Fault::retry, reason};
  broken_because.clear();
  state_known = false;
  return open_anew();
}

// The outcome of a batch, for health and for the next attempt.
void Journal::Impl::note(const Result& result, const Batch& batch) {
  if (result.ok()) {
    retry_in = {};
  } else if (Clock::now() >= retry_at) {
    const std::chrono::milliseconds first{limits.retry_ms_min}, last{limits.retry_ms_max};
    retry_in = std::clamp(retry_in * 2, first, last);
    retry_at = Clock::now() + retry_in;
  }
  const std::lock_guard lock{mutex};
  health.failed = !result.ok();
  if (result.ok()) {
    ++health.commits;
    health.commit_seconds += std::chrono::duration<double>(batch.took).count();
    health.rows = store.events();
    health.gone = store.events_gone();
    return;
  }
  repair = true;
  health.lost += batch.entries();
  // A broken file has told its reason when it was given up, with the name of the copy.
  if (result.fault == Fault::retry && !result.reason.empty()) health.reason = result.reason;
}

void Journal::Impl::checkpoint(Checkpoint which) {
  if (!store.is_open()) return;
  const Result result = store.checkpoint(which);
  if (result.ok()) return;
  if (result.fault == Fault::broken) give_up_file(result);
  note(result, {});
}

Mirror Journal::Impl::copy_of_mirror() {
  const std::lock_guard lock{mutex};
  return mirror;
}

Journal::Journal(std::string path, std::int64_t now_ms, Limits limits, std::string boot)
    : impl_(std::make_unique<Impl>(std::move(path), limits, std::move(boot))) {
  impl_->start(now_ms);
}

Journal::~Journal() {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

const Restored& Journal::restored() const { return impl_->restored; }

void Journal::write(std::vector<Entry> entries, Done done) {
  std::vector<Done> not_kept;
  {
    const std::lock_guard lock{impl_->mutex};
    for (const Entry& entry : entries) impl_->mirror.apply(entry);
    const std::uint64_t dropped_before = impl_->queue.dropped();
    not_kept = impl_->queue.push({std::move(entries), std::move(done)});
    if (impl_->queue.dropped() != dropped_before) impl_->repair = true;
  }
  impl_->wake.notify_one();
  for (const Done& refused : not_kept) answer(refused, false);
}

void Journal::read_events(std::string scope, std::uint64_t from_seq, PageDone done) {
  Job job;
  job.done = [done](bool) { done({}); };  // no room for the question, or no file
  job.read = [store = &impl_->store, scope = std::move(scope), from_seq, done = std::move(done)] {
    done(store->read_events(scope, from_seq));
  };
  std::vector<Done> refused;
  {
    const std::lock_guard lock{impl_->mutex};
    refused = impl_->queue.push(std::move(job));
  }
  impl_->wake.notify_one();
  for (const Done& no_room : refused) answer(no_room, false);
}

void Journal::tend(std::optional<std::int64_t> now_ms) {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->tending = true;
    impl_->tend_now_ms = now_ms;
  }
  impl_->wake.notify_one();
}

Health Journal::health() const {
  const std::lock_guard lock{impl_->mutex};
  Health health = impl_->health;
  health.queued = impl_->queue.size();
  health.dropped = impl_->queue.dropped();
  health.tending = impl_->tending;
  return health;
}

}  // namespace journal
