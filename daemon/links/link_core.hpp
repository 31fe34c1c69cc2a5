// What every byte link does the same way: it reports its state on change, hands bytes over with their time,
// waits longer and longer before it opens again, ends in order, and may be destroyed by any of its handlers.
// A kind of link adds how its device is opened, read and closed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/links/link.hpp"

namespace links {

// The wait before the next attempt: doubles with each one up to `factor_max` times the first.
inline constexpr int back_off_factor_max = 16;  // of what is opened again at this node

class BackOff {
 public:
  BackOff(vitals::Milliseconds first, int factor_max)
      : first_(first), longest_(first * factor_max), next_(first) {}

  void reset() { next_ = first_; }
  vitals::Milliseconds take();

 private:
  vitals::Milliseconds first_, longest_, next_;
};

// Lives as long as an operation of it is under way, so that the link itself may be destroyed at any time,
// also from within a handler. Each closing ends an opening: what was under way then means nothing.
class LinkCore : public std::enable_shared_from_this<LinkCore> {
 public:
  virtual ~LinkCore() = default;
  LinkCore(const LinkCore&) = delete;
  LinkCore& operator=(const LinkCore&) = delete;

  void start();
  void stop();
  void finish(std::function<void()> done);
  virtual void send(Bytes bytes) = 0;
  virtual std::string trouble() const { return {}; }

 protected:
  LinkCore(boost::asio::io_context& loop, Handlers handlers, BackOff back_off);

  virtual void open() = 0;
  virtual void shut() = 0;        // the device is closed, nothing waits to be sent
  virtual void when_waiting() {}  // besides the time: what else may end the wait, by open_again()
  virtual void begin_finish() {}  // nothing more will be sent
  virtual bool all_sent() const = 0;

  // A handler that is only called while this opening lasts.
  template <typename Then>
  auto while_open(Then then) {
    return [self = shared_from_this(), opening = opening_, then](auto&&... result) {
      if (opening == self->opening_) then(result...);
    };
  }

  // These call a handler. False: it has stopped or destroyed the link, there is nothing to go on with.
  bool report(State state, std::string detail);
  bool hand_over(Bytes bytes, vitals::Stamp rx);
  bool hand_over_damage(vitals::Stamp rx);

  // Closes, reports, and opens again after the wait.
  void fail(State state, std::string detail);
  void open_again();
  bool running() const { return running_; }
  // What was reported last, if it was this state.
  const std::string* told(State state) const;

 private:
  void close();
  void await_sent();

  const Handlers handlers_;
  boost::asio::steady_timer timer_;
  BackOff back_off_;
  std::uint64_t opening_ = 0;
  vitals::MonoTime finish_by_{};
  std::function<void()> done_;  // of finish(), until it is called
  bool running_ = false, finishing_ = false;
  bool reported_ = false;  // state_ and detail_ hold what was reported last
  State state_ = State::down;
  std::string detail_;
};

// The core ends with the link.
std::unique_ptr<Link> link_of(std::shared_ptr<LinkCore> core);

}  // namespace links
