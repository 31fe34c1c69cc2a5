#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "daemon/contract/documents.hpp"
#include "tests/unit/contract/samples.hpp"

namespace {

using alarms::Alarm;

std::string render(const Alarm& alarm, const contract::Envelope& envelope = samples::bed_envelope()) {
  std::string out;
  contract::render_alarm(out, alarm, envelope);
  return out;
}

TEST(AlarmDocument, is_what_the_contract_shows) {
  EXPECT_EQ(
      render(samples::alarm()),
      R"({"schema":"vitals.alarm/1","id":"01JD3N6T7Q8R9S0TAVWXYZ1234","cond":"spo2-low","rev":4,"rev_prio":4,)"
      R"("phase":"escalate","state":"active","kind":"phys","prio":"high","prio_initial":"medium",)"
      R"("ack":"unacked","ack_by":null,"ack_at":null,"resp":"undefined","resp_by":null,)"
      R"("audio":"on","audio_until":null,"latch":"visual","inhibit":null,)"
      R"("metric":"spo2","v":86,"worst":84,"limit":92,"limit_crit":88,"side":"low","u":"%","data":"fresh",)"
      R"("t_cond":1764000000700,"t_on":1764000015700,"t_chg":1764000031000,"t_call":1764000031000,)"
      R"("t_end":null,"delay_s":15,)"
      R"("text":"SpO2 86 < 88 %","advice":"check patient and probe","audience":"bed",)"
      R"("t_src":1764000030600,"t_rx":1764000031000,"dose_mg":21.4,"dose_mg_kg":0.31,)"
      R"("origin":"daemon","src":"mon1","bed":"b3","unit":"pain","session":"s-7Q2K","phase_bed":"infusing",)"
      R"("node":"gw1","boot":"9f3c","seq":8130,"ts":1764000031010,"sim":false,"clk":"sync"})");
}

TEST(AlarmDocument, an_ended_one_says_when_and_why) {
  Alarm alarm = samples::alarm();
  alarm.state = alarms::State::inactive;
  alarm.t_end = vitals::wall_from_unix_ms(1'764'000'091'000);
  alarm.end_reason = alarms::EndReason::session_end;
  EXPECT_NE(render(alarm).find(R"("t_end":1764000091000,"end_reason":"session-end",)"), std::string::npos);
}

TEST(AlarmDocument, without_a_session_there_is_no_dose) {
  Alarm alarm = samples::alarm();
  alarm.session.clear();
  alarm.dose_mg.reset();
  alarm.dose_mg_per_kg.reset();
  const std::string json = render(alarm);
  EXPECT_EQ(json.find("dose"), std::string::npos);
  EXPECT_NE(json.find(R"("session":null)"), std::string::npos);
}

TEST(AlarmDocument, a_node_alarm_names_no_bed) {
  const std::string json = render(samples::alarm(), samples::node_envelope());
  EXPECT_EQ(json.find(R"("bed":)"), std::string::npos);
  EXPECT_EQ(json.find(R"("session":)"), std::string::npos);
}

TEST(AlarmDocument, a_simulated_source_colours_it_whatever_the_envelope_says) {
  Alarm alarm = samples::alarm();
  alarm.sim = true;
  EXPECT_NE(render(alarm).find(R"("sim":true)"), std::string::npos);
}

TEST(AlarmDocument, who_wrote_it_is_read_back) {
  const auto stored = contract::parse_alarm(render(samples::alarm()));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->node, "gw1");
  EXPECT_EQ(stored->boot, "9f3c");
  EXPECT_EQ(stored->seq, 8130U);
  EXPECT_EQ(stored->unit, "pain");
  EXPECT_EQ(stored->bed, "b3");
  EXPECT_EQ(vitals::unix_ms(stored->ts), 1'764'000'031'010);
}

TEST(AlarmDocument, the_monitors_own_code_is_there_only_for_its_alarms) {
  EXPECT_EQ(render(samples::alarm()).find("src_code"), std::string::npos);
  Alarm alarm = samples::alarm();
  alarm.origin = alarms::Origin::monitor;
  alarm.src_code = "196670/150456";
  const auto stored = contract::parse_alarm(render(alarm));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->src_code, "196670/150456");
  EXPECT_EQ(stored->alarm.origin, alarms::Origin::monitor);
}

// ---- round trip ----

template <typename Word>
rc::Gen<Word> word(Word last) {
  return rc::gen::map(rc::gen::inRange(0, static_cast<int>(last) + 1),
                      [](int i) { return static_cast<Word>(i); });
}
rc::Gen<std::string> plain_text() { return rc::gen::container<std::string>(rc::gen::inRange(' ', '\x7F')); }
rc::Gen<std::string> condition() {
  return rc::gen::nonEmpty(
      rc::gen::resize(20, rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcz019-")))));
}
rc::Gen<vitals::WallTime> wall() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000), vitals::wall_from_unix_ms);
}
rc::Gen<double> figure() {
  return rc::gen::map(rc::gen::inRange(-100'000, 1'000'000), [](int i) { return i / 100.0; });
}
template <typename T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
  return *rc::gen::arbitrary<bool>() ? std::optional<T>(*gen) : std::nullopt;
}

struct Texts {
  std::string condition, source, advice;
};

Alarm any_alarm(Texts& texts) {
  texts = {*condition(), *plain_text(), *plain_text()};
  Alarm alarm;
  const auto digits = *rc::gen::container<std::string>(
      25, rc::gen::elementOf(std::string("0123456789ABCDEFGHJKMNPQRSTVWXYZ")));
  alarm.id = samples::episode("0" + digits);
  alarm.condition = texts.condition;
  alarm.source = texts.source;
  alarm.advice = texts.advice;
  alarm.rev = *rc::gen::arbitrary<std::uint64_t>();
  alarm.rev_priority = *rc::gen::arbitrary<std::uint64_t>();
  alarm.change = *word(alarms::Change::reset);
  alarm.state = *word(alarms::State::latched);
  alarm.kind = *word(alarms::Kind::technical);
  alarm.priority = *word(alarms::Priority::high);
  alarm.priority_initial = *word(alarms::Priority::high);
  alarm.origin = *word(alarms::Origin::nurse);
  alarm.audience = *word(alarms::Audience::second);
  alarm.data = *word(alarms::Data::lost);
  alarm.side = *word(alarms::Side::high);
  alarm.end_reason = *word(alarms::EndReason::config);
  alarm.acked = *rc::gen::arbitrary<bool>();
  alarm.latches = *rc::gen::arbitrary<bool>();
  alarm.questionable = *rc::gen::arbitrary<bool>();
  alarm.sim = *rc::gen::arbitrary<bool>();
  alarm.device.silenced = *rc::gen::arbitrary<bool>();
  alarm.device.unsure = *rc::gen::arbitrary<bool>();
  alarm.device.priority_assumed = *rc::gen::arbitrary<bool>();
  alarm.acked_by = *plain_text();
  alarm.acked_at = maybe(wall());
  alarm.audio = *word(alarms::Audio::paused);
  alarm.audio_until = maybe(wall());
  alarm.audio_by = *plain_text();
  alarm.response = *word(alarms::Response::rejected);
  alarm.response_by = *plain_text();
  alarm.inhibit = *word(alarms::Inhibit::shelved);
  alarm.metric = maybe(word(vitals::Metric::temp));
  alarm.value = maybe(figure());
  alarm.worst = maybe(figure());
  alarm.limit = maybe(figure());
  alarm.limit_critical = maybe(figure());
  alarm.text = *plain_text();
  alarm.t_condition = *wall();
  alarm.t_on = *wall();
  alarm.t_change = *wall();
  alarm.t_call = maybe(wall());
  alarm.t_end = maybe(wall());
  alarm.t_src = maybe(wall());
  alarm.t_rx = maybe(wall());
  alarm.on_delay = vitals::Milliseconds{*rc::gen::inRange(0, 86'400'000)};
  alarm.phase = *word(vitals::Phase::ended);
  alarm.session = *plain_text();
  alarm.dose_mg = maybe(rc::gen::map(rc::gen::inRange(0, 10'000), [](int i) { return i / 10.0; }));
  alarm.dose_mg_per_kg = maybe(rc::gen::map(rc::gen::inRange(0, 1'000), [](int i) { return i / 100.0; }));
  return alarm;
}

// Rendering is a function of every field, so equal bytes mean equal fields; the few checks by name make sure
// that rendering itself leaves nothing out that the engine lives by.
TEST(AlarmDocument, what_is_shelved_is_information_and_says_what_it_is_below) {
  alarms::Alarm alarm = samples::alarm();
  alarm.inhibit = alarms::Inhibit::shelved;
  std::string out;
  contract::render_alarm(out, alarm, samples::bed_envelope());
  EXPECT_NE(out.find(R"("prio":"info","prio_unshelved":"high",)"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("inhibit":"shelved")"), std::string::npos);
  const auto back = contract::parse_alarm(out);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->alarm.priority, alarms::Priority::high);
  EXPECT_EQ(back->alarm.shown(), alarms::Priority::info);
}

RC_GTEST_PROP(AlarmDocumentProperty, reading_back_restores_every_field, ()) {
  Texts texts;
  const Alarm alarm = any_alarm(texts);
  const std::string json = render(alarm);
  auto stored = contract::parse_alarm(json);
  RC_ASSERT(stored.has_value());
  Alarm& back = stored->alarm;
  RC_ASSERT(back.condition.empty());
  RC_ASSERT(back.id == alarm.id);
  RC_ASSERT(back.rev == alarm.rev);
  RC_ASSERT(back.rev_priority == alarm.rev_priority);
  RC_ASSERT(back.state == alarm.state);
  RC_ASSERT(back.priority == alarm.priority);
  RC_ASSERT(back.acked == alarm.acked);
  RC_ASSERT(back.acked_by == alarm.acked_by);
  RC_ASSERT(back.acked_at == alarm.acked_at);
  RC_ASSERT(back.audio == alarm.audio);
  RC_ASSERT(back.audio_until == alarm.audio_until);
  RC_ASSERT(back.audio_by == alarm.audio_by);
  RC_ASSERT(back.t_call == alarm.t_call);
  RC_ASSERT(back.response == alarm.response);
  RC_ASSERT(back.response_by == alarm.response_by);
  RC_ASSERT(back.inhibit == alarm.inhibit);
  RC_ASSERT(back.priority == alarm.priority);
  RC_ASSERT(back.latches == alarm.latches);
  RC_ASSERT(back.questionable == alarm.questionable);
  RC_ASSERT(back.worst == alarm.worst);
  RC_ASSERT(back.on_delay == alarm.on_delay);
  RC_ASSERT(back.t_end == alarm.t_end);
  RC_ASSERT(back.end_reason == alarm.end_reason);
  RC_ASSERT(back.sim == alarm.sim);
  RC_ASSERT(back.device.silenced == alarm.device.silenced);
  RC_ASSERT(back.device.unsure == alarm.device.unsure);
  RC_ASSERT(back.device.priority_assumed == alarm.device.priority_assumed);
  back.condition = stored->condition;
  back.source = stored->source;
  back.advice = stored->advice;
  RC_ASSERT(render(back) == json);
}

// ---- hostile input ----

RC_GTEST_PROP(AlarmDocumentProperty, survives_any_bytes, (const std::string& bytes)) {
  RC_ASSERT(!contract::parse_alarm(bytes).has_value());
}

RC_GTEST_PROP(AlarmDocumentProperty, survives_any_damage, ()) {
  std::string json = render(samples::alarm());
  const auto hits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < hits; ++i) {
    const auto where = *rc::gen::inRange<std::size_t>(0, json.size());
    if (*rc::gen::arbitrary<bool>()) {
      json[where] = *rc::gen::arbitrary<char>();
    } else {
      json.erase(where, *rc::gen::inRange<std::size_t>(1, 40));
    }
    if (json.empty()) break;
  }
  if (const auto stored = contract::parse_alarm(json)) RC_ASSERT(!stored->condition.empty());
}

TEST(AlarmDocument, words_it_does_not_know_make_it_no_alarm) {
  const std::string good = render(samples::alarm());
  const auto with = [&good](std::string_view from, std::string_view to) {
    std::string json = good;
    json.replace(json.find(from), from.size(), to);
    return contract::parse_alarm(json).has_value();
  };
  ASSERT_TRUE(with("active", "latched"));
  EXPECT_FALSE(with("vitals.alarm/1", "vitals.alarm/2"));
  EXPECT_FALSE(with("\"active\"", "\"silent\""));
  EXPECT_FALSE(with("\"high\"", "\"urgent\""));
  EXPECT_FALSE(with("\"unacked\"", "\"\""));
  EXPECT_FALSE(with("\"spo2\"", "\"sp02\""));
  EXPECT_FALSE(with("\"low\"", "\"left\""));
  EXPECT_FALSE(with("infusing", "sleeping"));
  EXPECT_FALSE(with("01JD3N6T7Q8R9S0TAVWXYZ1234", "01JD3N6T7Q8R9S0TAVWXYZ123U"));
  EXPECT_FALSE(with("\"rev\":4", "\"rev\":-4"));
  EXPECT_FALSE(with("\"delay_s\":15", "\"delay_s\":1e300"));
  EXPECT_FALSE(with("\"t_on\":1764000015700", "\"t_on\":null"));
  EXPECT_FALSE(with("\"rev\":4", "\"rev\":4,\"rev\":5")) << "one key twice has no one meaning";
}

}  // namespace
