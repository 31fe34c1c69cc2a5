// A sender of HL7 messages over one TCP connection, which checks every answer: a positive one, for the
// message that was sent first of those that wait.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "tests/bench/load/histogram.hpp"

namespace bench {

struct Answers {
  Histogram latency;
  std::uint64_t positive = 0, wrong = 0;  // wrong: negative, or for another message
};

class MllpPeer {
 public:
  explicit MllpPeer(std::uint16_t port);
  MllpPeer(const MllpPeer&) = delete;
  MllpPeer& operator=(const MllpPeer&) = delete;
  ~MllpPeer();

  int descriptor() const { return socket_; }
  std::size_t waiting() const { return waiting_.size(); }  // messages without an answer yet

  // Puts a message on its way; flush() sends what is on its way, as far as the socket takes it.
  void put(std::string_view frame, std::string_view id, std::int64_t now_ns);
  void flush();
  bool has_unsent() const { return sent_ < out_.size(); }
  // Takes what has come. False: the other side has closed.
  bool receive(Answers& answers);

 private:
  struct Waiting {
    std::string id;
    std::int64_t sent_ns;
  };
  void take_answer(std::string_view answer, std::int64_t now_ns, Answers& answers);

  int socket_ = -1;
  std::string out_, in_;
  std::size_t sent_ = 0;
  std::deque<Waiting> waiting_;
};

int connect_to(std::uint16_t port);  // on loopback, not blocking, without Nagle's delay; throws

}  // namespace bench
