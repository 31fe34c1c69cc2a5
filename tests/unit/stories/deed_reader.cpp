#include "tests/unit/stories/deed_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stories {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string joined(const auto& words) {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

bool among(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_number(const std::string& word) {
  double out = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc{} && end == word.data() + word.size();
}

constexpr std::array<std::string_view, 22> verbs{
    "ack",           "unack",           "reset",          "audio-pause",   "audio-resume",
    "respond",       "shelve",          "unshelve",       "session-start", "baseline-set",
    "session-end",   "patient-confirm", "infusion-start", "infusion-rate", "infusion-bolus",
    "infusion-hold", "infusion-resume", "infusion-stop",  "observe",       "limits-set",
    "note",          "resync"};

// The first of these ends what is told to the verb and begins what is said of the command itself.
constexpr std::array<std::string_view, 7> command_words{"by",    "rev",      "episode", "late",
                                                        "again", "retained", "is"};
constexpr std::array<std::string_view, 10> answers{"applied", "accepted",  "confirm-needed", "duplicate",
                                                   "refused", "expired",   "conflict",       "unauthorised",
                                                   "invalid", "unanswered"};

constexpr std::array<std::pair<std::string_view, Part>, 7> parts{{{"cable", Part::cable},
                                                                  {"monitor", Part::monitor},
                                                                  {"probe", Part::probe},
                                                                  {"leads", Part::leads},
                                                                  {"signal", Part::signal},
                                                                  {"demo", Part::demo},
                                                                  {"device", Part::device}}};
constexpr std::array<std::string_view, 5> on_words{"on", "talks", "good", "right", "back"};
constexpr std::array<std::string_view, 5> off_words{"off", "silent", "poor", "wrong", "pulled"};

Reason read_reason(const std::string& word) {
  for (int i = 0; i <= static_cast<int>(Reason::code_conflict); ++i)
    if (const auto reason = static_cast<Reason>(i); i != 0 && vitals::name(reason) == word) return reason;
  throw Wrong("'" + word +
              "' is no reason: sensor-off, leads-off, searching, weak-signal, artifact, missing, zero ...");
}

Deed read_cuff(Words& words) {
  Cuff out;
  if (words.take("failed")) return out;
  const std::string numbers = words.next("a pressure such as 150/90, or 'failed',");
  std::vector<double> values;
  for (std::size_t from = 0; from <= numbers.size();) {
    const std::size_t slash = std::min(numbers.find('/', from), numbers.size());
    values.push_back(
        Words::number_of(numbers.substr(from, slash - from), "a pressure such as 150/90 or 150/90/110"));
    from = slash + 1;
  }
  if (values.size() < 2 || values.size() > 3)
    throw Wrong("a cuff reading is 150/90, or 150/90/110 with its mean");
  out.sys = values[0];
  out.dia = values[1];
  if (values.size() == 3) out.map = values[2];
  out.doubtful = words.take("doubtful");
  return out;
}

Deed read_show(Metric metric, Words& words) {
  if (words.take("silent")) return Silence{metric};
  if (words.take("none"))
    return Withhold{metric, words.done() ? Reason::missing : read_reason(words.next(""))};
  Show out{metric, {words.number("a value, 'none' or 'silent'")}, false};
  while (!words.done() && !words.is("doubtful") && !words.is("in"))
    out.values.push_back(words.number("another value, 'in turn' or 'doubtful'"));
  out.doubtful = words.take("doubtful");
  if (out.values.size() > 1 && !(words.take("in") && words.take("turn")))
    throw Wrong("several values are sent 'in turn': write it behind them");
  return out;
}

Deed read_switch(Part part, Words& words) {
  Switch out{part, false, {}};
  const std::string word = words.next("on or off");
  out.on = among(on_words, word);
  if (!out.on && !among(off_words, word)) throw Wrong("'" + word + "' is neither on nor off");
  if (!words.done()) out.monitor = words.next("");
  return out;
}

Deed read_pump(Words& words) {
  Pump out;
  out.name = words.next("the name of the pump");
  if (words.take("stops")) return out;
  if (!words.take("runs")) throw Wrong("a pump 'runs RATE mL/h CONCENTRATION mg/mL' or 'stops'");
  out.running = true;
  out.rate_ml_h = words.number("a rate");
  if (!words.take("mL/h")) throw Wrong("a pump tells its rate in mL/h");
  out.concentration_mg_ml = words.number("a concentration");
  if (!words.take("mg/mL")) throw Wrong("a concentration is told in mg/mL");
  return out;
}

// "kg 70", "rate 0.5 mg/kg/h", "reason coughing": as the members of the document's args.
void read_argument(std::string_view text, Pairs& args) {
  Words words(text);
  const std::string key = words.next("the name of an argument");
  std::string value = words.next("the value of " + key);
  if (key == "rate" && !words.done()) {
    args.emplace_back("rate_unit", words.next(""));
  }
  while (!words.done()) value.append(" ").append(words.next(""));
  args.emplace_back(key, std::move(value));
}

void read_command_words(Words& words, Command& out) {
  while (!words.done()) {
    const std::string word = words.next("");
    if (word == "by") {
      const std::string who = words.next("who: STATION/PERSON");
      const std::size_t slash = who.find('/');
      if (slash == std::string::npos) throw Wrong("who does it is STATION/PERSON, such as ns-1/rn-17");
      out.station = who.substr(0, slash);
      out.actor = who.substr(slash + 1);
    } else if (word == "rev") {
      out.rev = static_cast<unsigned long>(words.number("a revision"));
    } else if (word == "episode") {
      out.episode = static_cast<unsigned>(words.number("the number of an episode"));
    } else if (word == "late") {
      out.age = read_duration(words);
    } else if (word == "again") {
      out.again = true;
    } else if (word == "retained") {
      out.retained = true;
    } else if (word == "is") {
      out.status = words.next("the answer");
      if (!among(answers, out.status)) throw Wrong("'" + out.status + "' is no answer: " + joined(answers));
    } else {
      throw Wrong("'" + word + "' is not said of a command: " + joined(command_words));
    }
  }
}

Deed read_command(const std::string& verb, std::string_view rest) {
  Command out;
  out.verb = verb;
  // What is told to the verb ends at the first word that is said of the command itself.
  std::vector<std::string> told(1);
  std::string said;
  for (Words words(rest); !words.done();) {
    std::string word = words.next("");
    if (!said.empty() || among(command_words, word)) {
      said.append(" ").append(word);
      continue;
    }
    const bool ends = word.back() == ',';
    if (ends) word.pop_back();
    told.back().append(told.back().empty() ? "" : " ").append(word);
    if (ends) told.emplace_back();
  }
  Words last(said);
  read_command_words(last, out);
  for (const std::string& part : told) {
    if (part.empty()) continue;
    if (part.find(' ') != std::string::npos) {
      read_argument(part, out.args);
    } else if (verb == "patient-confirm") {
      out.args.emplace_back("patient", part);
    } else {
      out.condition = part;
    }
  }
  return out;
}

Deed read_look(const std::string& word, Words& words) {
  if (word == "shows") {
    Shows out;
    out.metric = words.next("a metric");
    out.value = words.next("its value, or the word that stands for none");
    return out;
  }
  if (word == "alarms") {
    Alarms out;
    while (!words.done()) out.conditions.push_back(words.next(""));
    if (out.conditions.empty()) throw Wrong("which alarms? Without any: 'no alarms'");
    return out;
  }
  if (word == "no") {
    if (!words.take("alarms")) throw Wrong("'no alarms' is meant?");
    return Alarms{};
  }
  if (word == "avoided") {
    Avoided out;
    out.condition = words.next("a condition");
    out.count = static_cast<unsigned long>(words.number("how often"));
    return out;
  }
  return Is{word, words.next("what it is then")};
}

bool is_look(const std::string& word) {
  constexpr std::array<std::string_view, 6> looks{"shows", "alarms", "no", "avoided", "phase", "monitoring"};
  return among(looks, word);
}

std::optional<Part> part_of(const std::string& word) {
  for (const auto& [name, part] : parts)
    if (name == word) return part;
  return std::nullopt;
}

Deed read_deed(std::string_view text) {
  Words words(text);
  const std::string first = words.next("what happens");
  Deed out;
  if (const auto part = part_of(first)) {
    out = read_switch(*part, words);
  } else if (first == "nibp") {
    out = read_cuff(words);
  } else if (first == "patient") {
    out = Patient{words.next("an id")};
  } else if (first == "pump") {
    out = read_pump(words);
  } else if (first == "restart") {
    Restart restart;
    if (words.take("after")) restart.away = read_duration(words);
    out = restart;
  } else if (first == "clock") {
    if (!words.take("step")) throw Wrong("'clock step -1 h' is meant?");
    out = ClockStep{read_duration(words)};
  } else if (is_look(first)) {
    out = read_look(first, words);
  } else {
    out = read_show(read_metric(first), words);
  }
  words.finish();
  return out;
}

std::string answer_member(std::string_view word) {
  constexpr std::array<std::string_view, 4> priorities{"high", "medium", "low", "info"};
  constexpr std::array<std::string_view, 3> states{"active", "latched", "inactive"};
  constexpr std::array<std::string_view, 5> reasons{"recovered", "by-reset", "session-end", "phase",
                                                    "config"};
  if (among(priorities, word)) return "prio";
  if (among(states, word)) return "state";
  if (word == "acked" || word == "unacked") return "ack";
  if (among(reasons, word)) return "end_reason";
  return {};
}

}  // namespace

Milliseconds read_clock(const std::string& word) {
  std::vector<std::string> fields(1);
  for (const char c : word) {
    if (c == ':') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  const bool shaped =
      (fields.size() == 2 || fields.size() == 3) && std::all_of(fields.begin(), fields.end(), is_number);
  if (!shaped) throw Wrong("'" + word + "' is no time: minutes and seconds such as 10:30, or 1:02:03");
  double seconds = 0;
  for (const std::string& field : fields) seconds = seconds * 60 + Words::number_of(field, "a time");
  return Milliseconds{std::llround(seconds * 1000)};
}

Milliseconds read_duration(Words& words) {
  const double count = words.number("a duration");
  const std::string unit = words.next("a unit: ms, s, min or h");
  constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"ms", 1}, {"s", 1e3}, {"min", 6e4}, {"h", 3.6e6}}};
  for (const auto& [name, ms] : units)
    if (name == unit) return Milliseconds{std::llround(count * ms)};
  throw Wrong("'" + unit + "' is no unit of time: ms, s, min or h");
}

Metric read_metric(const std::string& word) {
  const auto metric = vitals::metric_named(word);
  if (metric && !vitals::is_cuff(*metric)) return *metric;
  throw Wrong("'" + word +
              "' is not known here: a metric (hr pr spo2 rr temp art-sys art-dia art-map nibp), cable, "
              "monitor, probe, "
              "leads, signal, demo, device, patient, pump, restart, clock step, expect, shows, alarms, no "
              "alarms, avoided, "
              "phase, monitoring, end, or a verb of a station");
}

std::vector<Deed> read_deeds(std::string_view text) {
  const std::size_t space = text.find(' ');
  const std::string first{text.substr(0, space)};
  if (among(verbs, first))
    return {read_command(first, space == std::string_view::npos ? std::string_view{} : text.substr(space))};
  std::vector<Deed> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    out.push_back(read_deed(text.substr(from, comma - from)));
    from = comma + 1;
  }
  return out;
}

Expectation read_expectation(Words& words) {
  constexpr std::array<std::string_view, 8> changes{"start", "update", "escalate", "deescalate",
                                                    "end",   "reset",  "continue", "emptied"};
  constexpr std::array<std::string_view, 6> members{"data", "text", "value", "worst", "limit", "calls"};
  Expectation out;
  out.condition = words.next("a condition such as spo2-low");
  out.change = words.next("what becomes of it");
  if (!among(changes, out.change))
    throw Wrong("'" + out.change + "' is not what an alarm does: " + joined(changes));
  while (!words.done()) {
    const std::string word = words.next("");
    if (word == "episode") {
      out.episode = static_cast<unsigned>(words.number("the number of an episode"));
    } else if (word == "sounds" || word == "silent") {
      out.sounds = word == "sounds";
    } else if (word == "by") {
      out.members.emplace_back("ack_by", words.next("who: STATION/PERSON"));
    } else if (among(members, word)) {
      const std::string member = word == "calls" ? "audience" : word == "value" ? "v" : word;
      out.members.emplace_back(member, words.next("what " + word + " is"));
    } else if (const std::size_t equals = word.find('='); equals != std::string::npos) {
      out.members.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    } else if (const std::string member = answer_member(word); !member.empty()) {
      out.members.emplace_back(member, word == "by-reset" ? "reset" : word);
    } else {
      throw Wrong(
          "'" + word +
          "' is not said of an alarm: high medium low, acked unacked, active latched, sounds silent, data X, "
          "calls X, by X, value N, worst N, limit N, text \"...\", episode N, recovered by-reset session-end "
          "phase config, or MEMBER=VALUE of its document");
    }
  }
  return out;
}

Turn turn_of(const Deed& deed) {
  struct Visit {
    Turn operator()(const Show&) const { return Turn::monitor; }
    Turn operator()(const Withhold&) const { return Turn::monitor; }
    Turn operator()(const Silence&) const { return Turn::monitor; }
    Turn operator()(const Cuff&) const { return Turn::monitor; }
    Turn operator()(const Switch&) const { return Turn::monitor; }
    Turn operator()(const Patient&) const { return Turn::monitor; }
    Turn operator()(const Pump&) const { return Turn::monitor; }
    Turn operator()(const Command&) const { return Turn::people; }
    Turn operator()(const Restart&) const { return Turn::people; }
    Turn operator()(const ClockStep&) const { return Turn::people; }
    Turn operator()(const Shows&) const { return Turn::look; }
    Turn operator()(const Alarms&) const { return Turn::look; }
    Turn operator()(const Avoided&) const { return Turn::look; }
    Turn operator()(const Is&) const { return Turn::look; }
  };
  return std::visit(Visit{}, deed);
}

}  // namespace stories
