// What goes on and on is said once, then less and less often: a log of retries must not fill the disk.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace app {

class Seldom {
 public:
  // True: say it. A new text at once, a known one after a minute, then after twice as long each time, up to
  // an hour.
  bool due(std::string_view text, vitals::MonoTime now) {
    const auto known =
        std::find_if(said_.begin(), said_.end(), [&](const Said& one) { return one.text == text; });
    if (known == said_.end()) {
      if (said_.size() == texts_max) said_.erase(said_.begin());
      said_.push_back({std::string{text}, pause_min, now + pause_min});
      return true;
    }
    if (now < known->again) return false;
    known->pause = std::min(2 * known->pause, pause_max);
    known->again = now + known->pause;
    return true;
  }
  void over() { said_.clear(); }

 private:
  static constexpr std::size_t texts_max = 8;
  static constexpr vitals::Milliseconds pause_min{60'000}, pause_max{3'600'000};
  struct Said {
    std::string text;
    vitals::Milliseconds pause;
    vitals::MonoTime again;
  };
  std::vector<Said> said_;
};

}  // namespace app
