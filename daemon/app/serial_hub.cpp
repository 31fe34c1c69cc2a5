#include <spdlog/spdlog.h>

#include "daemon/app/sources.hpp"
#include "daemon/links/serial_link.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace app {
namespace {

class SerialHub final : public SourceHub {
 public:
  SerialHub(boost::asio::io_context& loop, const settings::Source& source, Routes routes, Host& host)
      : source_(source),
        host_(host),
        entry_(drivers::find(source.protocol)),
        intake_(std::move(routes), handlers()) {
    CHECK(entry_ != nullptr);  // the settings were checked
    link_ = links::make_serial_link(loop, link_settings(),
                                    {[this](auto bytes, auto rx) { on_bytes(bytes, rx); },
                                     [this](auto state, const auto& detail) { on_state(state, detail); }});
    view_.source = source.name;
    view_.protocol = source.protocol;
  }

  void start() override { link_->start(); }
  void stop() override { link_->stop(); }

  void tick(Stamp now) override {
    if (!up_) return;
    driver_->tick(now, intake_);
    const bool quiet = now.mono - heard_at_ > entry_->facts->silence_ms_max;
    if (quiet != quiet_) {
      quiet_ = quiet;
      tell(quiet ? "quiet" : "up", {}, now);
    }
    host_.settle(now);
  }

 private:
  IntakeHandlers handlers() {
    IntakeHandlers out;
    out.on_send = [this](drivers::Bytes bytes) { link_->send(bytes); };
    out.on_fault = [this](const drivers::DecodeFault& fault) {
      spdlog::debug("{}: {} {} {} {}", source_.name, drivers::name(fault.kind), fault.reason, fault.code,
                    fault.value);
    };
    return out;
  }

  links::SerialSettings link_settings() const {
    const auto& line = entry_->facts->line;
    const auto& port = std::get<settings::SerialLink>(source_.link);
    links::SerialSettings out;
    out.path = port.port;
    out.plain = port.plain;
    out.baud = port.baud.value_or(line.baud);
    out.data_bits = line.data_bits;
    out.parity = static_cast<char>(line.parity);
    out.stop_bits = line.stop_bits;
    return out;
  }

  void on_bytes(links::Bytes bytes, Stamp rx) {
    const std::uint64_t frames = intake_.counters().frames;
    driver_->feed(bytes, rx, intake_);
    if (intake_.counters().frames != frames) heard_at_ = rx.mono;
    view_.last_rx = rx.wall;
    host_.settle(rx);
  }

  void on_state(links::State state, const std::string& detail) {
    const Stamp now = service::now();
    up_ = state == links::State::up;
    quiet_ = false;
    heard_at_ = now.mono;
    if (up_) {  // a new stream: nothing of the old one may be continued
      driver_ = entry_->make(source_.options).driver;
      CHECK(driver_ != nullptr);
      spdlog::info("{}: up, {}", source_.name, detail);
    } else {
      spdlog::warn("{}: {}, {}", source_.name, links::name(state), detail);
    }
    for (const Route& route : intake_.routes().all()) route.bed->link(route.source, up_, now);
    tell(links::name(state), detail, now);
    host_.settle(now);
  }

  void tell(std::string_view state, const std::string& detail, Stamp now) {
    view_.state = state;
    view_.detail = detail;
    view_.since = now.wall;
    view_.frames = intake_.counters().frames;
    view_.faults = intake_.counters().faults;
    for (const Route& route : intake_.routes().all())
      if (BedDesk* desk = host_.desk_of(*route.bed)) desk->link_changed(view_, now);
  }

  const settings::Source& source_;
  Host& host_;
  const drivers::Entry* entry_;
  Intake intake_;
  std::unique_ptr<drivers::Driver> driver_;
  std::unique_ptr<links::Link> link_;
  LinkView view_;
  bool up_ = false, quiet_ = false;
  MonoTime heard_at_{};
};

}  // namespace

std::unique_ptr<SourceHub> make_serial_hub(boost::asio::io_context& loop, const settings::Source& source,
                                           Routes routes, Host& host) {
  return std::make_unique<SerialHub>(loop, source, std::move(routes), host);
}

}  // namespace app
