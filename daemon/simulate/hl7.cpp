// An HL7 monitor: connects, reports every period, waits for the answer, sends the same bytes again when none
// comes or the answer is "not now", and drops the message after the third try, as bedside monitors do.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <optional>

#include "daemon/simulate/hl7.hpp"
#include "daemon/simulate/run.hpp"

namespace simulate {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr int tries_max = 3;
constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr std::chrono::milliseconds answer_wait{5'000}, retry_wait{1'000}, connect_wait{500};

std::int64_t unix_s_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int rounded(double value) { return static_cast<int>(std::lround(value)); }
std::optional<int> rounded(std::optional<double> value) {
  return value ? std::optional(rounded(*value)) : std::nullopt;
}

std::optional<tcp::endpoint> endpoint_of(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, bad] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (bad != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  Error error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return std::nullopt;
  return tcp::endpoint(address, port);
}

class Monitor {
 public:
  Monitor(asio::io_context& io, const Hl7Options& options, const Scenario& scenario,
          const tcp::endpoint& peer)
      : options_(options),
        scenario_(scenario),
        script_(scenario),
        peer_(peer),
        socket_(io),
        clock_(io),
        deadline_(io),
        answer_(answer_bytes_max),
        signals_(io, SIGINT, SIGTERM) {}

  int run(asio::io_context& io) {
    tell(0, scenario_.title.empty() ? "monitor on" : scenario_.title);
    signals_.async_wait([this](const Error& error, int) {
      if (!error) stop();
    });
    start_ = next_ = Clock::now();
    connect();
    wait();
    io.run();
    return 0;
  }

 private:
  double t_s() const { return std::chrono::duration<double>(Clock::now() - start_).count() * options_.speed; }

  void stop() {
    stopped_ = true;
    signals_.cancel();
    clock_.cancel();
    drop_connection();
  }

  // Four steps a second (at speed 1) are enough for events; a message goes out every period.
  void wait() {
    next_ +=
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(0.25 / options_.speed));
    clock_.expires_at(next_);
    clock_.async_wait([this](const Error& error) {
      if (error || stopped_) return;
      step();
      if (!stopped_) wait();
    });
  }

  void step() {
    const double now_s = t_s();
    for (const ScriptedEvent& event : script_.due(now_s)) handle(event, now_s);
    if (script_.over(now_s)) return stop();
    if (now_s < report_at_s_) return;
    report_at_s_ = (std::floor(now_s / scenario_.period_s) + 1) * scenario_.period_s;
    // A monitor that still waits for an answer skips a report; the next one carries newer values.
    if (connected_ && pending_.empty() && !script_.silent()) report(now_s);
  }

  void handle(const ScriptedEvent& event, double now_s) {
    switch (event.what) {
      case Happening::cuff: take_cuff(now_s); break;
      case Happening::garbage: send_garbage(event.bytes); break;
      case Happening::unplug: drop_connection(); break;
      case Happening::plug: connect(); break;
      default: break;  // the patient's and the script's state
    }
    if (!event.say.empty()) tell(now_s, event.say);
  }

  void take_cuff(double now_s) {
    const auto sys = scenario_.at(Vital::sys, now_s), dia = scenario_.at(Vital::dia, now_s),
               map = scenario_.at(Vital::map, now_s);
    if (!sys || !dia || !map) return;
    cuff_ = CuffReading{rounded(*sys), rounded(*dia), rounded(*map), unix_s_now()};
    report_at_s_ = now_s;
    tell(now_s, "cuff " + std::to_string(cuff_->sys) + '/' + std::to_string(cuff_->dia) + " (" +
                    std::to_string(cuff_->map) + ") mmHg");
  }

  void send_garbage(std::size_t bytes) {
    if (!connected_) return;
    const auto noise = script_.garbage(bytes);
    Error ignored;
    asio::write(socket_, asio::buffer(noise), ignored);
  }

  void connect() {
    if (stopped_ || connected_ || connecting_ || !script_.plugged()) return;
    connecting_ = true;
    socket_ = tcp::socket(socket_.get_executor());
    socket_.async_connect(peer_, [this](const Error& error) {
      connecting_ = false;
      if (stopped_) return;
      if (!script_.plugged()) return drop_connection();
      if (error) return after(connect_wait, [this] { connect(); });
      connected_ = true;
      tell(t_s(), "connected");
      read();
      if (!pending_.empty()) send_pending();
    });
  }

  void drop_connection() {
    deadline_.cancel();
    Error ignored;
    socket_.close(ignored);
    connected_ = false;
    answer_.consume(answer_.size());
  }

  void lost(std::string_view why) {
    if (!connected_) return;
    drop_connection();
    if (stopped_) return;
    tell(t_s(), "connection lost: " + std::string(why));
    after(connect_wait, [this] { connect(); });
  }

  void report(double now_s) {
    Hl7Sample sample;
    sample.bed = options_.bed;
    sample.control_id = "SIM" + std::to_string(unix_s_now()) + '-' + std::to_string(++sent_);
    sample.unix_s = unix_s_now();
    sample.hr = rounded(scenario_.at(Vital::hr, now_s));
    sample.pr = rounded(scenario_.at(Vital::pr, now_s));
    sample.spo2 = rounded(scenario_.at(Vital::spo2, now_s));
    sample.probe_on = script_.probe_on();
    sample.cuff = cuff_;
    pending_.clear();
    for (const std::string& message : encode_report(options_.dialect, sample))
      pending_ += frame_mllp(message);
    pending_id_ = sample.control_id;
    tries_ = 0;
    send_pending();
  }

  void send_pending() {
    ++tries_;
    writing_ = true;
    asio::async_write(socket_, asio::buffer(pending_), [this](const Error& error, std::size_t) {
      writing_ = false;
      if (error) return lost(error.message());
      if (!waits_for_answer(options_.dialect)) pending_.clear();
    });
    if (!waits_for_answer(options_.dialect)) return;
    after(answer_wait, [this] { again("no answer"); });
  }

  void again(const std::string& why) {
    const bool last = tries_ >= tries_max;
    tell(t_s(), why + " to " + pending_id_ + (last ? ", dropped" : ", sending it again"));
    if (last) pending_.clear();
    // After the last try, and when the peer does not even take the bytes, a new connection is the way out.
    if (last || writing_) return lost("given up on it");
    if (connected_) send_pending();
  }

  void read() {
    asio::async_read_until(socket_, answer_, '\x1C', [this](const Error& error, std::size_t bytes) {
      if (error) return lost(error.message());
      const std::string text(asio::buffers_begin(answer_.data()),
                             asio::buffers_begin(answer_.data()) + static_cast<std::ptrdiff_t>(bytes));
      answer_.consume(bytes);
      take_answer(text);
      if (connected_) read();
    });
  }

  void take_answer(const std::string& text) {
    const auto answer = parse_answer(text);
    if (!answer || pending_.empty() || answer->control_id != pending_id_)
      return tell(t_s(), "an answer to nothing that waits");
    if (answer->code == "AR" || answer->code == "CR") return after(retry_wait, [this] { again("not now"); });
    if (answer->code != "AA" && answer->code != "CA") tell(t_s(), "refused with " + answer->code);
    deadline_.cancel();
    pending_.clear();
  }

  template <typename Then>
  void after(std::chrono::milliseconds wait_ms, Then then) {
    deadline_.expires_after(wait_ms);
    deadline_.async_wait([this, then](const Error& error) {
      if (!error && !stopped_) then();
    });
  }

  const Hl7Options& options_;
  const Scenario& scenario_;
  Script script_;
  tcp::endpoint peer_;
  tcp::socket socket_;
  asio::steady_timer clock_, deadline_;
  asio::streambuf answer_;
  asio::signal_set signals_;
  Clock::time_point start_, next_;
  double report_at_s_ = 0;
  std::optional<CuffReading> cuff_;
  std::string pending_, pending_id_;
  int tries_ = 0;
  std::uint64_t sent_ = 0;
  bool connected_ = false, connecting_ = false, writing_ = false, stopped_ = false;
};

}  // namespace

int run_hl7(const Hl7Options& options) {
  const auto loaded = load_scenario(options.scenario);
  if (const auto* error = std::get_if<ScenarioError>(&loaded)) {
    std::fprintf(stderr, "%s\n", error->text.c_str());
    return 2;
  }
  const auto peer = endpoint_of(options.connect);
  if (!peer) {
    std::fprintf(stderr, "simulate: --connect needs ADDRESS:PORT, not '%s'\n", options.connect.c_str());
    return 2;
  }
  asio::io_context io(1);
  Monitor monitor(io, options, std::get<Scenario>(loaded), *peer);
  return monitor.run(io);
}

}  // namespace simulate
