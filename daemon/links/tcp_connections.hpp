// The connections of a listener, once let in: reading, sending, ending. For the loop thread only.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "daemon/links/tcp_listener.hpp"
#include "daemon/links/tls.hpp"

namespace links {

struct Connection;
using ConnectionPtr = std::shared_ptr<Connection>;

// Lives as long as an operation of it is under way.
class Connections : public std::enable_shared_from_this<Connections> {
 public:
  using Address = boost::asio::ip::address;
  using Socket = boost::asio::ip::tcp::socket;

  Connections(boost::asio::io_context& loop, ListenHandlers handlers);

  // With TLS the connection counts from now on, but is let in after its handshake, or refused.
  void add(Socket socket, const Address& peer, const TlsContext* tls = nullptr);
  void send(ConnectionId id, Bytes bytes);
  void close(ConnectionId id);
  void pause_reading(ConnectionId id, bool pause);
  void abandon_all();  // at once, and without a call of on_close

  std::size_t count() const { return connections_.size(); }
  std::size_t count_in_use(const Address& peer) const;
  // Ends those of the peer, but for the newest of them if told so; what they had sent before is still
  // handled.
  void replace(const Address& peer, const ConnectionPtr& but = nullptr);
  // One connection per peer: what replace() does, after each handshake.
  void keep_one_per_peer() { one_per_peer_ = true; }
  // One that only waits for its end must not keep a new one out.
  void forget_an_ending_one();

 private:
  // One read for all connections: an idle one holds no buffer.
  static constexpr std::size_t read_bytes_max = 64 * 1024;

  void begin_handshake(const ConnectionPtr& connection, const TlsContext& tls);
  void shake_hands(const ConnectionPtr& connection);
  void let_in(const ConnectionPtr& connection);
  void drain(const ConnectionPtr& connection);
  std::size_t read_some(const ConnectionPtr& connection, boost::system::error_code& error);
  std::size_t write_some(const ConnectionPtr& connection, boost::system::error_code& error);
  void await_read(const ConnectionPtr& connection);
  void on_readable(const ConnectionPtr& connection);
  void hand_over(const ConnectionPtr& connection, std::size_t size);
  void on_end(const ConnectionPtr& connection);
  void await_write(const ConnectionPtr& connection);
  bool flush(const ConnectionPtr& connection);
  void sent_all(const ConnectionPtr& connection);
  void begin_close(const ConnectionPtr& connection, std::string reason);
  void finish(const ConnectionPtr& connection, const std::string& reason);
  void finish_soon(const ConnectionPtr& connection, std::string reason);
  void set_timer(const ConnectionPtr& connection, vitals::Milliseconds after);
  ConnectionPtr find(ConnectionId id) const;

  boost::asio::io_context& loop_;
  const ListenHandlers handlers_;
  std::map<ConnectionId, ConnectionPtr> connections_;
  ConnectionId last_id_ = 0;    // the first is 1
  ConnectionId answering_ = 0;  // its bytes are being handled: what is sent to it goes out behind that
  bool one_per_peer_ = false;
  std::array<std::uint8_t, read_bytes_max> buffer_{};
};

}  // namespace links
