// Whether the clock is synchronised, where a sandbox refuses the question.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "daemon/service/watchdog.hpp"

namespace service {
namespace {

constexpr sock_filter statement(unsigned code, unsigned value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}
constexpr sock_filter refuse_next_if(unsigned call) {
  return {static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K), 0, 1, call};
}

// As systemd's ProtectClock=yes, for the rest of this process.
bool refuse_clock_calls() {
  constexpr unsigned refused = SECCOMP_RET_ERRNO | EPERM;
  std::array<sock_filter, 6> filter{statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                    refuse_next_if(SYS_adjtimex),
                                    statement(BPF_RET | BPF_K, refused),
                                    refuse_next_if(SYS_clock_adjtime),
                                    statement(BPF_RET | BPF_K, refused),
                                    statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{filter.size(), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(Clock, OneThatMayNotBeAskedIsNotSynchronised) {
  const auto ask = [] {
    if (!refuse_clock_calls()) std::_Exit(2);  // a kernel without filters
    std::_Exit(clock_synchronised() ? 1 : 0);
  };
  EXPECT_EXIT(ask(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace service
