#include "daemon/app/byte_link.hpp"

#include <utility>

#include "daemon/links/network_link.hpp"
#include "daemon/vitals/check.hpp"

namespace app {

links::SerialSettings serial_settings(const settings::SerialLink& port, const drivers::LineSettings& line) {
  links::SerialSettings out;
  out.path = port.port;
  out.plain = port.plain;
  out.baud = port.baud.value_or(line.baud);
  out.data_bits = port.data_bits.value_or(line.data_bits);
  out.parity = port.parity.value_or(static_cast<char>(line.parity));
  out.stop_bits = port.stop_bits.value_or(line.stop_bits);
  out.rts_cts = port.rts_cts.value_or(line.rts_cts);
  return out;
}

std::unique_ptr<links::Link> make_byte_link(boost::asio::io_context& loop, const settings::Source& source,
                                            links::Handlers handlers) {
  if (const auto* tcp = std::get_if<settings::TcpConnect>(&source.link)) {
    links::ConnectSettings to;
    to.address = tcp->address;
    to.port = tcp->port;
    return links::make_tcp_link(loop, std::move(to), std::move(handlers));
  }
  if (const auto* udp = std::get_if<settings::UdpConnect>(&source.link)) {
    links::DatagramSettings to;
    to.address = udp->address;
    to.port = udp->port;
    return links::make_datagram_link(loop, std::move(to), std::move(handlers));
  }
  const drivers::Entry* entry = drivers::find(source.protocol);
  CHECK(entry != nullptr && std::holds_alternative<settings::SerialLink>(source.link));
  const auto& port = std::get<settings::SerialLink>(source.link);
  return links::make_serial_link(loop, serial_settings(port, entry->facts->line), std::move(handlers));
}

}  // namespace app
