// A Nonin oximeter on a pseudo terminal. Formats 2 and 7 send 75 frames a second in packets of 25 with one
// value byte a frame and a checksum; format 8 sends four bytes a second. Frame layout: the maker's OEM papers
// for Onyx II 9560 and OEM III.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>

#include "daemon/tools/simulate.hpp"

namespace tools {
namespace {

constexpr std::uint8_t high7(unsigned value) { return static_cast<std::uint8_t>((value >> 7U) & 0x7FU); }
constexpr std::uint8_t low7(unsigned value) { return static_cast<std::uint8_t>(value & 0x7FU); }

// The byte of each of the 25 frames that carries a value; what is not named here is reserved and zero.
std::array<std::uint8_t, NoninPacket::frames> value_bytes(const NoninPacket& p) {
  std::array<std::uint8_t, NoninPacket::frames> out{};
  out[0] = high7(p.rate), out[1] = low7(p.rate);
  out[2] = low7(p.spo2);
  out[3] = p.revision;
  out[5] = high7(p.thirds), out[6] = low7(p.thirds);
  out[7] = p.stat2;
  out[8] = low7(p.spo2_display);
  out[9] = low7(p.spo2_fast);
  out[10] = low7(p.spo2_beat);
  out[13] = high7(p.rate_long), out[14] = low7(p.rate_long);
  out[15] = low7(p.spo2_long);
  out[16] = low7(p.spo2_long_display);
  out[19] = high7(p.rate_display), out[20] = low7(p.rate_display);
  out[21] = high7(p.rate_long_display), out[22] = low7(p.rate_long_display);
  return out;
}

std::uint8_t status_byte(const NoninPacket& packet, std::size_t frame) {
  return static_cast<std::uint8_t>(packet.status[frame] | 0x80U | (frame == 0 ? 0x01U : 0x00U));
}

// The low 8 bits of the sum of the four bytes before it.
void close_frame(std::span<std::uint8_t, 5> frame) {
  frame[4] = static_cast<std::uint8_t>((frame[0] + frame[1] + frame[2] + frame[3]) & 0xFF);
}

}  // namespace

NoninBytes encode_format2(const NoninPacket& packet) {
  NoninBytes out{};
  const auto values = value_bytes(packet);
  for (std::size_t i = 0; i < NoninPacket::frames; ++i) {
    const std::span<std::uint8_t, 5> frame(out.data() + 5 * i, 5);
    frame[0] = 0x01;
    frame[1] = status_byte(packet, i);
    frame[2] = static_cast<std::uint8_t>(packet.pleth[i] & 0xFFU);
    frame[3] = values[i];
    close_frame(frame);
  }
  return out;
}

NoninBytes encode_format7(const NoninPacket& packet) {
  NoninBytes out{};
  const auto values = value_bytes(packet);
  for (std::size_t i = 0; i < NoninPacket::frames; ++i) {
    const std::span<std::uint8_t, 5> frame(out.data() + 5 * i, 5);
    frame[0] = status_byte(packet, i);
    frame[1] = static_cast<std::uint8_t>(packet.pleth[i] >> 8U);
    frame[2] = static_cast<std::uint8_t>(packet.pleth[i] & 0xFFU);
    frame[3] = values[i];
    close_frame(frame);
  }
  return out;
}

std::array<std::uint8_t, 4> encode_format8(const NoninSlow& sample) {
  const unsigned status = 0x80U | ((sample.rate >> 7U) & 0x03U) | (sample.low_perfusion ? 0x10U : 0U);
  const unsigned flags = (sample.spot_quality ? 0x20U : 0U) | (sample.sensor_alarm ? 0x08U : 0U) |
                         (sample.low_battery ? 0x01U : 0U);
  return {static_cast<std::uint8_t>(status), low7(sample.rate), low7(sample.spo2),
          static_cast<std::uint8_t>(flags)};
}

namespace {

// A pseudo terminal under a stable name, like a by-id link of a real port.
class Port {
 public:
  explicit Port(std::string link) : link_(std::move(link)) {}
  ~Port() { pull(); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  bool plug() {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) return failed("pseudo terminal");
    std::array<char, 128> name{};
    if (::ptsname_r(master_, name.data(), name.size()) != 0) return failed("ptsname");
    slave_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw{};
    if (slave_ < 0 || ::tcgetattr(slave_, &raw) != 0) return failed(name.data());
    ::cfmakeraw(&raw);
    if (::tcsetattr(slave_, TCSANOW, &raw) != 0) return failed(name.data());
    return link_to(name.data());
  }

  void pull() {
    if (master_ < 0) return;
    std::error_code ignored;
    std::filesystem::remove(link_, ignored);
    if (slave_ >= 0) ::close(slave_);
    ::close(master_);
    master_ = slave_ = -1;
  }

  void write(std::span<const std::uint8_t> bytes) {
    if (master_ < 0) return;
    // A serial port that nobody reads loses bytes; a pseudo terminal would keep 4 KiB and hand them out late.
    int unread = 0;
    if (::ioctl(slave_, FIONREAD, &unread) == 0 && unread > 512) ::tcflush(slave_, TCIFLUSH);
    const auto written = ::write(master_, bytes.data(), bytes.size());
    if (written < 0 && errno != EAGAIN) std::fprintf(stderr, "simulate: write: %s\n", std::strerror(errno));
    std::array<char, 256> commands{};  // what a driver sends is taken and forgotten
    while (::read(master_, commands.data(), commands.size()) > 0) {
    }
  }

 private:
  bool link_to(const char* name) {
    // Renamed into place: whoever opens the path sees the old port or the new one, never nothing.
    const std::string fresh = link_ + ".new";
    ::unlink(fresh.c_str());
    if (::symlink(name, fresh.c_str()) != 0 || ::rename(fresh.c_str(), link_.c_str()) != 0)
      return failed(link_);
    return true;
  }
  static bool failed(const std::string& what) {
    std::fprintf(stderr, "simulate: %s: %s\n", what.c_str(), std::strerror(errno));
    return false;
  }

  std::string link_;
  int master_ = -1, slave_ = -1;
};

unsigned rounded(std::optional<double> value, unsigned missing) {
  return value ? static_cast<unsigned>(std::lround(*value)) : missing;
}

class Oximeter {
 public:
  Oximeter(boost::asio::io_context& io, const NoninOptions& options, const Scenario& scenario)
      : options_(options),
        scenario_(scenario),
        script_(scenario),
        port_(options.link),
        timer_(io),
        signals_(io, SIGINT, SIGTERM) {}

  int run(boost::asio::io_context& io) {
    if (!port_.plug()) return 1;
    tell(0, scenario_.title.empty() ? "oximeter on" : scenario_.title);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) timer_.cancel();
    });
    start_ = std::chrono::steady_clock::now();
    next_ = start_;
    wait();
    io.run();
    return result_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  double t_s() const { return std::chrono::duration<double>(Clock::now() - start_).count() * options_.speed; }

  void wait() {
    const double period_s = (options_.format == 8 ? 1.0 : 1.0 / 3) / options_.speed;
    next_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(period_s));
    timer_.expires_at(next_);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || !step()) {
        signals_.cancel();
        return;
      }
      wait();
    });
  }

  bool step() {
    const double now_s = t_s();
    for (const ScriptedEvent& event : script_.due(now_s)) {
      if (!handle(event, now_s)) return false;
    }
    if (script_.over(now_s)) return false;
    if (!script_.silent() && script_.plugged()) send(now_s);
    return true;
  }

  bool handle(const ScriptedEvent& event, double now_s) {
    if (event.what == Happening::cuff) return true;  // an oximeter has no cuff
    tell(now_s, event.say);
    if (event.what == Happening::probe_off) off_since_s_ = now_s;
    if (event.what == Happening::garbage) port_.write(script_.garbage(event.bytes));
    if (event.what == Happening::unplug) port_.pull();
    if (event.what == Happening::plug) {
      port_.pull();
      if (!port_.plug()) {
        result_ = 1;
        return false;
      }
    }
    return true;
  }

  void send(double now_s) {
    const unsigned rate = rounded(scenario_.at(Vital::pr, now_s), NoninPacket::no_rate);
    const unsigned spo2 = rounded(scenario_.at(Vital::spo2, now_s), NoninPacket::no_spo2);
    // After the finger has left, the display values stand for up to 10 s while the sensor alarm is already
    // on.
    const bool held = script_.probe_on() || now_s - off_since_s_ < 10;
    if (options_.format == 8) {
      NoninSlow sample;
      sample.sensor_alarm = !script_.probe_on();
      if (held) sample.rate = rate, sample.spo2 = spo2;
      port_.write(encode_format8(sample));
      return;
    }
    const NoninPacket packet = fast_packet(rate, spo2, held);
    port_.write(options_.format == 2 ? encode_format2(packet) : encode_format7(packet));
  }

  NoninPacket fast_packet(unsigned rate, unsigned spo2, bool held) {
    NoninPacket packet;
    packet.thirds = thirds_++ & 0x3FFFU;
    if (held) {
      packet.rate_display = packet.rate_long_display = rate;
      packet.spo2_display = packet.spo2_long_display = spo2;
    }
    if (script_.probe_on()) {
      packet.rate = packet.rate_long = rate;
      packet.spo2 = packet.spo2_fast = packet.spo2_beat = packet.spo2_long = spo2;
    }
    const double beats_per_frame = rate == NoninPacket::no_rate ? 0 : rate / 60.0 / 75.0;
    for (std::size_t i = 0; i < NoninPacket::frames; ++i) {
      if (!script_.probe_on()) {
        packet.status[i] = NoninPacket::sensor_alarm | NoninPacket::out_of_track;
        continue;
      }
      beat_ = std::fmod(beat_ + beats_per_frame, 1.0);
      // A pulse colours 12 frames (160 ms).
      packet.status[i] = beat_ < 12 * beats_per_frame ? NoninPacket::green : std::uint8_t{0};
      const double wave = 100 + 80 * std::exp(-8 * (beat_ - 0.2) * (beat_ - 0.2));
      packet.pleth[i] = static_cast<std::uint16_t>(options_.format == 2 ? wave : wave * 256);
    }
    return packet;
  }

  const NoninOptions& options_;
  const Scenario& scenario_;
  Script script_;
  Port port_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  Clock::time_point start_, next_;
  double off_since_s_ = 0, beat_ = 0;
  unsigned thirds_ = 0;
  int result_ = 0;
};

}  // namespace

int simulate_nonin(const NoninOptions& options) {
  const auto loaded = load_scenario(options.scenario);
  if (const auto* error = std::get_if<ScenarioError>(&loaded)) {
    std::fprintf(stderr, "%s\n", error->text.c_str());
    return 2;
  }
  boost::asio::io_context io(1);
  Oximeter oximeter(io, options, std::get<Scenario>(loaded));
  return oximeter.run(io);
}

}  // namespace tools
