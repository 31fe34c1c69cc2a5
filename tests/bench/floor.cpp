// The floor: about the least that a C++ program can do for the same work, so that a figure of the daemon says
// something on any machine. One thread and one epoll loop: takes the frame apart just far enough to find four
// values by their code, compares them with limits, publishes what is beyond them (QoS 1, Paho), and answers.
// It decodes no unit, keeps nothing, limits nothing and survives nothing: not a server.
//
//   bench_floor MLLP-PORT BROKER-PORT
#include <arpa/inet.h>
#include <mqtt/async_client.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace {

struct Limits {
  std::string_view code, name;
  double low, high;
};
constexpr std::array<Limits, 4> watched{{{"147842", "hr", 50, 120},
                                         {"150456", "spo2", 92, 101},
                                         {"150021", "nibp-sys", 90, 160},
                                         {"150022", "nibp-dia", 50, 100}}};

struct Peer {
  int socket;
  std::string in, out;
};

// The n-th part of a text, from 0.
std::string_view part(std::string_view text, char separator, unsigned n) {
  for (; n > 0; --n) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find(separator));
}

class Floor {
 public:
  explicit Floor(int broker_port) : client_("tcp://127.0.0.1:" + std::to_string(broker_port), "bench-floor") {
    mqtt::connect_options options;
    options.set_clean_session(true);
    options.set_max_inflight(60'000);
    client_.connect(options)->wait();
  }

  void take(Peer& peer, std::string_view message) {
    const std::string_view header = message.substr(0, message.find('\r'));
    const std::string_view id = part(header, '|', 9);
    std::string_view bed;
    for (std::size_t end = header.size(); end < message.size();) {
      const std::size_t begin = end + 1;
      end = std::min(message.find('\r', begin), message.size());
      const std::string_view segment = message.substr(begin, end - begin);
      if (segment.starts_with("PV1|")) bed = part(part(segment, '|', 3), '^', 2);
      if (segment.starts_with("OBX|")) judge(segment, bed, id);
    }
    answer(peer, id);
  }

 private:
  void judge(std::string_view segment, std::string_view bed, std::string_view id) {
    const std::string_view code = part(part(segment, '|', 3), '^', 0);
    for (const Limits& limits : watched) {
      if (limits.code != code) continue;
      const std::string_view text = part(segment, '|', 5);
      double value = 0;
      const bool read = std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
      if (read && (value < limits.low || value > limits.high)) publish(bed, limits, value, id);
    }
  }

  void publish(std::string_view bed, const Limits& limits, double value, std::string_view id) {
    std::array<char, 256> text{};
    const int size =
        std::snprintf(text.data(), text.size(), R"({"bed":"%.*s","metric":"%.*s","v":%g,"id":"%.*s"})",
                      static_cast<int>(bed.size()), bed.data(), static_cast<int>(limits.name.size()),
                      limits.name.data(), value, static_cast<int>(id.size()), id.data());
    client_.publish("floor/" + std::string{bed}, text.data(), static_cast<std::size_t>(size), 1, false);
  }

  static void answer(Peer& peer, std::string_view id) {
    peer.out += "\x0BMSH|^~\\&|FLOOR|BENCH|BEDMON|BAY|20260101000000||ACK^R01^ACK|A";
    peer.out += id;
    peer.out += "|P|2.6\rMSA|CA|";
    peer.out += id;
    peer.out += "\r\x1C\r";
  }

  mqtt::async_client client_;
};

bool send_all(Peer& peer) {
  while (!peer.out.empty()) {
    const auto size = ::send(peer.socket, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
    if (size > 0) {
      peer.out.erase(0, static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {
      pollfd wait{peer.socket, POLLOUT, 0};
      ::poll(&wait, 1, -1);  // whoever takes nothing holds everybody up: it is a floor
    } else {
      return false;
    }
  }
  return true;
}

// False: the peer has gone.
bool serve(Floor& floor, Peer& peer) {
  static std::array<char, 256UL * 1024> buffer;
  const auto size = ::recv(peer.socket, buffer.data(), buffer.size(), 0);
  if (size <= 0) return size < 0 && errno == EAGAIN;
  std::string_view bytes{buffer.data(), static_cast<std::size_t>(size)};
  if (!peer.in.empty()) bytes = peer.in.append(bytes);
  std::size_t taken = 0;
  for (std::size_t end = bytes.find('\x1C'); end != std::string_view::npos; end = bytes.find('\x1C', taken)) {
    std::string_view message = bytes.substr(taken, end - taken);
    if (const std::size_t start = message.find('\x0B'); start != std::string_view::npos)
      message.remove_prefix(start + 1);
    floor.take(peer, message);
    taken = end + 1;
  }
  peer.in = std::string{bytes.substr(taken)};
  return send_all(peer);
}

int listen_on(int port) {
  const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  ::setsockopt(out, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool listens = ::bind(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       ::listen(out, SOMAXCONN) == 0;
  return listens ? out : -1;
}

void watch(int epoll, int socket, Peer* peer) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = peer;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

void let_in(int epoll, int listener) {
  for (int socket = 0; (socket = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(epoll, socket, std::make_unique<Peer>(Peer{socket, {}, {}}).release());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  Floor floor(std::atoi(argv[2]));
  const int epoll = ::epoll_create1(0), listener = listen_on(std::atoi(argv[1]));
  if (listener < 0) return 1;
  watch(epoll, listener, nullptr);
  for (std::array<epoll_event, 256> events{};;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      auto* const peer = static_cast<Peer*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (peer == nullptr) {
        let_in(epoll, listener);
      } else if (!serve(floor, *peer)) {
        ::close(peer->socket);
        delete peer;
      }
    }
  }
}
