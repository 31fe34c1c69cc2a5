// The promises of the daemon (README) as invariants. They see what the daemon hands to its journal and its
// broker, what the monitors told it and what people ordered, and know nothing of how it works. The first one
// that does not hold is thrown as Broken, with its name.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/app/node.hpp"
#include "tests/world/broker.hpp"
#include "tests/world/disk.hpp"
#include "tests/world/ground.hpp"
#include "tests/world/monitor.hpp"
#include "tests/world/station.hpp"

// The text is made only when it is needed: most of the time it is not.
#define HOLD(good, promise, how)           \
  do {                                     \
    if (!(good)) broken((promise), (how)); \
  } while (false)

namespace world {

// Alarms that are there, as stations should show them.
View truth_of(const app::Node& node);

class Promises {
 public:
  struct World {  // to look at
    Ground& ground;
    const Disk& disk;
    const Broker& broker;
    const std::vector<std::unique_ptr<Monitor>>& monitors;
    const std::vector<std::unique_ptr<Station>>& stations;
  };
  explicit Promises(World world) : world_(world) {}

  // --- the daemon's life
  void starts();                        // before it is made
  void started(const app::Node& node);  // made, nothing handed over yet
  void died();
  void connected() { connected_since_ = world_.ground.now(); }
  void lost() {
    connected_since_.reset();
    values_.clear();  // what was shown then runs out by itself
    lost_at_ = world_.ground.now();
  }
  void journal_lost();  // not by any fault of the daemon

  // --- what it hands over
  void written(const std::vector<journal::Entry>& entries, bool link_up);
  void published(const stations::Message& message);

  // --- what people and monitors do
  void sent(const Sent& command) { commands_[command.id] = command; }
  void arrives(std::string_view topic, std::string_view payload);  // the daemon reads this command now
  void done();                                                     // with that
  void offended(const std::string& how) const { broken(how.substr(0, how.find(':')), how); }
  // HL7: a message begins; all that it caused was handed over; it is answered with AA.
  void fed() { fed_from_ = events_.size(); }
  void caused(const std::string& control_id);
  void positive(const std::string& control_id);

  // --- after each step, and once all faults have been over for healed_after
  void after_step(app::Node* node, const journal::Health& journal);
  void healed(app::Node& node);
  // All has been well for a while: stations show what is.
  void calm(const app::Node& node) const;

  std::uint64_t transitions() const { return transitions_; }
  std::uint64_t raised() const { return raised_; }
  std::uint64_t over() const { return ended_.size(); }
  std::uint64_t adopted() const { return adopted_; }

 private:
  struct Episode {
    std::string id, state, prio;
    std::uint64_t rev = 0, rev_prio = 0;
    bool acked = false;
  };
  struct Transition {  // one document, read
    std::string_view json;
    std::string scope, condition, change;
    Episode after;
  };
  struct Event {
    std::string scope;
    std::uint64_t seq = 0;
    std::string condition, id;  // of an alarm
    std::uint64_t rev = 0;
  };
  struct Unconfirmed {
    std::string id;
    std::uint64_t rev = 0;
    Milliseconds since{};
  };

  [[noreturn]] static void broken(std::string promise, std::string how) {
    throw Broken{std::move(promise), std::move(how)};
  }

  void take_event(const journal::EventEntry& event, bool link_up);
  void take_command(const journal::CommandEntry& command);
  void take_transition(const Transition& t);
  void begins(const Transition& t);
  void goes_on(const Transition& t, const Episode& before);
  void is_over(const Transition& t, const Episode& before);
  void recovered(const Transition& t) const;
  void note_receipts(const Transition& t);
  bool is_kept(const Event& event) const;
  void published_alarm(const stations::Message& message, std::string_view scope, std::string_view condition);
  void answered(const stations::Message& message);

  void silence_alarms(const app::Node& node);
  void limits_alarm(const app::Node& node);
  void node_alarms(const app::Node& node, const journal::Health& journal);
  void nothing_stale(const app::Node& node);
  void hears_all(Station& station, const std::string& scope, const Events& log) const;
  void restored(const app::Node& node) const;
  void forget_numbers();
  const Monitor* monitor_of(std::string_view scope) const;
  static bool has(const app::Node& node, std::string_view scope, std::string_view condition);

  World world_;
  std::optional<Milliseconds> started_at_, connected_since_, journal_bad_since_;
  std::map<std::string, Episode> now_;  // "scope condition" -> what was said last in this run
  struct Said {
    std::uint64_t rev = 0;  // the highest ever
    WallTime clock{};       // base of the clock then
  };
  std::unordered_map<std::string, Said> revs_;       // by id
  std::set<std::string> ended_;                      // ids
  std::map<std::string, std::uint64_t> seqs_;        // scope -> the highest ever said
  std::map<std::string, std::uint64_t> repeatable_;  // scope -> numbers up to here may come twice
  std::set<std::string> seq_begun_;                  // scopes, in this run
  std::vector<Event> events_;                        // handed over in this run, in order
  std::size_t fed_from_ = 0;
  std::map<std::string, std::pair<std::size_t, std::size_t>> caused_;  // control id -> of events_
  std::set<std::string, std::less<>> published_now_;                   // alarm documents of this step
  std::unordered_map<std::string, Sent> commands_;
  std::set<std::string, std::less<>> audited_;
  std::optional<Sent> acting_;
  Milliseconds received_at_{0}, lost_at_{0}, broker_lost_at_{0}, adopted_at_{-1};
  std::map<std::pair<std::string, Metric>, Milliseconds> explained_at_;
  std::map<std::string, Unconfirmed> unconfirmed_;              // "scope condition"
  std::map<std::string, Milliseconds> deep_since_, low_since_;  // scope
  struct Value {
    bool current = false;
    MonoTime until{};
    std::string payload;
  };
  std::map<std::string, Value> values_;  // obs topic
  std::uint64_t transitions_ = 0, raised_ = 0, adopted_ = 0;
  bool lost_with_journal_ = false;  // something, once
};

}  // namespace world
