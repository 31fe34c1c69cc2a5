// Byte links over the network, for protocols that also run on a serial line: a serial device server (TCP), or
// a monitor that speaks datagrams (UDP).
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>

#include "daemon/links/link.hpp"
#include "daemon/links/tcp_client.hpp"

namespace links {

// Back-off, time limit and keep-alive are those of the client.
std::unique_ptr<Link> make_tcp_link(boost::asio::io_context& loop, ConnectSettings settings,
                                    Handlers handlers);

struct DatagramSettings {
  std::string address;  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;
  vitals::Milliseconds open_again_after{500};  // first wait when there is no way to the peer; up to 16 times
};

// Datagrams of this address and port alone, one on_bytes each; one send() is one datagram. `up` says that we
// can send, not that anybody is there: datagrams know no connection. What the network says of the peer
// ("connection refused") is trouble() until its next datagram.
std::unique_ptr<Link> make_datagram_link(boost::asio::io_context& loop, DatagramSettings settings,
                                         Handlers handlers);

inline constexpr std::size_t datagram_bytes_max = 65'507;  // of IPv4

}  // namespace links
