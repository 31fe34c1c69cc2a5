// A loop that is run until something is true, with a limit so generous that only a hang meets it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/links/link.hpp"

namespace links {

class Loop {
 public:
  boost::asio::io_context& context() { return context_; }

  template <typename Condition>
  [[nodiscard]] bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      if (context_.stopped()) context_.restart();
      context_.run_one_for(std::chrono::milliseconds{10});
    }
    return true;
  }

  // Runs until nothing is left to do. Returns only when no operation was left behind.
  void run_out() {
    if (context_.stopped()) context_.restart();
    context_.run();
  }

 private:
  boost::asio::io_context context_;
};

inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline void append(std::string& to, Bytes bytes) {
  to.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace links
