// The association: what is said before data flow and when they end. Session and presentation headers are
// constant templates; what varies is the user information inside request and acceptance.
#pragma once

#include <cstdint>
#include <optional>

#include "drivers/driver.hpp"

namespace drivers::philips {

// The first byte of a message tells which it is.
inline constexpr std::uint8_t association_request_byte = 0x0D;
inline constexpr std::uint8_t association_accept_byte = 0x0E;
inline constexpr std::uint8_t association_refuse_byte = 0x0C;
inline constexpr std::uint8_t release_request_byte = 0x09;
inline constexpr std::uint8_t release_response_byte = 0x0A;
inline constexpr std::uint8_t abort_byte = 0x19;

// Asks for a poll every second, messages of 1000 bytes and extended polls.
Bytes association_request();
Bytes release_request();
Bytes release_response();

// What the monitor grants; it can be less than was asked for.
struct Grants {
  std::uint32_t poll_period_ticks = 8000;  // the shortest, 1/8 ms
  bool periodic_numerics = true;           // extended polls of numerics; else each has to be asked for
};

// Nothing: the acceptance cannot be read.
std::optional<Grants> parse_acceptance(Bytes message);

}  // namespace drivers::philips
