// The ward of a story: one bed with its documents and its door for commands, exactly as the daemon has them,
// under a clock of its own; its monitors; and a station that keeps what it is sent.
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "daemon/app/bed_desk.hpp"
#include "daemon/app/commander.hpp"
#include "daemon/app/host.hpp"
#include "daemon/app/node_desk.hpp"
#include "daemon/app/outlet.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/settings/settings.hpp"
#include "tests/unit/stories/monitor.hpp"
#include "tests/unit/stories/story.hpp"

namespace stories {

using Json = nlohmann::json;
using vitals::MonoTime;
using vitals::Stamp;

// A document of an alarm as a station got it.
struct Heard {
  Milliseconds at{0};
  std::string condition;
  std::string change;    // "start" ...; "emptied" for the empty document that follows an end
  unsigned episode = 0;  // counted per condition
  Json document;
  Json value;  // the newest value that it had of the alarm's metric then, or of the bed's rate
};

class Ward : private app::Outlet, private app::Host {
 public:
  explicit Ward(const BedFacts& facts);
  ~Ward() override;
  Ward(const Ward&) = delete;
  Ward& operator=(const Ward&) = delete;

  Milliseconds now() const { return now_.mono - start_; }
  // The next instant at which something happens by itself: a message of a monitor, a timer of the bed.
  Milliseconds next_of_itself() const;
  // Time passes up to `at`, which is not beyond next_of_itself(); then the monitors send, if it is theirs.
  void pass_to(Milliseconds at);
  void monitors_send();

  // Each returns what is wrong with it, empty if nothing is.
  std::string perform(const Deed& deed);
  // What no story has to say: a value past its limit is not shown as current, a value comes before its alarm.
  const std::vector<std::string>& offences() const { return offences_; }
  const std::vector<Heard>& heard() const { return heard_; }

  // For what is looked at from inside. Null while the daemon is dead.
  const bed::Bed* bed() const { return desk_ ? &desk_->bed() : nullptr; }
  Stamp stamp() const { return now_; }
  const std::map<std::string, journal::Restored::Episode>& open_in_journal() const { return open_; }

 private:
  struct Observed {
    std::string payload;  // taken apart only when it is asked for
    bool current = false;
    MonoTime valid_until{};
  };

  // app::Outlet
  void publish(stations::Message message) override;
  void record(journal::Entry entry) override;
  // app::Host
  app::BedDesk* desk_of(const bed::Bed&) override { return desk_.get(); }
  void settle(Stamp) override {}
  void when_kept(app::Kept then, Stamp now) override { then(true, now); }
  void when_all_kept(app::Kept then) override { then(true, now_); }
  void unknown_bed(std::string_view, std::string_view, Stamp) override {}

  bed::Settings bed_settings() const;
  void set_leads(bed::Settings& out) const;
  void boot();
  void hear_alarm(const std::string& condition, const std::string& payload);
  void hear_value(const std::string& metric, const std::string& payload);
  Json value_behind(const Json& alarm) const;
  void lead_is_right(const Heard& heard);
  void look_for_old_values();
  void send(std::size_t monitor, const std::vector<vitals::Observation>& message);
  void pump_says(bool event);
  const Heard* episode_of(const std::string& condition, unsigned episode) const;

  std::string perform_one(const Show& deed);
  std::string perform_one(const Withhold& deed);
  std::string perform_one(const Silence& deed);
  std::string perform_one(const Cuff& deed);
  std::string perform_one(const Switch& deed);
  std::string perform_one(const Patient& deed);
  std::string perform_one(const Pump& deed);
  std::string perform_one(const Command& deed);
  std::string perform_one(const Restart& deed);
  std::string perform_one(const ClockStep& deed);
  std::string perform_one(const Shows& deed);
  std::string perform_one(const Alarms& deed);
  std::string perform_one(const Avoided& deed);
  std::string perform_one(const Is& deed);
  Json document_of(const Command& deed) const;

  BedFacts facts_;
  alarms::Profile profile_;
  settings::Stations stations_;
  app::Identity identity_{"gw1", "boot-0", "vitals"};
  MonoTime start_{Milliseconds{50'000'000}};
  Stamp now_{start_, vitals::wall_from_unix_ms(1'764'000'000'000)};
  std::vector<Monitor> monitors_;
  std::string patient_;
  std::optional<Pump> pump_;
  std::optional<MonoTime> away_until_;  // the daemon is dead until then
  unsigned boots_ = 0;

  std::map<std::string, journal::Restored::Episode> open_;  // what the journal would give back
  std::string session_;
  std::vector<journal::Restored::Command> commands_;
  std::uint64_t seq_ = 0;

  std::vector<Heard> heard_;
  std::map<std::string, unsigned> episodes_;
  std::map<std::string, Observed> values_;
  std::vector<std::string> offences_;
  std::string answer_;  // status of the newest answer
  std::string last_command_, last_topic_;
  unsigned command_number_ = 0;

  std::unique_ptr<app::NodeDesk> node_;
  std::unique_ptr<app::BedDesk> desk_;
  std::unique_ptr<app::Commander> commander_;
  std::vector<std::function<void()>> deliveries_;
};

}  // namespace stories
