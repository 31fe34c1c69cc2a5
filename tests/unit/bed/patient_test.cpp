// Another patient in mid-session: raised, never relabelled, and ended by a person alone.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using drivers::PatientEventKind;

struct PatientTest : OneBed {
  void SetUp() override {
    settings.salt = {1, 2};
    linked();
    named("4711", "V1");
    bed().session_start({}, now);
  }
  // Values of a patient.
  void named(std::string_view patient, std::string_view visit = {}) {
    drivers::Subject subject;
    subject.patient_id = patient;
    subject.visit_id = visit;
    bed().subject(0, subject);
    stay(97, 2);
  }
  void event(PatientEventKind kind, std::string_view patient, Place place, std::string_view visit = {},
             std::string_view gone = {}) {
    drivers::PatientEvent told;
    told.kind = kind;
    told.subject.patient_id = patient;
    told.subject.visit_id = visit;
    told.patient_id_gone = gone;
    told.rx = now;
    bed().patient_event(told, place);
  }
  std::optional<Priority> wrong() { return priority("wrong-patient"); }
  infusion::Verdict confirm(bool same) { return bed().patient_confirm(same, now).verdict; }
  void restart() {
    const infusion::View view_ = bed().session(now);
    const PatientRecord record = bed().patient();
    std::optional<Alarm> stored;
    if (alarm("wrong-patient") != nullptr) stored = *alarm("wrong-patient");
    bed_.reset();
    settings.salt = {3, 4};
    bed().restore_session(view_, now, &record);
    if (stored) {
      stored->condition = "wrong-patient";
      EXPECT_TRUE(bed().restore_alarm(*stored, now));
    }
    linked();
  }
};

TEST_F(PatientTest, another_id_in_the_values_is_high_at_once) {
  named("4711", "V1");
  EXPECT_FALSE(wrong());
  named("4712", "V1");
  EXPECT_EQ(wrong(), Priority::high);
  EXPECT_EQ(alarm("wrong-patient")->text, "the monitor names another patient");
}

TEST_F(PatientTest, another_visit_is_another_patient_too) {
  named("4711", "V2");
  EXPECT_EQ(wrong(), Priority::high);
}

TEST_F(PatientTest, blanks_around_an_id_and_an_id_not_told_say_nothing) {
  named(" 4711 ", "");
  named("", "");
  named("", "V1");
  EXPECT_FALSE(wrong());
}

TEST_F(PatientTest, a_first_identity_after_the_start_is_learned) {
  bed().session_end(now);
  wait(3600);
  bed().session_start({}, now);
  named("9999");
  EXPECT_FALSE(wrong()) << "who lay here an hour ago is not this session's patient";
  named("9999", "V7");
  EXPECT_FALSE(wrong());
  named("9998");
  EXPECT_EQ(wrong(), Priority::high);
}

TEST_F(PatientTest, without_a_session_nothing_is_said) {
  bed().session_end(now);
  named("4712");
  event(PatientEventKind::admit, "4713", Place::here);
  EXPECT_FALSE(wrong());
}

TEST_F(PatientTest, it_does_not_end_by_itself) {
  named("4712");
  named("4711", "V1");
  EXPECT_EQ(wrong(), Priority::high) << "who was it meanwhile?";
  bed().link(0, false, now);
  wait(600);
  EXPECT_EQ(wrong(), Priority::high);
  const Alarm* one = alarm("wrong-patient");
  EXPECT_EQ(bed().reset("wrong-patient", view(one->id), now).verdict, alarms::AckVerdict::refused);
}

TEST_F(PatientTest, same_goes_on_and_knows_the_new_name) {
  named("4712");
  EXPECT_EQ(confirm(true), infusion::Verdict::applied);
  EXPECT_FALSE(wrong());
  EXPECT_EQ(bed().session(now).phase, Phase::baseline);
  named("4712");
  EXPECT_FALSE(wrong());
  named("4711");
  EXPECT_EQ(wrong(), Priority::high);
}

TEST_F(PatientTest, new_ends_the_session_in_every_phase) {
  start_infusion();
  named("4712");
  EXPECT_EQ(confirm(false), infusion::Verdict::applied);
  EXPECT_FALSE(wrong());
  const auto ended = std::find_if(out.alarms.rbegin(), out.alarms.rend(),
                                  [](const Alarm& one) { return one.condition == "wrong-patient"; });
  ASSERT_NE(ended, out.alarms.rend());
  EXPECT_EQ(ended->end_reason, EndReason::session_end);
  EXPECT_EQ(bed().session(now).phase, Phase::none);
  EXPECT_TRUE(bed().session(now).session.empty());
  EXPECT_FALSE(bed().session(now).baseline);
  bed().session_start({}, now);
  named("4712");
  EXPECT_FALSE(wrong()) << "the patient of the next session is the one named";
}

TEST_F(PatientTest, with_nothing_to_confirm_it_is_refused) {
  EXPECT_EQ(confirm(true), infusion::Verdict::refused);
  EXPECT_EQ(confirm(false), infusion::Verdict::refused);
  EXPECT_EQ(bed().session(now).phase, Phase::baseline);
}

TEST_F(PatientTest, session_end_ends_it) {
  named("4712");
  bed().session_end(now);
  EXPECT_FALSE(wrong());
  EXPECT_EQ(out.alarms.back().end_reason, EndReason::session_end);
}

TEST_F(PatientTest, relative_rules_rest_and_absolute_ones_go_on) {
  set_baseline(117);
  start_infusion();
  const auto sbp_warn = [&] {
    for (const auto& one : bed().limits_in_force())
      if (one.id == LimitId::sbp_high) return one.limit.warn().limit().value_or(0);
    return 0.0;
  };
  EXPECT_NEAR(sbp_warn(), 140.4, 0.01);
  named("4712");
  EXPECT_EQ(sbp_warn(), 160);
  cuff(190, 90);
  EXPECT_EQ(priority("sbp-high"), Priority::high);
  confirm(true);
  EXPECT_NEAR(sbp_warn(), 140.4, 0.01);
}

TEST_F(PatientTest, administration_alone_is_medium_and_leaves_the_rules) {
  set_baseline(117);
  start_infusion();
  event(PatientEventKind::admit, "4713", Place::here);
  EXPECT_EQ(wrong(), Priority::medium);
  EXPECT_EQ(alarm("wrong-patient")->text, "the administration puts another patient into this bed");
  named("4713");
  EXPECT_EQ(wrong(), Priority::high) << "now the values say so too";
  EXPECT_EQ(count("wrong-patient", Change::start), 1U);
}

TEST_F(PatientTest, moved_or_discharged_is_asked_and_others_are_not_our_business) {
  event(PatientEventKind::discharge, "1", Place::here);
  event(PatientEventKind::transfer, "2", Place::another_bed);
  event(PatientEventKind::update, "3", Place::another_bed);
  event(PatientEventKind::update, "3", Place::unknown);
  event(PatientEventKind::cancel_admit, "3", Place::here);
  event(PatientEventKind::admit, "4711", Place::here, "V1");
  EXPECT_FALSE(wrong());
  event(PatientEventKind::transfer, "4711", Place::unknown);
  EXPECT_EQ(wrong(), Priority::medium);
  EXPECT_EQ(alarm("wrong-patient")->text, "the patient was moved away from this bed");
  confirm(true);
  EXPECT_FALSE(wrong());
  event(PatientEventKind::discharge, "4711", Place::here);
  EXPECT_EQ(wrong(), Priority::medium);
  EXPECT_EQ(bed().session(now).phase, Phase::baseline) << "a discharge ends no session";
}

TEST_F(PatientTest, an_update_is_asked_about_when_it_names_another_patient_visit_or_bed) {
  struct Update {
    std::string_view patient, visit;
    Place place;
    std::string_view asked;  // empty: nothing to ask
  };
  const std::string_view other = "the administration puts another patient into this bed";
  const std::string_view moved = "the patient was moved away from this bed";
  for (const Update& one : std::initializer_list<Update>{{"4711", "V1", Place::here, ""},
                                                         {"4711", "", Place::here, ""},
                                                         {"4711", "V1", Place::unknown, ""},
                                                         {"", "V1", Place::here, ""},
                                                         {"4712", "", Place::here, other},
                                                         {"4712", "V1", Place::here, other},
                                                         {"4711", "V2", Place::here, other},
                                                         {"4712", "V2", Place::unknown, ""},
                                                         {"4711", "", Place::another_bed, moved},
                                                         {"4711", "", Place::none, moved},
                                                         {"4712", "", Place::none, ""}}) {
    event(PatientEventKind::update, one.patient, one.place, one.visit);
    EXPECT_EQ(wrong().has_value(), !one.asked.empty()) << one.patient << ' ' << one.visit;
    if (wrong()) {
      EXPECT_EQ(wrong(), Priority::medium);
      EXPECT_EQ(alarm("wrong-patient")->text, one.asked);
    }
    bed().session_end(now);
    event(PatientEventKind::admit, "4711", Place::here, "V1");
    named("4711", "V1");
    bed().session_start({}, now);
  }
}

TEST_F(PatientTest, the_same_update_is_asked_about_once) {
  event(PatientEventKind::update, "4711", Place::here, "V2");
  EXPECT_EQ(wrong(), Priority::medium);
  confirm(true);
  event(PatientEventKind::update, "4711", Place::here, "V2");
  EXPECT_FALSE(wrong());
  named("4711", "V1");
  EXPECT_FALSE(wrong()) << "the monitor goes on with what it always said";
  event(PatientEventKind::update, "4711", Place::here, "V3");
  EXPECT_EQ(wrong(), Priority::medium);
}

TEST_F(PatientTest, a_cancel_says_who_lies_where_and_takes_no_question_back) {
  event(PatientEventKind::cancel_admit, "4711", Place::here);
  EXPECT_EQ(alarm("wrong-patient")->text,
            "the patient was discharged or never admitted, the session is open");
  confirm(true);
  event(PatientEventKind::cancel_transfer, "4711", Place::another_bed);
  EXPECT_EQ(alarm("wrong-patient")->text, "the patient was moved away from this bed");
  confirm(true);
  event(PatientEventKind::cancel_transfer, "4711", Place::here);
  event(PatientEventKind::cancel_discharge, "4711", Place::here);
  event(PatientEventKind::cancel_discharge, "4711", Place::unknown);
  EXPECT_FALSE(wrong());
  event(PatientEventKind::cancel_transfer, "4713", Place::here);
  EXPECT_EQ(wrong(), Priority::medium) << "another patient comes back to this bed";
  event(PatientEventKind::cancel_admit, "4713", Place::here);
  EXPECT_EQ(wrong(), Priority::medium) << "who lay here meanwhile?";
}

TEST_F(PatientTest, a_merge_is_the_same_patient_by_another_id) {
  event(PatientEventKind::merge, "5000", Place::unknown, {}, "4711");
  named("5000", "V1");
  EXPECT_FALSE(wrong());
  named("4711", "V1");
  EXPECT_EQ(wrong(), Priority::high);
}

TEST(PatientWatchTest, without_a_session_a_doubt_or_a_name_there_is_nothing_to_keep) {
  PatientWatch watch({1, 2}, {"mon1"});
  const Identity one = watch.identity_of("4711", "V1");
  EXPECT_FALSE(watch.values_elsewhere(0, one));
  EXPECT_FALSE(watch.confirm_same());
  watch.begin(vitals::MonoTime{});
  EXPECT_FALSE(watch.values_of(0, {}, vitals::MonoTime{}));
  EXPECT_FALSE(watch.confirm_same());
  EXPECT_TRUE(watch.values_of(0, one, vitals::MonoTime{}));
  EXPECT_FALSE(watch.values_elsewhere(0, {})) << "nobody's";
  EXPECT_EQ(text_of(Doubt::none), "");
}

TEST_F(PatientTest, whom_the_values_name_by_the_visit_alone_an_admission_may_name) {
  bed().session_end(now);
  wait(3600);
  named("", "V8");
  bed().session_start({}, now);
  event(PatientEventKind::admit, "4720", Place::here);
  EXPECT_FALSE(wrong()) << "an id says nothing against a visit";
}

TEST_F(PatientTest, a_restart_knows_whom_the_administration_has_put_here) {
  event(PatientEventKind::admit, "4713", Place::here);
  ASSERT_EQ(wrong(), Priority::medium);
  restart();
  EXPECT_EQ(confirm(true), infusion::Verdict::applied);
  event(PatientEventKind::admit, "4713", Place::here);
  EXPECT_FALSE(wrong());
}

TEST_F(PatientTest, whoever_compares_beds_hears_which_have_another_patient) {
  bed_.reset();
  settings.patient_changes = std::make_shared<PatientChanges>();
  linked();
  const PatientChanges& changes = *settings.patient_changes;
  const std::uint64_t seen = changes.count();
  bed().session_start({}, now);
  named("4711");
  ASSERT_GT(changes.count(), seen);
  std::vector<const Bed*> told;
  const auto tell = [&](const Bed& one) { told.push_back(&one); };
  EXPECT_TRUE(changes.since(seen, tell));
  EXPECT_EQ(told.size(), changes.count() - seen);
  EXPECT_EQ(told.front(), &bed());
  told.clear();
  EXPECT_TRUE(changes.since(changes.count(), tell));
  EXPECT_TRUE(told.empty());
  const std::uint64_t long_ago = changes.count();
  for (std::size_t i = 0; i <= PatientChanges::kept_max; ++i) settings.patient_changes->note(bed());
  EXPECT_FALSE(changes.since(long_ago, tell)) << "any bed may have changed";
}

TEST_F(PatientTest, an_event_that_names_nobody_says_nothing) {
  event(PatientEventKind::admit, " ", Place::here);
  event(PatientEventKind::discharge, "\"\"", Place::none);  // HL7: deleted
  EXPECT_FALSE(wrong());
  event(PatientEventKind::merge, "", Place::unknown, {}, "4711");
  named("4711", "V1");
  EXPECT_FALSE(wrong()) << "merged into nobody";
  event(PatientEventKind::merge, "5000", Place::unknown, {}, "4799");
  named("4711", "V1");
  EXPECT_FALSE(wrong()) << "another patient was merged";
}

TEST_F(PatientTest, an_admission_with_nothing_to_compare_is_learned) {
  bed().session_end(now);
  wait(3600);
  bed().session_start({}, now);
  event(PatientEventKind::admit, "", Place::here, "V8");
  EXPECT_FALSE(wrong()) << "nobody has named the patient of this session";
  event(PatientEventKind::update, "4720", Place::here, "V8");
  EXPECT_FALSE(wrong()) << "a name for the same visit";
  event(PatientEventKind::admit, "", Place::here, "V9");
  EXPECT_EQ(wrong(), Priority::medium);
}

TEST_F(PatientTest, a_patient_of_another_id_who_leaves_is_not_ours) {
  event(PatientEventKind::discharge, "4712", Place::none, "V1");
  EXPECT_FALSE(wrong()) << "the id tells them apart, whatever the visit";
  event(PatientEventKind::discharge, "", Place::none, "V1");
  EXPECT_EQ(wrong(), Priority::medium) << "by the visit alone";
}

TEST_F(PatientTest, the_same_question_again_is_nothing_to_keep) {
  event(PatientEventKind::admit, "4713", Place::here);
  const std::size_t before = out.sessions.size();
  event(PatientEventKind::admit, "4713", Place::here);
  EXPECT_EQ(out.sessions.size(), before);
  event(PatientEventKind::admit, "4714", Place::here);
  EXPECT_EQ(out.sessions.size(), before + 1) << "another one";
  event(PatientEventKind::discharge, "4711", Place::none);
  EXPECT_EQ(alarm("wrong-patient")->text,
            "the patient was discharged or never admitted, the session is open");
  event(PatientEventKind::transfer, "4711", Place::another_bed);
  EXPECT_EQ(alarm("wrong-patient")->text, "the patient was discharged or never admitted, the session is open")
      << "the graver doubt stands";
}

TEST_F(PatientTest, values_elsewhere_of_a_stranger_or_without_a_session_say_nothing) {
  drivers::Subject subject;
  subject.patient_id = "4711";
  subject.visit_id = "V2";
  bed().subject_elsewhere(0, subject);
  EXPECT_FALSE(wrong()) << "another visit: another stay";
  subject.patient_id = {};
  subject.visit_id = "V1";
  bed().session_end(now);
  bed().subject_elsewhere(0, subject);
  EXPECT_FALSE(wrong());
  bed().session_start({}, now);
  bed().subject_elsewhere(0, subject);
  wait(1);
  EXPECT_EQ(wrong(), Priority::high) << "by the visit alone";
}

TEST_F(PatientTest, values_of_the_patient_at_another_bed_are_high) {
  drivers::Subject subject;
  subject.patient_id = "5";
  bed().subject_elsewhere(0, subject);
  wait(1);
  EXPECT_FALSE(wrong());
  subject.patient_id = "4711";
  bed().subject_elsewhere(0, subject);
  wait(1);
  EXPECT_EQ(wrong(), Priority::high);
  EXPECT_EQ(alarm("wrong-patient")->text, "the patient's values come from another bed");
}

TEST_F(PatientTest, a_monitor_of_one_bed_that_says_it_stands_elsewhere_is_asked) {
  drivers::Subject subject;
  subject.location = "bay 1";
  bed().subject(0, subject, true);
  stay(97, 1);
  EXPECT_FALSE(wrong());
  subject.location = "bay 2";
  bed().subject(0, subject, true);
  stay(97, 1);
  EXPECT_EQ(wrong(), Priority::high);
  confirm(true);
  bed().subject(0, subject, true);
  stay(97, 1);
  EXPECT_FALSE(wrong());
}

TEST_F(PatientTest, a_restart_knows_the_patient_and_the_doubt) {
  restart();
  named("4711", "V1");
  EXPECT_FALSE(wrong());
  named("4712");
  ASSERT_EQ(wrong(), Priority::high);
  const auto id = alarm("wrong-patient")->id;
  restart();
  wait(1);
  ASSERT_EQ(wrong(), Priority::high);
  EXPECT_EQ(alarm("wrong-patient")->id, id);
  EXPECT_EQ(alarm("wrong-patient")->data, Data::fresh) << "the doubt stands, no data can make it older";
  EXPECT_EQ(confirm(true), infusion::Verdict::applied);
  named("4712");
  EXPECT_FALSE(wrong());
}

TEST_F(PatientTest, what_is_to_be_kept_is_told_once) {
  const std::size_t before = out.sessions.size();
  named("4711", "V1");
  EXPECT_EQ(out.sessions.size(), before);
  named("4712");
  named("4712");
  EXPECT_EQ(out.sessions.size(), before + 1);
}

TEST_F(PatientTest, the_hash_depends_on_the_salt_and_is_siphash) {
  const PatientWatch one({1, 2}, {}), other({1, 3}, {});
  EXPECT_EQ(one.identity_of("4711", "V1"), one.identity_of("4711", "V1"));
  EXPECT_NE(one.identity_of("4711", {}), other.identity_of("4711", {}));
  // The reference vector of SipHash-2-4: key 00..0f, message 00..0e.
  const PatientWatch reference({0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL}, {});
  std::string message;
  for (char c = 0; c < 15; ++c) message += c;
  EXPECT_EQ(reference.identity_of(message, {}).patient, 0xa129ca6149be45e5ULL);
}

}  // namespace
}  // namespace bed
