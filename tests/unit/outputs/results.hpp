// What an output says of its attempts, in the order in which it says it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/outputs/output.hpp"

namespace outputs {

inline constexpr std::chrono::seconds patience{60};

class Results {
 public:
  OnResult handler() {
    return [this](const std::string& trouble) {
      const std::lock_guard lock{mutex_};
      troubles_.push_back(trouble);
      changed_.notify_all();
    };
  }

  // The one of this number, from 1 on; waits for it.
  std::string number(std::size_t number) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, patience, [&] { return troubles_.size() >= number; })) return "none came";
    return troubles_[number - 1];
  }

  // Waits until one that is not among the first `seen` said this.
  bool after(std::size_t seen, const std::string& trouble) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] {
      while (seen < troubles_.size())
        if (troubles_[seen++] == trouble) return true;
      return false;
    });
  }
  std::size_t count() {
    const std::lock_guard lock{mutex_};
    return troubles_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> troubles_;
};

}  // namespace outputs
