#include "daemon/app/mllp_peers.hpp"

#include <cstdlib>
#include <utility>

#include "daemon/links/tcp_client.hpp"
#include "daemon/vitals/check.hpp"

namespace app {
namespace {

std::string name_of(const std::string& what, const std::string& address, std::uint16_t port, bool tls) {
  return what + address + " port " + std::to_string(port) + (tls ? ", TLS" : "");
}

// False: the files cannot be used.
bool read_tls(const std::optional<settings::Tls>& from, links::TlsSide side, MllpPeers& out) {
  if (!from) return true;
  links::TlsSettings files;
  files.cert_file = credential_path(from->cert_file);
  files.key_file = credential_path(from->key_file);
  files.ca_file = credential_path(from->ca_file);
  files.require_client_cert = from->require_client_cert;
  files.peer_names = from->peer_names;
  out.tls = links::make_tls_context(side, files, out.error);
  return out.tls != nullptr;
}

}  // namespace

std::string credential_path(const std::string& file) {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  const bool bare = !file.empty() && file.find('/') == std::string::npos;
  return bare && credentials != nullptr ? std::string{credentials} + "/" + file : file;
}

MllpPeers make_mllp_peers(boost::asio::io_context& loop, const settings::Source& source,
                          const links::ListenHandlers& handlers) {
  MllpPeers out;
  if (const auto* to = std::get_if<settings::TcpConnect>(&source.link)) {
    out.place = name_of("connecting to ", to->address, to->port, to->tls.has_value());
    if (!read_tls(to->tls, links::TlsSide::client, out)) return out;
    links::ConnectSettings settings;
    settings.address = to->address;
    settings.port = to->port;
    settings.tls = out.tls;
    out.peers = links::make_tcp_client(loop, std::move(settings), handlers);
    return out;
  }
  const auto* from = std::get_if<settings::MllpListen>(&source.link);
  CHECK(from != nullptr);  // the settings were checked
  out.place = name_of("listening on ", from->address, from->port, from->tls.has_value());
  if (!read_tls(from->tls, links::TlsSide::server, out)) return out;
  links::ListenSettings settings;
  settings.address = from->address;
  settings.port = from->port;
  settings.connections_max = from->connections_max;
  settings.connections_per_peer_max = from->connections_per_peer_max;
  settings.single = from->single;
  settings.peers = from->peers;
  settings.tls = out.tls;
  out.peers = links::make_tcp_listener(loop, std::move(settings), handlers);
  return out;
}

}  // namespace app
