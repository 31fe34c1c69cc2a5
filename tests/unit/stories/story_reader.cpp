// A story's file: the bed first, then line by line what happens, in the order of time, and at last its end.
#include <algorithm>
#include <cmath>

#include "tests/unit/stories/deed_reader.hpp"
#include "tests/unit/stories/story.hpp"

namespace stories {
namespace {

std::string_view trimmed(std::string_view text) {
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) text = text.substr(0, hash);
  const std::size_t last = text.find_last_not_of(" \t\r");
  text = last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

std::vector<Metric> read_sent(const std::string& word) {
  if (word == "nibp") return {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map};
  if (word == "art") return {Metric::art_sys, Metric::art_dia, Metric::art_map};
  return {read_metric(word)};
}

// "mon1 sends pr spo2 nibp every 1 s over HL7"
MonitorFacts read_monitor(Words& words) {
  MonitorFacts out;
  out.name = words.next("the name of the monitor");
  if (!words.take("sends"))
    throw Wrong("a monitor is described by: monitor NAME sends pr spo2 nibp every 1 s");
  while (!words.is("every"))
    for (const Metric metric : read_sent(words.next("a metric, or 'every'"))) out.sends.push_back(metric);
  words.take("every");
  out.period = read_duration(words);
  if (out.period <= Milliseconds{0}) throw Wrong("a monitor sends every 1 s, or more slowly");
  while (!words.done()) {
    if (words.take("over")) {
      if (!words.take("HL7")) throw Wrong("'over HL7' is meant? A cable needs no word");
      out.hl7 = true;
    } else if (words.take("simulated")) {
      out.simulated = true;
    } else {
      words.finish();
    }
  }
  return out;
}

// "hr-high in recovery"
NotWatched read_not_watched(Words& words) {
  NotWatched out;
  const std::string condition = words.next("a limit such as hr-high");
  const auto limit = std::find(alarms::limit_names.begin(), alarms::limit_names.end(), condition);
  if (limit == alarms::limit_names.end())
    throw Wrong("'" + condition + "' is no limit: hr-high, spo2-low, sbp-high ...");
  out.limit = static_cast<alarms::LimitId>(limit - alarms::limit_names.begin());
  if (!words.take("in")) throw Wrong("in which phase? not-watched hr-high in recovery");
  const std::string phase = words.next("a phase");
  for (std::size_t i = 0; i < vitals::phase_count; ++i) {
    out.phase = static_cast<vitals::Phase>(i);
    if (vitals::name(out.phase) == phase) return out;
  }
  throw Wrong("'" + phase + "' is no phase: none scheduled baseline infusing held recovery ended");
}

class Reader {
 public:
  Read read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      out_.story.lines.emplace_back(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    for (number_ = 1; number_ <= out_.story.lines.size(); ++number_) {
      const std::string_view line = trimmed(out_.story.lines[number_ - 1]);
      try {
        if (!line.empty()) take(line);
      } catch (const Wrong& wrong) {
        complain(wrong.what());
      }
    }
    if (out_.story.title.empty()) complain("a story has a 'title'");
    if (out_.story.bed.monitors.empty())
      complain("a bed has a monitor: monitor mon1 sends pr spo2 nibp every 1 s");
    if (!ended_) complain("a story ends with a line such as '20:00 end', so that what comes late is seen");
    std::stable_sort(out_.story.steps.begin(), out_.story.steps.end(), [](const Step& a, const Step& b) {
      return a.at != b.at ? a.at < b.at : turn_of(a.deed) < turn_of(b.deed);
    });
    return std::move(out_);
  }

 private:
  void complain(std::string text) { out_.problems.push_back({number_, std::move(text)}); }

  void take(std::string_view line) {
    if (ended_) throw Wrong("the story has ended above: nothing comes after 'end'");
    if (line.front() >= '0' && line.front() <= '9') return timed(line);
    if (time_)
      throw Wrong(
          "a line begins with its time, such as 10:30; the bed is described before the first of them");
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string key{line.substr(0, space)};
    const std::string rest{trimmed(line.substr(space))};
    Words words(key == "title" || key == "proves" ? std::string_view{} : std::string_view{rest});
    described(key, rest, words);
    words.finish();
  }

  void described(const std::string& key, const std::string& rest, Words& words) {
    BedFacts& bed = out_.story.bed;
    if (key == "title") {
      out_.story.title = rest;
    } else if (key == "proves") {
      out_.story.proves.push_back(rest);
    } else if (key == "profile") {
      bed.profile = words.next("the name of a profile");
    } else if (key == "monitor") {
      bed.monitors.push_back(read_monitor(words));
    } else if (key == "rate") {
      bed.rate = read_metric(words.next("hr or pr"));
      if (!vitals::is_rate(*bed.rate)) throw Wrong("the rate of a bed is hr or pr");
    } else if (key == "pressure") {
      bed.arterial = words.take("art");
      if (!*bed.arterial && !words.take("nibp")) throw Wrong("the pressure of a bed is art or nibp");
    } else if (key == "pump") {
      bed.pumps.push_back(words.next("the name of a pump"));
    } else if (key == "not-watched") {
      bed.not_watched.push_back(read_not_watched(words));
    } else if (key == "idle") {
      bed.idle_off = words.take("off");
      if (!bed.idle_off) throw Wrong("'idle off' is meant? Limits run without a session unless it says so");
    } else {
      throw Wrong("'" + key +
                  "' does not describe a bed: title, proves, profile, monitor, rate, pressure, pump, "
                  "not-watched, idle. "
                  "What happens begins with its time, such as 10:30");
    }
  }

  void timed(std::string_view line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const Milliseconds at = read_clock(std::string{line.substr(0, space)});
    if (time_ && at < *time_)
      throw Wrong("this is before " + clock_text(*time_) + " above: lines go forward in time");
    time_ = at;
    const std::string_view rest = trimmed(line.substr(space));
    if (rest == "end") {
      ended_ = true;
      out_.story.end = at;
      return;
    }
    if (rest.substr(0, 7) == "expect ") {
      Words words(rest.substr(7));
      Expectation expectation = read_expectation(words);
      expectation.line = number_;
      expectation.at = at;
      out_.story.expectations.push_back(std::move(expectation));
      return;
    }
    for (Deed& deed : read_deeds(rest)) out_.story.steps.push_back({number_, at, std::move(deed)});
  }

  Read out_;
  std::size_t number_ = 0;
  std::optional<Milliseconds> time_;
  bool ended_ = false;
};

}  // namespace

Read read_story(std::string_view text) { return Reader{}.read(text); }

std::string clock_text(Milliseconds at) {
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::int64_t ms = at.count() % 1000, s = at.count() / 1000 % 60, m = at.count() / 60'000;
  std::string out = m < 60 ? std::to_string(m) : std::to_string(m / 60) + ":" + two(m % 60);
  out += ":" + two(s);
  if (ms != 0) out += "." + std::string(ms < 10 ? "00" : ms < 100 ? "0" : "") + std::to_string(ms);
  return out;
}

}  // namespace stories
