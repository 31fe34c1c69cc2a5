// Loaded into the daemon before all others (LD_PRELOAD), it moves its wall clock by what stands in a file, in
// milliseconds: a clock that somebody sets, without setting the one of this machine. Waits that name a time
// of the wall clock are moved back by as much.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::time_t wall_clock_from_s = 1'000'000'000;  // below: a wait by the monotonic clock

std::int64_t offset_ms() {
  static const volatile std::int64_t* const shared = [] {
    const int file = ::open(std::getenv("STEPPED_CLOCK"), O_RDONLY | O_CLOEXEC);
    void* at = file < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
    return at == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(at);
  }();
  return shared == nullptr ? 0 : *shared;
}

timespec moved(const timespec& from, std::int64_t by_ms) {
  const std::int64_t ns = std::int64_t{from.tv_nsec} + by_ms * 1'000'000;
  timespec out{from.tv_sec + ns / ns_per_s, ns % ns_per_s};
  if (out.tv_nsec < 0) {
    out.tv_nsec += ns_per_s;
    --out.tv_sec;
  }
  return out;
}

timespec real(const timespec* until) {
  return until->tv_sec < wall_clock_from_s ? *until : moved(*until, -offset_ms());
}

template <typename Function>
Function next(const char* name) {
  void* found = ::dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");  // x86: an older one of this name waits otherwise
  return reinterpret_cast<Function>(found == nullptr ? ::dlsym(RTLD_NEXT, name) : found);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
  const long error = ::syscall(SYS_clock_gettime, clock, out);
  if (error == 0 && clock == CLOCK_REALTIME) *out = moved(*out, offset_ms());
  return static_cast<int>(error);
}

int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

std::time_t time(std::time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  static const auto original =
      next<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  const timespec when = real(until);
  return original(condition, mutex, &when);
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  static const auto original = next<int (*)(sem_t*, const timespec*)>("sem_timedwait");
  const timespec when = real(until);
  return original(semaphore, &when);
}
}
