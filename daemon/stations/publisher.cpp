#include "daemon/stations/publisher.hpp"

#include <algorithm>
#include <utility>

#include "daemon/stations/no_delay.hpp"
#include "daemon/vitals/check.hpp"

namespace stations {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds reconnect_after_min{500};
constexpr milliseconds reconnect_after_max{8000};
constexpr milliseconds connect_max{7000};  // the library's own limit is 5 s
constexpr milliseconds disconnect_max{2000};
constexpr milliseconds acknowledge_max{10'000};  // twice the keep-alive: this connection is dead
constexpr milliseconds tick_every{1000};
constexpr milliseconds abandon_max{1000};
constexpr milliseconds stop_grace{250};

// Messages given to the library at a time. What waits in the outbox can be overtaken, what the library has
// cannot; the last places are for alarms and answers.
constexpr std::size_t window = 64;
constexpr std::size_t window_urgent = 96;
constexpr std::size_t subscriptions_max = 100'000;  // a few per bed
// Given to the library and not confirmed. It takes things in their order: an alarm must not stand behind
// thousands.
constexpr std::size_t subscribing_max = 128;

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

BrokerLink::Publisher::Publisher(BrokerSettings settings, BrokerHandlers handlers)
    : settings_(std::move(settings)),
      handlers_(std::move(handlers)),
      outbox_(settings_.outbox_max),
      clients_(settings_.brokers.size()),
      reconnect_after_(reconnect_after_min) {}

// ---- any thread ----

void BrokerLink::Publisher::start() {
  CHECK(!thread_.joinable());
  thread_ = std::thread([self = shared_from_this()] { self->run(); });
}

void BrokerLink::Publisher::publish(Message message, Wake when) {
  std::optional<Message> refused;
  {
    const std::lock_guard lock(mutex_);
    if (accepting_) {
      Outbox::Pushed pushed = outbox_.push(std::move(message));
      refused = std::move(pushed.dropped);
      stuck_ = stuck_ || pushed.stuck;
      if (refused) ++dropped_;
    } else {
      refused = std::move(message);
    }
  }
  if (when == Wake::now) wake_.notify_one();
  if (refused && refused->token != 0 && handlers_.on_delivered) handlers_.on_delivered(refused->token, false);
}

void BrokerLink::Publisher::wake() { wake_.notify_one(); }

void BrokerLink::Publisher::enqueue_subscription(Subscription subscription) {
  {
    const std::lock_guard lock(mutex_);
    if (!accepting_) return;
    CHECK(subscriptions_.size() < subscriptions_max);
    subscriptions_.push_back(std::move(subscription));
  }
  wake_.notify_one();
}

void BrokerLink::Publisher::stop(Message last, vitals::Milliseconds limit) {
  const SteadyTime deadline = now() + limit;
  {
    const std::lock_guard lock(mutex_);
    if (stop_ == Stop::no) {
      stop_ = Stop::orderly;
      last_ = std::move(last);
      stop_deadline_ = deadline;
    }
  }
  wait_for_thread(deadline + stop_grace);
}

void BrokerLink::Publisher::abandon() {
  {
    const std::lock_guard lock(mutex_);
    if (stop_ == Stop::no) stop_ = Stop::abandon;
  }
  wait_for_thread(now() + abandon_max);
}

// A thread that does not come back hangs in the library: it is left behind with all that it uses.
void BrokerLink::Publisher::wait_for_thread(SteadyTime until) {
  wake_.notify_one();
  if (thread_.joinable()) {
    std::unique_lock lock(mutex_);
    const bool finished = finished_changed_.wait_until(lock, until, [this] { return finished_; });
    lock.unlock();
    if (finished) {
      thread_.join();
    } else {
      thread_.detach();
    }
  }
  const std::lock_guard lock(gate_);
  closed_ = true;
}

BrokerHealth BrokerLink::Publisher::health() const {
  BrokerHealth out;
  {
    const std::lock_guard lock(mutex_);
    out.queued = outbox_.size();
    out.waiting = outbox_.sizes();
  }
  out.in_flight = on_their_way_;
  out.queued += out.in_flight;
  out.connected = connected_;
  out.broker = broker_;
  out.published = published_;
  out.dropped = dropped_;
  out.ack_ms_last = ack_ms_last_;
  out.nudges = nudges_;
  return out;
}

void BrokerLink::Publisher::post(Event event) {
  bool matters = true;
  {
    const std::lock_guard lock(mutex_);
    matters = !asleep_ || event.lost || !event.ok || outbox_.size() > 0;
    events_.push_back(std::move(event));
  }
  if (matters) wake_.notify_one();
}

BrokerLink::Publisher::Stop BrokerLink::Publisher::stop_wanted() const {
  const std::lock_guard lock(mutex_);
  return stop_;
}

// ---- the thread's life ----

void BrokerLink::Publisher::run() {
  while (stop_wanted() == Stop::no) {
    if (connect()) serve();
    if (!connected_) wait_before_reconnect();
  }
  if (stop_wanted() == Stop::orderly && connected_) finish();
  end_client();
  const std::lock_guard lock(mutex_);
  finished_ = true;
  finished_changed_.notify_all();
}

bool BrokerLink::Publisher::connect() {
  if (!take_client()) return connect_failed("the MQTT library takes neither host nor client id");
  ++connection_;
  const Message will = make_will();
  const Serial serial = ++serial_;
  std::string trouble;
  library_busy_ = true;
  if (client_->connect(settings_.brokers[broker_], will.topic.empty() ? nullptr : &will, serial, trouble) !=
      Begun::yes) {
    library_busy_ = false;
    return connect_failed(trouble);
  }
  Event done;
  if (!await_done(serial, now() + connect_max, true, done)) {
    if (stop_wanted() != Stop::no) return false;
    break_link("no answer from the broker");
    return connect_failed("no answer from the broker");
  }
  library_busy_ = done.ok;
  if (!done.ok) return connect_failed(done.text);
  send_without_delay(settings_.brokers[broker_].port);
  next_tick_ = now();
  connected_ = true;
  {
    const std::lock_guard lock(mutex_);
    accepting_ = stop_ == Stop::no;
  }
  call(handlers_.on_connected, connection_);
  return true;
}

Message BrokerLink::Publisher::make_will() {
  Message out;
  if (!handlers_.make_will) return out;
  const std::lock_guard lock(gate_);
  if (!closed_) out = handlers_.make_will(connection_);
  return out;
}

bool BrokerLink::Publisher::connect_failed(const std::string& reason) {
  const BrokerAddress& tried = settings_.brokers[broker_];
  call(handlers_.on_connect_failed, tried.host + " port " + std::to_string(tried.port) + ": " + reason);
  broker_ = (broker_ + 1) % settings_.brokers.size();
  return false;
}

void BrokerLink::Publisher::serve() {
  const SteadyTime since = now();
  if (broker_ != 0 && !first_)
    first_ = std::make_unique<FirstBroker>(settings_, [self = shared_from_this()] { self->post({}); });
  if (first_) first_->wait(now());
  while (connected_ && stop_wanted() == Stop::no) {
    step(now() + seconds{60});
    if (connected_ && first_is_back()) leave_for_the_first();
  }
  broker_ = 0;
  // A connection that breaks at once (two clients with one id) must not turn into a storm.
  if (now() - since > reconnect_after_max) reconnect_after_ = reconnect_after_min;
}

// Not before all brokers have been tried.
void BrokerLink::Publisher::wait_before_reconnect() {
  if (std::exchange(reconnect_at_once_, false) || broker_ != 0) return;
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, now() + reconnect_after_, [this] { return stop_ != Stop::no; });
  reconnect_after_ = std::min(reconnect_after_ * 2, reconnect_after_max);
}

void BrokerLink::Publisher::finish() {
  finishing_ = true;
  SteadyTime deadline;
  std::vector<Message> needless;
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
    deadline = stop_deadline_;
    needless = outbox_.take(Lane::observation);
  }
  forget(needless);
  // Half the time is for what waits, so that the last word always has its chance.
  const SteadyTime half = now() + (deadline - now()) / 2;
  while (connected_ && now() < half && health().queued > 0) step(half);
  if (connected_) send_last(deadline);
  if (!connected_) return;
  forget_on_their_way();
  const Serial serial = ++serial_;
  Event done;
  if (client_->disconnect(serial) == Begun::yes && await_done(serial, deadline, false, done))
    library_busy_ = false;
  connected_ = false;
}

void BrokerLink::Publisher::send_last(SteadyTime until) {
  std::vector<Message> left;
  {
    const std::lock_guard lock(mutex_);
    left = outbox_.take_all();
  }
  forget(left);
  if (last_.topic.empty()) return;
  last_.lane = Lane::answer;
  send(last_);
  const Serial serial = serial_;
  while (connected_ && in_flight_.has(serial) && now() < until) step(until);
}

// ---- one step ----

void BrokerLink::Publisher::step(SteadyTime until) {
  wait_for_work(next_timer(until));
  handle_events();
  bool stuck = false;
  {
    const std::lock_guard lock(mutex_);
    stuck = std::exchange(stuck_, false);
  }
  if (connected_ && stuck) break_link("the outbox is full of alarms: the broker takes nothing");
  if (connected_) send_messages();
  if (connected_) send_subscriptions();
  if (connected_) keep_awake(now());
}

SteadyTime BrokerLink::Publisher::next_timer(SteadyTime until) const {
  if (const auto sent_at = in_flight_.oldest_sent_at()) until = std::min(until, *sent_at + acknowledge_max);
  if (broker_ != 0 && first_) until = std::min(until, first_->next());
  if (settings_.tick_topic.empty()) return until;
  if (const auto nudge_at = in_flight_.nudge_at()) until = std::min(until, *nudge_at);
  if (!subscribing_.empty()) until = std::min(until, subscribing_nudge_at_);
  return std::min(until, next_tick_);
}

void BrokerLink::Publisher::wait_for_work(SteadyTime until) {
  std::unique_lock lock(mutex_);
  asleep_ = nobody_waits();
  wake_.wait_until(lock, until, [this] {
    bool urgent_only = false;
    const bool can_send = send_window(urgent_only) && outbox_.has(urgent_only);
    const bool stop_is_new = stop_ != Stop::no && !finishing_;
    const bool can_subscribe = !subscriptions_.empty() && subscribing_.empty();
    return can_send || !events_.empty() || can_subscribe || stuck_ || stop_is_new;
  });
  asleep_ = false;
}

// For a confirmation: all that is on its way are observations. They are counted when something else wakes
// this thread, its tick at the latest.
bool BrokerLink::Publisher::nobody_waits() const {
  return !settings_.tick_topic.empty() && !finishing_ && subscribing_.empty() && !in_flight_.any_awaited();
}

bool BrokerLink::Publisher::send_window(bool& urgent_only) const {
  urgent_only = in_flight_.size() >= window;
  return in_flight_.size() < window_urgent;
}

void BrokerLink::Publisher::handle_events() {
  std::vector<Event> events;
  {
    const std::lock_guard lock(mutex_);
    events.swap(events_);
  }
  for (const Event& event : events) {
    if (event.lost && connected_) {
      library_busy_ = false;
      lose(event.text);
    } else if (!event.lost) {
      handle_done(event);
    }
  }
}

void BrokerLink::Publisher::handle_done(const Event& event) {
  if (const auto subscribed = subscribing_.extract(event.serial)) {
    if (subscribed.mapped().wanted) call(handlers_.on_subscribed, subscribed.mapped().filter, event.ok);
    return;
  }
  const auto entry = in_flight_.finish(event.serial);
  if (!entry) return;  // of an earlier connection, and answered then
  on_their_way_ = in_flight_.size();
  if (event.ok) ++published_;
  if (event.ok && entry->qos > 0)
    ack_ms_last_ = std::chrono::duration_cast<milliseconds>(now() - entry->sent_at).count();
  if (entry->token != 0) call(handlers_.on_delivered, entry->token, event.ok);
}

// The next ones when all of these are answered: one for one each would cost its change of threads.
void BrokerLink::Publisher::send_subscriptions() {
  if (!subscribing_.empty()) return;
  while (connected_ && subscribing_.size() < subscribing_max) {
    Subscription next;
    {
      const std::lock_guard lock(mutex_);
      if (subscriptions_.empty()) return;
      next = std::move(subscriptions_.front());
      subscriptions_.pop_front();
    }
    const Serial serial = ++serial_;
    const Begun begun = next.wanted ? client_->subscribe(next.filter, next.qos, serial)
                                    : client_->unsubscribe(next.filter, serial);
    subscribing_.emplace(serial, std::move(next));
    subscribing_nudge_at_ = now() + nudge_after;
    if (begun != Begun::yes) handle_done({false, serial, false, {}});
  }
}

void BrokerLink::Publisher::send_messages() {
  for (bool urgent_only = false; connected_ && send_window(urgent_only);) {
    std::optional<Message> message;
    {
      const std::lock_guard lock(mutex_);
      message = outbox_.pop(urgent_only);
    }
    if (!message) return;
    send(*message);
  }
}

void BrokerLink::Publisher::send(const Message& message) {
  const Serial serial = ++serial_;
  in_flight_.add(serial, message.token, message.qos, is_urgent(message.lane), now());
  on_their_way_ = in_flight_.size();
  switch (client_->publish(message, serial)) {
    case Begun::yes: return;
    case Begun::no: return handle_done({false, serial, false, {}});
    case Begun::link_bad: return break_link("the MQTT library takes no more messages");
  }
}

void BrokerLink::Publisher::keep_awake(SteadyTime time) {
  const auto sent_at = in_flight_.oldest_sent_at();
  if (sent_at && time - *sent_at >= acknowledge_max) return break_link("the broker acknowledges nothing");
  if (settings_.tick_topic.empty()) return;
  const auto nudge_at = in_flight_.nudge_at();
  const bool nudge = nudge_at && time >= *nudge_at;
  const bool nudge_subscribing = !subscribing_.empty() && time >= subscribing_nudge_at_;
  if (nudge_subscribing) subscribing_nudge_at_ = time + nudge_after;
  if (!nudge && !nudge_subscribing && time < next_tick_) return;
  if (nudge) {
    in_flight_.nudged(time);
    ++nudges_;
  }
  client_->publish_tick(settings_.tick_topic);
  next_tick_ = time + tick_every;
}

// ---- ends of a connection ----

// Events of other operations that come before are of no interest: nothing is on its way at such a time.
bool BrokerLink::Publisher::await_done(Serial serial, SteadyTime until, bool until_stop, Event& out) {
  std::unique_lock lock(mutex_);
  bool found = false;
  wake_.wait_until(lock, until, [&] {
    const auto event = std::find_if(events_.begin(), events_.end(),
                                    [serial](const Event& e) { return !e.lost && e.serial == serial; });
    found = event != events_.end();
    if (found) {
      out = std::move(*event);
      events_.erase(events_.begin(), event + 1);
    }
    return found || (until_stop && stop_ != Stop::no);
  });
  return found;
}

void BrokerLink::Publisher::break_link(const std::string& reason) {
  const Serial serial = ++serial_;
  const Begun begun = client_->disconnect(serial);
  if (connected_) lose(reason);
  Event done;
  library_busy_ = begun == Begun::yes && !await_done(serial, now() + disconnect_max, false, done);
}

void BrokerLink::Publisher::lose(const std::string& reason) {
  std::vector<Message> waiting;
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
    stuck_ = false;
    subscriptions_.clear();
    waiting = outbox_.take_all();
  }
  connected_ = false;
  subscribing_.clear();
  call(handlers_.on_lost, reason);
  forget_on_their_way();
  forget(waiting);
}

void BrokerLink::Publisher::forget(const std::vector<Message>& messages) {
  for (const Message& message : messages)
    if (message.token != 0) call(handlers_.on_delivered, message.token, false);
}

void BrokerLink::Publisher::forget_on_their_way() {
  on_their_way_ = 0;
  for (const InFlight::Entry& entry : in_flight_.take_all())
    if (entry.token != 0) call(handlers_.on_delivered, entry.token, false);
}

}  // namespace stations
