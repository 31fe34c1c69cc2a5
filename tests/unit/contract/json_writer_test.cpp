#include "daemon/contract/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace {

using contract::JsonWriter;

std::string number(double value) {
  std::string out;
  JsonWriter writer(out);
  writer.number("v", value);
  writer.close_object();
  return out.substr(5, out.size() - 6);
}

std::string text(std::string_view value) {
  std::string out;
  JsonWriter writer(out);
  writer.text("v", value);
  writer.close_object();
  return out.substr(5, out.size() - 6);
}

TEST(JsonWriter, integers_have_no_fraction_and_no_exponent) {
  EXPECT_EQ(number(86), "86");
  EXPECT_EQ(number(100'000), "100000");
  EXPECT_EQ(number(-40), "-40");
  EXPECT_EQ(number(-0.0), "0");
}

TEST(JsonWriter, other_numbers_are_the_shortest_that_read_back_alike) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(36.6), "36.6");
  EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
}

TEST(JsonWriter, what_json_cannot_say_is_null) {
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, whole_numbers_keep_all_their_digits) {
  std::string out;
  JsonWriter writer(out);
  writer.count("a", std::numeric_limits<std::uint64_t>::max());
  writer.integer("b", std::numeric_limits<std::int64_t>::min());
  writer.close_object();
  EXPECT_EQ(out, R"({"a":18446744073709551615,"b":-9223372036854775808})");
}

TEST(JsonWriter, strings_are_escaped) {
  EXPECT_EQ(text(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(text("µg/kg ≥ 5 😀"), "\"µg/kg ≥ 5 😀\"");
}

TEST(JsonWriter, control_characters_become_spaces) {
  EXPECT_EQ(text(std::string_view("a\r\n\tb\0c\x7F", 8)), "\"a   b c \"");
}

TEST(JsonWriter, bytes_that_are_not_utf8_become_the_replacement_character) {
  const std::string fffd = "\xEF\xBF\xBD";
  EXPECT_EQ(text("\xE4rger"), "\"" + fffd + "rger\"");                           // Latin-1
  EXPECT_EQ(text("\xC0\xAF"), "\"" + fffd + fffd + "\"");                        // overlong
  EXPECT_EQ(text("\xED\xA0\x80"), "\"" + fffd + fffd + fffd + "\"");             // surrogate
  EXPECT_EQ(text("\xF4\x90\x80\x80"), "\"" + fffd + fffd + fffd + fffd + "\"");  // above U+10FFFF
  EXPECT_EQ(text("x\xE2\x82"), "\"x" + fffd + fffd + "\"");                      // cut short
}

TEST(JsonWriter, whatever_the_bytes_the_result_parses) {
  for (unsigned high = 0; high < 256; ++high) {
    for (unsigned low = 0; low < 256; ++low) {
      const std::string bytes{static_cast<char>(high), static_cast<char>(low), '\x80'};
      ASSERT_TRUE(nlohmann::json::accept(text(bytes))) << high << ' ' << low;
    }
  }
}

TEST(JsonWriter, nests_and_separates) {
  std::string out = "left over";
  JsonWriter writer(out);
  writer.open_object("o");
  writer.close_object();
  writer.open_array("a");
  writer.open_element();
  writer.flag("x", true);
  writer.null("y");
  writer.close_object();
  writer.text_element("z");
  writer.close_array();
  writer.seconds("s", vitals::Milliseconds{1500});
  writer.close_object();
  EXPECT_EQ(out, R"({"o":{},"a":[{"x":true,"y":null},"z"],"s":1.5})");
}

}  // namespace
