#include "daemon/links/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace links {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};
struct FreeFile {
  void operator()(BIO* file) const { BIO_free(file); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// The first error of the queue is the cause, later ones only say where it passed.
std::string error_text() {
  const unsigned long code = ERR_peek_error();
  const char* text = ERR_reason_error_string(code);
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  return text != nullptr ? text : "unknown TLS error";
}

// Negative as soon as it has expired.
std::optional<int> days_until_end(const X509* certificate) {
  int days = 0, seconds = 0;
  if (certificate == nullptr ||
      ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1)
    return std::nullopt;
  return seconds < 0 && days == 0 ? -1 : days;
}

bool carries(X509* certificate, const std::string& name) {
  return X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1 ||
         X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
}

class Session final : public TlsSession {
 public:
  Session(SSL* ssl, TlsSide side, int socket, std::vector<std::string> names)
      : ssl_(ssl), side_(side), socket_(socket), names_(std::move(names)) {}

  TlsStep handshake() override {
    if (side_ == TlsSide::server && !looked_ && !looks_like_tls())
      return looked_ ? TlsStep::failed : TlsStep::wait_read;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) return step_of(result);
    if (!names_.empty() && !is_expected_peer()) {
      reason_ = "the certificate of the peer carries none of the expected names";
      return TlsStep::failed;
    }
    return TlsStep::done;
  }

  TlsStep read(std::span<std::uint8_t> into, std::size_t& size) override {
    size = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    if (result == 1) return TlsStep::done;
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN) return TlsStep::done;
    return step_of(result);
  }

  TlsStep write(Bytes bytes, std::size_t& size) override {
    size = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
    return result == 1 ? TlsStep::done : step_of(result);
  }

  void end() override {
    ERR_clear_error();
    if (reason_.empty()) SSL_shutdown(ssl_.get());
  }

  const std::string& reason() const override { return reason_; }

 private:
  // Every TLS conversation begins with a handshake record, type 22. Whoever sends another first byte gets its
  // reason in plain words instead of OpenSSL's "wrong version number".
  bool looks_like_tls() {
    std::uint8_t first = 0;
    const ssize_t size = ::recv(socket_, &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;  // not there yet
    looked_ = true;
    if (size == 1 && first != 22) {
      reason_ =
          first == '\x0b' ? "plain MLLP, this port takes TLS only" : "not TLS, this port takes TLS only";
    } else if (size <= 0) {
      reason_ = "closed by the peer before the TLS handshake";
    }
    return reason_.empty();
  }

  bool is_expected_peer() const {
    const std::unique_ptr<X509, FreeCertificate> certificate{SSL_get1_peer_certificate(ssl_.get())};
    return certificate && std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
             return carries(certificate.get(), name);
           });
  }

  TlsStep step_of(int result) {
    const int saved = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ: return TlsStep::wait_read;
      case SSL_ERROR_WANT_WRITE: return TlsStep::wait_write;
      case SSL_ERROR_SYSCALL:
        reason_ = saved == 0 ? "closed by the peer" : std::generic_category().message(saved);
        return TlsStep::failed;
      default: break;
    }
    const long verified = SSL_get_verify_result(ssl_.get());
    reason_ = verified == X509_V_OK
                  ? "TLS: " + error_text()
                  : std::string{"the certificate of the peer: "} + X509_verify_cert_error_string(verified);
    ERR_clear_error();
    return TlsStep::failed;
  }

  const std::unique_ptr<SSL, FreeSession> ssl_;
  const TlsSide side_;
  const int socket_;
  const std::vector<std::string> names_;  // empty: any
  bool looked_ = false;
  std::string reason_;
};

class Context final : public TlsContext {
 public:
  Context(TlsSide side, const TlsSettings& settings)
      : side_(side),
        names_(settings.peer_names),
        context_(SSL_CTX_new(side == TlsSide::server ? TLS_server_method() : TLS_client_method())) {}

  std::string set_up(const TlsSettings& settings);

  std::unique_ptr<TlsSession> session(int socket, const std::string& peer_address) const override {
    SSL* ssl = SSL_new(context_.get());
    if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1) {
      SSL_free(ssl);
      return nullptr;
    }
    std::vector<std::string> names = names_;
    if (side_ == TlsSide::server) {
      SSL_set_accept_state(ssl);
    } else {
      SSL_set_connect_state(ssl);
      if (names.empty()) names.push_back(peer_address);
    }
    return std::make_unique<Session>(ssl, side_, socket, std::move(names));
  }

  std::optional<int> days_left() const override {
    return days_until_end(SSL_CTX_get0_certificate(context_.get()));
  }

 private:
  std::string use_own(const TlsSettings& settings);
  std::string trust(const TlsSettings& settings);

  const TlsSide side_;
  const std::vector<std::string> names_;
  const std::unique_ptr<SSL_CTX, FreeContext> context_;
};

// BCP 195 (RFC 9325): 1.2 with forward secrecy and authenticated encryption, or 1.3; no compression, no
// renegotiation. No resumption: a peer shows its certificate each time.
std::string Context::set_up(const TlsSettings& settings) {
  SSL_CTX* context = context_.get();
  if (context == nullptr) return "OpenSSL: " + error_text();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);  // MLLP frames have an end of their own
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (std::string error = use_own(settings); !error.empty()) return error;
  return trust(settings);
}

std::string Context::use_own(const TlsSettings& settings) {
  if (settings.cert_file.empty()) return {};
  SSL_CTX* context = context_.get();
  // A key with a passphrase would ask for it on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert_file.c_str()) != 1)
    return "cert_file " + settings.cert_file + ": " + error_text();
  if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return "key_file " + settings.key_file + ": " + error_text();
  return {};
}

std::string Context::trust(const TlsSettings& settings) {
  const bool verify = side_ == TlsSide::client || settings.require_client_cert;
  SSL_CTX_set_verify(context_.get(),
                     verify ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE, nullptr);
  if (!verify) return {};
  if (SSL_CTX_load_verify_file(context_.get(), settings.ca_file.c_str()) != 1)
    return "ca_file " + settings.ca_file + ": " + error_text();
  if (side_ == TlsSide::server)  // tells a peer with several certificates which one to show
    SSL_CTX_set_client_CA_list(context_.get(), SSL_load_client_CA_file(settings.ca_file.c_str()));
  return {};
}

}  // namespace

std::optional<int> certificate_days_left(const std::string& file) {
  const std::unique_ptr<BIO, FreeFile> in{BIO_new_file(file.c_str(), "r")};
  if (!in) {
    ERR_clear_error();
    return std::nullopt;
  }
  const std::unique_ptr<X509, FreeCertificate> certificate{
      PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)};
  ERR_clear_error();
  return days_until_end(certificate.get());
}

std::shared_ptr<const TlsContext> make_tls_context(TlsSide side, const TlsSettings& settings,
                                                   std::string& error) {
  ERR_clear_error();
  auto context = std::make_shared<Context>(side, settings);
  error = context->set_up(settings);
  ERR_clear_error();
  if (!error.empty()) return nullptr;
  return context;
}

}  // namespace links
