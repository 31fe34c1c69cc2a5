// TLS 1.2 and 1.3 on a connected socket that does not block, by OpenSSL. For the loop thread only.
//
// OpenSSL works on the descriptor itself and the loop waits for readiness, as for plain connections: an idle
// connection holds no record buffers (Asio's own stream keeps two of 17 KiB each for its whole life).
// OpenSSL writes without MSG_NOSIGNAL: the process must ignore SIGPIPE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/links/link.hpp"

namespace links {

// A peer that has not finished its handshake within this is refused.
inline constexpr vitals::Milliseconds handshake_ms_max{5'000};

// File names as OpenSSL opens them, PEM.
struct TlsSettings {
  std::string cert_file, key_file;  // ours; a client may have none
  std::string ca_file;              // who signs the peers' certificates
  bool require_client_cert = true;  // of a server
  // The peer's certificate must carry one of these: host name or address in subjectAltName, else common
  // name. Empty: a client demands the address it connected to, a server takes any that ca_file signed.
  std::vector<std::string> peer_names;
};

enum class TlsSide : std::uint8_t { server, client };
enum class TlsStep : std::uint8_t { done, wait_read, wait_write, failed };

class TlsSession {
 public:
  virtual ~TlsSession() = default;
  virtual TlsStep handshake() = 0;  // again when the socket is ready for what it waits for
  // done with size 0: the peer has ended the stream.
  virtual TlsStep read(std::span<std::uint8_t> into, std::size_t& size) = 0;
  // After a wait the next call begins with the same bytes.
  virtual TlsStep write(Bytes bytes, std::size_t& size) = 0;
  virtual void end() = 0;                         // tells the peer, as far as that goes without waiting
  virtual const std::string& reason() const = 0;  // after `failed`, for people
};

class TlsContext {
 public:
  virtual ~TlsContext() = default;
  // `socket` must live and stay the same descriptor as long as the session.
  virtual std::unique_ptr<TlsSession> session(int socket, const std::string& peer_address) const = 0;
  // Until our own certificate expires, negative afterwards; none: we show none.
  virtual std::optional<int> days_left() const = 0;
};

// Of the first certificate of a PEM file; none: it cannot be read.
std::optional<int> certificate_days_left(const std::string& file);

// Null: `error` names the file and what is wrong with it.
std::shared_ptr<const TlsContext> make_tls_context(TlsSide side, const TlsSettings& settings,
                                                   std::string& error);

}  // namespace links
