// The thread behind a BrokerLink: connects, sends what waits in the outbox, keeps the library awake,
// reconnects. It alone calls the library; everything else comes in through publish(), subscriptions and
// events.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/stations/broker_link.hpp"
#include "daemon/stations/first_broker.hpp"
#include "daemon/stations/in_flight.hpp"
#include "daemon/stations/outbox.hpp"
#include "daemon/stations/paho_client.hpp"

namespace stations {

struct Subscription {
  std::string filter;
  int qos = 1;
  bool wanted = true;  // false: unsubscribe
};

class BrokerLink::Publisher : public std::enable_shared_from_this<BrokerLink::Publisher> {
 public:
  Publisher(BrokerSettings settings, BrokerHandlers handlers);

  // Any thread. What each does: BrokerLink.
  void start();
  void publish(Message message, Wake when);
  void wake();
  void enqueue_subscription(Subscription subscription);
  void stop(Message last, vitals::Milliseconds limit);
  void abandon();
  BrokerHealth health() const;

 private:
  enum class Stop : std::uint8_t { no, orderly, abandon };
  struct Event {  // from the library
    bool lost = false;
    Serial serial = 0;
    bool ok = false;
    std::string text;
  };

  // The thread's life, from here to the next bar in its own thread only.
  void run();
  bool take_client();   // of the broker whose turn it is
  void leave_client();  // one that is busy never comes back
  Message make_will();
  bool connect();
  bool connect_failed(const std::string& reason);
  void serve();
  void step(SteadyTime until);
  void finish();
  void send_last(SteadyTime until);
  void end_client();
  void wait_before_reconnect();
  bool first_is_back();
  void leave_for_the_first();

  // One step of it.
  SteadyTime next_timer(SteadyTime until) const;
  void wait_for_work(SteadyTime until);
  void handle_events();
  void handle_done(const Event& event);
  void send_subscriptions();
  void send_messages();
  void send(const Message& message);
  void keep_awake(SteadyTime now);
  bool send_window(bool& urgent_only) const;
  bool nobody_waits() const;

  // Ends of a connection.
  bool await_done(Serial serial, SteadyTime until, bool until_stop, Event& out);
  void break_link(const std::string& reason);
  void lose(const std::string& reason);
  void forget(const std::vector<Message>& messages);
  void forget_on_their_way();

  // ------------------------------------------------------------------------------------------------------------
  void post(Event event);
  Stop stop_wanted() const;
  void wait_for_thread(SteadyTime until);
  template <typename Handler, typename... Values>
  void call(const Handler& handler, Values&&... values);

  const BrokerSettings settings_;
  const BrokerHandlers handlers_;

  std::mutex gate_;  // held while a handler runs, so that none runs once it is closed
  bool closed_ = false;

  mutable std::mutex mutex_;  // guards from here to the next bar
  std::condition_variable wake_, finished_changed_;
  Outbox outbox_;
  std::deque<Subscription> subscriptions_;
  std::vector<Event> events_;
  bool accepting_ = false;  // connected, and not stopping
  bool stuck_ = false;      // an alarm or answer found no room
  bool asleep_ = false;     // and need not hear of each observation that was written
  Stop stop_ = Stop::no;
  Message last_;
  SteadyTime stop_deadline_;
  bool finished_ = false;
  // ------------------------------------------------------------------------------------------------------------

  std::atomic<bool> connected_{false};  // ours: asking the library can block for as long as a name look-up
  std::atomic<std::size_t> broker_{0}, on_their_way_{0};
  std::atomic<std::uint64_t> published_{0}, dropped_{0}, nudges_{0};
  std::atomic<std::int64_t> ack_ms_last_{0};

  // The thread's own.
  std::vector<std::unique_ptr<PahoClient>> clients_;  // by broker, each made when it is first tried
  PahoClient* client_ = nullptr;                      // the one in use
  std::unique_ptr<FirstBroker> first_;                // made when the first broker has failed once
  bool library_busy_ = false;                         // connecting or connected: must not be destroyed
  bool finishing_ = false, reconnect_at_once_ = false;
  InFlight in_flight_;
  std::map<Serial, Subscription> subscribing_;
  SteadyTime subscribing_nudge_at_{};  // the library may sleep over them as over a publish
  Serial serial_ = 0;
  std::uint64_t connection_ = 0;
  std::chrono::milliseconds reconnect_after_;
  SteadyTime next_tick_;

  std::thread thread_;
};

template <typename Handler, typename... Values>
void BrokerLink::Publisher::call(const Handler& handler, Values&&... values) {
  if (!handler) return;
  const std::lock_guard lock(gate_);
  if (!closed_) handler(std::forward<Values>(values)...);
}

}  // namespace stations
