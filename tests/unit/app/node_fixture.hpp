// A node between a journal and a broker that only write down what comes.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/node.hpp"
#include "daemon/settings/builtin.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {

constexpr const char* status_topic = "vitals/1/node/gw1/status";

class FakeJournal final : public JournalDoor {
 public:
  const journal::Restored& restored() const override { return kept; }
  void write(std::vector<journal::Entry> entries, Kept) override {
    for (journal::Entry& entry : entries) written.push_back(std::move(entry));
  }
  void read_events(const std::string&, std::uint64_t from_seq, PageRead then) override {
    asked_from = from_seq;
    then(log, at(0));
  }
  journal::Health health() const override { return {}; }

  std::vector<std::uint64_t> numbers(const std::string& scope) const {
    std::vector<std::uint64_t> out;
    for (const journal::Entry& entry : written)
      if (const auto* event = std::get_if<journal::EventEntry>(&entry); event && event->scope == scope)
        out.push_back(event->seq);
    return out;
  }

  journal::Restored kept;
  journal::Page log;
  std::uint64_t asked_from = 0;
  std::vector<journal::Entry> written;
};

class FakeBroker final : public BrokerDoor {
 public:
  void publish(stations::Message message) override {
    said.messages.push_back(std::move(message));
    waits = true;
  }
  void flush() override { waits = false; }
  void subscribe(std::string filter, int) override { filters.push_back(std::move(filter)); }
  void unsubscribe(std::string filter) override { std::erase(filters, filter); }
  stations::BrokerHealth health() const override { return {}; }

  const stations::Message* newest(const std::string& topic) const {
    const auto found = said.on(topic);
    return found.empty() ? nullptr : found.back();
  }

  RecordingOutlet said;
  std::vector<std::string> filters;
  bool waits = false;
};

inline settings::Settings settings_of_one_bed() {
  settings::Settings out;
  out.node.name = "gw1";
  out.profiles["ketamine-adult"] = settings::builtin_profile("ketamine-adult").value();
  out.stations.roles = {{"ns-1", settings::Role::nurse}};
  settings::Source source;
  source.name = "mon1";
  source.protocol = "nonin";
  source.metrics.insert(vitals::Metric::spo2);
  out.sources.push_back(source);
  settings::Bed bed;
  bed.unit = "pain";
  bed.name = "b1";
  bed.profile = "ketamine-adult";
  bed.sources = {"mon1"};
  bed.expected.insert(vitals::Metric::spo2);
  out.beds.push_back(bed);
  return out;
}

class NodeFixture : public testing::Test {
 protected:
  void start(std::int64_t ms) {
    Node::Parts parts;
    parts.settings = &settings_;
    parts.identity = {"gw1", "run" + std::to_string(++runs_), "vitals", "c0ffee12"};
    parts.journal = &journal_;
    parts.broker = &broker_;
    parts.salt = [] { return bed::Salt{1, 2}; };
    now_ms_ = ms;
    node_ = std::make_unique<Node>(std::move(parts), at(ms));
    node_->settle(at(ms));
  }
  void pass(Milliseconds time) {
    for (const std::int64_t end = now_ms_ + time.count(); now_ms_ < end; now_ms_ += 1'000) {
      node_->every_second({}, at(now_ms_ + 1'000));
      node_->settle(at(now_ms_ + 1'000));
    }
  }
  void hear(const std::string& topic, const std::string& payload, bool retained) {
    node_->on_message(topic, payload, retained, at(now_ms_));
  }
  // The broker has taken the newest presence, and passes it on to whoever has subscribed to it: us.
  void take_presence(bool passed_on) {
    const stations::Message* said = broker_.newest(status_topic);
    ASSERT_NE(said, nullptr);
    const stations::Message presence = *said;
    if (passed_on) hear(status_topic, presence.payload, false);
    node_->on_delivered(presence.token, true, at(now_ms_));
  }
  bool has_alarm(std::string_view condition) const { return node_->desk().has_alarm(condition); }

  settings::Settings settings_ = settings_of_one_bed();
  FakeJournal journal_;
  FakeBroker broker_;
  std::unique_ptr<Node> node_;
  int runs_ = 0;
  std::int64_t now_ms_ = 0;
};

}  // namespace app::test
