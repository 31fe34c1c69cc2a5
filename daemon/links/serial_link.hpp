// A serial port by libserialport, or a plain descriptor (pseudo terminal, FIFO) for simulators and tests.
// Both share the Asio half: exclusive access, read, loss, back-off 0.5 to 8 s, reopen by name.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "daemon/links/link.hpp"

namespace links {

struct SerialSettings {
  std::string path;    // /dev/serial/by-id/...; symlinks are resolved at every open
  bool plain = false;  // open(2) only: no line settings beyond raw mode and the handshake
  unsigned baud = 9600;
  unsigned data_bits = 8;
  char parity = 'N';
  unsigned stop_bits = 1;
  bool rts_cts = false;  // hardware flow control; without it RTS and DTR stay on and nothing is waited for
  // First wait before a lost or missing device is tried again; doubles up to 16 times (8 s), starts anew with
  // the next bytes. A device that appears under its name meanwhile is opened at once.
  vitals::Milliseconds reopen_after{500};
};

// What send() may hold back while the device does not take it. Polls are short and repeated, so beyond this
// they are dropped.
inline constexpr std::size_t send_queue_bytes_max = 16 * 1024;

std::unique_ptr<Link> make_serial_link(boost::asio::io_context& loop, SerialSettings settings,
                                       Handlers handlers);

}  // namespace links
