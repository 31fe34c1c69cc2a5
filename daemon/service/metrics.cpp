#include "daemon/service/metrics.hpp"

#include <netdb.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace service {
namespace {

// The loop ticks ten times a second where there is a metrics server; one that is busy for longer is in
// trouble. Shorter than Prometheus' own patience, 10 s.
constexpr std::chrono::seconds answer_within{2};
constexpr std::chrono::milliseconds knock_every{10};

// Where a scrape and the loop meet. The lock is held for a moment only, never while anything is computed.
class Desk final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    RenderMetrics render;
    {
      std::unique_lock lock(mutex_);
      const std::uint64_t mine = ++asked_;
      const bool answered =
          answered_now_.wait_for(lock, answer_within, [&] { return closing_ || answered_ >= mine; });
      if (answered && !closing_) render = render_;
    }
    return render ? render() : MetricFamilies{};
  }

  bool wanted() const {
    const std::lock_guard lock(mutex_);
    return answered_ != asked_;
  }

  void answer(RenderMetrics render) {
    {
      const std::lock_guard lock(mutex_);
      render_.swap(render);  // the old one goes outside of the lock
      answered_ = asked_;
    }
    answered_now_.notify_all();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    answered_now_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable answered_now_;
  mutable std::uint64_t asked_ = 0;  // scrapes so far; Collect() is const by the library's will
  std::uint64_t answered_ = 0;       // of them
  bool closing_ = false;
  RenderMetrics render_;
};

std::vector<std::string> options(const std::string& address, std::uint16_t port) {
  const bool six = address.find(':') != std::string::npos;
  const std::string place = (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
  // Two scrapes at a time are plenty. A client that stalls is dropped, so that it cannot keep a thread, or
  // the end of the daemon.
  return {"listening_ports", place, "num_threads", "2", "request_timeout_ms", "2000"};
}

// Connects and hangs up.
void knock(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* to = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &to) != 0) return;
  const int client = ::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (client >= 0) {
    static_cast<void>(::connect(client, to->ai_addr, to->ai_addrlen));  // that it was tried is enough
    ::close(client);
  }
  ::freeaddrinfo(to);
}

}  // namespace

struct MetricsServer::Parts {
  Parts(const std::string& at, std::uint16_t port)
      : address(at), exposer(std::make_unique<prometheus::Exposer>(options(at, port))) {
    exposer->RegisterCollectable(desk);
  }
  ~Parts() { close(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  std::uint16_t port() const {
    const auto ports = exposer->GetListeningPorts();
    return ports.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(ports.front());
  }

  // The server looks every two seconds whether it is to end, or when somebody comes. A restart should not
  // cost that: until it has ended, we are somebody.
  void close() {
    desk->close();
    std::atomic<bool> ended{false};
    std::thread waker([&ended, this, to = port()] {
      while (!ended) {
        knock(address, to);
        std::this_thread::sleep_for(knock_every);
      }
    });
    exposer.reset();
    ended = true;
    waker.join();
  }

  std::string address;
  std::shared_ptr<Desk> desk = std::make_shared<Desk>();
  std::unique_ptr<prometheus::Exposer> exposer;
};

MetricsServer::MetricsServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MetricsServer::~MetricsServer() = default;

std::unique_ptr<MetricsServer> MetricsServer::open(const std::string& address, std::uint16_t port,
                                                   std::string& error) {
  try {
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::make_unique<Parts>(address, port)));
  } catch (const std::exception&) {  // the library's text says only that it failed
    error = "cannot listen there: is the address one of this machine, and is the port free?";
  }
  return nullptr;
}

bool MetricsServer::wanted() const { return parts_->desk->wanted(); }
void MetricsServer::answer(RenderMetrics render) { parts_->desk->answer(std::move(render)); }
std::uint16_t MetricsServer::port() const { return parts_->port(); }

}  // namespace service
