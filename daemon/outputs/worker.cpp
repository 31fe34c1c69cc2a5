#include "daemon/outputs/worker.hpp"

#include <utility>

namespace outputs {

Worker::Worker(Act act) : act_(std::move(act)), thread_([this] { run(); }) {}

Worker::~Worker() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    if (wanted_.on) {
      wanted_ = {};
      new_ = true;
    }
  }
  changed_.notify_one();
  thread_.join();
}

void Worker::set(const Call& call) {
  {
    const std::lock_guard lock{mutex_};
    wanted_ = call;
    new_ = true;
  }
  changed_.notify_one();
}

void Worker::run() {
  std::unique_lock lock{mutex_};
  while (new_ || !stopping_) {
    new_ = false;
    const Call call = wanted_;
    lock.unlock();
    const vitals::Milliseconds again = act_(call);
    lock.lock();
    changed_.wait_for(lock, again, [this] { return new_ || stopping_; });
  }
}

}  // namespace outputs
