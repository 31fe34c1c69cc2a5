#include "daemon/settings/words.hpp"

#include <gtest/gtest.h>

namespace settings {
namespace {

TEST(Suggestion, is_the_nearest_word_or_all_of_them) {
  const std::vector<std::string> known{"host", "port", "user", "password_file"};
  EXPECT_EQ(suggestion("hots", known), ", did you mean \"host\"?") << "two swapped letters";
  EXPECT_EQ(suggestion("prt", known), ", did you mean \"port\"?");
  EXPECT_EQ(suggestion("pasword_fil", known), ", did you mean \"password_file\"?");
  EXPECT_EQ(suggestion("colour", known), ", known are: host, port, user, password_file");
  EXPECT_EQ(suggestion("", known), ", known are: host, port, user, password_file");
  EXPECT_EQ(suggestion("host", {}), "");
}

TEST(Ids, are_what_a_topic_level_may_be) {
  EXPECT_TRUE(is_id("pain-3"));
  EXPECT_FALSE(is_id(""));
  EXPECT_FALSE(is_id("Pain"));
  EXPECT_FALSE(is_id("a/b"));
  EXPECT_FALSE(is_id("a+"));
  EXPECT_TRUE(is_id(std::string(32, 'a')));
  EXPECT_FALSE(is_id(std::string(33, 'a')));
}

TEST(Endpoints, are_an_address_and_a_port) {
  EXPECT_EQ(endpoint_of("192.0.2.1:2575")->address, "192.0.2.1");
  EXPECT_EQ(endpoint_of("192.0.2.1:2575")->port, 2575);
  EXPECT_EQ(endpoint_of("[::1]:65535")->address, "::1");
  for (const auto* wrong :
       {"", ":", "2575", "192.0.2.1", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "host:2575", "::1:2575",
        "[192.0.2.1]:2575", "192.0.2.1:25x", "192.0.2.1:-1", "[]:1"})
    EXPECT_FALSE(endpoint_of(wrong)) << wrong;
}

TEST(Addresses, are_known_by_where_they_lead) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("127.1.2.3"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_FALSE(is_loopback("192.0.2.1"));
  EXPECT_FALSE(is_loopback("127.example"));
  EXPECT_FALSE(is_address("localhost"));
}

TEST(Quotes, show_no_control_characters_and_no_novels) {
  EXPECT_EQ(in_quotes("a\nb\x1b[31m"), "\"a?b?[31m\"");
  EXPECT_EQ(in_quotes(std::string(100, 'x')), "\"" + std::string(64, 'x') + "...\"");
}

TEST(Locations, are_compared_without_case_and_blanks_around) {
  EXPECT_EQ(trimmed_lower("  Bay 1\t"), "bay 1");
  EXPECT_EQ(trimmed_lower(" \n"), "");
}

}  // namespace
}  // namespace settings
