// Goal: a driver is not in the registry without complete facts, and says what is wrong with its options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "drivers/registry.hpp"

namespace drivers::test {
namespace {

using ::testing::HasSubstr;

bool is_settings_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

TEST(Registry, FindsEveryDriverByItsNameOnly) {
  std::set<std::string_view> names;
  for (const Entry& entry : registry()) {
    EXPECT_TRUE(names.insert(entry.facts->name).second) << "twice: " << entry.facts->name;
    EXPECT_EQ(find(entry.facts->name), &entry);
  }
  EXPECT_TRUE(names.contains("nonin"));
  EXPECT_TRUE(names.contains("masimo"));
  EXPECT_TRUE(names.contains("hl7"));
  EXPECT_EQ(find("Nonin"), nullptr);
  EXPECT_EQ(find(""), nullptr);
}

TEST(Registry, FactsAreComplete) {
  for (const Entry& entry : registry()) {
    const Facts& facts = *entry.facts;
    SCOPED_TRACE(facts.name);
    EXPECT_TRUE(is_settings_word(facts.name));
    EXPECT_FALSE(facts.title.empty());
    EXPECT_FALSE(facts.models.empty());
    EXPECT_FALSE(facts.metrics.empty());
    EXPECT_GT(facts.silence_ms_max.count(), 0);
    EXPECT_GE(facts.own_delay_ms.count(), 0);
    EXPECT_FALSE(name(facts.integrity).empty());
    EXPECT_FALSE(name(facts.maturity).empty());
  }
}

TEST(Registry, EveryOptionSaysWhatItAcceptsAndMeans) {
  for (const Entry& entry : registry()) {
    for (const OptionFacts& option : entry.facts->options) {
      SCOPED_TRACE(std::string(entry.facts->name) + " " + std::string(option.name));
      EXPECT_TRUE(is_settings_word(option.name));
      EXPECT_FALSE(option.accepted.empty());
      EXPECT_FALSE(option.meaning.empty());
      EXPECT_EQ(option_value(*entry.facts, {}, option.name), option.standard);
      EXPECT_EQ(option_value(*entry.facts, {{std::string(option.name), "given"}}, option.name), "given");
    }
  }
}

TEST(Registry, UnknownOptionsAreRefusedByName) {
  for (const Entry& entry : registry()) {
    const Made made = entry.make({{"no-such-option", "1"}});
    EXPECT_EQ(made.driver, nullptr) << entry.facts->name;
    EXPECT_THAT(made.error, HasSubstr("no-such-option")) << entry.facts->name;
  }
}

}  // namespace
}  // namespace drivers::test
