#include "tests/bench/load/alarm_listener.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "tests/bench/load/mllp_peer.hpp"

namespace bench {
namespace {

// Types of packets, MQTT 3.1.1 section 2.2.1, in their place.
constexpr unsigned char connect_packet = 0x10, connack = 0x20, publish = 0x30, puback = 0x40,
                        subscribe = 0x82, suback = 0x90, pingreq = 0xC0;
constexpr int answer_ms_max = 5'000;
constexpr std::uint16_t keep_alive_s = 60;

void put_u16(std::string& out, std::size_t number) {
  out += static_cast<char>(number >> 8U);
  out += static_cast<char>(number & 0xFFU);
}
void put_text(std::string& out, std::string_view text) {
  put_u16(out, text.size());
  out += text;
}

std::string packet(unsigned char type, std::string_view body) {
  std::string out(1, static_cast<char>(type));
  std::size_t left = body.size();
  do {
    const std::size_t low = left % 128;
    left /= 128;
    out += static_cast<char>(left > 0 ? low | 0x80U : low);
  } while (left > 0);
  out += body;
  return out;
}

std::size_t u16_at(std::string_view text, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text[at])) << 8U |
         static_cast<unsigned char>(text[at + 1]);
}

}  // namespace

AlarmListener::AlarmListener(std::uint16_t port, std::string_view client_id, std::string_view filter,
                             OnMessage on_message)
    : socket_(connect_to(port)), on_message_(std::move(on_message)) {
  std::string hello;
  put_text(hello, "MQTT");
  hello += '\x04';  // 3.1.1
  hello += '\x02';  // clean session
  put_u16(hello, keep_alive_s);
  put_text(hello, client_id);
  send(packet(connect_packet, hello));
  wait_for(connack);
  std::string wish;
  put_u16(wish, 1);
  put_text(wish, filter);
  wish += '\x01';
  send(packet(subscribe, wish));
  wait_for(suback);
}

AlarmListener::~AlarmListener() { ::close(socket_); }

void AlarmListener::wait_for(unsigned char type) {
  last_type_ = 0;
  while (last_type_ != type) {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, answer_ms_max) != 1 || !receive())
      throw std::runtime_error("the broker does not answer");
  }
}

void AlarmListener::send(std::string_view bytes) {
  if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the broker takes nothing");
}

void AlarmListener::keep_alive() { send(packet(pingreq, {})); }

bool AlarmListener::receive() {
  static std::array<char, 256UL * 1024> buffer;
  for (;;) {
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return false;
    in_.append(buffer.data(), static_cast<std::size_t>(size));
    std::size_t taken = 0;
    while (const std::size_t packet_size = take_packet(std::string_view{in_}.substr(taken)))
      taken += packet_size;
    in_.erase(0, taken);
    if (static_cast<std::size_t>(size) < buffer.size()) return true;
  }
}

std::size_t AlarmListener::take_packet(std::string_view bytes) {
  std::size_t length = 0, at = 1;
  for (unsigned shift = 0;; shift += 7, ++at) {
    if (at >= bytes.size()) return 0;
    length |= (static_cast<unsigned char>(bytes[at]) & 0x7FU) << shift;
    if ((static_cast<unsigned char>(bytes[at]) & 0x80U) == 0) break;
  }
  ++at;
  if (bytes.size() < at + length) return 0;
  const auto head = static_cast<unsigned char>(bytes[0]);
  last_type_ = head & 0xF0U;
  if (last_type_ == publish) take_publish(bytes.substr(at, length), head >> 1U & 3U);
  return at + length;
}

void AlarmListener::take_publish(std::string_view packet_text, unsigned qos) {
  const std::size_t topic_size = u16_at(packet_text, 0);
  const std::string_view topic = packet_text.substr(2, topic_size);
  std::size_t at = 2 + topic_size;
  if (qos > 0) {
    send(packet(puback, packet_text.substr(at, 2)));
    at += 2;
  }
  on_message_(topic, packet_text.substr(at));
}

}  // namespace bench
