#include "tests/bench/load/mllp_peer.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "tests/bench/load/process.hpp"

namespace bench {
namespace {

constexpr char frame_end = '\x1C';

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// MSA-1 and MSA-2 of an answer.
struct Verdict {
  std::string_view code, id;
};

Verdict verdict_of(std::string_view answer) {
  const std::size_t at = answer.find("\rMSA|");
  if (at == std::string_view::npos) return {};
  std::string_view rest = answer.substr(at + 5);
  rest = rest.substr(0, rest.find('\r'));
  const std::size_t bar = rest.find('|');
  if (bar == std::string_view::npos) return {rest, {}};
  const std::string_view id = rest.substr(bar + 1);
  return {rest.substr(0, bar), id.substr(0, id.find('|'))};
}

}  // namespace

int connect_to(std::uint16_t port) {
  const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (out < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  const int on = 1;
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(out, F_SETFL, O_NONBLOCK);
  return out;
}

MllpPeer::MllpPeer(std::uint16_t port) : socket_(connect_to(port)) {}

MllpPeer::~MllpPeer() { ::close(socket_); }

void MllpPeer::put(std::string_view frame, std::string_view id, std::int64_t now_ns) {
  out_ += frame;
  waiting_.push_back({std::string{id}, now_ns});
}

void MllpPeer::flush() {
  while (has_unsent()) {
    const auto size = ::send(socket_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0) fail("send");
    sent_ += static_cast<std::size_t>(size);
  }
  out_.clear();
  sent_ = 0;
}

bool MllpPeer::receive(Answers& answers) {
  static std::array<char, 256UL * 1024> buffer;
  for (;;) {
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return false;
    in_.append(buffer.data(), static_cast<std::size_t>(size));
    const std::int64_t now = now_ns();
    std::size_t taken = 0;
    for (std::size_t end = in_.find(frame_end); end != std::string::npos; end = in_.find(frame_end, taken)) {
      take_answer(std::string_view{in_}.substr(taken, end - taken), now, answers);
      taken = end + 1;
    }
    in_.erase(0, taken);
    if (static_cast<std::size_t>(size) < buffer.size()) return true;
  }
}

void MllpPeer::take_answer(std::string_view answer, std::int64_t now_ns, Answers& answers) {
  const Verdict verdict = verdict_of(answer);
  const bool positive = verdict.code == "AA" || verdict.code == "CA";
  if (!positive || waiting_.empty() || waiting_.front().id != verdict.id) {
    ++answers.wrong;
    if (!waiting_.empty()) waiting_.pop_front();
    return;
  }
  ++answers.positive;
  answers.latency.add(now_ns - waiting_.front().sent_ns);
  waiting_.pop_front();
}

}  // namespace bench
