// A TCP connection that we open and keep open: to a monitor or gateway that listens (MLLP), to a serial
// device server. Same calls as a listener, with one connection at most; each new one has a new id.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/links/tcp_listener.hpp"

namespace links {

struct ConnectSettings {
  std::string address;  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;
  vitals::Milliseconds connect_within{5'000};  // a peer that does not answer is given up after this
  // First wait after a failed or ended connection; doubles up to 60 times (30 s), each a fifth shorter or
  // longer so that many boxes do not come back at once. Starts anew with the next bytes.
  vitals::Milliseconds connect_again_after{500};
  std::shared_ptr<const TlsContext> tls;  // null: plain
};

// on_refused tells why there is no connection, once until that changes.
std::unique_ptr<TcpPeers> make_tcp_client(boost::asio::io_context& loop, ConnectSettings settings,
                                          const ListenHandlers& handlers);

}  // namespace links
