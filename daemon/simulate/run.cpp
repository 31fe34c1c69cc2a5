#include "daemon/simulate/run.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "daemon/simulate/line.hpp"

namespace simulate {

void tell(double t_s, std::string_view text) {
  std::printf("%7.1f s  %.*s\n", t_s, static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}

namespace {

class Player {
 public:
  Player(boost::asio::io_context& loop, const RunOptions& options, const Scenario& scenario, Device& device)
      : options_(options),
        scenario_(scenario),
        script_(scenario),
        device_(device),
        timer_(loop),
        signals_(loop, SIGINT, SIGTERM) {}

  bool open(boost::asio::io_context& loop, std::string& error) {
    const auto on_bytes = [this](Bytes bytes) {
      if (!script_.silent()) device_.receive(bytes, now(), script_, *line_);
    };
    line_ = options_.listen.empty() ? make_pty_line(loop, options_.pty, on_bytes)
                                    : make_network_line(loop, options_.listen, on_bytes, error);
    return line_ != nullptr && line_->plug();
  }

  int run(boost::asio::io_context& loop) {
    tell(0, scenario_.title.empty() ? "monitor on" : scenario_.title);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop();
    });
    start_ = next_ = Clock::now();
    start_unix_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    wait();
    loop.run();
    return result_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  Now now() const {
    const double t_s = std::chrono::duration<double>(Clock::now() - start_).count() * options_.speed;
    return {t_s, start_unix_ms_ + static_cast<std::int64_t>((t_s + clock_jump_s_) * 1000)};
  }

  void stop() {
    signals_.cancel();
    timer_.cancel();
    line_->pull();
  }

  void wait() {
    const std::chrono::duration<double> period(device_.period_s() / options_.speed);
    next_ += std::chrono::duration_cast<Clock::duration>(period);
    timer_.expires_at(next_);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      if (step()) {
        wait();
      } else {
        stop();
      }
    });
  }

  bool step() {
    for (const ScriptedEvent& event : script_.due(now().t_s)) {
      if (!handle(event)) return false;
    }
    if (script_.over(now().t_s)) return false;
    if (!script_.silent() && script_.plugged()) device_.step(now(), script_, *line_);
    return true;
  }

  bool handle(const ScriptedEvent& event) {
    if (!event.say.empty()) tell(now().t_s, event.say);
    if (event.what == Happening::clock_jump) clock_jump_s_ += event.seconds;
    if (event.what == Happening::garbage) line_->send(script_.garbage(event.bytes));
    if (event.what == Happening::unplug || event.what == Happening::plug) line_->pull();
    if (event.what == Happening::plug && !line_->plug()) {
      result_ = 1;
      return false;
    }
    device_.happen(event, now(), script_);
    return true;
  }

  const RunOptions& options_;
  const Scenario& scenario_;
  Script script_;
  Device& device_;
  std::unique_ptr<Line> line_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  Clock::time_point start_, next_;
  std::int64_t start_unix_ms_ = 0;
  double clock_jump_s_ = 0;
  int result_ = 0;
};

int refuse(const std::string& text) {
  std::fprintf(stderr, "vitalsd simulate: %s\n", text.c_str());
  return 2;
}

}  // namespace

int run(const DeviceEntry& entry, const RunOptions& options) {
  if (options.pty.empty() == options.listen.empty()) return refuse("one of --pty and --listen is wanted");
  const auto loaded = load_scenario(options.scenario);
  if (const auto* error = std::get_if<ScenarioError>(&loaded)) return refuse(error->text);
  std::string error;
  const auto device =
      known_options(entry, options.device, error) ? entry.make(options.device, error) : nullptr;
  if (!device) return refuse(error);
  boost::asio::io_context loop(1);
  Player player(loop, options, std::get<Scenario>(loaded), *device);
  if (!player.open(loop, error)) return error.empty() ? 1 : refuse(error);
  return player.run(loop);
}

}  // namespace simulate
