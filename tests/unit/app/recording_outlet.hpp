// Keeps what would go to the broker and to the journal.
#pragma once

#include <string>
#include <vector>

#include "daemon/app/outlet.hpp"

namespace app::test {

class RecordingOutlet final : public Outlet {
 public:
  void publish(stations::Message message) override { messages.push_back(std::move(message)); }
  void record(journal::Entry entry) override { entries.push_back(std::move(entry)); }

  std::vector<const stations::Message*> on(const std::string& topic) const {
    std::vector<const stations::Message*> out;
    for (const auto& message : messages)
      if (message.topic == topic) out.push_back(&message);
    return out;
  }

  std::vector<stations::Message> messages;
  std::vector<journal::Entry> entries;
};

inline vitals::Stamp at(std::int64_t ms) {
  return {vitals::MonoTime{vitals::Milliseconds{ms}}, vitals::wall_from_unix_ms(1'800'000'000'000 + ms)};
}

}  // namespace app::test
