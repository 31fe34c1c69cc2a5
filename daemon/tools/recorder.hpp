// Listens to one source as the daemon would, and writes what passes. Drivers run along, so that polled
// devices are polled and HL7 senders get their answers.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "daemon/app/intake.hpp"
#include "daemon/app/mllp_peers.hpp"
#include "daemon/links/link.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/tools/capture_file.hpp"
#include "daemon/tools/pseudonyms.hpp"
#include "drivers/registry.hpp"

namespace tools {

class Recorder {
 public:
  // `header` is completed and written at once; `pseudonyms` null: bytes as they are. The stream and the
  // settings outlive the recorder.
  Recorder(boost::asio::io_context& loop, const settings::Source& source, CaptureHeader header,
           std::ostream& out, std::unique_ptr<Pseudonyms> pseudonyms);

  std::string start();                      // empty, or why there is nothing to record
  void stop();                              // what is held back is written
  void finish(std::function<void()> done);  // the device is told first, as the daemon does it; then stop()

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t frames() const;
  bool ever_open() const { return opened_; }           // a port, a connection, or somebody could have come
  const std::string& state() const { return state_; }  // of the link, for people

 private:
  struct Stream {
    std::unique_ptr<drivers::Driver> driver;
    std::unique_ptr<app::Intake> intake;
  };

  void start_link();
  std::string start_peers();
  void open(std::uint64_t id, const std::string& detail);
  void take(std::uint64_t id, links::Bytes bytes, vitals::Stamp rx);
  void take_damage(vitals::Stamp rx);
  void close(std::uint64_t id, const std::string& detail);
  void send(std::uint64_t id, drivers::Bytes bytes);
  void note(CaptureKind kind, std::uint64_t id, std::string_view bytes, vitals::Stamp at);
  void write(CaptureKind kind, std::uint64_t id, std::string bytes, vitals::Stamp at);
  void tick();

  boost::asio::io_context& loop_;
  const settings::Source& source_;
  const drivers::Entry* entry_;
  std::ostream& out_;
  const std::unique_ptr<Pseudonyms> pseudonyms_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<links::Link> link_;  // a stream of bytes or datagrams: its id is 0
  app::MllpPeers mllp_;
  std::map<std::uint64_t, Stream> streams_;
  vitals::Stamp start_;
  std::string line_, state_;
  std::uint64_t bytes_ = 0, frames_ended_ = 0;
  bool opened_ = false;
};

}  // namespace tools
