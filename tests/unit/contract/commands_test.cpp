#include "daemon/contract/commands.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace {

using namespace contract;
using Json = nlohmann::json;

constexpr std::int64_t now_ms = 1'764'000'040'000;
const vitals::WallTime now = vitals::wall_from_unix_ms(now_ms);
constexpr const char* episode = "01JD3N6T7Q8R9S0TAVWXYZ1234";

Json command(const std::string& verb, Json args = Json::object()) {
  return {{"schema", "vitals.cmd/1"},
          {"cmd_id", "01JD3N7B2V4X6Z8A0C2E4G6J8K"},
          {"verb", verb},
          {"issued_at", now_ms},
          {"ttl_s", 30},
          {"actor", "rn-17"},
          {"station", "ns-2"},
          {"args", std::move(args)}};
}
Json ack() {
  Json json = command("ack", {{"note", "at bedside"}});
  json["target"] = {{"cond", "spo2-low"}, {"id", episode}, {"rev", 4}};
  return json;
}

Parsed parse(const Json& json, vitals::WallTime at = now, bool retained = false, bool synced = true) {
  return parse_command(json.value("verb", "ack"), "ns-2", json.dump(), retained, at, synced);
}

template <typename Kind>
Kind accepted(const Json& json) {
  const Parsed parsed = parse(json);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) ADD_FAILURE() << refusal->text;
  const auto* out = std::get_if<Command>(&parsed);
  if (out == nullptr || !std::holds_alternative<Kind>(out->request)) {
    ADD_FAILURE() << "not accepted as that kind: " << json.dump();
    return {};
  }
  return std::get<Kind>(out->request);
}

Refusal refused(const Parsed& parsed) {
  const auto* refusal = std::get_if<Refusal>(&parsed);
  if (refusal == nullptr) {
    ADD_FAILURE() << "was accepted";
    return {};
  }
  EXPECT_FALSE(refusal->text.empty()) << "a refusal says what would be right";
  return *refusal;
}
std::string status(const Parsed& parsed) { return refused(parsed).status; }

TEST(Command, an_acknowledgement_names_one_episode_at_one_revision) {
  const Parsed parsed = parse(ack());
  ASSERT_TRUE(std::holds_alternative<Command>(parsed)) << std::get<Refusal>(parsed).text;
  const auto& out = std::get<Command>(parsed);
  EXPECT_EQ(out.command_id, "01JD3N7B2V4X6Z8A0C2E4G6J8K");
  EXPECT_EQ(out.verb, "ack");
  EXPECT_EQ(out.client, "ns-2");
  EXPECT_EQ(out.actor, "rn-17");
  EXPECT_EQ(out.reason, "at bedside");
  EXPECT_EQ(out.ttl, vitals::Milliseconds{30'000});
  const auto& target = std::get<Ack>(out.request).target;
  EXPECT_EQ(target.condition, "spo2-low");
  EXPECT_EQ(target.id, episode);
  EXPECT_EQ(target.rev, 4U);
}

TEST(Command, an_acknowledgement_without_exact_target_is_invalid) {
  for (const Json& target :
       {Json(), Json::object(), Json{{"id", episode}}, Json{{"rev", 4}}, Json{{"id", episode}, {"rev", 0}},
        Json{{"id", episode}, {"rev", -1}}, Json{{"id", episode}, {"rev", 4.5}},
        Json{{"id", episode}, {"rev", "4"}}, Json{{"id", "spo2-low"}, {"rev", 4}},
        Json{{"id", episode}, {"rev", 4}, {"cond", "SpO2/#"}}}) {
    Json json = ack();
    json["target"] = target;
    EXPECT_EQ(status(parse(json)), "invalid") << target.dump();
  }
}

TEST(Command, reset_may_leave_out_the_revision) {
  Json json = command("reset");
  json["target"] = {{"id", episode}};
  EXPECT_EQ(accepted<Reset>(json).target.rev, 0U);
}

TEST(Command, retained_is_refused_whatever_it_says) {
  const Refusal refusal = refused(parse(ack(), now, true));
  EXPECT_EQ(refusal.status, "refused");
  EXPECT_EQ(refusal.command_id, "01JD3N7B2V4X6Z8A0C2E4G6J8K");
  EXPECT_EQ(status(parse_command("ack", "ns-2", "not json", true, now, true)), "refused");
}

TEST(Command, age_is_judged_to_the_millisecond) {
  using std::chrono::milliseconds;
  EXPECT_TRUE(std::holds_alternative<Command>(parse(ack(), now + milliseconds{30'000})));
  EXPECT_EQ(status(parse(ack(), now + milliseconds{30'001})), "expired");
  EXPECT_TRUE(std::holds_alternative<Command>(parse(ack(), now - milliseconds{5'000})));
  EXPECT_EQ(status(parse(ack(), now - milliseconds{5'001})), "refused");
}

TEST(Command, age_is_not_judged_by_a_clock_that_is_wrong) {
  EXPECT_TRUE(std::holds_alternative<Command>(parse(ack(), now + std::chrono::hours{10}, false, false)));
  EXPECT_TRUE(std::holds_alternative<Command>(parse(ack(), now - std::chrono::hours{10}, false, false)));
}

TEST(Command, times_that_are_none_are_invalid) {
  for (const Json& issued : {Json(), Json("now"), Json(-1), Json(1.5), Json(INT64_MAX), Json(UINT64_MAX)}) {
    Json json = ack();
    json["issued_at"] = issued;
    EXPECT_EQ(status(parse(json)), "invalid") << issued.dump();
  }
  for (const Json& ttl : {Json(0), Json(-30), Json(61), Json("30"), Json(1e300)}) {
    Json json = ack();
    json["ttl_s"] = ttl;
    EXPECT_EQ(status(parse(json)), "invalid") << ttl.dump();
  }
}

TEST(Command, the_station_must_be_the_login_of_the_topic) {
  Json json = ack();
  json["station"] = "ns-3";
  EXPECT_EQ(status(parse(json)), "unauthorised");
  json.erase("station");
  EXPECT_EQ(status(parse(json)), "unauthorised");
}

TEST(Command, form_is_checked) {
  const auto with = [](const char* key, const Json& value) {
    Json json = ack();
    json[key] = value;
    return status(parse_command("ack", "ns-2", json.dump(), false, now, true));
  };
  EXPECT_EQ(with("schema", "vitals.cmd/2"), "invalid");
  EXPECT_EQ(with("cmd_id", "short"), "invalid");
  EXPECT_EQ(with("cmd_id", "01JD3N7B2V4X6Z8A0C2E4G6J8K; drop"), "invalid");
  EXPECT_EQ(with("cmd_id", 17), "invalid");
  EXPECT_EQ(with("verb", "reset"), "invalid");
  EXPECT_EQ(with("actor", std::string(65, 'x')), "invalid");
  EXPECT_EQ(with("args", Json::array()), "invalid");
  EXPECT_EQ(with("args", Json{{"reason", 5}}), "invalid");
}

TEST(Command, an_unknown_verb_is_answered_with_the_known_ones) {
  const Refusal refusal = refused(parse(command("silence-all")));
  EXPECT_EQ(refusal.status, "invalid");
  EXPECT_NE(refusal.text.find("infusion-stop"), std::string::npos);
}

TEST(Command, an_argument_that_the_verb_does_not_have_is_not_ignored) {
  const Refusal refusal = refused(parse(command("infusion-start", {{"weight", 70}})));
  EXPECT_EQ(refusal.status, "invalid");
  EXPECT_NE(refusal.text.find("args.weight"), std::string::npos);
}

TEST(Command, received_takes_its_list_from_args_or_args_itself) {
  const Json list = {{{"id", episode}, {"rev", 4}}};
  EXPECT_EQ(accepted<Received>(command("received", {{"list", list}})).list.size(), 1U);
  EXPECT_EQ(accepted<Received>(command("received", list)).list.at(0).rev, 4U);
  EXPECT_TRUE(accepted<Received>(command("received", {{"list", Json::array()}})).list.empty());
  EXPECT_TRUE(accepted<Received>(command("received", Json::array())).list.empty());
  EXPECT_EQ(status(parse(command("received"))), "invalid");
  EXPECT_EQ(status(parse(command("received", {{"list", {1, 2}}}))), "invalid");
}

TEST(Command, session_and_infusion_start) {
  const auto session = accepted<infusion::SessionStart>(
      command("session-start", {{"session", "s-1"}, {"at", now_ms}, {"kg", 70}}));
  EXPECT_EQ(session.session, "s-1");
  EXPECT_EQ(session.at, now);
  EXPECT_EQ(session.kg, 70);

  const auto start = accepted<infusion::InfusionStart>(command("infusion-start", {{"mg_per_kg", 0.5},
                                                                                  {"kg", 70},
                                                                                  {"conc_mg_ml", 2},
                                                                                  {"rate", 17.5},
                                                                                  {"rate_unit", "mL/h"},
                                                                                  {"planned_min", 60},
                                                                                  {"confirm", true}}));
  EXPECT_EQ(start.mg_per_kg, 0.5);
  EXPECT_EQ(start.conc_mg_ml, 2);
  ASSERT_TRUE(start.rate);
  EXPECT_EQ(start.rate->unit, infusion::RateUnit::ml_per_h);
  EXPECT_EQ(start.rate->value, 17.5);
  EXPECT_EQ(start.planned, vitals::Milliseconds{3'600'000});
  EXPECT_TRUE(start.confirmed);
  EXPECT_EQ(start.by, "command");
}

TEST(Command, a_rate_without_unit_is_no_rate) {
  EXPECT_EQ(status(parse(command("infusion-rate", {{"rate", 5}}))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-rate", {{"rate_unit", "mL/h"}}))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-rate", {{"rate", 5}, {"rate_unit", "ml/h"}}))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-rate"))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-start", {{"kg", 70}, {"rate", 5}}))), "invalid");
  const auto rate =
      accepted<InfusionRate>(command("infusion-rate", {{"rate", 5}, {"rate_unit", "mcg/kg/min"}}));
  EXPECT_EQ(rate.rate.unit, infusion::RateUnit::mcg_per_kg_min);
  EXPECT_FALSE(rate.confirmed);
}

TEST(Command, a_bolus_is_told_in_one_way) {
  EXPECT_EQ(status(parse(command("infusion-bolus"))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-bolus", {{"kg", 70}}))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-bolus", {{"mg", 14}, {"mg_per_kg", 0.2}}))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-bolus", {{"mg", 0}}))), "invalid");
  EXPECT_EQ(status(parse(command("infusion-bolus", {{"mg", 14}, {"rate", 1}}))), "invalid");
  const auto in_mg = accepted<InfusionBolus>(command("infusion-bolus", {{"mg", 14}, {"kg", 70}}));
  EXPECT_EQ(in_mg.bolus, (infusion::HandBolus{14, {}, 70}));
  EXPECT_FALSE(in_mg.confirmed);
  const auto by_weight =
      accepted<InfusionBolus>(command("infusion-bolus", {{"mg_per_kg", 0.5}, {"confirm", true}}));
  EXPECT_EQ(by_weight.bolus, (infusion::HandBolus{{}, 0.5, {}}));
  EXPECT_TRUE(by_weight.confirmed);
}

TEST(Command, absurd_figures_are_invalid) {
  for (const Json& kg : {Json(0), Json(-70), Json(1e7), Json("70"), Json(true)})
    EXPECT_EQ(status(parse(command("infusion-start", {{"kg", kg}}))), "invalid") << kg.dump();
  EXPECT_EQ(status(parse(command("infusion-start", {{"planned_min", 1e6}}))), "invalid");
  for (const char* number : {"NaN", "Infinity", "1e999"}) {
    std::string json = command("infusion-start", {{"kg", 7777}}).dump();
    json.replace(json.find("7777"), 4, number);
    EXPECT_EQ(status(parse_command("infusion-start", "ns-2", json, false, now, true)), "invalid") << number;
  }
}

TEST(Command, baseline_takes_either_name_of_the_rate) {
  const auto set = accepted<BaselineSet>(command("baseline-set", {{"hr", 72}, {"sbp", 128}, {"dbp", 78}}));
  EXPECT_EQ(set.baseline.rate, 72);
  EXPECT_EQ(set.baseline.sbp, 128);
  EXPECT_FALSE(set.baseline.spo2);
  EXPECT_TRUE(set.baseline.overridden);
  EXPECT_EQ(accepted<BaselineSet>(command("baseline-set", {{"rate", 71}})).baseline.rate, 71);
  EXPECT_EQ(status(parse(command("baseline-set", {{"rate", 71}, {"hr", 72}}))), "invalid");
  EXPECT_EQ(status(parse(command("baseline-set"))), "invalid");
}

TEST(Command, patient_confirm) {
  EXPECT_TRUE(accepted<PatientConfirm>(command("patient-confirm", {{"patient", "same"}})).same);
  EXPECT_FALSE(accepted<PatientConfirm>(command("patient-confirm", {{"patient", "new"}})).same);
  EXPECT_EQ(status(parse(command("patient-confirm"))), "invalid");
  EXPECT_EQ(status(parse(command("patient-confirm", {{"patient", true}}))), "invalid");
}

TEST(Command, every_item_can_be_observed_and_is_read_by_its_form) {
  for (const infusion::ItemFacts& facts : infusion::items()) {
    Json value = facts.most;
    if (facts.form == infusion::Form::flag) value = true;
    if (facts.form == infusion::Form::word) value = facts.words.back();
    const auto seen =
        accepted<infusion::NurseObservation>(command("observe", {{std::string(facts.key), value}}));
    EXPECT_EQ(seen[facts.item], facts.most) << facts.key;
    EXPECT_EQ(
        std::count_if(seen.values.begin(), seen.values.end(), [](const auto& v) { return v.has_value(); }),
        1);
    for (const Json& wrong : {Json(facts.most + 1), Json("maybe"), Json::array()}) {
      const Refusal refusal = refused(parse(command("observe", {{std::string(facts.key), wrong}})));
      EXPECT_EQ(refusal.status, "invalid");
      EXPECT_EQ(refusal.text, "args." + std::string(facts.key) + " must be " + what_fits(facts));
    }
  }
}

TEST(Command, observe_with_time_and_actions) {
  const auto seen = accepted<infusion::NurseObservation>(
      command("observe", {{"rass", -2}, {"t_obs", now_ms - 60'000}, {"actions", {"reassure", "call"}}}));
  EXPECT_EQ(seen.at, vitals::wall_from_unix_ms(now_ms - 60'000));
  EXPECT_EQ(seen.actions, 1U | 1U << 7U);
  EXPECT_EQ(status(parse(command("observe"))), "invalid");
  EXPECT_EQ(status(parse(command("observe", {{"t_obs", now_ms}}))), "invalid");
  EXPECT_EQ(status(parse(command("observe", {{"actions", Json::array()}}))), "invalid");
  EXPECT_EQ(status(parse(command("observe", {{"actions", {"pray"}}}))), "invalid");
  EXPECT_EQ(status(parse(command("observe", {{"actions", "call"}}))), "invalid");
  EXPECT_EQ(status(parse(command("observe", {{"mood", 3}, {"pain", 3}}))), "invalid");
}

TEST(Command, a_checklist_is_answered_by_yes_and_no) {
  const std::vector<infusion::Answer> answers{{"liver", false}, {"psychosis", true}};
  const Json json{{"psychosis", true}, {"liver", false}};
  EXPECT_EQ(accepted<infusion::SessionStart>(command("session-start", {{"checklist", json}})).checklist,
            answers);
  EXPECT_EQ(accepted<Checklist>(command("checklist", {{"answers", json}})).answers, answers);
  for (const Json& wrong : {Json::array(), Json{{"liver", "no"}}, Json{{"Liver", false}}, Json::object()})
    EXPECT_EQ(status(parse(command("checklist", {{"answers", wrong}}))), "invalid") << wrong.dump();
  Json many = Json::object();
  for (std::size_t i = 0; i <= infusion::answers_max; ++i) many["item-" + std::to_string(i)] = false;
  EXPECT_EQ(status(parse(command("checklist", {{"answers", many}}))), "invalid");
}

TEST(Command, a_session_may_be_n_of_m_of_a_series) {
  const auto start = accepted<infusion::SessionStart>(
      command("session-start", {{"series", "k-41"}, {"n", 3}, {"m", 6}, {"interval_days", 3.5}}));
  EXPECT_EQ(start.series, (infusion::SeriesPlace{"k-41", 3, 6, 3.5}));
  for (const Json& wrong : {Json{{"series", 5}}, Json{{"series", "k"}, {"interval_days", 0}},
                            Json{{"series", "k"}, {"interval_days", 367}}, Json{{"series", "k"}, {"n", 0}},
                            Json{{"series", "k"}, {"m", 1000}}, Json{{"series", "k"}, {"n", 1.5}}})
    EXPECT_EQ(status(parse(command("session-start", wrong))), "invalid") << wrong.dump();
}

TEST(Command, the_scale_of_spo2_is_1_or_2) {
  EXPECT_EQ(accepted<infusion::SessionStart>(command("session-start", {{"spo2_scale", 2}})).spo2_scale,
            infusion::Spo2Scale::two);
  EXPECT_FALSE(accepted<infusion::SessionStart>(command("session-start")).spo2_scale);
  for (const Json& wrong : {Json(0), Json(3), Json("2"), Json(true), Json(1.5)})
    EXPECT_EQ(status(parse(command("session-start", {{"spo2_scale", wrong}}))), "invalid") << wrong.dump();
}

TEST(Command, a_note_is_a_text_and_is_never_cut) {
  EXPECT_EQ(accepted<Note>(command("note", {{"text", "asked for water"}})).text, "asked for water");
  EXPECT_EQ(accepted<Note>(command("note", {{"text", std::string(note_bytes_max, 'x')}})).text.size(),
            note_bytes_max);
  EXPECT_EQ(status(parse(command("note", {{"text", std::string(note_bytes_max + 1, 'x')}}))), "invalid");
  EXPECT_EQ(status(parse(command("note", {{"text", ""}}))), "invalid");
  EXPECT_EQ(status(parse(command("note"))), "invalid");
}

TEST(Command, bare_verbs) {
  accepted<Resync>(command("resync"));
  accepted<InfusionHold>(command("infusion-hold", {{"reason", "bag change"}}));
  accepted<InfusionResume>(command("infusion-resume"));
  accepted<InfusionStop>(command("infusion-stop"));
  accepted<SessionEnd>(command("session-end"));
}

TEST(Command, free_text_is_cut_between_characters) {
  std::string note;
  for (int i = 0; i < 400; ++i) note += "ä";
  const Parsed parsed = parse(command("infusion-stop", {{"reason", note}}));
  const auto& reason = std::get<Command>(parsed).reason;
  EXPECT_EQ(reason.size(), reason_bytes_max);
  EXPECT_EQ(note.substr(0, reason.size()), reason);
  const Parsed odd = parse(command("infusion-stop", {{"reason", "x" + note}}));
  EXPECT_EQ(std::get<Command>(odd).reason.size(), reason_bytes_max - 1);
}

TEST(Command, size_and_depth_are_bounded_before_parsing) {
  Json json = ack();
  json["args"]["note"] = std::string(command_bytes_max, 'x');
  EXPECT_EQ(status(parse(json)), "refused");
  for (const char bracket : {'[', '{'})
    EXPECT_EQ(status(parse_command("ack", "ns-2", std::string(command_bytes_max, bracket), false, now, true)),
              "invalid");
  const auto with_depth =
      [](std::size_t depth) {  // a member that no rule knows, so that only its depth counts
        std::string text = ack().dump();
        text.pop_back();
        text += ",\"extra\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
        return parse_command("ack", "ns-2", text, false, now, true);
      };
  EXPECT_TRUE(std::holds_alternative<Command>(with_depth(15)));
  EXPECT_EQ(status(with_depth(16)), "invalid");
  EXPECT_EQ(status(with_depth(3000)), "invalid");
}

TEST(Command, a_key_given_twice_has_no_one_meaning) {
  std::string json = command("infusion-rate", {{"rate", 5}, {"rate_unit", "mL/h"}}).dump();
  json.replace(json.find("\"rate\":5"), 8, "\"rate\":5,\"rate\":50");
  EXPECT_EQ(status(parse_command("infusion-rate", "ns-2", json, false, now, true)), "invalid");
}

RC_GTEST_PROP(CommandProperty, survives_any_bytes, (const std::string& bytes)) {
  RC_ASSERT(std::holds_alternative<Refusal>(parse_command("ack", "ns-2", bytes, false, now, true)));
}

RC_GTEST_PROP(CommandProperty, survives_any_damage, ()) {
  std::string json = ack().dump();
  for (int hits = *rc::gen::inRange(1, 6); hits > 0 && !json.empty(); --hits) {
    const auto where = *rc::gen::inRange<std::size_t>(0, json.size());
    json[where] = *rc::gen::arbitrary<char>();
  }
  const Parsed parsed = parse_command("ack", "ns-2", json, false, now, true);
  if (const auto* out = std::get_if<Command>(&parsed))
    RC_ASSERT(std::get<Ack>(out->request).target.id.size() == 26U);
}

// The same lines are judged by the JSON Schema (validate_schemas.py): what one accepts the other accepts.
TEST(Command, agrees_with_the_schema_examples) {
  std::ifstream file(VITALSD_COMMAND_EXAMPLES);
  ASSERT_TRUE(file) << VITALSD_COMMAND_EXAMPLES;
  unsigned lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const Json example = Json::parse(line);
    const Json& document = example.at("command");
    const bool taken = std::holds_alternative<Command>(parse(document));
    EXPECT_EQ(taken, example.at("valid").get<bool>()) << line;
  }
  EXPECT_GT(lines, 10U);
}

TEST(StationStatus, online_and_offline) {
  const auto online = parse_station_status(
      R"({"schema":"vitals.station/1","station":"ns-2","state":"online","boot":"a","conn":1,"ts":1})");
  ASSERT_TRUE(online);
  EXPECT_EQ(online->station, "ns-2");
  EXPECT_TRUE(online->online);
  const auto offline =
      parse_station_status(R"({"schema":"vitals.station/1","station":"ns-2","state":"offline"})");
  ASSERT_TRUE(offline);
  EXPECT_FALSE(offline->online);
}

TEST(StationStatus, anything_else_is_none) {
  for (const char* wrong :
       {"", "online", "[]", R"({"schema":"vitals.node/1","station":"ns-2","state":"online"})",
        R"({"schema":"vitals.station/1","station":"NS 2","state":"online"})",
        R"({"schema":"vitals.station/1","station":"ns-2","state":"degraded"})",
        R"({"schema":"vitals.station/1","station":"ns-2"})"})
    EXPECT_FALSE(parse_station_status(wrong)) << wrong;
}

}  // namespace
