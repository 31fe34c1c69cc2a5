#include "daemon/outputs/fallback.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/outputs/child.hpp"
#include "daemon/vitals/check.hpp"

namespace outputs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr vitals::Milliseconds end_limit{2'000};  // whoever stops the service waits for it

int wait_ms(std::optional<Clock::time_point> until) {
  if (!until) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

}  // namespace

struct Fallback::Impl {
  Impl(FallbackSettings what, std::function<void(const std::string&)> handler)
      : settings(std::move(what)), on_run(std::move(handler)), wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CHECK(wake >= 0);
    thread = std::thread([this] { run(); });
  }
  ~Impl() {
    {
      const std::lock_guard lock{mutex};
      stopping = true;
    }
    nudge();
    thread.join();
    ::close(wake);
  }

  void nudge() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake, &one, sizeof one);  // full: it is awake already
  }

  // The thread.
  void run();
  bool step(Child& child);
  void begin(Child& child, bool on, bool end, const std::string& why);
  void note(const std::string& trouble);

  const FallbackSettings settings;
  const std::function<void(const std::string&)> on_run;
  const int wake;

  mutable std::mutex mutex;  // guards these; never held while a program starts or runs
  bool wanted = false, stopping = false;
  std::string reason;
  FallbackHealth health;

  // Of the thread.
  std::optional<bool> said;
  std::optional<Clock::time_point> kill_at, repeat_at;
  std::thread thread;
};

void Fallback::Impl::run() {
  Child child;
  while (step(child)) {
    std::array<pollfd, 2> events{pollfd{wake, POLLIN, 0}, pollfd{child.descriptor(), POLLIN, 0}};
    const auto due = child.running() ? kill_at : repeat_at;
    ::poll(events.data(), child.running() ? 2 : 1, wait_ms(due));
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wake, &count, sizeof count);
    if (child.running() && (events[1].revents & POLLIN) != 0) note(child.collect());
    if (child.running() && Clock::now() >= *kill_at) {
      child.kill();
      note("it was still running after " + std::to_string(settings.limit.count()) + " ms and was killed");
    }
  }
}

// Says what is to be said now. False: all is said, and it is the end.
bool Fallback::Impl::step(Child& child) {
  bool on = false, end = false;
  std::string why;
  {
    const std::lock_guard lock{mutex};
    on = wanted && !stopping;
    end = stopping;
    why = reason;
  }
  const bool again = on && !child.running() && repeat_at && Clock::now() >= *repeat_at;
  if (said != on || again) begin(child, on, end, why);
  return !end || child.running();
}

void Fallback::Impl::begin(Child& child, bool on, bool end, const std::string& why) {
  std::vector<std::string> arguments = settings.program;
  arguments.emplace_back(on ? "on" : "off");
  if (on) arguments.push_back(why);
  const std::string trouble = child.start(arguments);
  said = on;
  kill_at = Clock::now() + (end ? std::min(settings.limit, end_limit) : settings.limit);
  repeat_at.reset();
  if (on) repeat_at = Clock::now() + settings.repeat_ms;
  {
    const std::lock_guard lock{mutex};
    ++health.runs;
  }
  if (!trouble.empty()) note(trouble);
}

void Fallback::Impl::note(const std::string& trouble) {
  {
    const std::lock_guard lock{mutex};
    if (!trouble.empty()) ++health.failures;
  }
  if (on_run) on_run(trouble);
}

Fallback::Fallback(FallbackSettings settings, std::function<void(const std::string& trouble)> on_run)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(on_run))) {}

Fallback::~Fallback() = default;

void Fallback::set(bool on, std::string reason) {
  {
    const std::lock_guard lock{impl_->mutex};
    if (impl_->wanted == on) return;
    impl_->wanted = impl_->health.on = on;
    impl_->reason = std::move(reason);
  }
  impl_->nudge();
}

FallbackHealth Fallback::health() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->health;
}

}  // namespace outputs
