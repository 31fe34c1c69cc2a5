#include "daemon/contract/documents.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/unit/contract/samples.hpp"

namespace {

using Json = nlohmann::json;

std::string payload(std::string_view topic, std::size_t which = 0) {
  for (const auto& sample : samples::all())
    if (sample.topic == topic && which-- == 0) return sample.payload;
  ADD_FAILURE() << "no sample of " << topic;
  return "{}";
}

TEST(Documents, node_status_and_will_differ_in_state_reason_and_version_only) {
  EXPECT_EQ(
      payload("vitals/1/node/gw1/status"),
      R"({"schema":"vitals.node/1","state":"online","boot":"9f3c","conn":12,"node":"gw1","ver":"0.4.2","ts":1764000000123,"reason":"start"})");
  EXPECT_EQ(
      payload("vitals/1/node/gw1/status", 1),
      R"({"schema":"vitals.node/1","state":"offline","boot":"9f3c","conn":12,"node":"gw1","ts":1764000000120,"reason":"will"})");
}

TEST(Documents, heartbeat) {
  EXPECT_EQ(
      payload("vitals/1/node/gw1/heartbeat"),
      R"({"schema":"vitals.hb/1","node":"gw1","boot":"9f3c","conn":12,"n":8112,"up_s":40560,"beds":6,"active":{"high":0,"medium":1,"low":0},"queued":0,"lag_ms":4,"ts":1764000000999})");
}

TEST(Documents, an_observation_with_a_value) {
  EXPECT_EQ(
      payload("vitals/1/bed/pain/b3/obs/spo2"),
      R"({"schema":"vitals.obs/1","v":87,"u":"%","ts":1764000001000,"t_src":1764000000700,"valid_until":1764000016000,"q":"valid","src":"mon1","mdc":150456,"metric":"spo2","sim":false})");
}

TEST(Documents, an_observation_without_a_value_has_no_number_but_a_reason) {
  const Json absent = Json::parse(payload("vitals/1/bed/pain/b3/obs/spo2", 1));
  EXPECT_FALSE(absent.contains("v"));
  EXPECT_EQ(absent.at("q"), "unavailable");
  EXPECT_EQ(absent.at("reason"), "sensor-off");
}

// P3: past its limit the number itself is gone, for the cuff too.
TEST(Documents, a_stale_value_shows_no_number) {
  EXPECT_FALSE(Json::parse(payload("vitals/1/bed/pain/b3/obs/spo2", 2)).contains("v"));
  const Json cuff = Json::parse(payload("vitals/1/bed/pain/b3/obs/nibp", 1));
  EXPECT_EQ(cuff.at("q"), "stale");
  for (const char* part : {"sys", "dia", "map"}) EXPECT_FALSE(cuff.contains(part)) << part;
}

TEST(Documents, a_cuff_reading_is_one_document) {
  EXPECT_EQ(
      payload("vitals/1/bed/pain/b3/obs/nibp"),
      R"({"schema":"vitals.nibp/1","sys":162,"dia":94,"map":117,"map_derived":false,"u":"mmHg","ts":1764000001000,"t_src":1764000000000,"valid_until":1764001200000,"q":"valid","src":"mon1","metric":"nibp","sim":false})");
}

TEST(Documents, a_device_in_test_mode_colours_its_observations) {
  contract::Value value;
  value.observation.test = true;
  std::string out;
  contract::render_observation(out, value);
  EXPECT_EQ(Json::parse(out).at("sim"), true);
}

TEST(Documents, bed_state) {
  EXPECT_EQ(
      payload("vitals/1/bed/pain/b3/state"),
      R"({"schema":"vitals.bed/1","bed":"b3","unit":"pain","session":"s-7Q2K","phase":"infusing","phase_since":1764000000000,)"
      R"("titrating_until":1764000900000,"preset":"ketamine-adult","signed_off":true,"monitoring":"full",)"
      R"("audio":{"state":"on","until":null,"by":null},"audience":"unit","stations_online":2,)"
      R"("last_obs":{"hr":1764000000800,"spo2":1764000000800,"nibp":1763999700000},)"
      R"("node":"gw1","boot":"9f3c","seq":8130,"ts":1764000031010,"sim":false,"clk":"sync"})");
  const Json idle = Json::parse(payload("vitals/1/bed/pain/b3/state", 1));
  EXPECT_TRUE(idle.at("session").is_null());
  EXPECT_TRUE(idle.at("phase_since").is_null());
  EXPECT_EQ(idle.at("missing"), Json({"nibp"}));
  EXPECT_EQ(idle.at("audio"), (Json{{"state", "paused"}, {"until", 1764000120000}, {"by", "ns-2/rn-17"}}));
  EXPECT_EQ(idle.at("shelved"),
            Json::array({{{"cond", "hr-high"}, {"until", 1764000600000}, {"by", "charge-1/rn-2"}}}));
}

TEST(Documents, infusion) {
  EXPECT_EQ(
      payload("vitals/1/bed/pain/b3/infusion"),
      R"({"schema":"vitals.infusion/1","session":"s-7Q2K","phase":"infusing","kg":70,"conc_mg_ml":2,"rate":17.5,"rate_unit":"mL/h",)"
      R"("rate_mg_kg_h":0.5,"dose_mg":21.4,"dose_mg_kg":0.31,"dose_band":"low","t_start":1764000000000,"planned_min":60,"held_min":0,"by":"command",)"
      R"("baseline":{"hr":72,"spo2":97,"sbp":128,"dbp":78,"map":null,"t":1763999400000,"overridden":false},)"
      R"("bed":"b3","unit":"pain","node":"gw1","boot":"9f3c","seq":8130,"ts":1764000031010,"sim":false,"clk":"sync"})");
}

TEST(Documents, limits_link_and_summary) {
  EXPECT_NE(payload("vitals/1/bed/pain/b3/limits")
                .find(R"("relative":94,"source":"limits-set","by":"charge-1/rn-2"})"),
            std::string::npos);
  EXPECT_NE(
      payload("vitals/1/bed/pain/b3/limits", 1)
          .find(
              R"("set":[{"cond":"spo2-low","warn":92,"crit":88,"delay_s":15,"crit_delay_s":10,"relative":94,"source":"ketamine-adult"},)"
              R"({"cond":"spo2-deep","warn":null,"crit":80,)"),
      std::string::npos);
  EXPECT_TRUE(
      payload("vitals/1/bed/pain/b3/link/mon1")
          .starts_with(
              R"({"schema":"vitals.link/1","src":"mon1","state":"up","protocol":"nonin","since":1764000000000,"last_rx":1764000000900,"frames":812,"faults":0,)"));
  EXPECT_TRUE(
      payload("vitals/1/bed/pain/b3/alarms")
          .starts_with(
              R"({"schema":"vitals.alarms/1","bed":"b3","unit":"pain","n":{"high":1,"medium":0,"low":1,"info":0},"unacked":1,"top":"high","top_text":"SpO2 86 < 88 %",)"
              R"("set":[{"cond":"spo2-low","id":"01JD3N6T7Q8R9S0TAVWXYZ1234","rev":4},)"));
  EXPECT_TRUE(Json::parse(payload("vitals/1/bed/pain/b3/alarms", 1)).at("top").is_null());
}

TEST(Documents, answers) {
  EXPECT_EQ(
      payload("vitals/1/bed/pain/b3/rsp/ns-2"),
      R"({"schema":"vitals.rsp/1","cmd_id":"01JD3N7B2V4X6Z8A0C2E4G6J8K","status":"applied","code":0,"text":"","target":{"id":"01JD3N6T7Q8R9S0TAVWXYZ1234","rev":5},"ts":1764000040044})");
  EXPECT_FALSE(Json::parse(payload("vitals/1/node/gw1/rsp/ns-2")).contains("target"));
}

// P10: whoever shows a document must be able to see that it is old.
TEST(Documents, history_is_marked_and_only_history) {
  EXPECT_EQ(Json::parse(payload("vitals/1/bed/pain/b3/event/alarm")).at("hist"), true);
  EXPECT_FALSE(Json::parse(payload("vitals/1/bed/pain/b3/alarm/spo2-low")).contains("hist"));
}

TEST(Documents, a_number_that_is_none_is_null_and_the_document_still_parses) {
  contract::Value value;
  value.observation = vitals::measured(vitals::Metric::hr, std::numeric_limits<double>::quiet_NaN(), {});
  std::string out;
  contract::render_observation(out, value);
  EXPECT_TRUE(Json::parse(out).at("v").is_null());
}

// Once the buffer has grown, rendering asks for no more memory.
TEST(Documents, a_warm_buffer_is_reused) {
  std::string out;
  contract::render_alarm(out, samples::alarm(), samples::bed_envelope());
  const std::string first = out;
  const char* const place = out.data();
  contract::render_alarm(out, samples::alarm(), samples::bed_envelope());
  EXPECT_EQ(out, first);
  EXPECT_EQ(out.data(), place);
}

}  // namespace
