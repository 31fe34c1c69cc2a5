// Which bed a subject's values belong to. A value must never land at another bed than its own.
#include "daemon/app/intake.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "daemon/app/bed_desk.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

class IntakeTest : public testing::Test {
 protected:
  bed::Settings settings(const std::string& name) {
    bed::Settings out;
    out.node = "gw1";
    out.unit = "pain";
    out.name = name;
    out.profile = &profile_;
    bed::Source source;
    source.name = "ward";
    source.streaming = false;
    out.sources = {source};
    out.source_of[vitals::index_of(vitals::Metric::spo2)] = 0;
    return out;
  }

  Routes ward() {
    Routes routes;
    routes.by_location["bay 1"] = {&one_.bed(), 0};
    routes.by_location["bay 2"] = {&two_.bed(), 0};
    return routes;
  }

  static drivers::Subject located(std::string_view location) {
    drivers::Subject subject;
    subject.location = location;
    return subject;
  }

  static std::size_t total(const BedDesk& desk) {
    const ActiveAlarms of_each = desk.active();
    return std::accumulate(of_each.begin(), of_each.end(), std::size_t{0});
  }

  static bool has_value(const BedDesk& desk) {
    return desk.bed().entry(vitals::Metric::spo2).observation.has_value();
  }

  alarms::Profile profile_;
  Identity identity_{"gw1", "9f3c", "vitals"};
  RecordingOutlet outlet_;
  BedDesk one_{identity_, settings("b1"), 1, 0, outlet_, at(0)};
  BedDesk two_{identity_, settings("b2"), 2, 0, outlet_, at(0)};
  vitals::Observation spo2_ = vitals::measured(vitals::Metric::spo2, 97, at(10));
};

TEST_F(IntakeTest, LocationsAreComparedWithoutCaseAndBlanksAround) {
  Intake intake(ward(), {});
  intake.on_subject(located(" Bay 2 "));
  intake.on_observation(spo2_);
  EXPECT_FALSE(has_value(one_));
  EXPECT_TRUE(has_value(two_));
}

TEST_F(IntakeTest, AnUnknownLocationIsReportedAndItsValuesAreDropped) {
  IntakeHandlers handlers;
  std::string reported;
  handlers.on_unknown_bed = [&](std::string_view location) { reported = location; };
  Intake intake(ward(), std::move(handlers));
  intake.on_subject(located("bay 1"));
  intake.on_subject(located("Bay 9"));
  intake.on_observation(spo2_);
  EXPECT_EQ(reported, "Bay 9");
  EXPECT_EQ(intake.counters().unknown_bed, 1U);
  EXPECT_FALSE(has_value(one_)) << "the next patient's value at the bed of the one before";
  EXPECT_FALSE(has_value(two_));
}

TEST_F(IntakeTest, AnAlarmOfAPumpThatTellsNoPlaceIsOfTheBedThatHasIt) {
  bed::Settings with_pump = settings("b3");
  with_pump.pumps = {"P2449"};
  BedDesk three{identity_, with_pump, 3, 0, outlet_, at(0)};
  Routes routes = ward();
  routes.by_location["bay 3"] = {&three.bed(), 0};
  Intake intake(std::move(routes), {});
  drivers::DeviceAlarm alarm;
  alarm.code = "MDC_EVT_FLUID_LINE_OCCL";
  alarm.text = "occlusion";
  alarm.level = drivers::AlarmLevel::medium;
  alarm.on = true;
  const auto told = [&](std::string_view device, std::string_view location, std::int64_t ms) {
    drivers::Subject subject = located(location);
    subject.device = device;
    intake.on_subject(subject);
    alarm.rx = at(ms);
    intake.on_device_alarm(alarm);
    return total(three) + total(one_);
  };
  EXPECT_EQ(told("P2450", "", 10), 0U) << "nobody's";
  EXPECT_EQ(told("2449", "bay 9", 20), 0U) << "it says where it is, and that is no bed of ours";
  EXPECT_EQ(intake.counters().unknown_bed, 2U);
  EXPECT_EQ(told("2449", "", 30), 1U);
  EXPECT_EQ(total(three), 1U);
  EXPECT_EQ(intake.counters().unknown_bed, 2U);
}

TEST_F(IntakeTest, ASourceOfOneBedTakesWhateverTheLocationSays) {
  Routes routes;
  routes.fixed = Route{&one_.bed(), 0};
  Intake intake(std::move(routes), {});
  intake.on_subject(located("anything"));
  intake.on_observation(spo2_);
  EXPECT_TRUE(has_value(one_));
}

TEST_F(IntakeTest, APatientWhoseValuesComeFromAnotherBedIsAskedForAtBothOrNowhere) {
  const auto wrong = [](const BedDesk& desk) { return desk.has_alarm("wrong-patient"); };
  const auto told = [&](Intake& intake, std::string_view location, std::string_view patient, int ms) {
    drivers::Subject subject = located(location);
    subject.patient_id = patient;
    intake.on_subject(subject);
    intake.on_frame_end(at(ms));
    for (BedDesk* desk : {&one_, &two_}) desk->advance(at(ms));
  };
  Intake intake(ward(), {});
  told(intake, "bay 1", "4711", 10);
  one_.bed().session_start({}, at(20));
  told(intake, "bay 2", "4712", 30);
  told(intake, "bay 1", "4711", 40);
  EXPECT_FALSE(wrong(one_));
  told(intake, "bay 2", "4711", 50);
  EXPECT_TRUE(wrong(one_));
  EXPECT_FALSE(wrong(two_)) << "no session, nothing to mix up";
  for (const auto& entry : outlet_.entries)
    if (const auto* kept = std::get_if<journal::SessionEntry>(&entry)) {
      EXPECT_EQ(kept->doc.find("4711"), std::string::npos) << "an id in the journal";
    }
  for (const auto& message : outlet_.messages) EXPECT_EQ(message.payload.find("4711"), std::string::npos);
}

TEST_F(IntakeTest, AdministrationReachesTheBedOfItsLocation) {
  Intake intake(ward(), {});
  one_.bed().session_start({}, at(0));
  two_.bed().session_start({}, at(0));
  drivers::PatientEvent event;
  event.kind = drivers::PatientEventKind::admit;
  event.subject = located("Bay 2");
  event.rx = at(10);
  for (const std::string_view patient : {"1", "2"}) {
    event.subject.patient_id = patient;
    intake.on_patient(event);
  }
  EXPECT_TRUE(two_.has_alarm("wrong-patient"));
  EXPECT_FALSE(one_.has_alarm("wrong-patient"));
}

TEST_F(IntakeTest, AnUpdateMovesThePatientToABedOfOursOrToNone) {
  struct Update {
    std::string_view location;
    bool cleared, moved;
  };
  Intake intake(ward(), {});
  drivers::PatientEvent event;
  event.rx = at(10);
  event.subject.patient_id = "1";
  for (const Update& update :
       {Update{"bay 1", false, false}, Update{"bay 9", false, false}, Update{"", false, false},
        Update{"bay 2", false, true}, Update{"", true, true}}) {
    one_.bed().session_start({}, at(10));
    event.kind = drivers::PatientEventKind::admit;
    event.subject.location = "bay 1";
    event.location_cleared = false;
    intake.on_patient(event);
    event.kind = drivers::PatientEventKind::update;
    event.subject.location = update.location;
    event.location_cleared = update.cleared;
    intake.on_patient(event);
    EXPECT_EQ(one_.has_alarm("wrong-patient"), update.moved) << update.location << update.cleared;
    one_.bed().session_end(at(10));
  }
}

TEST_F(IntakeTest, ANumberThatTheBedRejectsIsAFaultOfTheSource) {
  std::vector<std::string> faults;
  IntakeHandlers handlers;
  handlers.on_fault = [&](const drivers::DecodeFault& fault) {
    faults.push_back(std::string{drivers::name(fault.kind)} + " " + std::string{fault.reason} + " " +
                     std::string{fault.code} + " " + std::string{fault.value} + " " +
                     std::string{fault.unit});
  };
  Intake intake(ward(), std::move(handlers));
  intake.on_subject(located("Bay 1"));
  spo2_.value = 104;
  intake.on_observation(spo2_);
  intake.on_frame_end(spo2_.rx);
  EXPECT_FALSE(has_value(one_));
  EXPECT_EQ(faults, std::vector<std::string>{"implausible range spo2 104 %"});
  EXPECT_EQ(intake.counters().faults, 1U);
}

TEST_F(IntakeTest, WithoutASubjectNothingOfAWardSourceIsTaken) {
  Intake intake(ward(), {});
  intake.on_observation(spo2_);
  EXPECT_FALSE(has_value(one_));
  EXPECT_FALSE(has_value(two_));
}

}  // namespace
}  // namespace app::test
