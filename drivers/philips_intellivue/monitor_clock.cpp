#include "drivers/philips_intellivue/monitor_clock.hpp"

#include <chrono>

namespace drivers::philips {
namespace {

constexpr std::size_t time_bytes = 8;

std::optional<unsigned> bcd(std::uint8_t byte, unsigned max) {
  const unsigned tens = byte >> 4U;
  const unsigned ones = byte & 0xFU;
  const unsigned value = tens * 10 + ones;
  return tens <= 9 && ones <= 9 && value <= max ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<MonitorTime> parse_monitor_time(Bytes bytes) {
  if (bytes.size() != time_bytes) return std::nullopt;
  const auto century = bcd(bytes[0], 99);
  const auto year = bcd(bytes[1], 99);
  const auto month = bcd(bytes[2], 12);
  const auto day = bcd(bytes[3], 31);
  const auto hour = bcd(bytes[4], 23);
  const auto minute = bcd(bytes[5], 59);
  const auto second = bcd(bytes[6], 59);
  if (!century || !year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*century * 100 + *year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const auto instant = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                       std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return std::chrono::duration_cast<vitals::Milliseconds>(instant.time_since_epoch()).count();
}

std::optional<MonitorTime> MonitorClock::at(std::uint32_t ticks) const {
  if (!pair_) return std::nullopt;
  // The difference is right across the wrap, up to three days either way.
  const auto passed = static_cast<std::int32_t>(ticks - pair_->ticks);
  return pair_->shown + passed / 8;
}

}  // namespace drivers::philips
