// A TCP listener for many connections of monitors and gateways (MLLP): limits, peers, keep-alive,
// back-pressure.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/links/link.hpp"
#include "daemon/links/tls.hpp"

namespace links {

using ConnectionId = std::uint64_t;

// A peer that takes none of its answers is closed beyond this.
inline constexpr std::size_t send_queue_bytes_per_connection_max = 1024 * 1024;
// Half-open connections show after 19 s of silence.
inline constexpr int keep_alive_idle_s = 10, keep_alive_interval_s = 3, keep_alive_tries = 3;
inline constexpr vitals::Milliseconds close_after{2'000};
// A peer that shuts only its own direction down still waits for its answer.
inline constexpr vitals::Milliseconds answer_after_end{500};
// Trying to listen again: first wait, doubling up to 16 times.
inline constexpr vitals::Milliseconds listen_again_after{500};
// Accepting again after the system had no descriptor or memory for it.
inline constexpr vitals::Milliseconds accept_again_after{100};

// Why a peer is not let in. Any other reason is that of its TLS handshake, or of the system (empty peer).
inline constexpr std::string_view not_an_allowed_peer = "not an allowed peer";
inline constexpr std::string_view too_many_from_this_peer = "too many connections from this peer";
inline constexpr std::string_view too_many_connections = "too many connections";

struct ListenSettings {
  std::string address;     // numeric, IPv4 or IPv6
  std::uint16_t port = 0;  // 0: any, see bound_port()
  unsigned connections_max = 256;
  unsigned connections_per_peer_max = 4;
  bool single = false;             // one monitor per address: a new connection replaces the old one
  std::vector<std::string> peers;  // allowed peer addresses; empty: any. Looked at before the handshake.
  std::shared_ptr<const TlsContext> tls;  // null: plain
};

// on_open and on_close come exactly once per connection that was let in, on_close as the last one. They may
// call every method of the listener.
struct ListenHandlers {
  std::function<void(ConnectionId, const std::string& peer)> on_open;
  std::function<void(ConnectionId, Bytes, vitals::Stamp)> on_bytes;
  std::function<void(ConnectionId, const std::string& reason)> on_close;
  // Not let in. Peer empty: the system refuses to accept anybody; reported once until it changes.
  std::function<void(const std::string& peer, const std::string& reason)> on_refused;
};

// Connections, whoever opened them.
class TcpPeers {
 public:
  virtual ~TcpPeers() = default;
  virtual std::string start() = 0;  // empty, or why it cannot listen (it keeps trying with back-off)
  virtual void stop() = 0;          // idempotent; no handler is called after it
  virtual void send(ConnectionId id, Bytes bytes) = 0;
  virtual void close(ConnectionId id) = 0;  // after what was sent has gone out, at most 2 s
  virtual void pause_reading(ConnectionId id, bool pause) = 0;  // TCP back-pressure
};

class TcpListener : public TcpPeers {
 public:
  virtual std::uint16_t bound_port() const = 0;  // 0: not listening
};

std::unique_ptr<TcpListener> make_tcp_listener(boost::asio::io_context& loop, ListenSettings settings,
                                               const ListenHandlers& handlers);

}  // namespace links
