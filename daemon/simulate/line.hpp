// The line between a simulated device and the host: what the host opens or connects to.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/simulate/device.hpp"

namespace simulate {

// What the host wrote.
using OnBytes = std::function<void(Bytes)>;

class Line : public Wire {
 public:
  // The cable goes in or out. False: it could not be plugged in; why stands on stderr.
  virtual bool plug() = 0;
  virtual void pull() = 0;
};

std::unique_ptr<Line> make_pty_line(boost::asio::io_context& loop, std::string link, OnBytes on_bytes);

// `address` is "tcp://ADDRESS:PORT" or "udp://ADDRESS:PORT"; null with a reason in `error` if it is neither.
// On TCP one host is served at a time, the newest; on UDP datagrams go to the host that wrote last.
std::unique_ptr<Line> make_network_line(boost::asio::io_context& loop, const std::string& address,
                                        OnBytes on_bytes, std::string& error);

}  // namespace simulate
