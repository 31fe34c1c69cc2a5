// The trend of a bed: what each metric measured, a value a second, in blocks of a minute. Seconds in which
// nothing came hold nothing: absent is not zero. A questionable value stays marked.
//
// On disk a block is a row of bytes. Its columns are differences between neighbours: vital signs move slowly,
// so that a value costs one byte where a number would cost two, and a whole minute of all metrics stays small
// enough for one page. Old blocks become a summary of their minute.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/vitals/metric.hpp"

namespace journal {

inline constexpr std::size_t seconds_per_minute = 60;
// A minute, and a little more: values of the next one may come before the last one is taken away.
inline constexpr std::size_t trend_slots = 64;

// One metric. Values are tenths of its unit: finer than any monitor tells a rate, a pressure or a saturation,
// and a temperature is told in tenths.
struct TrendColumn {
  std::array<std::int16_t, trend_slots> tenths{};
  std::bitset<trend_slots> present, questionable;  // by second
};

struct TrendBlock {
  std::array<TrendColumn, vitals::metric_count> columns{};
  bool sim = false;  // some of it did not come from a patient

  bool empty() const;
  // Of several values in one second the last valid one counts, without a valid one the last. False: no number
  // that can be kept.
  bool put(vitals::Metric metric, std::size_t second, double value, bool valid);
  // What `later` holds takes the place of what is here.
  void merge(const TrendBlock& later);
  // The first minute goes; what came after it moves up.
  void next_minute();
};

struct TrendSummary {
  struct Part {
    unsigned seconds = 0;  // that hold a value, 1 to 60
    std::int16_t median = 0, least = 0, most = 0;
    bool questionable = false;  // no valid value was among them; otherwise only the valid ones count
  };
  std::array<std::optional<Part>, vitals::metric_count> parts{};
  bool sim = false;

  void merge(const TrendSummary& later);  // of the same minute; of two medians that of more seconds stays
};

TrendSummary summarise(const TrendBlock& block);

// Of the first 60 seconds.
std::string encode(const TrendBlock& block);
std::string encode(const TrendSummary& summary);
// nullopt: not such bytes (another version, damage).
std::optional<TrendBlock> decode_block(std::string_view bytes);
std::optional<TrendSummary> decode_summary(std::string_view bytes);

}  // namespace journal
