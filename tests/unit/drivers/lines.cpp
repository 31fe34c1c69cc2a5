#include "tests/unit/drivers/lines.hpp"

namespace drivers::test {

testing::Matcher<const Lines&> lines_are(std::initializer_list<std::string_view> lines) {
  return testing::ElementsAreArray(Lines(lines.begin(), lines.end()));
}

}  // namespace drivers::test
