#include "daemon/contract/topics.hpp"

#include <gtest/gtest.h>

namespace {

using namespace contract;

TEST(Topics, prefixes) {
  EXPECT_EQ(node_prefix("vitals", "gw1"), "vitals/1/node/gw1");
  EXPECT_EQ(bed_prefix("clinic/east", "pain", "b3"), "clinic/east/1/bed/pain/b3");
}

TEST(Topics, ids_are_short_and_plain) {
  EXPECT_TRUE(is_id("b3"));
  EXPECT_TRUE(is_id(std::string(32, 'a')));
  for (const std::string& wrong :
       {std::string(), std::string(33, 'a'), std::string("B3"), std::string("b 3"), std::string("b/3"),
        std::string("+"), std::string("#"), std::string("b\xC3\xA4")})
    EXPECT_FALSE(is_id(wrong)) << wrong;
}

TEST(Topics, a_command_to_a_bed) {
  const auto topic = parse_command_topic("vitals", "vitals/1/bed/pain/b3/cmd/ack/ns-2");
  ASSERT_TRUE(topic);
  EXPECT_FALSE(topic->for_node);
  EXPECT_EQ(topic->unit, "pain");
  EXPECT_EQ(topic->bed, "b3");
  EXPECT_EQ(topic->verb, "ack");
  EXPECT_EQ(topic->client, "ns-2");
}

TEST(Topics, a_command_to_the_node) {
  const auto topic = parse_command_topic("a/b", "a/b/1/node/gw1/cmd/received/ns-2");
  ASSERT_TRUE(topic);
  EXPECT_TRUE(topic->for_node);
  EXPECT_EQ(topic->node, "gw1");
  EXPECT_EQ(topic->verb, "received");
  EXPECT_EQ(topic->client, "ns-2");
}

TEST(Topics, what_is_no_command_topic) {
  for (const char* wrong :
       {"", "vitals", "vitals/1", "vitals/2/bed/pain/b3/cmd/ack/ns-2", "other/1/bed/pain/b3/cmd/ack/ns-2",
        "vitals1/bed/pain/b3/cmd/ack/ns-2", "vitals/1/bed/pain/b3/cmd/ack", "vitals/1/bed/pain/b3/cmd/ack/",
        "vitals/1/bed/pain/b3/cmd/ack/ns-2/x", "vitals/1/bed/pain/b3/rsp/ack/ns-2",
        "vitals/1/bed/pain//cmd/ack/ns-2", "vitals/1/ward/pain/b3/cmd/ack/ns-2",
        "vitals/1/bed/pain/b3/cmd/ack/NS-2", "vitals/1/node/gw1/b3/cmd/ack/ns-2"})
    EXPECT_FALSE(parse_command_topic("vitals", wrong)) << wrong;
}

TEST(Topics, an_alarm_of_a_bed_and_of_the_node) {
  const auto bed = parse_alarm_topic("vitals", "vitals/1/bed/pain/b3/alarm/spo2-low");
  ASSERT_TRUE(bed);
  EXPECT_EQ(bed->bed, "b3");
  EXPECT_EQ(bed->condition, "spo2-low");
  const auto node = parse_alarm_topic("vitals", "vitals/1/node/gw1/alarm/no-listener");
  ASSERT_TRUE(node);
  EXPECT_TRUE(node->for_node);
  EXPECT_EQ(node->condition, "no-listener");
  EXPECT_FALSE(parse_alarm_topic("vitals", "vitals/1/bed/pain/b3/alarms"));
  EXPECT_FALSE(parse_alarm_topic("vitals", "vitals/1/bed/pain/b3/alarm/"));
  EXPECT_FALSE(parse_alarm_topic("vitals", "vitals/1/bed/pain/b3/alarm/a/b"));
}

TEST(Topics, the_longest_condition_that_settings_allow_fits) {
  const std::string source(id_length_max, 's');
  for (const char* kind : {"link-lost-", "wrong-device-", "demo-mode-", "device-clock-"})
    EXPECT_TRUE(is_condition(kind + source));
  EXPECT_TRUE(is_condition("mon-" + source + "-0123abcd"));
  EXPECT_FALSE(is_condition(std::string(condition_length_max + 1, 'a')));
}

TEST(Topics, a_station) {
  EXPECT_EQ(parse_station_topic("vitals", "vitals/1/station/ns-2/status"), "ns-2");
  EXPECT_FALSE(parse_station_topic("vitals", "vitals/1/station/ns-2/state"));
  EXPECT_FALSE(parse_station_topic("vitals", "vitals/1/station//status"));
  EXPECT_FALSE(parse_station_topic("vitals", "vitals/1/node/gw1/status"));
}

}  // namespace
