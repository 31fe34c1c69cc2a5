// A TCP listener for many connections of monitors and gateways (MLLP): limits, peers, keep-alive, back-pressure.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/links/link.hpp"

namespace links {

using ConnectionId = std::uint64_t;

struct ListenSettings {
  std::string address;
  std::uint16_t port = 0;  // 0: any, see bound_port()
  unsigned connections_max = 256;
  unsigned connections_per_peer_max = 4;
  bool single = false;             // one monitor per address: a new connection replaces the old one
  std::vector<std::string> peers;  // allowed peer addresses; empty: any
};

struct ListenHandlers {
  std::function<void(ConnectionId, const std::string& peer)> on_open;
  std::function<void(ConnectionId, Bytes, vitals::Stamp)> on_bytes;
  std::function<void(ConnectionId, const std::string& reason)> on_close;
  std::function<void(const std::string& peer, const std::string& reason)> on_refused;
};

class TcpListener {
 public:
  virtual ~TcpListener() = default;
  virtual std::string start() = 0;  // empty, or why it cannot listen (it keeps trying with back-off)
  virtual void stop() = 0;
  virtual std::uint16_t bound_port() const = 0;
  virtual void send(ConnectionId id, Bytes bytes) = 0;
  virtual void close(ConnectionId id) = 0;                  // after what was sent has gone out, at most 2 s
  virtual void pause_reading(ConnectionId id, bool pause) = 0;  // TCP back-pressure
};

std::unique_ptr<TcpListener> make_tcp_listener(boost::asio::io_context& loop, ListenSettings settings,
                                               ListenHandlers handlers);

}  // namespace links
