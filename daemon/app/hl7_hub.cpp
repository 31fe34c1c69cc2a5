#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <unordered_map>

#include "daemon/app/fault_book.hpp"
#include "daemon/app/mllp_peers.hpp"
#include "daemon/app/sources.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/hl7/hl7_driver.hpp"

namespace app {
namespace {

// Messages of one connection that wait for the journal; more of them: we stop reading (TCP back-pressure).
constexpr std::size_t answers_waiting_max = 64;
// A source without a connection is lost after twice its period, at least this: peers that connect for each
// message are normal.
constexpr Milliseconds silence_ms_min{15'000};
// Certificate files that cannot be used are tried again after this: credentials may come late.
constexpr Milliseconds open_again_ms{10'000};
// Whoever is refused for ever must not fill the log.
constexpr Milliseconds refusal_line_ms{1'000};

// An answer goes out when everything its message caused is kept, and never before the answer to an earlier
// one.
struct PendingAnswer {
  std::uint64_t number = 0;
  std::size_t code = 0;  // of answer_words
  std::vector<std::uint8_t> kept, not_kept;
  std::optional<bool> outcome;
};

std::size_t index_of_code(std::string_view code) {
  const auto found = std::find(answer_words.begin(), answer_words.begin() + other_answer, code);
  return static_cast<std::size_t>(found - answer_words.begin());
}

class Hl7Hub final : public SourceHub {
 public:
  Hl7Hub(boost::asio::io_context& loop, const settings::Source& source, Routes routes, Host& host)
      : loop_(loop),
        source_(source),
        host_(host),
        connects_(std::holds_alternative<settings::TcpConnect>(source.link)),
        faults_(source.name, say_fault),
        routes_(std::make_shared<Whereabouts>(std::move(routes))) {
    for (const Route& route : routes_->all()) {
      place_of_.emplace(route.bed, beds_.size());
      beds_.push_back({route, {}, down});
    }
    view_.source = source.name;
    view_.protocol = source.protocol;
    view_.figures = figures_;
  }

  // Down is told as well: what an earlier run has said of this source may stand on the broker.
  void start() override {
    tell_down("nothing heard yet", service::now());
    open(service::now());
  }
  void stop() override {
    stopped_ = true;
    if (link_.peers) link_.peers->stop();
  }

  void finish(std::function<void()> done) override {
    stop();
    done();
  }

  void tick(Stamp now) override {
    for (auto& [id, connection] : connections_) connection->driver->tick(now, *connection->intake);
    close_condemned();
    faults_.tick(now.mono);
    if (!link_.peers && now.mono >= open_at_) open(now);
    count();
    judge_silence(now);
    host_.settle(now);
  }

  // MLLP's limits are seconds; without its framing half a second of silence ends a message.
  Milliseconds tick_ms() const override {
    const auto framing = source_.options.find("framing");
    return Milliseconds{framing != source_.options.end() && framing->second == "raw" ? 100 : 1'000};
  }

  SourceSample sample(Stamp now) const override {
    SourceSample out = make_sample(source_, counts_, counters(), faults_, now);
    const auto any = [this](std::string_view state) {
      return std::any_of(beds_.begin(), beds_.end(), [&](const Hearing& bed) { return bed.state == state; });
    };
    out.state = any(up) ? up : any(quiet) ? quiet : down;
    out.connections = connections_.size();
    out.refusals = refusals_;
    out.answers = answers_;
    return out;
  }

  std::optional<int> certificate_days_left() const override {
    return link_.tls ? link_.tls->days_left() : std::nullopt;
  }

 private:
  struct Connection {
    std::string peer;
    std::unique_ptr<drivers::Driver> driver;
    std::unique_ptr<Intake> intake;
    std::deque<PendingAnswer> answers;
    std::uint64_t numbered = 0;
    bool paused = false;
  };
  struct Hearing {
    Route route;
    MonoTime heard_at{};
    std::string_view state;
  };
  static constexpr std::string_view up = links::name(links::State::up), quiet = "quiet",
                                    down = links::name(links::State::down);

  void open(Stamp now) {
    if (stopped_) return;
    link_ = make_mllp_peers(loop_, source_, listen_handlers());
    const std::string trouble = link_.peers ? link_.peers->start() : link_.error;
    if (trouble.empty()) {
      spdlog::info("{}: {}", source_.name, link_.place);
    } else {
      spdlog::error("{}: {}: {}", source_.name, link_.place, trouble);
      tell_down(trouble, now);
    }
    open_at_ = now.mono + open_again_ms;
  }

  links::ListenHandlers listen_handlers() {
    links::ListenHandlers out;
    out.on_open = [this](links::ConnectionId id, const std::string& peer) { on_open(id, peer); };
    out.on_bytes = [this](links::ConnectionId id, links::Bytes bytes, Stamp rx) { on_bytes(id, bytes, rx); };
    out.on_close = [this](links::ConnectionId id, const std::string& reason) { on_close(id, reason); };
    out.on_refused = [this](const std::string& peer, const std::string& reason) { on_refused(peer, reason); };
    return out;
  }

  // Listening: a peer that we did not let in. Connecting: no connection.
  void on_refused(const std::string& peer, const std::string& reason) {
    const Stamp now = service::now();
    ++refusals_[static_cast<std::size_t>(cause_of(peer, reason))];
    if (connects_) {
      spdlog::warn("{}: no connection with {}: {}", source_.name, peer, reason);
      tell_down(reason, now);
    } else if (now.mono >= refusal_line_at_) {
      refusal_line_at_ = now.mono + refusal_line_ms;
      spdlog::warn("{}: {} refused: {}; {} since the start", source_.name, peer, reason,
                   std::accumulate(refusals_.begin(), refusals_.end(), std::uint64_t{0}));
    }
  }

  Refusal cause_of(std::string_view peer, std::string_view reason) const {
    if (connects_) return Refusal::no_connection;
    if (peer.empty()) return Refusal::system;
    if (reason == links::not_an_allowed_peer) return Refusal::bad_peer;
    if (reason == links::too_many_from_this_peer || reason == links::too_many_connections)
      return Refusal::too_many;
    return Refusal::tls;
  }

  // Why there is nothing yet; beds that still count as heard learn it when their time is over.
  void tell_down(const std::string& detail, Stamp now) {
    for (Hearing& bed : beds_)
      if (bed.state == down) tell(bed, detail, now);
  }

  // Without a connection a bed is lost. With one it is not, and nothing is said of it: its monitor is off or
  // has gone, or the sender stands still.
  void judge_silence(Stamp now) {
    const Milliseconds silence = std::max(silence_ms_min, 2 * source_.period);
    for (Hearing& bed : beds_) {
      if (bed.state == down || now.mono - bed.heard_at <= silence) continue;
      if (connections_.empty()) {
        set_link(bed, down, "no connection", now);
      } else {
        set_link(bed, quiet, "", now);
      }
    }
  }

  IntakeHandlers intake_handlers(links::ConnectionId id) {
    IntakeHandlers out;
    out.on_heard = [this](const Route& route) { heard(route); };
    out.on_answer = [this, id](const drivers::Answer& answer) { on_answer(id, answer); };
    out.on_send = [this, id](drivers::Bytes bytes) { link_.peers->send(id, bytes); };
    out.on_close = [this, id](std::string_view reason) { condemned_.emplace_back(id, std::string{reason}); };
    out.on_unknown_bed = [this](std::string_view location) {
      host_.unknown_bed(source_.name, location, service::now());
    };
    out.on_fault = [this](const drivers::DecodeFault& fault) { faults_.note(fault); };
    return out;
  }

  // Of the connections that are and those that were.
  Counters counters() const {
    Counters out = gone_;
    for (const auto& [id, connection] : connections_) out += connection->intake->counters();
    return out;
  }

  void forget(std::map<links::ConnectionId, std::unique_ptr<Connection>>::iterator gone) {
    gone->second->intake->driver_gone(service::now());
    gone_ += gone->second->intake->counters();
    connections_.erase(gone);
  }

  void on_open(links::ConnectionId id, const std::string& peer) {
    auto made = drivers::hl7::make(source_.options, memory_);
    CHECK(made.driver != nullptr);  // the settings were checked
    auto connection = std::make_unique<Connection>();
    connection->peer = peer;
    connection->driver = std::move(made.driver);
    connection->intake = std::make_unique<Intake>(routes_, intake_handlers(id));
    connections_.emplace(id, std::move(connection));
    ++counts_.opened;
    spdlog::info("{}: connection from {}", source_.name, peer);
    const Stamp now = service::now();
    // A connection that we opened proves nothing before its first bytes: a server may refuse our certificate
    // or another client by closing at once, each time.
    if (!connects_) set_up(peer, now);
    host_.settle(now);
  }

  void set_up(const std::string& peer, Stamp now) {
    for (Hearing& bed : beds_) {
      bed.heard_at = now.mono;
      set_link(bed, up, peer, now);
    }
  }

  void on_bytes(links::ConnectionId id, links::Bytes bytes, Stamp rx) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    if (connects_) set_up(found->second->peer, rx);
    counts_.received(bytes.size(), rx);
    found->second->driver->feed(bytes, rx, *found->second->intake);
    figures_->last_rx = rx.wall;
    close_condemned();
    host_.settle(rx);
  }

  void on_close(links::ConnectionId id, const std::string& reason) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    spdlog::info("{}: connection from {} closed: {}", source_.name, found->second->peer, reason);
    forget(found);
  }

  // The driver asked for it from within feed(): the connection must outlive that call.
  void close_condemned() {
    for (const auto& [id, reason] : condemned_) {
      const auto found = connections_.find(id);
      if (found == connections_.end()) continue;
      spdlog::warn("{}: closing the connection from {}: {}", source_.name, found->second->peer, reason);
      link_.peers->close(id);
      if (found->second->answers.empty()) forget(found);
    }
    condemned_.clear();
  }

  void heard(const Route& route) {
    const Stamp now = service::now();
    Hearing& bed = beds_[place_of_.at(route.bed)];
    bed.heard_at = now.mono;
    set_link(bed, up, "values", now);
  }

  void set_link(Hearing& bed, std::string_view state, const std::string& detail, Stamp now) {
    if (bed.state == state) return;
    const bool was_up = bed.state != down, is_up = state != down;
    bed.state = state;
    if (is_up != was_up) bed.route.bed->link(bed.route.source, is_up, now);
    tell(bed, detail, now);
  }

  void count() {
    const Counters sum = counters();
    figures_->frames = sum.frames;
    figures_->faults = sum.faults;
  }

  void tell(Hearing& bed, const std::string& detail, Stamp now) {
    view_.state = bed.state;
    view_.detail = detail;
    view_.since = now.wall;
    count();
    if (BedDesk* desk = host_.desk_of(*bed.route.bed)) desk->link_changed(view_, now);
  }

  void on_answer(links::ConnectionId id, const drivers::Answer& answer) {
    Connection& connection = *connections_.at(id);
    const std::uint64_t number = ++connection.numbered;
    connection.answers.push_back({number,
                                  index_of_code(answer.code),
                                  {answer.kept.begin(), answer.kept.end()},
                                  {answer.not_kept.begin(), answer.not_kept.end()},
                                  std::nullopt});
    const auto then = [this, id, number](bool kept, Stamp /*now*/) { settle_answer(id, number, kept); };
    if (answer.text ==
        drivers::answer_duplicate) {  // positive only if what the first copy caused is kept (promise P5)
      host_.when_all_kept(then);
    } else {
      host_.when_kept(then, service::now());
    }
    if (connection.answers.size() >= answers_waiting_max && !connection.paused) {
      connection.paused = true;
      link_.peers->pause_reading(id, true);
    }
  }

  void settle_answer(links::ConnectionId id, std::uint64_t number, bool kept) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;  // it went away meanwhile
    Connection& connection = *found->second;
    for (PendingAnswer& answer : connection.answers)
      if (answer.number == number) answer.outcome = kept;
    while (!connection.answers.empty() && connection.answers.front().outcome) {
      const PendingAnswer& first = connection.answers.front();
      const auto& bytes = *first.outcome ? first.kept : first.not_kept;
      if (!bytes.empty()) {
        ++answers_[*first.outcome ? first.code : not_kept_answer];
        link_.peers->send(id, bytes);
      }
      connection.answers.pop_front();
    }
    if (connection.paused && connection.answers.size() < answers_waiting_max / 2) {
      connection.paused = false;
      link_.peers->pause_reading(id, false);
    }
  }

  boost::asio::io_context& loop_;
  const settings::Source& source_;
  Host& host_;
  // What one connection has seen, the next one knows: a sender repeats what it has no answer to.
  std::shared_ptr<drivers::hl7::SourceMemory> memory_ = drivers::hl7::make_memory();
  const bool connects_;  // we open the connection
  FaultBook faults_;
  std::shared_ptr<Whereabouts> routes_;
  std::vector<Hearing> beds_;
  std::unordered_map<const bed::Bed*, std::size_t> place_of_;  // in beds_
  MllpPeers link_;
  MonoTime open_at_{}, refusal_line_at_{};
  decltype(SourceSample::refusals) refusals_{};
  decltype(SourceSample::answers) answers_{};
  LinkCounts counts_;
  Counters gone_;  // of connections that are no more
  bool stopped_ = false;
  std::map<links::ConnectionId, std::unique_ptr<Connection>> connections_;
  std::vector<std::pair<links::ConnectionId, std::string>> condemned_;
  std::shared_ptr<LinkFigures> figures_ = std::make_shared<LinkFigures>();
  LinkView view_;
};

}  // namespace

std::unique_ptr<SourceHub> make_hl7_hub(boost::asio::io_context& loop, const settings::Source& source,
                                        Routes routes, Host& host) {
  return std::make_unique<Hl7Hub>(loop, source, std::move(routes), host);
}

}  // namespace app
