// An HL7 monitor: connects (or is connected to), reports every period, waits for the answer, sends the same
// bytes again when none comes or the answer is "not now", and drops the message after the third try, as
// bedside monitors do.
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
#include <deque>
#include <optional>
#include <utility>

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

std::optional<tcp::endpoint> endpoint_of(std::string text) {
  constexpr std::string_view scheme = "tcp://";
  if (text.compare(0, scheme.size(), scheme) == 0) text.erase(0, scheme.size());
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
        acceptor_(io),
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
    return failed_ ? 1 : 0;
  }

 private:
  struct Outgoing {
    std::string control_id, bytes;
  };

  double t_s() const { return std::chrono::duration<double>(Clock::now() - start_).count() * options_.speed; }

  void stop() {
    stopped_ = true;
    signals_.cancel();
    clock_.cancel();
    pull();
  }

  std::int64_t clock_unix_s() const { return unix_s_now() + std::llround(clock_jump_s_); }

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
    if (connected_ && outbox_.empty() && !script_.silent()) report(now_s);
  }

  void handle(const ScriptedEvent& event, double now_s) {
    switch (event.what) {
      case Happening::cuff: take_cuff(now_s); break;
      case Happening::garbage: send_garbage(event.bytes); break;
      case Happening::unplug: pull(); break;
      case Happening::plug: connect(); break;
      case Happening::cuff_failed: cuff_.reset(); break;
      case Happening::clock_jump: clock_jump_s_ += event.seconds; break;
      case Happening::alarm: begin_alarm(event.say); break;
      case Happening::alarm_over: end_alarm(); break;
      default: break;  // the script's state, which the next report tells
    }
    if (!event.say.empty()) tell(now_s, event.say);
    const bool mute = (event.what == Happening::alarm && !tells_alarms(options_.dialect)) ||
                      (event.what == Happening::artifact && !tells_artifact(options_.dialect));
    if (mute) tell(now_s, "(this dialect has no word for it)");
  }

  void begin_alarm(const std::string& text) {
    alarm_ =
        Hl7Alarm{"ALARM" + std::to_string(++alarms_), text.empty() ? "ALARM" : text, Hl7Alarm::Phase::start};
  }

  // One that was never told needs no end.
  void end_alarm() {
    if (alarm_ && alarm_->phase == Hl7Alarm::Phase::start) alarm_.reset();
    if (alarm_) alarm_->phase = Hl7Alarm::Phase::end;
  }

  void take_cuff(double now_s) {
    const auto sys = scenario_.at(Vital::sys, now_s), dia = scenario_.at(Vital::dia, now_s),
               map = scenario_.at(Vital::map, now_s);
    if (!sys || !dia || !map) return;
    cuff_ = CuffReading{rounded(*sys), rounded(*dia), rounded(*map), clock_unix_s()};
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
    if (!options_.listen.empty()) return accept();
    socket_ = tcp::socket(socket_.get_executor());
    socket_.async_connect(peer_, [this](const Error& error) { on_connected(error); });
  }

  void accept() {
    Error error;
    if (!acceptor_.is_open()) {
      acceptor_.open(peer_.protocol(), error);
      if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
      if (!error) acceptor_.bind(peer_, error);
      if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    }
    if (error) {
      tell(t_s(), "cannot listen: " + error.message());
      failed_ = true;
      return stop();
    }
    acceptor_.async_accept([this](const Error& failed, tcp::socket peer) {
      if (!failed) socket_ = std::move(peer);
      on_connected(failed);
    });
  }

  void on_connected(const Error& error) {
    connecting_ = false;
    if (stopped_) return;
    if (!script_.plugged()) return pull();
    if (error) return after(connect_wait, [this] { connect(); });
    connected_ = true;
    tell(t_s(), "connected");
    read();
    if (!outbox_.empty()) send_next();
  }

  // The cable: nobody is connected, and nobody can connect.
  void pull() {
    Error ignored;
    acceptor_.close(ignored);
    drop_connection();
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
    sample.control_id = next_control_id();
    sample.unix_s = clock_unix_s();
    sample.hr = rounded(scenario_.at(Vital::hr, now_s));
    sample.pr = rounded(scenario_.at(Vital::pr, now_s));
    sample.spo2 = rounded(scenario_.at(Vital::spo2, now_s));
    sample.probe_on = script_.probe_on();
    sample.leads_on = script_.leads_on();
    sample.artifact = script_.artifact();
    sample.cuff = cuff_;
    sample.alarm = alarm_;
    std::string bytes;
    for (const std::string& message : encode_report(options_.dialect, sample)) bytes += frame_mllp(message);
    outbox_.push_back({sample.control_id, std::move(bytes)});
    if (alarm_ && options_.dialect == Dialect::pcd01) {
      sample.control_id = next_control_id();
      outbox_.push_back({sample.control_id, frame_mllp(encode_alert(sample))});
    }
    told_alarm();
    tries_ = 0;
    send_next();
  }

  std::string next_control_id() {
    return "SIM" + std::to_string(unix_s_now()) + '-' + std::to_string(++sent_);
  }

  void told_alarm() {
    if (!alarm_) return;
    if (alarm_->phase == Hl7Alarm::Phase::end) return alarm_.reset();
    alarm_->phase = Hl7Alarm::Phase::goes_on;
  }

  void send_next() {
    ++tries_;
    writing_ = true;
    sending_ = outbox_.front().bytes;
    asio::async_write(socket_, asio::buffer(sending_), [this](const Error& error, std::size_t) {
      writing_ = false;
      if (error) return lost(error.message());
      if (!waits_for_answer(options_.dialect)) done();
    });
    if (!waits_for_answer(options_.dialect)) return;
    after(answer_wait, [this] { again("no answer"); });
  }

  // With the front of the outbox.
  void done() {
    outbox_.pop_front();
    tries_ = 0;
    if (!outbox_.empty() && connected_) send_next();
  }

  void again(const std::string& why) {
    const bool last = tries_ >= tries_max;
    tell(t_s(), why + " to " + outbox_.front().control_id + (last ? ", dropped" : ", sending it again"));
    // After the last try, and when the peer does not even take the bytes, a new connection is the way out.
    if (last || writing_) {
      lost("given up on it");
      if (last) done();
      return;
    }
    if (connected_) send_next();
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
    if (!answer) return;  // the peer's own message: a heartbeat
    if (outbox_.empty() || answer->control_id != outbox_.front().control_id)
      return tell(t_s(), "an answer to nothing that waits");
    if (answer->code == "AR" || answer->code == "CR") return after(retry_wait, [this] { again("not now"); });
    if (answer->code != "AA" && answer->code != "CA") tell(t_s(), "refused with " + answer->code);
    deadline_.cancel();
    done();
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
  tcp::acceptor acceptor_;  // when the peer connects to us
  asio::steady_timer clock_, deadline_;
  asio::streambuf answer_;
  asio::signal_set signals_;
  Clock::time_point start_, next_;
  double report_at_s_ = 0;
  double clock_jump_s_ = 0;
  std::optional<CuffReading> cuff_;
  std::optional<Hl7Alarm> alarm_;  // that stands, or whose end was not told yet
  std::deque<Outgoing> outbox_;    // a report and at most one alert; the front is on its way
  std::string sending_;
  int tries_ = 0;
  std::uint64_t sent_ = 0, alarms_ = 0;
  bool connected_ = false, connecting_ = false, writing_ = false, stopped_ = false, failed_ = false;
};

}  // namespace

int run_hl7(const Hl7Options& options) {
  const auto loaded = load_scenario(options.scenario);
  if (const auto* error = std::get_if<ScenarioError>(&loaded)) {
    std::fprintf(stderr, "%s\n", error->text.c_str());
    return 2;
  }
  const std::string& where = options.listen.empty() ? options.connect : options.listen;
  const auto peer = endpoint_of(where);
  if (!peer) {
    std::fprintf(stderr, "simulate: ADDRESS:PORT is wanted, not '%s'\n", where.c_str());
    return 2;
  }
  asio::io_context io(1);
  Monitor monitor(io, options, std::get<Scenario>(loaded), *peer);
  return monitor.run(io);
}

}  // namespace simulate
