// The journal in virtual time: the queue and the mirror are the daemon's own, the file is what a power cut
// leaves of it. Commits take a while, fail while the disk fails, and are kept as a whole or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/app/doors.hpp"
#include "daemon/journal/mirror.hpp"
#include "daemon/journal/queue.hpp"
#include "tests/world/ground.hpp"

namespace world {

using Events = std::map<std::uint64_t, journal::EventEntry>;  // by number

inline constexpr std::size_t page_max = 40;  // fewer than the journal gives, so that `more follow` is seen

// What survives the daemon.
struct Disk {
  bool exists = false;
  journal::Mirror state;
  std::map<std::string, Events, std::less<>> events;  // by scope
  std::set<std::string, std::less<>> commands;        // ids, with their outcome

  // How it behaves now.
  bool failing = false;
  Milliseconds commit_least{1}, commit_most{15};
  std::size_t entries_max = journal::queue_entries_max;

  bool has_event(std::string_view scope, std::uint64_t seq) const {
    const auto found = events.find(scope);
    return found != events.end() && found->second.count(seq) != 0;
  }
  void lose();  // the file is unusable, and a new one takes its place
};

class SimJournal final : public app::JournalDoor {
 public:
  struct Watch {
    std::function<void(const std::vector<journal::Entry>&)> written;  // handed over by the daemon
    std::function<bool()> refuse;                                     // this write is given up at once
    std::function<bool()> spoil;                                      // this commit fails
  };
  SimJournal(Ground& ground, Disk& disk, const std::string& boot, Watch watch);
  ~SimJournal() override = default;
  SimJournal(const SimJournal&) = delete;
  SimJournal& operator=(const SimJournal&) = delete;

  const journal::Restored& restored() const override { return restored_; }
  void write(std::vector<journal::Entry> entries, app::Kept then) override;
  void read_events(const std::string& scope, std::uint64_t from_seq, app::PageRead then) override;
  journal::Health health() const override;

  // The process dies: what is being committed may be kept already, though nobody was told.
  void die();
  // It ends in order: all that waits is written, if the disk lets it.
  void finish();

 private:
  void wake();
  void begin();
  void end();
  void keep(const std::vector<journal::Job>& jobs);
  void put(const journal::Entry& entry);
  void answer(const journal::Done& done, bool kept);
  journal::Page page(const std::string& scope, std::uint64_t from_seq) const;

  Ground& ground_;
  Disk& disk_;
  Watch watch_;
  journal::Restored restored_;
  journal::Queue queue_;
  journal::Mirror mirror_;
  journal::Health health_;
  std::vector<journal::Job> committing_;
  std::optional<journal::Mirror> repairing_;
  bool busy_ = false, repair_ = false, retrying_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // acts of the calendar outlive the process
};

}  // namespace world
