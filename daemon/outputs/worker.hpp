// The thread of an output that has nothing else to wait for: it does what was asked last.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "daemon/outputs/output.hpp"
#include "daemon/vitals/time.hpp"

namespace outputs {

class Worker {
 public:
  // `act` is called in the thread at the start (with a call that is off), after each change, and again after
  // the time that it returned.
  using Act = std::function<vitals::Milliseconds(const Call& wanted)>;
  explicit Worker(Act act);
  ~Worker();  // a last time with a call that is off, if it was on; then the thread is gone
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void set(const Call& call);  // any thread; never waits

 private:
  void run();

  const Act act_;
  std::mutex mutex_;  // guards these; never held during act_
  std::condition_variable changed_;
  Call wanted_;
  bool new_ = true, stopping_ = false;
  std::thread thread_;
};

}  // namespace outputs
