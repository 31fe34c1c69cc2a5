// The clock on the wall of a sender whose times carry no offset.
#include "drivers/hl7/zone.hpp"

#include <ctime>
#include <random>

#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

using vitals::Milliseconds;

constexpr const char* berlin = "CET-1CEST,M3.5.0,M10.5.0/3";

Milliseconds wall(std::int64_t second) { return Milliseconds{second * 1000}; }

std::int64_t unix_s(const Zone& zone, std::int64_t local_s, std::int64_t arrival_s) {
  return vitals::unix_ms(zone.instant_of(wall(local_s), vitals::wall_from_unix_ms(arrival_s * 1000))) / 1000;
}

Zone zone_of(std::string_view text) {
  const auto zone = Zone::parse(text);
  EXPECT_TRUE(zone) << text;
  return zone.value_or(Zone{});
}

// The zone of this process while it lives, as the C library reads it.
class LibraryZone {
 public:
  explicit LibraryZone(const char* rule) { set(rule); }
  ~LibraryZone() { set("UTC0"); }
  LibraryZone(const LibraryZone&) = delete;
  LibraryZone& operator=(const LibraryZone&) = delete;

  static std::int64_t local_s(std::int64_t unix_second) {
    const std::time_t when{unix_second};
    std::tm parts{};
    localtime_r(&when, &parts);
    return unix_second + parts.tm_gmtoff;
  }

 private:
  static void set(const char* rule) {
    setenv("TZ", rule, 1);
    tzset();
  }
};

TEST(ZoneRules, AgreeWithTheCLibraryAtEveryInstant) {
  std::mt19937_64 random{20260309};
  std::uniform_int_distribution<std::int64_t> instants{946'684'800, 4'102'444'800};  // 2000 to 2100
  for (const char* const rule :
       {berlin, "EST5EDT,M3.2.0,M11.1.0", "AEST-10AEDT,M10.1.0,M4.1.0/3", "IST-1GMT0,M10.5.0,M3.5.0/1",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<+0545>-5:45", "UTC0", "<-03>3", "JST-9",
        "IST-2IDT,M3.4.4/26,M10.5.0", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "XST3XDT,J60,J300/1",
        "XST-4XDT,59,299"}) {
    const LibraryZone library(rule);
    const Zone zone = zone_of(rule);
    for (int i = 0; i < 5000; ++i) {
      const std::int64_t second = instants(random);
      ASSERT_EQ(unix_s(zone, LibraryZone::local_s(second), second), second) << rule;
    }
  }
}

TEST(ZoneRules, SummerTimeBeginsAndEndsAtItsSecond) {
  const Zone zone = zone_of(berlin);
  constexpr std::int64_t spring = 1'774'746'000;  // 2026-03-29T01:00:00Z: 02:00 becomes 03:00
  EXPECT_EQ(unix_s(zone, spring + 3600 - 1, 0), spring - 1);
  EXPECT_EQ(unix_s(zone, spring + 7200, 0), spring);
  constexpr std::int64_t autumn = 1'792'890'000;  // 2026-10-25T01:00:00Z: 03:00 becomes 02:00
  EXPECT_EQ(unix_s(zone, autumn + 3600 - 1, 0), autumn - 3600 - 1);
  EXPECT_EQ(unix_s(zone, autumn + 7200, 0), autumn + 3600);
}

TEST(ZoneRules, AnHourThatComesTwiceOrNeverIsTheOneNearerToTheArrival) {
  const Zone zone = zone_of(berlin);
  constexpr std::int64_t autumn = 1'792'890'000;
  constexpr std::int64_t half_past_two = autumn + 3600 + 1800;
  EXPECT_EQ(unix_s(zone, half_past_two, autumn - 1700), autumn - 1800);  // still summer
  EXPECT_EQ(unix_s(zone, half_past_two, autumn + 1900), autumn + 1800);
  constexpr std::int64_t spring = 1'774'746'000;
  constexpr std::int64_t never = spring + 3600 + 1800;  // a clock that nobody has set forward yet
  EXPECT_EQ(unix_s(zone, never, spring + 1810), spring + 1800);
  EXPECT_EQ(unix_s(zone, never, spring - 1790), spring - 1800);
}

TEST(ZoneRules, OffsetsAreEastOfGreenwich) {
  EXPECT_EQ(unix_s(zone_of("+0530"), 19'800, 0), 0);
  EXPECT_EQ(unix_s(zone_of("-0330"), 0, 0), 12'600);
  EXPECT_EQ(unix_s(Zone{}, 77, 0), 77);
}

TEST(ZoneRules, WhatIsNoneIsRefused) {
  for (const std::string_view text : {"",
                                      "local",
                                      "CET",
                                      "Europe/Berlin",
                                      "CE-1",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,M3.5.7,M10.5.0",
                                      "CET-1CEST,J0,J300",
                                      "CET-1CEST,366,1",
                                      "CET-25",
                                      "CET-1:60",
                                      "CET-1CEST,M3.5.0/168,M10.5.0",
                                      "CET-1 ",
                                      "<CET-1",
                                      "CET-1CEST,M3.5.0,M10.5.0x",
                                      "CET-9999999999",
                                      "+1500",
                                      "0100"})
    EXPECT_FALSE(Zone::parse(text)) << text;
}

}  // namespace
}  // namespace drivers::hl7::test
