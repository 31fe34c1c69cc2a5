// Real programs: what each run is told, and that none outlives its limit.
#include "daemon/outputs/program_output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/outputs/results.hpp"

namespace outputs {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// Programs are shell scripts, whose own first line, not ours, asks for the shell. They write into a pipe.
class ProgramOutputTest : public testing::Test {
 protected:
  ProgramOutputTest() {
    std::string name = (std::filesystem::temp_directory_path() / "vitalsd-fallback-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    ::mkfifo(file("pipe").c_str(), 0600);
    pipe_ = ::open(file("pipe").c_str(), O_RDWR | O_CLOEXEC);
  }
  ~ProgramOutputTest() override {
    ::close(pipe_);
    std::filesystem::remove_all(folder_);
  }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  ProgramSettings script(const std::string& text) {
    std::ofstream(file("program")) << "#!/bin/sh\nexec 3> " << file("pipe") << "\n" << text;
    ::chmod(file("program").c_str(), 0700);
    ProgramSettings settings;
    settings.program = {file("program"), "--loud; echo $HOME"};
    settings.limit = patience;
    settings.repeat_ms = 3600s;
    return settings;
  }

  std::string next_line() {
    while (text_.find('\n') == std::string::npos) {
      pollfd event{pipe_, POLLIN, 0};
      if (::poll(&event, 1, 1000 * static_cast<int>(patience.count())) != 1) return "nothing came";
      char bytes[4096];
      const ssize_t got = ::read(pipe_, bytes, sizeof bytes);
      text_.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    const auto end = text_.find('\n');
    const std::string line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return line;
  }

  Results results_;  // of runs that have ended

 private:
  std::filesystem::path folder_;
  int pipe_ = -1;
  std::string text_;
};

constexpr auto tell = R"(echo "$@" >&3
)";

TEST_F(ProgramOutputTest, is_told_off_at_the_start_then_on_with_the_reason_then_off) {
  ProgramOutput output(script(tell));
  EXPECT_EQ(next_line(), "--loud; echo $HOME off");
  output.set({true, false, "no station has confirmed; rm -rf /"});
  EXPECT_EQ(next_line(), "--loud; echo $HOME on no station has confirmed; rm -rf /");
  output.set({});
  EXPECT_EQ(next_line(), "--loud; echo $HOME off");
  EXPECT_EQ(output.health().runs, 3U);
  EXPECT_EQ(output.health().failures, 0U);
}

TEST_F(ProgramOutputTest, calls_again_while_it_is_on) {
  ProgramSettings settings = script(tell);
  settings.repeat_ms = 10ms;
  ProgramOutput output(settings);
  next_line();
  output.set({true, false, "why"});
  for (int run = 0; run < 3; ++run) EXPECT_EQ(next_line(), "--loud; echo $HOME on why");
}

TEST_F(ProgramOutputTest, the_end_says_off) {
  {
    ProgramOutput output(script(tell));
    next_line();
    output.set({true, false, "why"});
    next_line();
  }
  EXPECT_EQ(next_line(), "--loud; echo $HOME off");
}

TEST_F(ProgramOutputTest, a_run_that_hangs_is_killed_with_all_it_started) {
  ProgramSettings settings = script(R"(sleep 1000 &
echo $! >&3
wait
)");
  settings.limit = 300ms;
  ProgramOutput output(settings, results_.handler());
  const pid_t child = std::stoi(next_line());
  const int watch = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  EXPECT_EQ(results_.number(1), "it was still running after 300 ms and was killed");
  pollfd event{watch, POLLIN, 0};
  EXPECT_TRUE(watch < 0 || ::poll(&event, 1, 1000 * static_cast<int>(patience.count())) == 1) << "it is gone";
  if (watch >= 0) ::close(watch);
}

TEST_F(ProgramOutputTest, a_change_ends_the_run_at_hand) {
  ProgramOutput output(script(R"(echo "$2" >&3
[ "$2" = on ] && exec sleep 1000
exit 0
)"));
  EXPECT_EQ(next_line(), "off");
  output.set({true, false, "why"});
  EXPECT_EQ(next_line(), "on");
  output.set({});
  EXPECT_EQ(next_line(), "off");
}

TEST_F(ProgramOutputTest, what_goes_wrong_is_told_and_so_is_a_good_run) {
  ProgramOutput output(script(R"([ "$2" = on ] && exit 0
exit 3
)"),
                       results_.handler());
  EXPECT_EQ(results_.number(1), "it ended with status 3");
  output.set({true, false, "why"});
  EXPECT_EQ(results_.number(2), "");
  EXPECT_EQ(output.health().failures, 1U);
}

TEST_F(ProgramOutputTest, a_program_that_is_not_there_is_told) {
  ProgramSettings settings;
  settings.program = {file("nothing")};
  const ProgramOutput output(settings, results_.handler());
  EXPECT_EQ(results_.number(1), file("nothing") + " cannot be started: No such file or directory");
}

TEST_F(ProgramOutputTest, the_program_gets_none_of_our_descriptors) {
  const int mine =
      ::fcntl(STDERR_FILENO, F_DUPFD, 100);  // without FD_CLOEXEC, above what a shell opens itself
  ASSERT_GE(mine, 100);
  const ProgramOutput output(script(R"(echo $(ls /proc/$$/fd) >&3
)"));
  const std::string seen = next_line();
  EXPECT_EQ(seen.find(" " + std::to_string(mine) + " "), std::string::npos) << seen;
  ::close(mine);
}

}  // namespace
}  // namespace outputs
