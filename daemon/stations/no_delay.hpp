// TCP_NODELAY for the library's connection, which it neither sets nor lets others set.
//
// Without it a small packet waits until the broker's kernel has confirmed the one before, which it puts off
// by up to 40 ms: observations go unanswered (QoS 0), and an alarm right behind one would wait for that long.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stations {

// Sets it on every TCP connection of this process whose other end has this port: there is no way to ask the
// library which socket is its own, and another one to that port takes no harm. Returns how many there are.
// Any thread.
std::size_t send_without_delay(std::uint16_t peer_port);

}  // namespace stations
