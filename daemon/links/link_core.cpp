#include "daemon/links/link_core.hpp"

#include <algorithm>
#include <utility>

#include "daemon/service/clock.hpp"

namespace links {
namespace {

using Error = boost::system::error_code;

constexpr vitals::Milliseconds sent_look_ms{5};

class OwnedLink final : public Link {
 public:
  explicit OwnedLink(std::shared_ptr<LinkCore> core) : core_(std::move(core)) {}
  ~OwnedLink() override { core_->stop(); }
  OwnedLink(const OwnedLink&) = delete;
  OwnedLink& operator=(const OwnedLink&) = delete;

  void start() override { core_->start(); }
  void stop() override { core_->stop(); }
  void finish(std::function<void()> done) override { core_->finish(std::move(done)); }
  void send(Bytes bytes) override { core_->send(bytes); }
  std::string trouble() const override { return core_->trouble(); }

 private:
  std::shared_ptr<LinkCore> core_;
};

}  // namespace

vitals::Milliseconds BackOff::take() {
  const vitals::Milliseconds wait = next_;
  next_ = std::min(next_ * 2, longest_);
  return wait;
}

LinkCore::LinkCore(boost::asio::io_context& loop, Handlers handlers, BackOff back_off)
    : handlers_(std::move(handlers)), timer_(loop), back_off_(back_off) {}

void LinkCore::start() {
  if (running_) return;
  const auto self = shared_from_this();  // the handler of the first report may destroy the link
  running_ = true;
  finishing_ = false;
  reported_ = false;
  back_off_.reset();
  open();
}

void LinkCore::stop() {
  running_ = false;
  done_ = nullptr;
  close();
}

void LinkCore::finish(std::function<void()> done) {
  const auto self = shared_from_this();  // `done` may destroy the link
  finishing_ = true;
  finish_by_ = service::now().mono + finish_ms_max;
  done_ = std::move(done);
  if (running_) begin_finish();
  await_sent();
}

void LinkCore::await_sent() {
  if (!running_ || all_sent() || service::now().mono >= finish_by_) {
    const std::function<void()> done = std::exchange(done_, nullptr);
    stop();
    return done();
  }
  timer_.expires_after(sent_look_ms);
  timer_.async_wait([self = shared_from_this()](const Error&) {
    if (self->done_) self->await_sent();
  });
}

void LinkCore::close() {
  ++opening_;
  timer_.cancel();
  shut();
}

bool LinkCore::report(State state, std::string detail) {
  if (finishing_ || (reported_ && state == state_ && detail == detail_)) return true;
  reported_ = true;
  state_ = state;
  detail_ = std::move(detail);
  const std::uint64_t opening = opening_;
  if (handlers_.on_state) handlers_.on_state(state_, detail_);
  return opening == opening_;
}

bool LinkCore::hand_over(Bytes bytes, vitals::Stamp rx) {
  back_off_.reset();
  const std::uint64_t opening = opening_;
  if (handlers_.on_bytes && !finishing_) handlers_.on_bytes(bytes, rx);
  return opening == opening_;
}

bool LinkCore::hand_over_damage(vitals::Stamp rx) {
  const std::uint64_t opening = opening_;
  if (handlers_.on_damage && !finishing_) handlers_.on_damage(rx);
  return opening == opening_;
}

void LinkCore::fail(State state, std::string detail) {
  close();
  if (finishing_) {
    running_ = false;
    return;
  }
  if (!report(state, std::move(detail))) return;
  timer_.expires_after(back_off_.take());
  timer_.async_wait(while_open([this](const Error&) { open_again(); }));
  when_waiting();
}

void LinkCore::open_again() {
  close();
  open();
}

const std::string* LinkCore::told(State state) const {
  return reported_ && state_ == state ? &detail_ : nullptr;
}

std::unique_ptr<Link> link_of(std::shared_ptr<LinkCore> core) {
  return std::make_unique<OwnedLink>(std::move(core));
}

}  // namespace links
