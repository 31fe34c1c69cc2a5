// The link of a source whose protocol is a stream of bytes or of datagrams, as its settings describe it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "daemon/links/serial_link.hpp"
#include "daemon/settings/settings.hpp"
#include "drivers/registry.hpp"

namespace app {

// The protocol's own line, but for what the settings say of it.
links::SerialSettings serial_settings(const settings::SerialLink& port, const drivers::LineSettings& line);

// `source` is checked, and not one that listens.
std::unique_ptr<links::Link> make_byte_link(boost::asio::io_context& loop, const settings::Source& source,
                                            links::Handlers handlers);

}  // namespace app
