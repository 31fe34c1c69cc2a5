#include "tests/bench/load/generator.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t settle_ns_max = 20 * ns_per_s;
// Both inside and beyond the shipped limit of 92 %, and close enough that the change counts as a patient's.
constexpr unsigned spo2_normal = 95, spo2_low = 91;

std::int64_t in_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

vitals::WallTime wall_now() {
  using std::chrono::system_clock;
  return vitals::WallTime{
      std::chrono::duration_cast<vitals::Milliseconds>(system_clock::now().time_since_epoch())};
}

// The bed that a topic names: the number behind "bed-".
std::optional<unsigned> bed_of(std::string_view topic) {
  constexpr std::string_view mark = "bed-";
  const std::size_t at = topic.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  unsigned number = 0;
  const char* const begin = topic.data() + at + mark.size();
  if (std::from_chars(begin, topic.data() + topic.size(), number).ec != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace

Generator::Generator(LoadSettings settings)
    : settings_(std::move(settings)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      beds_(settings_.beds),
      // Numbers of earlier runs must not come again: a receiver would rightly take that for a repeat.
      number_(static_cast<std::uint64_t>(vitals::unix_ms(wall_now())) * 1'000),
      process_(settings_.pid) {
  if (epoll_ < 0) throw std::runtime_error("no epoll");
}

Generator::~Generator() { ::close(epoll_); }

void Generator::open_all() {
  for (unsigned i = 0; i < settings_.connections; ++i) {
    peers_.push_back(std::make_unique<MllpPeer>(settings_.port));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = peers_.back().get();
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, peers_.back()->descriptor(), &event);
  }
}

void Generator::watch(const MllpPeer& peer, bool writable) const {
  epoll_event event{};
  event.events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = const_cast<MllpPeer*>(&peer);
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, peer.descriptor(), &event);
}

void Generator::send(MllpPeer& peer, unsigned bed, bool alarm) {
  const std::int64_t now = now_ns();
  if (now / ns_per_s != message_second_) {
    message_second_ = now / ns_per_s;
    message_.set_time(wall_now());
  }
  Bed& at = beds_[bed];
  message_.set_id(++number_);
  message_.set_bed(bed);
  message_.set_rate(70 + static_cast<unsigned>(at.messages % 3));
  message_.set_spo2(alarm ? spo2_low : spo2_normal + static_cast<unsigned>(at.messages % 2));
  ++at.messages;
  ++result_.sent;
  if (alarm) {
    at.alarm_sent_ns = now;
    ++result_.alarms_sent;
  }
  peer.put(message_.frame(), message_.id(), now);
}

// --- what comes back

void Generator::on_alarm(std::string_view topic, std::string_view payload) {
  if (!settings_.match.empty() && payload.find(settings_.match) == std::string_view::npos) return;
  const auto bed = bed_of(topic);
  if (!bed || *bed >= beds_.size() || !beds_[*bed].alarm_sent_ns) return;
  result_.alarm_latency.add(now_ns() - *beds_[*bed].alarm_sent_ns);
  beds_[*bed].alarm_sent_ns.reset();
}

void Generator::poll_until(std::int64_t deadline_ns) {
  std::array<epoll_event, 256> events{};
  do {
    const std::int64_t left = std::max<std::int64_t>(deadline_ns - now_ns(), 0);
    const timespec wait{left / ns_per_s, left % ns_per_s};
    const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      auto* const peer = static_cast<MllpPeer*>(event.data.ptr);
      if (peer == nullptr) {
        if (!listener_->receive()) throw std::runtime_error("the broker has closed the connection");
        continue;
      }
      if ((event.events & EPOLLIN) != 0 && !peer->receive(result_.answers))
        throw std::runtime_error("the program under load has closed a connection");
      if (flooding_) refill(*peer);
      const bool waited = (event.events & EPOLLOUT) != 0;
      peer->flush();
      if (peer->has_unsent() != waited) watch(*peer, peer->has_unsent());
    }
  } while (now_ns() < deadline_ns);
}

void Generator::refill(MllpPeer& peer) {
  while (peer.waiting() < settings_.window) {
    send(peer, next_bed_, false);
    next_bed_ = (next_bed_ + 1) % settings_.beds;
  }
}

bool Generator::anything_waits() const {
  const bool answers =
      std::any_of(peers_.begin(), peers_.end(), [](const auto& peer) { return peer->waiting() > 0; });
  const bool alarms =
      std::any_of(beds_.begin(), beds_.end(), [](const Bed& bed) { return bed.alarm_sent_ns.has_value(); });
  return answers || alarms;
}

void Generator::settle(std::int64_t limit_ns) {
  const std::int64_t deadline = now_ns() + limit_ns;
  while (anything_waits() && now_ns() < deadline) poll_until(now_ns() + ns_per_s / 1'000);
}

void Generator::begin_measuring() {
  result_ = {};
  began_cpu_s_ = process_.cpu_s();
  began_own_cpu_s_ = Process(::getpid()).cpu_s();
  began_wake_ups_ = process_.wake_ups();
  began_written_ = process_.written_bytes();
  began_ns_ = now_ns();
}

void Generator::end_measuring() {
  result_.seconds = static_cast<double>(now_ns() - began_ns_) / 1e9;
  result_.cpu_s = process_.cpu_s() - began_cpu_s_;
  result_.generator_cpu_s = Process(::getpid()).cpu_s() - began_own_cpu_s_;
  result_.wake_ups = process_.wake_ups() - began_wake_ups_;
  result_.written_bytes = process_.written_bytes() - began_written_;
  result_.rss_kb = process_.rss_kb();
  result_.rss_peak_kb = process_.rss_peak_kb();
}

// --- the loads

LoadResult Generator::flood() {
  open_all();
  flooding_ = true;
  for (const auto& peer : peers_) {
    refill(*peer);
    peer->flush();
    if (peer->has_unsent()) watch(*peer, true);
  }
  poll_until(now_ns() + in_ns(settings_.warm_up_seconds));
  begin_measuring();
  poll_until(began_ns_ + in_ns(settings_.seconds));
  end_measuring();
  flooding_ = false;
  LoadResult measured = result_;
  settle(settle_ns_max);
  measured.answers.wrong = result_.answers.wrong;  // also of those that were still under way
  return measured;
}

void Generator::listen() {
  listener_ = std::make_unique<AlarmListener>(
      settings_.broker_port, "bench-station", settings_.topic,
      [this](std::string_view topic, std::string_view payload) { on_alarm(topic, payload); });
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_->descriptor(), &event);
}

void Generator::send_now(unsigned bed, bool alarm) {
  MllpPeer& peer = *peers_[bed % settings_.connections];
  send(peer, bed, alarm);
  peer.flush();
  if (peer.has_unsent()) watch(peer, true);
}

LoadResult Generator::steady() {
  open_all();
  if (settings_.alarm_every > 0) listen();
  const double gap_ns = 1e9 / (settings_.per_bed_hz * settings_.beds);
  const std::int64_t begin = now_ns();
  const auto warm_up = static_cast<std::uint64_t>(settings_.warm_up_seconds * 1e9 / gap_ns);
  const auto all = warm_up + static_cast<std::uint64_t>(settings_.seconds * 1e9 / gap_ns);
  for (std::uint64_t i = 0; i < all; ++i) {
    const std::int64_t due = begin + static_cast<std::int64_t>(static_cast<double>(i) * gap_ns);
    poll_until(due);
    if (i == warm_up) begin_measuring();
    result_.lateness.add(now_ns() - due);
    const auto bed = static_cast<unsigned>(i % settings_.beds);
    // The beds take turns with their alarms as well. After one the next values must be inside again.
    const bool alarm =
        settings_.alarm_every > 0 && i >= warm_up && (beds_[bed].messages + bed) % settings_.alarm_every == 0;
    send_now(bed, alarm);
    if (listener_ && i % 65'536 == 65'535) listener_->keep_alive();
  }
  poll_until(begin + static_cast<std::int64_t>(static_cast<double>(all) * gap_ns));
  end_measuring();
  settle(2 * ns_per_s);
  return result_;
}

LoadResult Generator::storm() {
  open_all();
  listen();
  const auto all_beds = [&](bool alarm) {
    for (unsigned bed = 0; bed < settings_.beds; ++bed) send_now(bed, alarm);
  };
  all_beds(false);
  settle(settle_ns_max);
  poll_until(now_ns() + in_ns(settings_.warm_up_seconds));
  begin_measuring();
  all_beds(true);
  settle(settle_ns_max);
  end_measuring();
  return result_;
}

LoadResult Generator::idle() {
  poll_until(now_ns() + in_ns(settings_.warm_up_seconds));
  const std::int64_t before = process_.rss_kb();
  open_all();
  poll_until(now_ns() + in_ns(settings_.warm_up_seconds));
  begin_measuring();
  poll_until(began_ns_ + in_ns(settings_.seconds));
  end_measuring();
  result_.rss_kb -= before;
  return result_;
}

}  // namespace bench
