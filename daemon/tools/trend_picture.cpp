#include "daemon/tools/trend_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "daemon/contract/documents.hpp"
#include "daemon/contract/json_reader.hpp"
#include "daemon/tools/trend_lines.hpp"

namespace tools {
namespace {

using journal::Trend;
using journal::TrendPoint;
using vitals::Metric;

constexpr double width = 1'200, left = 170, right = 1'180;
constexpr double row_height = 16, panel_height = 170, panel_gap = 26;
constexpr std::size_t alarm_rows_max = 14;
// A longer silence is a gap: nobody knows what was in it. Monitors tell values every second or every ten.
constexpr std::int64_t gap_intervals = 3, gap_s_min = 5, gap_s_max = 90;

struct Line {
  Metric metric;
  std::string_view colour;
};
struct Panel {
  std::string_view title;
  std::vector<Line> lines;
  double low, high;  // shown at the least
  double grid;
};

// Colours as bedside monitors have them: ECG green, SpO2 blue, arterial red.
const std::vector<Panel>& panels() {
  static const std::vector<Panel> all{
      {"rate /min", {{Metric::hr, "#1a7f37"}, {Metric::pr, "#0b7285"}}, 60, 100, 20},
      {"SpO2 %", {{Metric::spo2, "#0550ae"}}, 88, 100, 4},
      {"pressure mmHg",
       {{Metric::art_sys, "#cf222e"},
        {Metric::art_dia, "#cf222e"},
        {Metric::art_map, "#e5534b"},
        {Metric::nibp_sys, "#6639ba"}},
       60,
       140,
       20},
      {"RR /min", {{Metric::rr, "#9a6700"}}, 8, 24, 4},
      {"Temp Cel", {{Metric::temp, "#57606a"}}, 36, 38, 0.5},
  };
  return all;
}

std::string_view colour_of(alarms::Priority priority) {
  switch (priority) {
    case alarms::Priority::high: return "#cf222e";
    case alarms::Priority::medium: return "#d4a72c";
    case alarms::Priority::low: return "#54aeff";
    case alarms::Priority::info: return "#afb8c1";
  }
  return "";
}

std::string_view colour_of(vitals::Phase phase) {
  switch (phase) {
    case vitals::Phase::baseline: return "#ddf4ff";
    case vitals::Phase::infusing: return "#fff8c5";
    case vitals::Phase::held: return "#ffd8b5";
    case vitals::Phase::recovery: return "#dafbe1";
    default: return "";
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

struct AlarmSpan {
  std::string condition, text;
  std::int64_t begin_ms = 0;
  std::optional<std::int64_t> end_ms;
  alarms::Priority priority{};
};
struct PhaseSpan {
  vitals::Phase phase{};
  std::int64_t begin_ms = 0, end_ms = 0;
};

std::vector<AlarmSpan> alarm_spans(const Trend& trend) {
  std::vector<AlarmSpan> out;
  std::map<std::string, std::size_t, std::less<>> by_id;
  for (const auto& event : trend.events) {
    const auto stored = event.kind == "alarm" ? contract::parse_alarm(event.doc) : std::nullopt;
    if (!stored) continue;
    const alarms::Alarm& alarm = stored->alarm;
    const auto [at, fresh] = by_id.try_emplace(std::string{alarms::view(alarm.id)}, out.size());
    if (fresh)
      out.push_back({stored->condition, alarm.text, unix_ms(alarm.t_on), std::nullopt, alarm.priority});
    AlarmSpan& span = out[at->second];
    span.priority = std::max(span.priority, alarm.priority);
    if (alarm.state == alarms::State::inactive) span.end_ms = unix_ms(alarm.t_end.value_or(alarm.t_change));
  }
  std::erase_if(out, [&](const AlarmSpan& one) { return one.end_ms.value_or(trend.to_ms) < trend.from_ms; });
  return out;
}

std::vector<PhaseSpan> phase_spans(const Trend& trend) {
  std::vector<PhaseSpan> out;
  for (const auto& event : trend.events) {
    if (event.kind != "infusion") continue;
    const auto json = contract::parse_object(event.doc, contract::alarm_bytes_max * 4);
    const auto word = json ? contract::Fields(*json).text("phase") : std::nullopt;
    const auto phase = word ? vitals::phase_named(*word) : std::nullopt;
    if (!phase || (!out.empty() && out.back().phase == *phase)) continue;
    if (!out.empty()) out.back().end_ms = event.ts_ms;
    out.push_back({*phase, event.ts_ms, trend.to_ms});
  }
  std::erase_if(out, [&](const PhaseSpan& one) { return one.end_ms <= trend.from_ms; });
  return out;
}

// By how often values come here.
std::int64_t gap_s(const std::vector<TrendPoint>& points) {
  std::vector<std::int64_t> intervals;
  for (std::size_t i = 1; i < points.size(); ++i)
    intervals.push_back(points[i].second - points[i - 1].second);
  if (intervals.empty()) return gap_s_min;
  const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
  std::nth_element(intervals.begin(), middle, intervals.end());
  return std::clamp(*middle * gap_intervals, gap_s_min, gap_s_max);
}

class Picture {
 public:
  Picture(const Trend& trend, std::string bed)
      : trend_(trend), bed_(std::move(bed)), alarms_(alarm_spans(trend)), phases_(phase_spans(trend)) {}

  std::string draw() {
    heading();
    if (!phases_.empty()) phase_row();
    alarm_rows();
    y_ += 14;
    const double top = y_;
    std::string marks;
    std::swap(marks, body_);
    for (const Panel& panel : panels()) draw(panel);
    std::swap(marks, body_);
    alarm_marks(top, y_ - panel_gap);  // below the lines
    body_ += marks;
    time_axis(y_ - panel_gap);
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.0f}\" width=\"{0}\" "
        "height=\"{1:.0f}\" "
        "font-family=\"sans-serif\" font-size=\"11\" fill=\"#24292f\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{2}</svg>\n",
        width, y_ + 10, body_);
  }

 private:
  template <typename... Args>
  void put(fmt::format_string<Args...> form, Args&&... args) {
    fmt::format_to(std::back_inserter(body_), form, std::forward<Args>(args)...);
  }
  double x(std::int64_t ms) const {
    const double part =
        static_cast<double>(ms - trend_.from_ms) / static_cast<double>(trend_.to_ms - trend_.from_ms);
    return left + std::clamp(part, 0.0, 1.0) * (right - left);
  }
  const std::vector<TrendPoint>& points(Metric metric) const {
    return trend_.points[vitals::index_of(metric)];
  }

  void heading() {
    bool sim = false;
    for (const auto& points : trend_.points)
      sim = sim || std::any_of(points.begin(), points.end(), [](const TrendPoint& one) { return one.sim; });
    std::string sessions;
    for (const std::string& one : trend_.sessions)
      if (!one.empty()) sessions += " " + one;
    put("<text x=\"10\" y=\"24\" font-size=\"16\" font-weight=\"bold\">{}{}</text>\n", escaped(bed_),
        sim ? " (simulated)" : "");
    put("<text x=\"{}\" y=\"24\">{} to {}{}{}</text>\n", left, utc_text(trend_.from_ms / 1'000),
        utc_text(trend_.to_ms / 1'000), sessions.empty() ? "" : ", session", escaped(sessions));
    y_ = 40;
  }

  void phase_row() {
    put("<text x=\"10\" y=\"{:.1f}\">phase</text>\n", y_ + 14);
    for (const PhaseSpan& span : phases_) {
      const std::string_view colour = colour_of(span.phase);
      if (colour.empty()) continue;
      const double from = x(span.begin_ms), to = x(span.end_ms);
      put("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"20\" fill=\"{}\" stroke=\"#d0d7de\"/>\n",
          from, y_, std::max(1.0, to - from), colour);
      const std::string_view name = vitals::name(span.phase);
      if (to - from > static_cast<double>(name.size()) * 7)
        put("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", from + 4, y_ + 14, name);
    }
    y_ += 26;
  }

  // A row for each condition, in the order in which they began.
  void alarm_rows() {
    std::vector<std::string> rows;
    for (const AlarmSpan& span : alarms_)
      if (std::find(rows.begin(), rows.end(), span.condition) == rows.end()) rows.push_back(span.condition);
    const std::size_t shown = std::min(rows.size(), alarm_rows_max);
    for (std::size_t i = 0; i < shown; ++i) {
      put("<text x=\"10\" y=\"{:.1f}\">{}</text>\n", y_ + 11, escaped(rows[i]));
      for (const AlarmSpan& span : alarms_) {
        if (span.condition != rows[i]) continue;
        const double from = x(span.begin_ms), to = x(span.end_ms.value_or(trend_.to_ms));
        put("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"10\" fill=\"{}\"><title>{}: "
            "{}</title></rect>\n",
            from, y_ + 2, std::max(2.0, to - from), colour_of(span.priority), alarms::name(span.priority),
            escaped(span.text));
      }
      y_ += row_height;
    }
    if (shown < rows.size()) {
      put("<text x=\"10\" y=\"{:.1f}\">and {} more conditions</text>\n", y_ + 11, rows.size() - shown);
      y_ += row_height;
    }
  }

  void alarm_marks(double top, double bottom) {
    for (const AlarmSpan& span : alarms_) {
      if (span.begin_ms < trend_.from_ms || span.priority < alarms::Priority::medium) continue;
      put("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\" "
          "stroke-opacity=\"0.5\" "
          "stroke-dasharray=\"3 3\"/>\n",
          x(span.begin_ms), top, bottom, colour_of(span.priority));
    }
  }

  void draw(const Panel& panel) {
    double low = panel.low, high = panel.high;
    bool any = false;
    const auto widen = [&](Metric metric) {
      for (const TrendPoint& point : points(metric)) {
        low = std::min(low, point.least.value_or(point.value));
        high = std::max(high, point.most.value_or(point.value));
        any = true;
      }
    };
    for (const Line& line : panel.lines) widen(line.metric);
    if (panel.lines.back().metric == Metric::nibp_sys) widen(Metric::nibp_dia);
    if (!any) return;
    low_ = std::floor(low / panel.grid) * panel.grid;
    high_ = std::ceil(high / panel.grid) * panel.grid;
    frame(panel);
    for (const Line& line : panel.lines) {
      if (vitals::is_cuff(line.metric)) {
        cuff(line);
      } else {
        summaries(line);
        curve(line);
        doubts(line);
      }
    }
    y_ += panel_height + panel_gap;
  }

  double level(double value) const { return y_ + panel_height * (high_ - value) / (high_ - low_); }

  void frame(const Panel& panel) {
    const double step = (high_ - low_) / panel.grid > 8 ? panel.grid * 2 : panel.grid;
    for (int line = 0; low_ + line * step <= high_; ++line) {
      const double value = low_ + line * step;
      put("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#eaeef2\"/>"
          "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:g}</text>\n",
          left, right, level(value), left - 6, level(value) + 4, value);
    }
    put("<text x=\"10\" y=\"{:.1f}\" font-weight=\"bold\">{}</text>\n", y_ + 10, panel.title);
    double at = y_ + 28;
    for (const Line& line : panel.lines) {
      if (points(line.metric).empty()) continue;
      put("<text x=\"10\" y=\"{:.1f}\" fill=\"{}\">{}</text>\n", at, line.colour,
          line.metric == Metric::nibp_sys ? "NIBP sys, mean, dia" : vitals::facts(line.metric).label);
      at += 14;
    }
  }

  // At most one stroke for each step of the picture: all that was measured within it, from the least to the
  // most.
  void curve(const Line& line) {
    std::string path;
    const std::int64_t usual_gap_s = gap_s(points(line.metric));
    std::int64_t last_s = std::numeric_limits<std::int64_t>::min() / 2;
    double column = -1, least = 0, most = 0;
    bool begun = false;
    const auto flush = [&] {
      if (column < 0) return;
      fmt::format_to(std::back_inserter(path), "{}{:.0f} {:.1f}L{:.0f} {:.1f}", begun ? 'L' : 'M', column,
                     level(least), column, level(most));
      begun = true;
      column = -1;
    };
    for (const TrendPoint& point : points(line.metric)) {
      if (point.questionable) continue;
      const std::int64_t middle_s = point.second + (point.least ? 30 : 0);
      const double here = std::round(x(middle_s * 1'000));
      const bool gap = middle_s - last_s > (point.least ? gap_s_max : usual_gap_s);
      if (gap || here != column) flush();
      if (gap) begun = false;
      least = column < 0 ? point.value : std::min(least, point.value);
      most = column < 0 ? point.value : std::max(most, point.value);
      column = here;
      last_s = middle_s;
    }
    flush();
    if (!path.empty())
      put("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.3\" stroke-linecap=\"round\" "
          "stroke-linejoin=\"round\"/>\n",
          path, line.colour);
  }

  // How far the values of a minute lay apart.
  void summaries(const Line& line) {
    std::string path;
    for (const TrendPoint& point : points(line.metric)) {
      if (!point.least || point.questionable) continue;
      const double at = x((point.second + 30) * 1'000);
      fmt::format_to(std::back_inserter(path), "M{0:.1f} {1:.1f}L{0:.1f} {2:.1f}", at, level(*point.least),
                     level(*point.most));
    }
    const double minute = x(trend_.from_ms + 60'000) - left;
    if (!path.empty())
      put("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-opacity=\"0.2\" stroke-width=\"{:.1f}\"/>\n",
          path, line.colour, std::max(1.0, minute));
  }

  // Shown, and never as part of the line.
  void doubts(const Line& line) {
    std::string path;
    std::pair<double, double> before{-1, 0};
    for (const TrendPoint& point : points(line.metric)) {
      const double column = std::round(x((point.second + (point.least ? 30 : 0)) * 1'000));
      const std::pair<double, double> dot{column, level(point.value)};
      if (!point.questionable || dot == before) continue;
      fmt::format_to(std::back_inserter(path), "M{0:.0f} {1:.1f}L{0:.0f} {1:.1f}", dot.first, dot.second);
      before = dot;
    }
    if (!path.empty())
      put("<path d=\"{}\" stroke=\"#8c959f\" stroke-width=\"2.5\" stroke-linecap=\"round\"/>\n", path);
  }

  // A reading is one measurement: from the systolic to the diastolic, with a mark at the mean.
  void cuff(const Line& line) {
    std::map<std::int64_t, std::array<const TrendPoint*, 3>> readings;
    std::size_t part = 0;
    for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
      for (const TrendPoint& point : points(metric)) readings[point.second][part] = &point;
      ++part;
    }
    for (const auto& [second, parts] : readings) {
      const double at = x(second * 1'000);
      const TrendPoint *sys = parts[0], *dia = parts[1], *mean = parts[2];
      const TrendPoint* any = sys != nullptr ? sys : dia != nullptr ? dia : mean;
      const std::string_view colour = any->questionable ? "#8c959f" : line.colour;
      std::string path;
      const auto bar = [&](const TrendPoint* point, double half) {
        if (point != nullptr)
          fmt::format_to(std::back_inserter(path), "M{:.1f} {:.1f}L{:.1f} {:.1f}", at - half,
                         level(point->value), at + half, level(point->value));
      };
      bar(sys, 4);
      bar(dia, 4);
      bar(mean, 2);
      if (sys != nullptr && dia != nullptr)
        fmt::format_to(std::back_inserter(path), "M{0:.1f} {1:.1f}L{0:.1f} {2:.1f}", at, level(sys->value),
                       level(dia->value));
      put("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>\n", path, colour);
    }
  }

  void time_axis(double bottom) {
    constexpr std::array<std::int64_t, 13> steps_min{1,   2,   5,   10,    15,     30,    60,
                                                     120, 240, 720, 1'440, 10'080, 43'200};
    const std::int64_t length_min = (trend_.to_ms - trend_.from_ms) / 60'000;
    std::int64_t step_ms = steps_min.back() * 60'000;
    for (const std::int64_t step : steps_min) {
      if (length_min > step * 12) continue;
      step_ms = step * 60'000;
      break;
    }
    for (std::int64_t at = (trend_.from_ms + step_ms - 1) / step_ms * step_ms; at <= trend_.to_ms;
         at += step_ms) {
      const std::string text = utc_text(at / 1'000);
      const bool midnight = at % 86'400'000 == 0;
      put("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#8c959f\"/>"
          "<text x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>\n",
          x(at), bottom, bottom + 5, bottom + 18, midnight ? text.substr(5, 5) : text.substr(11, 5));
    }
    put("<text x=\"10\" y=\"{:.1f}\">UTC; grey dots: questionable values</text>\n", bottom + 36);
    y_ = bottom + 40;
  }

  const Trend& trend_;
  std::string bed_;
  std::vector<AlarmSpan> alarms_;
  std::vector<PhaseSpan> phases_;
  std::string body_;
  double y_ = 0;
  double low_ = 0, high_ = 1;  // of the panel at hand
};

}  // namespace

std::string trend_picture(const Trend& trend, const std::string& bed) { return Picture(trend, bed).draw(); }

}  // namespace tools
