#include "daemon/outputs/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "daemon/vitals/check.hpp"

namespace outputs {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

// Nothing of ours but standard output and error, which systemd's journal reads.
struct Setup {
  Setup() {
    CHECK(posix_spawn_file_actions_init(&files) == 0 && posix_spawnattr_init(&attributes) == 0);
    CHECK(posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0);
    CHECK(posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1) == 0);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    CHECK(posix_spawnattr_setsigmask(&attributes, &none) == 0);
    CHECK(posix_spawnattr_setsigdefault(&attributes, &all) == 0);
    CHECK(posix_spawnattr_setpgroup(&attributes, 0) == 0);
    CHECK(posix_spawnattr_setflags(
              &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0);
  }
  ~Setup() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

}  // namespace

std::string Child::start(const std::vector<std::string>& arguments) {
  kill();
  const Setup setup;
  std::vector<std::string> copy = arguments;  // the interface wants them writable
  std::vector<char*> pointers;
  pointers.reserve(copy.size() + 1);
  for (std::string& one : copy) pointers.push_back(one.data());
  pointers.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin";
  char* environment[] = {path.data(), nullptr};
  const int error =
      posix_spawn(&pid_, pointers[0], &setup.files, &setup.attributes, pointers.data(), environment);
  if (error != 0) {
    pid_ = 0;
    return arguments.front() + " cannot be started: " + reason(error);
  }
  watch_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (watch_ >= 0) return {};
  std::string text = arguments.front() + " cannot be watched: " + reason(errno);
  kill();
  return text;
}

std::string Child::collect() {
  const int status = wait();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status)) return "it ended with status " + std::to_string(WEXITSTATUS(status));
  return "it was ended by signal " + std::to_string(WTERMSIG(status));
}

void Child::kill() {
  if (!running()) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // when it has not got its group yet
  wait();
}

// What it left behind in its group goes with it.
int Child::wait() {
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  ::kill(-pid_, SIGKILL);  // while its number is still ours
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  if (watch_ >= 0) ::close(watch_);
  watch_ = -1;
  return status;
}

}  // namespace outputs
