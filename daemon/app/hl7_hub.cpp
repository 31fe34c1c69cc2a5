#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <map>

#include "daemon/app/sources.hpp"
#include "daemon/links/tcp_listener.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace app {
namespace {

// Messages of one connection that wait for the journal; more of them: we stop reading (TCP back-pressure).
constexpr std::size_t answers_waiting_max = 64;
// A source without a connection is lost after twice its period, at least this: peers that connect for each
// message are normal.
constexpr Milliseconds silence_ms_min{15'000};

// An answer goes out when everything its message caused is kept, and never before the answer to an earlier
// one.
struct PendingAnswer {
  std::uint64_t number = 0;
  std::vector<std::uint8_t> kept, not_kept;
  std::optional<bool> outcome;
};

class Hl7Hub final : public SourceHub {
 public:
  Hl7Hub(boost::asio::io_context& loop, const settings::Source& source, Routes routes, Host& host)
      : source_(source), host_(host), entry_(drivers::find(source.protocol)), routes_(std::move(routes)) {
    CHECK(entry_ != nullptr);  // the settings were checked
    for (const Route& route : routes_.all()) beds_.push_back({route, {}, false});
    listener_ = links::make_tcp_listener(loop, listen_settings(), listen_handlers());
    view_.source = source.name;
    view_.protocol = source.protocol;
  }

  void start() override {
    const auto& listen = std::get<settings::MllpListen>(source_.link);
    const std::string trouble = listener_->start();
    if (trouble.empty()) {
      spdlog::info("{}: listening on {}:{}", source_.name, listen.address, listener_->bound_port());
    } else {
      spdlog::error("{}: {}", source_.name, trouble);
    }
  }
  void stop() override { listener_->stop(); }

  void tick(Stamp now) override {
    for (auto& [id, connection] : connections_) connection->driver->tick(now, *connection->intake);
    close_condemned();
    const Milliseconds silence = std::max(silence_ms_min, 2 * source_.period);
    for (Hearing& bed : beds_)
      if (bed.up && connections_.empty() && now.mono - bed.heard_at > silence)
        set_link(bed, false, "no connection", now);
    host_.settle(now);
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
    bool up = false;
  };

  links::ListenSettings listen_settings() const {
    const auto& from = std::get<settings::MllpListen>(source_.link);
    links::ListenSettings out;
    out.address = from.address;
    out.port = from.port;
    out.connections_max = from.connections_max;
    out.connections_per_peer_max = from.connections_per_peer_max;
    out.single = from.single;
    out.peers = from.peers;
    return out;
  }

  links::ListenHandlers listen_handlers() {
    links::ListenHandlers out;
    out.on_open = [this](links::ConnectionId id, const std::string& peer) { on_open(id, peer); };
    out.on_bytes = [this](links::ConnectionId id, links::Bytes bytes, Stamp rx) { on_bytes(id, bytes, rx); };
    out.on_close = [this](links::ConnectionId id, const std::string& reason) { on_close(id, reason); };
    out.on_refused = [this](const std::string& peer, const std::string& reason) {
      spdlog::warn("{}: {} refused: {}", source_.name, peer, reason);
    };
    return out;
  }

  IntakeHandlers intake_handlers(links::ConnectionId id) {
    IntakeHandlers out;
    out.on_heard = [this](const Route& route) { heard(route); };
    out.on_answer = [this, id](const drivers::Answer& answer) { on_answer(id, answer); };
    out.on_send = [this, id](drivers::Bytes bytes) { listener_->send(id, bytes); };
    out.on_close = [this, id](std::string_view reason) { condemned_.emplace_back(id, std::string{reason}); };
    out.on_unknown_bed = [this](std::string_view location) {
      host_.unknown_bed(source_.name, location, service::now());
    };
    out.on_fault = [this](const drivers::DecodeFault& fault) {
      spdlog::debug("{}: {} {} {} {}", source_.name, drivers::name(fault.kind), fault.reason, fault.code,
                    fault.value);
    };
    return out;
  }

  void on_open(links::ConnectionId id, const std::string& peer) {
    auto made = entry_->make(source_.options);
    CHECK(made.driver != nullptr);
    auto connection = std::make_unique<Connection>();
    connection->peer = peer;
    connection->driver = std::move(made.driver);
    connection->intake = std::make_unique<Intake>(routes_, intake_handlers(id));
    connections_.emplace(id, std::move(connection));
    spdlog::info("{}: connection from {}", source_.name, peer);
    const Stamp now = service::now();
    for (Hearing& bed : beds_) {
      bed.heard_at = now.mono;
      set_link(bed, true, peer, now);
    }
    host_.settle(now);
  }

  void on_bytes(links::ConnectionId id, links::Bytes bytes, Stamp rx) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    found->second->driver->feed(bytes, rx, *found->second->intake);
    view_.last_rx = rx.wall;
    close_condemned();
    host_.settle(rx);
  }

  void on_close(links::ConnectionId id, const std::string& reason) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    spdlog::info("{}: connection from {} closed: {}", source_.name, found->second->peer, reason);
    connections_.erase(found);
  }

  // The driver asked for it from within feed(): the connection must outlive that call.
  void close_condemned() {
    for (const auto& [id, reason] : condemned_) {
      const auto found = connections_.find(id);
      if (found == connections_.end()) continue;
      spdlog::warn("{}: closing the connection from {}: {}", source_.name, found->second->peer, reason);
      listener_->close(id);
      if (found->second->answers.empty()) connections_.erase(found);
    }
    condemned_.clear();
  }

  void heard(const Route& route) {
    const Stamp now = service::now();
    for (Hearing& bed : beds_) {
      if (bed.route.bed != route.bed) continue;
      bed.heard_at = now.mono;
      set_link(bed, true, "values", now);
    }
  }

  void set_link(Hearing& bed, bool up, const std::string& detail, Stamp now) {
    if (bed.up == up) return;
    bed.up = up;
    bed.route.bed->link(bed.route.source, up, now);
    view_.state = up ? "up" : "down";
    view_.detail = detail;
    view_.since = now.wall;
    if (BedDesk* desk = host_.desk_of(*bed.route.bed)) desk->link_changed(view_, now);
  }

  void on_answer(links::ConnectionId id, const drivers::Answer& answer) {
    Connection& connection = *connections_.at(id);
    const std::uint64_t number = ++connection.numbered;
    connection.answers.push_back({number,
                                  {answer.kept.begin(), answer.kept.end()},
                                  {answer.not_kept.begin(), answer.not_kept.end()},
                                  std::nullopt});
    const auto then = [this, id, number](bool kept) { settle_answer(id, number, kept); };
    if (answer.text ==
        drivers::answer_duplicate) {  // positive only if what the first copy caused is kept (promise P5)
      host_.when_all_kept(then);
    } else {
      host_.when_kept(then);
    }
    if (connection.answers.size() >= answers_waiting_max && !connection.paused) {
      connection.paused = true;
      listener_->pause_reading(id, true);
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
      if (!bytes.empty()) listener_->send(id, bytes);
      connection.answers.pop_front();
    }
    if (connection.paused && connection.answers.size() < answers_waiting_max / 2) {
      connection.paused = false;
      listener_->pause_reading(id, false);
    }
  }

  const settings::Source& source_;
  Host& host_;
  const drivers::Entry* entry_;
  Routes routes_;
  std::vector<Hearing> beds_;
  std::unique_ptr<links::TcpListener> listener_;
  std::map<links::ConnectionId, std::unique_ptr<Connection>> connections_;
  std::vector<std::pair<links::ConnectionId, std::string>> condemned_;
  LinkView view_;
};

}  // namespace

std::unique_ptr<SourceHub> make_hl7_hub(boost::asio::io_context& loop, const settings::Source& source,
                                        Routes routes, Host& host) {
  return std::make_unique<Hl7Hub>(loop, source, std::move(routes), host);
}

}  // namespace app
