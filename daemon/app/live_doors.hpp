// The doors of the running daemon: answers of the journal's thread are posted to the loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>
#include <vector>

#include "daemon/app/doors.hpp"
#include "daemon/service/clock.hpp"

namespace app {

class LiveJournal final : public JournalDoor {
 public:
  LiveJournal(boost::asio::io_context& loop, journal::Journal& journal) : loop_(loop), journal_(journal) {}

  const journal::Restored& restored() const override { return journal_.restored(); }
  journal::Health health() const override { return journal_.health(); }

  void write(std::vector<journal::Entry> entries, Kept then) override {
    if (!then) return journal_.write(std::move(entries), {});
    journal_.write(std::move(entries), [&loop = loop_, then = std::move(then)](bool kept) {
      boost::asio::post(loop, [then, kept] { then(kept, service::now()); });
    });
  }

  void read_events(const std::string& scope, std::uint64_t from_seq, PageRead then) override {
    journal_.read_events(scope, from_seq, [&loop = loop_, then = std::move(then)](journal::Page page) {
      boost::asio::post(loop,
                        [then, page = std::move(page)]() mutable { then(std::move(page), service::now()); });
    });
  }

 private:
  boost::asio::io_context& loop_;
  journal::Journal& journal_;
};

class LiveBroker final : public BrokerDoor {
 public:
  explicit LiveBroker(stations::BrokerLink& link) : link_(link) {}

  // The value that an alarm rests on waits for its alarm, right behind it.
  void publish(stations::Message message) override {
    using Wake = stations::BrokerLink::Wake;
    waits_ = !stations::is_urgent(message.lane) || message.replaces_waiting;
    link_.publish(std::move(message), waits_ ? Wake::later : Wake::now);
  }
  void flush() override {
    if (std::exchange(waits_, false)) link_.wake();
  }
  void subscribe(std::string filter, int qos) override { link_.subscribe(std::move(filter), qos); }
  void unsubscribe(std::string filter) override { link_.unsubscribe(std::move(filter)); }
  stations::BrokerHealth health() const override { return link_.health(); }

 private:
  stations::BrokerLink& link_;
  bool waits_ = false;
};

}  // namespace app
