#include <spdlog/spdlog.h>

#include "daemon/app/byte_link.hpp"
#include "daemon/app/fault_book.hpp"
#include "daemon/app/sources.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace app {
namespace {

// Silent for the protocol's longest, but with this many bytes and no frame in them: it is another device,
// another protocol or another speed that we hear. Less is noise of a loose cable.
constexpr std::size_t wrong_bytes_min = 100;

class SerialHub final : public SourceHub {
 public:
  SerialHub(boost::asio::io_context& loop, const settings::Source& source, Routes routes, Host& host)
      : source_(source),
        host_(host),
        entry_(drivers::find(source.protocol)),
        faults_(source.name, say_fault),
        intake_(std::move(routes), handlers()) {
    CHECK(entry_ != nullptr);  // the settings were checked
    link_ = make_byte_link(loop, source,
                           {[this](auto bytes, auto rx) { on_bytes(bytes, rx); },
                            [this](auto state, const auto& detail) { on_state(state, detail); },
                            [this](auto rx) { on_damage(rx); }});
    view_.source = source.name;
    view_.protocol = source.protocol;
    view_.figures = figures_;
  }

  void start() override { link_->start(); }
  void stop() override { link_->stop(); }

  void finish(std::function<void()> done) override {
    goodbye_ = false;
    if (up_) driver_->close(service::now(), intake_);
    up_ = false;  // nothing is asked of the driver any more
    if (goodbye_) return link_->finish(std::move(done));
    link_->stop();
    done();
  }

  void tick(Stamp now) override {
    faults_.tick(now.mono);
    if (!up_) return;
    driver_->tick(now, intake_);
    count();
    judge_silence(now);
    host_.settle(now);
  }

  Milliseconds tick_ms() const override { return Milliseconds{100}; }  // drivers::Driver::tick

  SourceSample sample(Stamp now) const override {
    SourceSample out = make_sample(source_, counts_, intake_.counters(), faults_, now);
    out.state = view_.state.empty() ? links::name(links::State::down) : view_.state;
    out.connections = up_ ? 1 : 0;
    return out;
  }

 private:
  IntakeHandlers handlers() {
    IntakeHandlers out;
    out.on_send = [this](drivers::Bytes bytes) {
      goodbye_ = true;
      link_->send(bytes);
    };
    out.on_status = [this](const drivers::DeviceStatus& status) {
      if (status.signal == drivers::Signal::wrong_device) stranger_ = status.on;
    };
    out.on_fault = [this](const drivers::DecodeFault& fault) { faults_.note(fault); };
    return out;
  }

  // What a link that is up brings: frames, nothing, or bytes that are no frames.
  void judge_silence(Stamp now) {
    const bool silent = now.mono - heard_at_ > entry_->facts->silence_ms_max;
    const bool wrong = stranger_ || (silent && bytes_unheard_ >= wrong_bytes_min);
    const std::string_view state = wrong ? "wrong-device" : silent ? "quiet" : "up";
    if (state == view_.state) return;
    std::string detail;
    if (wrong) {
      detail = stranger_ ? "the bytes are those of another device" : no_frames_text();
    } else if (silent) {
      detail = link_->trouble();
    }
    if (!detail.empty()) spdlog::warn("{}: {}, {}", source_.name, state, detail);
    // Nothing but silence tells that the other end of a datagram link is gone.
    if (datagrams()) tell_beds(!silent, now);
    tell(state, detail, now);
  }

  std::string no_frames_text() const {
    std::string out = "bytes and no frame of " + source_.protocol + ": another device, protocol or speed";
    if (2 * damaged_unheard_ > bytes_unheard_)
      out += "; most bytes have parity or framing errors: is the line set as at the device?";
    return out;
  }

  void tell_beds(bool up, Stamp now) {
    for (const Route& route : intake_.beds()) route.bed->link(route.source, up, now);
  }

  bool datagrams() const { return std::holds_alternative<settings::UdpConnect>(source_.link); }

  // Of a link of datagrams: one.
  void on_bytes(links::Bytes bytes, Stamp rx) {
    const std::uint64_t frames = intake_.counters().frames;
    counts_.received(bytes.size(), rx);
    bytes_unheard_ += bytes.size();
    driver_->feed(bytes, rx, intake_);
    if (datagrams()) driver_->datagram_ended(rx, intake_);
    if (intake_.counters().frames != frames) {
      heard_at_ = rx.mono;
      bytes_unheard_ = damaged_unheard_ = 0;
    }
    figures_->last_rx = rx.wall;
    host_.settle(rx);
  }

  void on_damage(Stamp rx) {
    counts_.received(1, rx);
    ++bytes_unheard_;
    ++damaged_unheard_;
    driver_->damaged(rx, intake_);
    host_.settle(rx);
  }

  void on_state(links::State state, const std::string& detail) {
    const Stamp now = service::now();
    up_ = state == links::State::up;
    stranger_ = false;
    bytes_unheard_ = damaged_unheard_ = 0;
    heard_at_ = now.mono;
    if (up_) {  // a new stream: nothing of the old one may be continued
      intake_.driver_gone(now);
      driver_ = entry_->make(source_.options).driver;
      CHECK(driver_ != nullptr);
      ++counts_.opened;
      spdlog::info("{}: up, {}", source_.name, detail);
    } else {
      spdlog::warn("{}: {}, {}", source_.name, links::name(state), detail);
    }
    tell_beds(up_, now);
    tell(links::name(state), detail, now);
    host_.settle(now);
  }

  void count() {
    figures_->frames = intake_.counters().frames;
    figures_->faults = intake_.counters().faults;
  }

  void tell(std::string_view state, const std::string& detail, Stamp now) {
    view_.state = state;
    view_.detail = detail;
    view_.since = now.wall;
    count();
    for (const Route& route : intake_.beds())
      if (BedDesk* desk = host_.desk_of(*route.bed)) desk->link_changed(view_, now);
  }

  const settings::Source& source_;
  Host& host_;
  const drivers::Entry* entry_;
  FaultBook faults_;
  Intake intake_;
  std::unique_ptr<drivers::Driver> driver_;
  std::unique_ptr<links::Link> link_;
  std::shared_ptr<LinkFigures> figures_ = std::make_shared<LinkFigures>();
  LinkView view_;
  LinkCounts counts_;
  bool up_ = false;
  bool goodbye_ = false;   // something is under way to the device
  bool stranger_ = false;  // the driver says that this is another device
  // Since the last frame; those that the line damaged count in both.
  std::size_t bytes_unheard_ = 0, damaged_unheard_ = 0;
  MonoTime heard_at_{};
};

}  // namespace

std::unique_ptr<SourceHub> make_serial_hub(boost::asio::io_context& loop, const settings::Source& source,
                                           Routes routes, Host& host) {
  return std::make_unique<SerialHub>(loop, source, std::move(routes), host);
}

}  // namespace app
