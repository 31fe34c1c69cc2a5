// A program that we start: without a shell, without our descriptors, in a process group of its own, so that
// whatever it starts ends with it. For one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace outputs {

class Child {
 public:
  Child() = default;
  ~Child() { kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // `arguments[0]` is the program, an absolute path. Returns what is wrong, empty when it runs. Ends the one
  // before.
  std::string start(const std::vector<std::string>& arguments);
  bool running() const { return pid_ > 0; }
  int descriptor() const { return watch_; }  // readable once it has ended
  // Ended by itself: what was wrong with that, empty for exit status 0.
  std::string collect();
  void kill();  // it and its group, at once

 private:
  int wait();

  pid_t pid_ = 0;
  int watch_ = -1;
};

}  // namespace outputs
