#include "daemon/tools/trend_lines.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <iterator>

namespace tools {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

// `width` digits at the front of `text`, then `after` if there is more.
std::optional<unsigned> take(std::string_view& text, std::size_t width, char after) {
  unsigned out = 0;
  if (text.size() < width) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + width, out);
  if (error != std::errc{} || end != text.data() + width) return std::nullopt;
  text.remove_prefix(width);
  if (text.empty()) return out;
  if (text.front() != after) return std::nullopt;
  text.remove_prefix(1);
  return text.empty() ? std::nullopt : std::optional{out};
}

void line(std::string& out, const journal::Trend& trend, const vitals::MetricFacts& metric,
          const journal::TrendPoint& point) {
  fmt::format_to(std::back_inserter(out), "{},{},{},{:.1f},", utc_text(point.second),
                 trend.sessions[point.session], metric.name, point.value);
  if (point.least) fmt::format_to(std::back_inserter(out), "{:.1f}", *point.least);
  out += ',';
  if (point.most) fmt::format_to(std::back_inserter(out), "{:.1f}", *point.most);
  fmt::format_to(std::back_inserter(out), ",{},{},{},{}\n", vitals::name(metric.unit),
                 point.questionable ? "questionable" : "valid", point.seconds, point.sim ? "sim" : "");
}

}  // namespace

std::string utc_text(std::int64_t unix_s) {
  const sys_seconds time{std::chrono::seconds{unix_s}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const auto of_day = (time - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day / 3'600,
                     of_day / 60 % 60, of_day % 60);
}

std::optional<std::int64_t> utc_ms(std::string_view text) {
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  const auto year = take(text, 4, '-'), month = take(text, 2, '-'), day = take(text, 2, 'T');
  if (!year || !month || !day) return std::nullopt;
  const year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                            std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  unsigned hour = 0, minute = 0, second = 0;
  for (unsigned* const part : {&hour, &minute, &second}) {
    if (text.empty() && part != &minute) break;  // an hour alone is no time
    const auto number = take(text, 2, ':');
    if (!number) return std::nullopt;
    *part = *number;
  }
  if (!text.empty() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t unix_s =
      std::int64_t{sys_days{date}.time_since_epoch().count()} * 86'400 + hour * 3'600 + minute * 60 + second;
  return unix_s * 1'000;
}

std::string trend_lines(const journal::Trend& trend) {
  std::string out = "time,session,metric,value,least,most,unit,quality,seconds,sim\n";
  std::array<std::size_t, vitals::metric_count> next{};
  for (;;) {  // all metrics in one order of time
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (next[i] == trend.points[i].size()) continue;
      if (!first || trend.points[i][next[i]].second < trend.points[*first][next[*first]].second) first = i;
    }
    if (!first) return out;
    line(out, trend, vitals::metrics[*first], trend.points[*first][next[*first]++]);
  }
}

}  // namespace tools
