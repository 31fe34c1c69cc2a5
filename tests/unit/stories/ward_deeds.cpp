// What the lines of a story do in its ward.
#include <algorithm>
#include <array>

#include "tests/unit/stories/deed_reader.hpp"
#include "tests/unit/stories/ward.hpp"

namespace stories {
namespace {

// A number, true or false, else text.
Json value_of(const std::string& text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_number() || parsed.is_boolean() ? parsed : Json(text);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out.empty() ? "none" : out;
}

bool concerns(const Switch& turned, const Monitor& monitor) {
  if (!turned.monitor.empty()) return turned.monitor == monitor.facts().name;
  switch (turned.part) {
    case Part::probe:
    case Part::signal: return monitor.carries(Metric::spo2) || monitor.carries(Metric::pr);
    case Part::leads: return monitor.carries(Metric::hr);
    default: return true;
  }
}

}  // namespace

std::string Ward::perform(const Deed& deed) {
  std::string out = std::visit([this](const auto& one) { return perform_one(one); }, deed);
  if (!away_until_) desk_->flush(now_);
  return out;
}

std::string Ward::perform_one(const Show& deed) {
  for (Monitor& monitor : monitors_)
    if (monitor.carries(deed.metric)) return monitor.take(deed), std::string{};
  return "no monitor of this bed sends " + std::string{vitals::name(deed.metric)};
}

std::string Ward::perform_one(const Withhold& deed) {
  for (Monitor& monitor : monitors_)
    if (monitor.carries(deed.metric)) return monitor.take(deed), std::string{};
  return "no monitor of this bed sends " + std::string{vitals::name(deed.metric)};
}

std::string Ward::perform_one(const Silence& deed) {
  for (Monitor& monitor : monitors_)
    if (monitor.carries(deed.metric)) return monitor.take(deed), std::string{};
  return "no monitor of this bed sends " + std::string{vitals::name(deed.metric)};
}

std::string Ward::perform_one(const Cuff& deed) {
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    if (!monitors_[i].carries(Metric::nibp_sys)) continue;
    send(i, monitors_[i].message(deed, now_));
    if (!deed.sys && !away_until_) desk_->bed().device_status(i, {drivers::Signal::nibp_failed, true, now_});
    return {};
  }
  return "no monitor of this bed measures with a cuff";
}

std::string Ward::perform_one(const Switch& deed) {
  bool any = false;
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    if (!concerns(deed, monitors_[i])) continue;
    any = true;
    monitors_[i].take(deed);
    if (away_until_) continue;
    if (deed.part == Part::cable) desk_->bed().link(i, deed.on, now_);
    if (deed.part == Part::device)
      desk_->bed().device_status(i, {drivers::Signal::wrong_device, !deed.on, now_});
  }
  return any ? std::string{} : "there is no such monitor at this bed";
}

std::string Ward::perform_one(const Patient& deed) {
  patient_ = deed.id;
  return {};
}

std::string Ward::perform_one(const Pump& deed) {
  pump_ = deed;
  pump_says(true);
  return {};
}

Json Ward::document_of(const Command& deed) const {
  Json args = Json::object();
  for (const auto& [key, value] : deed.args) args[key] = value_of(value);
  std::string number = std::to_string(command_number_);
  Json out{{"schema", "vitals.cmd/1"},
           {"cmd_id", "STORY" + std::string(21 - number.size(), '0') + number},
           {"verb", deed.verb},
           {"issued_at", vitals::unix_ms(now_.wall - deed.age)},
           {"ttl_s", 30},
           {"actor", deed.actor},
           {"station", deed.station},
           {"args", std::move(args)}};
  if (deed.condition.empty()) return out;
  const auto episode = episodes_.find(deed.condition);
  const unsigned newest = episode == episodes_.end() ? 0 : episode->second;
  if (const Heard* seen = episode_of(deed.condition, deed.episode.value_or(newest)))
    out["target"] = {{"cond", deed.condition},
                     {"id", seen->document["id"]},
                     {"rev", deed.rev ? Json(*deed.rev) : seen->document["rev"]}};
  return out;
}

std::string Ward::perform_one(const Command& deed) {
  answer_ = "unanswered";
  if (!deed.again) {
    ++command_number_;
    last_command_ = document_of(deed).dump();
    last_topic_ = "vitals/1/bed/pain/b3/cmd/" + deed.verb + "/" + deed.station;
  }
  if (!away_until_) commander_->handle(last_topic_, last_command_, deed.retained, true, now_);
  if (answer_ == deed.status) return {};
  return "the answer is '" + answer_ + "', and '" + deed.status + "' was expected";
}

// Nothing of it stays but the journal: the broker keeps what it has, stations see it until the daemon is
// back.
std::string Ward::perform_one(const Restart& deed) {
  commander_.reset();
  desk_.reset();
  node_.reset();
  deliveries_.clear();
  values_.clear();  // by their valid_until, and by the boot that is another; nobody says it to stations
  if (deed.away == Milliseconds{0}) {
    boot();
  } else {
    away_until_ = now_.mono + deed.away;
  }
  return {};
}

std::string Ward::perform_one(const ClockStep& deed) {
  now_.wall += deed.by;
  return {};
}

std::string Ward::perform_one(const Shows& deed) {
  const auto found = values_.find(deed.metric);
  if (found == values_.end())
    return deed.value == "nothing" ? std::string{} : "no value of it was ever shown";
  const Json document = Json::parse(found->second.payload);
  std::string is = document.at("q");
  if (document.contains("v")) is = document["v"].dump();
  if (document.contains("sys")) is = document["sys"].dump() + "/" + document["dia"].dump();
  return is == deed.value ? std::string{} : "it shows " + is;
}

std::string Ward::perform_one(const Alarms& deed) {
  std::vector<std::string> wanted = deed.conditions, is;
  for (const auto& condition : desk_->bed().conditions())
    if (condition.alarm() != nullptr) is.push_back(condition.spec().name);
  std::sort(wanted.begin(), wanted.end());
  std::sort(is.begin(), is.end());
  return wanted == is ? std::string{} : "there are " + joined(is);
}

std::string Ward::perform_one(const Avoided& deed) {
  for (const auto& condition : desk_->bed().conditions()) {
    if (condition.spec().name != deed.condition) continue;
    return condition.avoided() == deed.count ? std::string{} : "it is " + std::to_string(condition.avoided());
  }
  return "this bed has no condition " + deed.condition;
}

std::string Ward::perform_one(const Is& deed) {
  const std::string is{deed.what == "phase" ? vitals::name(desk_->bed().session(now_).phase)
                                            : bed::name(desk_->bed().monitoring(now_.mono))};
  return is == deed.word ? std::string{} : "it is " + is;
}

}  // namespace stories
