// A nursing station in a few lines: an MQTT 3.1.1 subscriber on a socket of its own, so that what it adds to
// a latency is one recv(). Acknowledges QoS 1; no TLS, no reconnect.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bench {

class AlarmListener {
 public:
  using OnMessage = std::function<void(std::string_view topic, std::string_view payload)>;

  // Connects and subscribes; returns when the broker has confirmed it. Throws when it does not.
  AlarmListener(std::uint16_t port, std::string_view client_id, std::string_view filter,
                OnMessage on_message);
  AlarmListener(const AlarmListener&) = delete;
  AlarmListener& operator=(const AlarmListener&) = delete;
  ~AlarmListener();

  int descriptor() const { return socket_; }
  bool receive();     // false: the broker has closed
  void keep_alive();  // to be called every few seconds

 private:
  std::size_t take_packet(std::string_view bytes);  // its size; 0: more bytes are needed
  void take_publish(std::string_view packet, unsigned qos);
  void send(std::string_view bytes);
  void wait_for(unsigned char type);

  int socket_ = -1;
  std::string in_;
  unsigned char last_type_ = 0;
  OnMessage on_message_;
};

}  // namespace bench
