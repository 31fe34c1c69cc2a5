#include "daemon/tools/recorder.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/app/byte_link.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/tools/tools.hpp"
#include "daemon/vitals/check.hpp"

namespace tools {
namespace {

std::string_view text_of(links::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Recorder::Recorder(boost::asio::io_context& loop, const settings::Source& source, CaptureHeader header,
                   std::ostream& out, std::unique_ptr<Pseudonyms> pseudonyms)
    : loop_(loop),
      source_(source),
      entry_(drivers::find(source.protocol)),
      out_(out),
      pseudonyms_(std::move(pseudonyms)),
      timer_(loop),
      start_(service::now()) {
  CHECK(entry_ != nullptr);  // the settings were checked
  header.protocol = source.protocol;
  header.options = source.options;
  header.source = source.name;
  header.datagrams = std::holds_alternative<settings::UdpConnect>(source.link);
  header.t0 = start_.wall;
  write_header(header, line_);
  out_ << line_ << std::flush;
}

std::string Recorder::start() {
  std::string trouble;
  if (entry_->facts->line.baud == 0) {
    trouble = start_peers();
    opened_ = trouble.empty() && std::holds_alternative<settings::MllpListen>(source_.link);
  } else {
    start_link();
  }
  tick();
  return trouble;
}

void Recorder::start_link() {
  link_ = app::make_byte_link(loop_, source_,
                              {[this](links::Bytes bytes, vitals::Stamp rx) { take(0, bytes, rx); },
                               [this](links::State state, const std::string& detail) {
                                 state_ = std::string{links::name(state)} + ", " + detail;
                                 if (state == links::State::up) return open(0, detail);
                                 close(0, detail);
                               },
                               [this](vitals::Stamp rx) { take_damage(rx); }});
  link_->start();
}

std::string Recorder::start_peers() {
  links::ListenHandlers handlers;
  handlers.on_open = [this](links::ConnectionId id, const std::string& peer) {
    state_ = "connected with " + peer;
    open(id, peer);
  };
  handlers.on_bytes = [this](links::ConnectionId id, links::Bytes bytes, vitals::Stamp rx) {
    take(id, bytes, rx);
  };
  handlers.on_close = [this](links::ConnectionId id, const std::string& reason) {
    state_ = reason;
    close(id, reason);
  };
  handlers.on_refused = [this](const std::string& peer, const std::string& reason) {
    state_ = peer + " refused: " + reason;
  };
  mllp_ = app::make_mllp_peers(loop_, source_, handlers);
  state_ = mllp_.place;
  return mllp_.peers ? mllp_.peers->start() : mllp_.error;
}

void Recorder::stop() {
  timer_.cancel();
  if (link_) link_->stop();
  if (mllp_.peers) mllp_.peers->stop();
  while (!streams_.empty()) close(streams_.begin()->first, "end of the capture");
}

void Recorder::finish(std::function<void()> done) {
  timer_.cancel();
  const auto found = streams_.find(0);
  if (!link_ || found == streams_.end()) return done();
  found->second.driver->close(service::now(), *found->second.intake);
  link_->finish(std::move(done));
}

std::uint64_t Recorder::frames() const {
  std::uint64_t out = frames_ended_;
  for (const auto& [id, stream] : streams_) out += stream.intake->counters().frames;
  return out;
}

void Recorder::open(std::uint64_t id, const std::string& detail) {
  opened_ = true;
  app::IntakeHandlers handlers;
  handlers.on_send = [this, id](drivers::Bytes bytes) { send(id, bytes); };
  // What is in the file is kept: the sender may go on.
  handlers.on_answer = [this, id](const drivers::Answer& answer) {
    if (!answer.kept.empty()) send(id, answer.kept);
  };
  handlers.on_close = [this, id](std::string_view) {
    if (mllp_.peers) boost::asio::post(loop_, [this, id] { mllp_.peers->close(id); });
  };
  Stream stream;
  stream.driver = entry_->make(source_.options).driver;
  CHECK(stream.driver != nullptr);
  stream.intake = std::make_unique<app::Intake>(app::Routes{}, std::move(handlers));
  streams_[id] = std::move(stream);
  write(CaptureKind::up, id, detail, service::now());
}

void Recorder::take(std::uint64_t id, links::Bytes bytes, vitals::Stamp rx) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  bytes_ += bytes.size();
  note(CaptureKind::in, id, text_of(bytes), rx);  // on the disk before any answer
  found->second.driver->feed(bytes, rx, *found->second.intake);
  if (std::holds_alternative<settings::UdpConnect>(source_.link))
    found->second.driver->datagram_ended(rx, *found->second.intake);
}

// Only serial lines know of it; their stream is the one with id 0.
void Recorder::take_damage(vitals::Stamp rx) {
  const auto found = streams_.find(0);
  if (found == streams_.end()) return;
  write(CaptureKind::damaged, 0, {}, rx);
  found->second.driver->damaged(rx, *found->second.intake);
}

void Recorder::close(std::uint64_t id, const std::string& detail) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  const vitals::Stamp now = service::now();
  for (const bool sent : {false, true}) {
    std::string rest;
    if (pseudonyms_) pseudonyms_->end(2 * id + (sent ? 1 : 0), rest);
    if (!rest.empty()) write(sent ? CaptureKind::out : CaptureKind::in, id, std::move(rest), now);
  }
  write(CaptureKind::down, id, detail, now);
  frames_ended_ += found->second.intake->counters().frames;
  streams_.erase(found);
}

void Recorder::send(std::uint64_t id, drivers::Bytes bytes) {
  note(CaptureKind::out, id, text_of(bytes), service::now());
  if (link_) link_->send(bytes);
  if (mllp_.peers) mllp_.peers->send(id, bytes);
}

void Recorder::note(CaptureKind kind, std::uint64_t id, std::string_view bytes, vitals::Stamp at) {
  if (!pseudonyms_) return write(kind, id, std::string{bytes}, at);
  std::string judged;
  pseudonyms_->feed(2 * id + (kind == CaptureKind::out ? 1 : 0), bytes, judged);
  if (!judged.empty()) write(kind, id, std::move(judged), at);
}

void Recorder::write(CaptureKind kind, std::uint64_t id, std::string bytes, vitals::Stamp at) {
  write_event({kind, at.mono - start_.mono, id, std::move(bytes)}, line_);
  out_ << line_ << std::flush;
}

void Recorder::tick() {
  const vitals::Stamp now = service::now();
  for (auto& [id, stream] : streams_) stream.driver->tick(now, *stream.intake);
  timer_.expires_after(tick_ms);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

}  // namespace tools
