// What a person gets of the trend: lines and a picture.
#include <gmock/gmock.h>

#include "daemon/tools/trend_lines.hpp"
#include "daemon/tools/trend_picture.hpp"

namespace tools {
namespace {

using journal::Trend;
using journal::TrendPoint;
using testing::HasSubstr;
using testing::Not;
using vitals::Metric;

constexpr std::int64_t start_s = 1'795'341'600;  // 2026-11-22T10:00:00Z

Trend empty_trend() {
  Trend out;
  out.sessions = {"", "s-7"};
  out.from_ms = start_s * 1'000;
  out.to_ms = out.from_ms + 3'600'000;
  return out;
}

void add(Trend& trend, Metric metric, std::int64_t second, double value, bool questionable = false) {
  TrendPoint point;
  point.second = start_s + second;
  point.value = value;
  point.questionable = questionable;
  point.session = 1;
  trend.points[vitals::index_of(metric)].push_back(point);
}

TEST(TrendTime, IsUtcBothWays) {
  EXPECT_EQ(utc_text(start_s), "2026-11-22T10:00:00Z");
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_ms("2026-11-22T10:00"), start_s * 1'000);
  EXPECT_EQ(utc_ms("2026-11-22T10:00:05Z"), start_s * 1'000 + 5'000);
  EXPECT_EQ(utc_ms("2026-11-22"), (start_s - 36'000) * 1'000);
  EXPECT_EQ(utc_ms("2024-02-29"), 1'709'164'800'000);
  for (const char* wrong :
       {"", "Z", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-11-22T", "2026-11-22T10",
        "2026-11-22T24:00", "2026-11-22T10:60", "2026-11-22T10:00:60", "2026-11-22 10:00",
        "2026-11-22T10:00+01:00", "2026-11-22T10:00:00:00", "today", "-026-11-22"})
    EXPECT_FALSE(utc_ms(wrong)) << wrong;
}

TEST(TrendLines, AreOneForEachValueInTheOrderOfTime) {
  Trend trend = empty_trend();
  add(trend, Metric::hr, 0, 72);
  add(trend, Metric::hr, 2, 73, true);
  add(trend, Metric::spo2, 1, 97.5);
  TrendPoint summary;
  summary.second = start_s + 60;
  summary.value = 96;
  summary.least = 91;
  summary.most = 99;
  summary.seconds = 58;
  summary.sim = true;
  trend.points[vitals::index_of(Metric::spo2)].push_back(summary);
  EXPECT_EQ(trend_lines(trend), R"(time,session,metric,value,least,most,unit,quality,seconds,sim
2026-11-22T10:00:00Z,s-7,hr,72.0,,,/min,valid,1,
2026-11-22T10:00:01Z,s-7,spo2,97.5,,,%,valid,1,
2026-11-22T10:00:02Z,s-7,hr,73.0,,,/min,questionable,1,
2026-11-22T10:01:00Z,,spo2,96.0,91.0,99.0,%,valid,58,sim
)");
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

TEST(TrendPicture, ShowsThePanelsThatHaveSomething) {
  Trend trend = empty_trend();
  for (int second = 0; second < 600; ++second) add(trend, Metric::spo2, second, 97 - second % 3);
  add(trend, Metric::nibp_sys, 30, 121);
  add(trend, Metric::nibp_dia, 30, 74);
  const std::string picture = trend_picture(trend, "pain/b1");
  EXPECT_THAT(picture, HasSubstr("pain/b1"));
  EXPECT_THAT(picture, HasSubstr("SpO2 %"));
  EXPECT_THAT(picture, HasSubstr("pressure mmHg"));
  EXPECT_THAT(picture, Not(HasSubstr("Temp Cel")));
  EXPECT_THAT(picture, HasSubstr("session s-7"));
  EXPECT_THAT(picture, Not(HasSubstr("simulated")));
  EXPECT_THAT(picture, HasSubstr(">10:30<"));
}

// A line across a silence would claim what nobody has measured.
TEST(TrendPicture, ASilenceIsAGap) {
  const auto strokes = [](int interval, int silence) {
    Trend trend = empty_trend();
    for (int i = 0; i < 50; ++i) add(trend, Metric::spo2, i * interval, 97);
    for (int i = 0; i < 50; ++i) add(trend, Metric::spo2, (49 + i) * interval + silence, 97);
    const std::string picture = trend_picture(trend, "b");
    const std::size_t begin = picture.find("<path d=\"");
    return count(picture.substr(begin, picture.find('>', begin) - begin), "M");
  };
  EXPECT_EQ(strokes(1, 5), 1U);
  EXPECT_EQ(strokes(1, 6), 2U);
  EXPECT_EQ(strokes(10, 30), 1U) << "a monitor that tells its values every ten seconds";
  EXPECT_EQ(strokes(10, 31), 2U);
}

TEST(TrendPicture, DoubtedValuesAreDotsAndNoLine) {
  Trend trend = empty_trend();
  for (int second = 0; second < 100; ++second) add(trend, Metric::spo2, second, 70, true);
  const std::string picture = trend_picture(trend, "b");
  EXPECT_EQ(count(picture, "<path"), 1U);
  EXPECT_THAT(picture, HasSubstr("stroke=\"#8c959f\" stroke-width=\"2.5\""));
}

constexpr const char* alarm_start =
    R"({"schema":"vitals.alarm/1","id":"01M80AT8TV3GYF620HR7ZHDEW8","cond":"spo2-low","rev":1,"rev_prio":1,"phase":"start","state":"active","kind":"phys","prio":"medium","prio_initial":"medium","ack":"unacked","ack_by":null,"ack_at":null,"resp":"undefined","resp_by":null,"audio":"on","audio_until":null,"latch":"none","inhibit":null,"metric":"spo2","v":90,"worst":90,"limit":92,"limit_crit":88,"side":"low","u":"%","data":"fresh","t_cond":1795341700000,"t_on":1795341715000,"t_chg":1795341715000,"t_end":null,"delay_s":15,"text":"SpO2 90 < 92 %","advice":"check patient and probe, review infusion","audience":"bed","t_src":null,"t_rx":1795341714900,"origin":"daemon","src":"oxi1","bed":"b1","unit":"pain","session":null,"phase_bed":"none","node":"gw1","boot":"4967ce8a","seq":1795307654002,"ts":1795341715000,"sim":true,"clk":"unsync"})";

TEST(TrendPicture, MarksAlarmsAndPhases) {
  Trend trend = empty_trend();
  for (int second = 0; second < 600; ++second) add(trend, Metric::spo2, second, 97);
  trend.events.push_back({"alarm", alarm_start, 1'795'341'715'000});
  trend.events.push_back({"alarm", "garbage", 1'795'341'715'000});
  trend.events.push_back({"infusion", R"({"phase":"infusing"})", start_s * 1'000 - 1});
  trend.events.push_back({"infusion", R"({"phase":"recovery"})", start_s * 1'000 + 1'800'000});
  const std::string picture = trend_picture(trend, "pain/b1");
  EXPECT_THAT(picture, HasSubstr("spo2-low"));
  EXPECT_THAT(picture, HasSubstr("<title>medium: SpO2 90 &lt; 92 %</title>"));
  EXPECT_THAT(picture, HasSubstr(">infusing<"));
  EXPECT_THAT(picture, HasSubstr(">recovery<"));
  EXPECT_EQ(count(picture, "stroke-dasharray"), 1U);
}

TEST(TrendPicture, TextFromOutsideStaysText) {
  const std::string picture = trend_picture(empty_trend(), "<b>&\"");
  EXPECT_THAT(picture, HasSubstr("&lt;b&gt;&amp;&quot;"));
}

}  // namespace
}  // namespace tools
