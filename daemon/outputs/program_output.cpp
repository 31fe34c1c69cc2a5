#include "daemon/outputs/program_output.hpp"

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

struct ProgramOutput::Impl {
  Impl(ProgramSettings what, OnResult handler)
      : settings(std::move(what)),
        on_result(std::move(handler)),
        wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
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

  const ProgramSettings settings;
  const OnResult on_result;
  const int wake;

  mutable std::mutex mutex;  // guards these; never held while a program starts or runs
  bool wanted = false, stopping = false;
  std::string reason;
  OutputHealth health{"program"};

  // Of the thread.
  std::optional<bool> said;
  std::optional<Clock::time_point> kill_at, repeat_at;
  std::thread thread;
};

void ProgramOutput::Impl::run() {
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
bool ProgramOutput::Impl::step(Child& child) {
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

void ProgramOutput::Impl::begin(Child& child, bool on, bool end, const std::string& why) {
  std::vector<std::string> arguments = settings.program;
  arguments.emplace_back(on ? "on" : "off");
  if (on) arguments.push_back(why);
  {
    const std::lock_guard lock{mutex};
    ++health.runs;
  }
  const std::string trouble = child.start(arguments);
  said = on;
  kill_at = Clock::now() + (end ? std::min(settings.limit, end_limit) : settings.limit);
  repeat_at.reset();
  if (on) repeat_at = Clock::now() + settings.repeat_ms;
  if (!trouble.empty()) note(trouble);
}

void ProgramOutput::Impl::note(const std::string& trouble) {
  {
    const std::lock_guard lock{mutex};
    if (!trouble.empty()) ++health.failures;
  }
  if (on_result) on_result(trouble);
}

ProgramOutput::ProgramOutput(ProgramSettings settings, OnResult on_result)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(on_result))) {}

ProgramOutput::~ProgramOutput() = default;

void ProgramOutput::set(const Call& call) {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->reason = call.reason;
    if (impl_->wanted == call.on) return;
    impl_->wanted = call.on;
  }
  impl_->nudge();
}

OutputHealth ProgramOutput::health() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->health;
}

}  // namespace outputs
