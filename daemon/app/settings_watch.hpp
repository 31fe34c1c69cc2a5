// Looks at the settings that the next start would read: a box that starts again by itself must not be stopped
// by a slip of somebody's keyboard that nobody has noticed. It takes nothing over. In a thread of its own,
// since it reads files.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace app {

inline constexpr std::chrono::minutes settings_look_every{5};

struct SettingsSeen {
  std::string hash;      // of settings and profiles, as in settings::Settings
  std::string problems;  // every error with its place; empty: a start would take them
  bool asked = false;    // by look()
};

class SettingsWatch {
 public:
  // `on_seen` is called in the watch's thread and must only hand over.
  SettingsWatch(std::string path, std::function<void(SettingsSeen seen)> on_seen);
  ~SettingsWatch();
  SettingsWatch(const SettingsWatch&) = delete;
  SettingsWatch& operator=(const SettingsWatch&) = delete;

  void look();  // now

 private:
  void run();

  const std::string path_;
  const std::function<void(SettingsSeen seen)> on_seen_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool asked_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace app
