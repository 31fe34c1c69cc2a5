// What the host sends, as complete frames. Nothing here acts on the patient, silences an alarm or changes a
// limit: it asks the monitor to send what it shows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "drivers/driver.hpp"
#include "drivers/ge_s5/framer.hpp"

namespace drivers::ge_s5::request {

namespace detail {

constexpr std::uint8_t low(unsigned value) { return static_cast<std::uint8_t>(value & 0xFFU); }
constexpr std::uint8_t high(unsigned value) { return static_cast<std::uint8_t>((value >> 8U) & 0xFFU); }

// A record of main type `main` with one subrecord of type 0, whose body begins with `body`.
template <std::size_t body_bytes, std::size_t given>
constexpr auto frame(unsigned main, const std::array<std::uint8_t, given>& body) {
  static_assert(given <= body_bytes);
  constexpr std::size_t record_bytes = header_bytes + body_bytes;
  std::array<std::uint8_t, record_bytes + 3> out{};
  out.front() = out.back() = 0x7E;
  std::uint8_t* record = out.data() + 1;
  record[0] = low(record_bytes);
  record[1] = high(record_bytes);
  record[14] = low(main);
  record[15] = high(main);
  record[18] = 0;     // the first subrecord has type 0 and begins at 0
  record[21] = 0xFF;  // and is the last
  for (std::size_t i = 0; i < given; ++i) record[header_bytes + i] = body[i];
  unsigned sum = 0;
  for (std::size_t i = 0; i < record_bytes; ++i) sum += record[i];
  record[record_bytes] = low(sum);
  return out;
}

// None of the frames below contains a byte that would have to be escaped.
template <std::size_t size>
constexpr bool needs_no_escape(const std::array<std::uint8_t, size>& frame) {
  for (std::size_t i = 1; i + 1 < size; ++i)
    if (frame[i] == 0x7E || frame[i] == 0x7D) return false;
  return true;
}

// Body of a request for values: subrecord type, interval in seconds (0 stops, -1 once), classes.
constexpr auto values(std::uint8_t type, int interval_s, std::uint8_t classes) {
  const auto interval = static_cast<unsigned>(interval_s);
  return frame<9>(0, std::array<std::uint8_t, 4>{type, low(interval), high(interval), classes});
}

constexpr auto alarms(std::uint8_t command) { return frame<12>(4, std::array<std::uint8_t, 1>{command}); }

}  // namespace detail

inline constexpr int values_interval_s = 5;  // the shortest that monitors grant
inline constexpr std::uint8_t with_ext1 = 0x02;

inline constexpr auto start_values = detail::values(1, values_interval_s, with_ext1);
inline constexpr auto stop_values = detail::values(1, 0, 0);
inline constexpr auto auxiliary_once = detail::values(4, -1, 0);
inline constexpr auto alarms_once = detail::alarms(0);
inline constexpr auto alarms_on_change = detail::alarms(2);  // once now, then at every change
inline constexpr auto stop_alarms = detail::alarms(3);

static_assert(detail::needs_no_escape(start_values) && detail::needs_no_escape(stop_values) &&
              detail::needs_no_escape(auxiliary_once) && detail::needs_no_escape(alarms_once) &&
              detail::needs_no_escape(alarms_on_change) && detail::needs_no_escape(stop_alarms));

}  // namespace drivers::ge_s5::request
