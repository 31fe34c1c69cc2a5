// Plays a story and compares what came with what it expects.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/stories/story.hpp"

namespace stories {

// What was wrong, each complaint with its line or its time; empty: all as told. Every document of an alarm
// has to be expected, except repeats (`continue`) and the emptying after an end.
std::vector<std::string> play(const Story& story);

// Reads and plays; what cannot be read is complained about in the same way.
std::vector<std::string> play_text(const std::string& text);

}  // namespace stories
