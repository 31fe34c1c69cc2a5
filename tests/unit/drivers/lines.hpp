// What a driver said, as lines of text.
#pragma once

#include <gmock/gmock.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace drivers::test {

using Lines = std::vector<std::string>;

// As testing::ElementsAre, but compiled once: for each number of arguments that template costs a test a
// third of a second to compile.
testing::Matcher<const Lines&> lines_are(std::initializer_list<std::string_view> lines);

}  // namespace drivers::test
