// The connections of an HL7 source, as its settings describe them: listening or connecting, plain or TLS.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "daemon/links/tcp_listener.hpp"
#include "daemon/settings/settings.hpp"

namespace app {

struct MllpPeers {
  std::unique_ptr<links::TcpPeers> peers;        // null: `error` says why
  std::shared_ptr<const links::TlsContext> tls;  // null: plain
  std::string place;                             // "listening on 192.0.2.1 port 2575, TLS": for people
  std::string error;
};

// Reads the certificate files, and so may be tried again. Not started yet.
MllpPeers make_mllp_peers(boost::asio::io_context& loop, const settings::Source& source,
                          const links::ListenHandlers& handlers);

// A plain name is looked for in $CREDENTIALS_DIRECTORY, when there is one.
std::string credential_path(const std::string& file);

}  // namespace app
