#include "daemon/app/settings_watch.hpp"

#include <algorithm>
#include <utility>

#include "daemon/settings/settings.hpp"

namespace app {
namespace {

std::string errors_of(settings::Loaded loaded) {
  loaded.problems.erase(std::remove_if(loaded.problems.begin(), loaded.problems.end(),
                                       [](const settings::Problem& one) { return one.warning; }),
                        loaded.problems.end());
  return settings::describe(loaded.problems);
}

}  // namespace

SettingsWatch::SettingsWatch(std::string path, std::function<void(SettingsSeen seen)> on_seen)
    : path_(std::move(path)), on_seen_(std::move(on_seen)), thread_([this] { run(); }) {}

SettingsWatch::~SettingsWatch() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SettingsWatch::look() {
  {
    const std::lock_guard lock{mutex_};
    asked_ = true;
  }
  wake_.notify_one();
}

void SettingsWatch::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait_for(lock, settings_look_every, [this] { return asked_ || stopping_; });
    if (stopping_) return;
    SettingsSeen seen;
    seen.asked = std::exchange(asked_, false);
    lock.unlock();
    settings::Loaded loaded = settings::load(path_);
    seen.hash = loaded.settings.hash;
    seen.problems = errors_of(std::move(loaded));
    on_seen_(std::move(seen));
    lock.lock();
  }
}

}  // namespace app
