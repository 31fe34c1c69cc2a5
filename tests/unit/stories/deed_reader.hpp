// One line of a story behind its time: a deed, or an expectation.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/unit/stories/story.hpp"
#include "tests/unit/stories/words.hpp"

namespace stories {

// Each throws Wrong with what would be right.
Milliseconds read_clock(const std::string& word);     // "10:15", "1:02:03", "0:00.250"
Milliseconds read_duration(Words& words);             // "8 s", "-1 h", "5 min"
Metric read_metric(const std::string& word);          // one that can be shown: not the parts of a cuff
std::vector<Deed> read_deeds(std::string_view text);  // "pr 70, spo2 97": several at the monitor
Expectation read_expectation(Words& words);           // behind "expect"

}  // namespace stories
