#include "tests/unit/stories/player.hpp"

#include <algorithm>

#include "tests/unit/stories/ward.hpp"
#include "tests/unit/stories/words.hpp"

namespace stories {
namespace {

constexpr Milliseconds near_ms{30'000};  // what came instead is looked for within this

// The rule by which a station makes a noise (docs/mqtt-contract.md).
bool sounds(const Json& document) {
  return document.at("state") == "active" && document.at("ack") == "unacked" &&
         document.at("audio") == "on" && document.at("inhibit").is_null() && !document.contains("hist") &&
         document.at("prio") != "info";
}

std::string text_of(const Json& member) {
  if (member.is_null()) return "null";
  return member.is_string() ? member.get<std::string>() : member.dump();
}

std::string shown(const Heard& one) {
  std::string out = clock_text(one.at) + " " + one.condition + " " + one.change;
  if (one.document.is_null()) return out;
  const Json& d = one.document;
  for (const char* key : {"prio", "state", "ack"}) out += " " + text_of(d.at(key));
  if (d.at("data") != "fresh") out += " data " + text_of(d.at("data"));
  if (d.at("audience") != "bed") out += " calls " + text_of(d.at("audience"));
  if (d.contains("end_reason") && !d["end_reason"].is_null()) out += " (" + text_of(d["end_reason"]) + ")";
  return out + " \"" + text_of(d.at("text")) + "\"";
}

// What of the document is not as wished; empty: nothing.
std::string difference(const Expectation& wish, const Heard& came) {
  if (wish.episode && *wish.episode != came.episode)
    return "it is episode " + std::to_string(came.episode) + ", not " + std::to_string(*wish.episode);
  if (came.document.is_null()) return {};
  if (wish.sounds && *wish.sounds != sounds(came.document))
    return *wish.sounds ? "it does not sound" : "it sounds";
  for (const auto& [member, value] : wish.members) {
    const std::string is = came.document.contains(member) ? text_of(came.document[member]) : "absent";
    if (is != value) return member + " is " + is + ", not " + value;
  }
  return {};
}

class Player {
 public:
  explicit Player(const Story& story) : story_(story), ward_(story.bed) {}

  std::vector<std::string> play() {
    std::size_t next = 0;
    step(next);
    while (ward_.now() < story_.end) {
      Milliseconds to = std::min(ward_.next_of_itself(), story_.end);
      if (next < story_.steps.size()) to = std::min(to, story_.steps[next].at);
      ward_.pass_to(to);
      step(next);
    }
    compare();
    complaints_.insert(complaints_.end(), ward_.offences().begin(), ward_.offences().end());
    return std::move(complaints_);
  }

 private:
  // All of this instant: the monitor's changes, its message, people, and what is looked at.
  void step(std::size_t& next) {
    perform(next, Turn::monitor);
    if (sent_at_ != ward_.now()) ward_.monitors_send();
    sent_at_ = ward_.now();
    perform(next, Turn::look);
  }

  void perform(std::size_t& next, Turn last) {
    for (; next < story_.steps.size(); ++next) {
      const Step& one = story_.steps[next];
      if (one.at > ward_.now() || turn_of(one.deed) > last) return;
      const std::string wrong = ward_.perform(one.deed);
      if (!wrong.empty()) complaints_.push_back(at_line(one.line) + ": " + wrong);
    }
  }

  std::string at_line(std::size_t line) const {
    return "line " + std::to_string(line) + " '" + story_.lines[line - 1] + "'";
  }

  void compare() {
    const std::vector<Heard>& heard = ward_.heard();
    std::vector<bool> expected(heard.size(), false);
    for (const Expectation& wish : story_.expectations) {
      std::string why = "it did not come";
      std::size_t found = heard.size();
      for (std::size_t i = 0; i < heard.size() && found == heard.size(); ++i) {
        const Heard& one = heard[i];
        if (expected[i] || one.condition != wish.condition || one.change != wish.change || one.at != wish.at)
          continue;
        const std::string differs = difference(wish, one);
        if (differs.empty()) found = i;
        if (!differs.empty()) why = "it came, but " + differs;
      }
      if (found < heard.size()) {
        expected[found] = true;
      } else {
        complaints_.push_back(at_line(wish.line) + ": " + why + around(wish.at));
      }
    }
    for (std::size_t i = 0; i < heard.size(); ++i)
      if (!expected[i] && heard[i].change != "continue" && heard[i].change != "emptied")
        complaints_.push_back("not expected: " + shown(heard[i]) + nearest_line(heard[i].at));
  }

  std::string around(Milliseconds at) const {
    std::string out;
    for (const Heard& one : ward_.heard())
      if (std::chrono::abs(one.at - at) <= near_ms && one.change != "continue")
        out += "\n      came: " + shown(one);
    return out.empty() ? "\n      nothing came within 30 s of it" : out;
  }

  // The last line of the story before it, to find the place.
  std::string nearest_line(Milliseconds at) const {
    std::size_t line = 0;
    for (const Step& one : story_.steps)
      if (one.at <= at) line = std::max(line, one.line);
    return line == 0 ? std::string{} : "\n      after " + at_line(line);
  }

  const Story& story_;
  Ward ward_;
  std::optional<Milliseconds> sent_at_;
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> play(const Story& story) {
  try {
    return Player(story).play();
  } catch (const Wrong& wrong) {
    return {wrong.what()};
  }
}

std::vector<std::string> play_text(const std::string& text) {
  const Read read = read_story(text);
  if (read.problems.empty()) return play(read.story);
  std::vector<std::string> out;
  for (const Unreadable& one : read.problems)
    out.push_back("line " + std::to_string(one.line) + ": " + one.text);
  return out;
}

}  // namespace stories
