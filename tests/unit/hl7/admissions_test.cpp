// Goal: who lies where arrives as the administration says it, with the right id; nothing is guessed. Method:
// ADT messages through the whole driver.
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

std::string adt(std::string_view trigger, std::string_view segments, std::string_view processing = "P") {
  return "MSH|^~\\&|HIS|H|||20260309000000||ADT^" + std::string(trigger) + "|M1|" + std::string(processing) +
         "|2.5\rEVN|A01|20260309000000\r" + std::string(segments);
}

const std::string pid_1 = "PID|1||P1^^^H^MR||Doe^Jane\r";
const std::string pv1_1 = "PV1|1|I|PAIN^R1^B1|||OLD^R0^B0" + std::string(13, '|') + "V1\r";

std::string events_of(const std::string& message, const Options& options = {}) {
  Lab lab(options);
  lab.message(message);
  EXPECT_TRUE(lab.sink.observations.empty());
  EXPECT_EQ(lab.count("subject"), 0U);
  std::string all;
  for (const auto& line : lab.lines("@0 patient")) all += line.substr(11) + '\n';
  return all;
}

TEST(Admissions, EveryTriggerThatMovesSomebody) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"A01", "admit"},        {"A04", "admit"},           {"A02", "transfer"},
      {"A03", "discharge"},    {"A08", "update"},          {"A31", "update"},
      {"A11", "cancel-admit"}, {"A12", "cancel-transfer"}, {"A13", "cancel-discharge"}};
  for (const auto& [trigger, kind] : cases)
    EXPECT_EQ(events_of(adt(trigger, pid_1 + pv1_1)),
              kind + " trigger=\"" + trigger +
                  "\" patient_id=\"P1\" visit_id=\"V1\" location=\"B1\" "
                  "location_before=\"B0\"\n");
}

TEST(Admissions, TheOthersAreAcceptedAndNotUsed) {
  for (const std::string trigger : {"A05", "A09", "A14", "A20", "A24", "A37", "A38", "A60", ""}) {
    Lab lab;
    lab.message(adt(trigger, pid_1 + pv1_1));
    EXPECT_EQ(lab.count("@0 patient"), 0U) << trigger;
    EXPECT_EQ(lab.count("answer AA"), 1U) << trigger;
  }
}

TEST(Admissions, WithoutAnIdNothingIsAccepted) {
  for (const std::string& segments : {pv1_1, "PID|1||\r" + pv1_1, "PID|1||\"\"\r" + pv1_1,
                                      "PID|1||^^^H^MR\r" + pv1_1, "PID|1||Unknown Patient\r" + pv1_1}) {
    Lab lab;
    lab.message(adt("A01", segments));
    EXPECT_EQ(lab.count("@0 patient"), 0U);
    EXPECT_NE(lab.lines("answer AE").at(0).find("ERR||PID^1^3|101^"), std::string::npos);
  }
}

TEST(Admissions, WithoutAPlaceNobodyIsMoved) {
  for (const std::string trigger : {"A01", "A02", "A12"}) {
    Lab lab;
    lab.message(adt(trigger, pid_1));
    EXPECT_EQ(lab.count("@0 patient"), 0U);
    EXPECT_EQ(lab.count("fault refused no-location"), 1U);
    EXPECT_EQ(lab.count("answer AA"), 1U);
  }
  EXPECT_EQ(events_of(adt("A08", pid_1)), "update trigger=\"A08\" patient_id=\"P1\"\n");
}

TEST(Admissions, AnExplicitNothingTakesThePlaceAway) {
  EXPECT_EQ(events_of(adt("A08", pid_1 + "PV1|1|I|\"\"\r")),
            "update trigger=\"A08\" patient_id=\"P1\" location-cleared\n");
  EXPECT_EQ(events_of(adt("A08", pid_1 + "PV1|1|I|\r")), "update trigger=\"A08\" patient_id=\"P1\"\n");
}

TEST(Admissions, SwapsAndMergesSpeakOfSeveral) {
  EXPECT_EQ(events_of(adt("A17", pid_1 + "PV1|1|I|PAIN^^B2\rPID|1||P2\rPV1|1|I|PAIN^^B1\r")),
            "transfer trigger=\"A17\" patient_id=\"P1\" location=\"B2\"\n"
            "transfer trigger=\"A17\" patient_id=\"P2\" location=\"B1\"\n");
  EXPECT_EQ(events_of(adt("A40", pid_1 + "MRG|P9^^^H^MR\rPID|1||P2\rMRG|P8\r")),
            "merge trigger=\"A40\" patient_id=\"P1\" patient_id_gone=\"P9\"\n"
            "merge trigger=\"A40\" patient_id=\"P2\" patient_id_gone=\"P8\"\n");
  EXPECT_EQ(events_of(adt("A40", pid_1)), "") << "a merge with nobody";
}

TEST(Admissions, APlaceInFrontOfThePatientIsTheirs) {
  EXPECT_EQ(
      events_of(adt("A01", pv1_1 + pid_1)),
      "admit trigger=\"A01\" patient_id=\"P1\" visit_id=\"V1\" location=\"B1\" location_before=\"B0\"\n");
  EXPECT_EQ(events_of(adt("A17", "PV1|1|I|PAIN^^B2\r" + pid_1 + "PV1|1|I|PAIN^^B1\rPID|1||P2\r")),
            "transfer trigger=\"A17\" patient_id=\"P1\" location=\"B2\"\n"
            "transfer trigger=\"A17\" patient_id=\"P2\" location=\"B1\"\n");
  EXPECT_EQ(events_of(adt("A17", pid_1 + "PV1|1|I|PAIN^^B2\rPID|1||P2\r")),
            "transfer trigger=\"A17\" patient_id=\"P1\" location=\"B2\"\n")
      << "the second has none";
}

TEST(Admissions, TheIdOfSeveral) {
  const std::string ids = "PID|1||11^^^LAB^XX~22^^^H^PI~33^^^H^MR~44^^^NHS^NH\r" + pv1_1;
  const auto id = [&](const Options& options) {
    const std::string text = events_of(adt("A01", ids), options);
    return text.substr(text.find("patient_id=") + 12, 2);
  };
  EXPECT_EQ(id({}), "33");
  EXPECT_EQ(id({{"patient_id", "NHS"}}), "44");
  EXPECT_EQ(id({{"patient_id", "XX"}}), "11");
  EXPECT_EQ(id({{"patient_id", "none-such"}}), "33");
  Lab lab(Options{{"patient_id", "NHS"}});
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\r" + ids + hr("70"));
  EXPECT_NE(lab.lines("subject").at(0).find("patient_id=\"44\""), std::string::npos) << "the same in results";
}

TEST(Admissions, PlacesByTheSourcesRule) {
  EXPECT_NE(events_of(adt("A02", pid_1 + pv1_1), {{"location", "room"}})
                .find("location=\"R1\" location_before=\"R0\""),
            std::string::npos);
  EXPECT_NE(events_of(adt("A02", pid_1 + pv1_1), {{"location", "device"}}).find("location=\"B1\""),
            std::string::npos);
}

TEST(Admissions, OfTrainingMoveNobody) { EXPECT_EQ(events_of(adt("A01", pid_1 + pv1_1, "T")), ""); }

}  // namespace
}  // namespace drivers::hl7::test
