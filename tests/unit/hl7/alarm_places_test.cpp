// Goal: an alarm that begins at one bed ends there, wherever its end says it comes from, and no end reaches
// another bed's alarm. Method: reports through the table itself.
#include "drivers/hl7/alarm_table.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

using Taken = AlarmTable::Taken;
using Lines = std::vector<std::string>;

struct Said {
  std::string_view bed, id;
  bool on = true;
  std::string_view patient = "P1";
  std::string_view code = "LO";
  std::string_view reporter = "GW";
};

class AlarmPlaces : public testing::Test {
 protected:
  Taken take(const Said& said) {
    Subject subject;
    subject.location = said.bed;
    subject.patient_id = said.patient;
    AlarmReport report;
    report.event_id = said.id;
    report.reporter = said.reporter;
    report.alarm.code = said.code;
    report.alarm.source = "SPO2";
    report.alarm.on = said.on;
    sink.on_subject(subject);
    return table.take(subject, report, this, sink);
  }
  // `B1 off`: alarms as the beds hear them.
  Lines heard() {
    Lines out;
    std::string bed;
    for (const std::string& line : sink.lines) {
      const std::size_t at = line.find("location=\"");
      if (line.substr(0, 7) == "subject") bed = at == std::string::npos ? "?" : line.substr(at + 10, 2);
      if (line.find(" alarm on") != std::string::npos) out.push_back(bed + " on");
      if (line.find(" alarm off") != std::string::npos) out.push_back(bed + " off");
    }
    sink.clear();
    return out;
  }

  AlarmTable table;
  drivers::test::RecordingSink sink;
};

TEST_F(AlarmPlaces, AnEndFromAnotherPlaceEndsItWhereItBegan) {
  take({.bed = "B1", .id = "E1"});
  EXPECT_EQ(take({.bed = "B2", .id = "E1", .on = false}), Taken::ended_elsewhere);
  EXPECT_EQ(heard(), (Lines{"B1 on", "B1 off"}));
  take({.bed = "B1", .id = "E2"});
  EXPECT_EQ(take({.bed = "", .id = "E2", .on = false, .patient = ""}), Taken::ended_elsewhere) << "no PV1";
  EXPECT_EQ(heard(), (Lines{"B1 on", "B1 off"}));
}

TEST_F(AlarmPlaces, TheIdGoesBeforeTheName) {
  take({.bed = "B1", .id = "E1"});
  take({.bed = "B2", .id = "F1", .patient = "P2"});
  take({.bed = "B2", .id = "E1", .on = false});
  EXPECT_EQ(heard(), (Lines{"B1 on", "B2 on", "B1 off"})) << "the alarm of the second bed is another one";
  take({.bed = "B2", .id = "X9", .on = false, .patient = "P2"});
  EXPECT_EQ(heard(), (Lines{"B2 off"})) << "an id that nobody knows: the name";
}

TEST_F(AlarmPlaces, AnotherPatientsAlarmIsNotEnded) {
  take({.bed = "B1", .id = "E1"});
  EXPECT_EQ(take({.bed = "B2", .id = "E1", .on = false, .patient = "P2"}), Taken::unknown_end);
  EXPECT_EQ(take({.bed = "B2", .id = "E1", .on = false, .reporter = "OTHER"}), Taken::unknown_end);
  EXPECT_EQ(take({.bed = "B2", .id = "", .on = false}), Taken::unknown_end);
  EXPECT_EQ(take({.bed = "B2", .id = "E1", .on = false, .patient = "", .code = "HI"}), Taken::unknown_end);
  EXPECT_EQ(heard(), (Lines{"B1 on", "B2 off", "B2 off", "B2 off", "B2 off"}));
}

// A reporter that numbers the alarms of each bed for itself.
TEST_F(AlarmPlaces, WhereTwoBedsCouldBeMeantNoneIs) {
  for (const std::string_view bed : {"B1", "B2"}) take({.bed = bed, .id = "1", .patient = ""});
  EXPECT_EQ(take({.bed = "B3", .id = "1", .on = false, .patient = ""}), Taken::unknown_end);
  EXPECT_EQ(take({.bed = "B2", .id = "1", .on = false, .patient = ""}), Taken::kept);
  EXPECT_EQ(heard(), (Lines{"B1 on", "B2 on", "B3 off", "B2 off"}));
}

TEST_F(AlarmPlaces, OneThatMovedWithItsPatientEndsAtBothBeds) {
  take({.bed = "B1", .id = "E1"});
  take({.bed = "B2", .id = "E1"});
  EXPECT_EQ(take({.bed = "B2", .id = "E1", .on = false}), Taken::ended_elsewhere);
  EXPECT_EQ(heard(), (Lines{"B1 on", "B2 on", "B2 off", "B1 off"}));
}

TEST_F(AlarmPlaces, ManyBedsHaveRoomForEachOfTheirAlarms) {
  const auto fill = [&](std::size_t beds) {
    Taken taken = Taken::kept;
    for (std::size_t bed = 0; bed < beds; ++bed)
      for (std::size_t i = 0; i < device_alarms_max && taken == Taken::kept; ++i)
        taken = take({.bed = "bed" + std::to_string(bed), .id = "", .code = "c" + std::to_string(i)});
    return taken;
  };
  EXPECT_EQ(fill(100), Taken::kept);
  EXPECT_EQ(take({.bed = "bed7", .id = "", .code = "one more"}), Taken::no_room);
  sink.clear();
  EXPECT_EQ(fill(alarms_max / device_alarms_max + 1), Taken::no_room) << "in all";
  EXPECT_EQ(take({.bed = "bed7", .id = "", .on = false, .code = "c0"}), Taken::kept);
  EXPECT_EQ(take({.bed = "another", .id = ""}), Taken::kept) << "an end makes room";
  EXPECT_EQ(take({.bed = "another", .id = "", .code = "HI"}), Taken::no_room);
}

}  // namespace
}  // namespace drivers::hl7::test
