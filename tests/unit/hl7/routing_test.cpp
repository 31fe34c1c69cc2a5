// Goal: every kind of message goes to the reader that may read it, and no other; the envelope's oddities are
// counted. Method: headers and frames through the whole driver.
#include "drivers/hl7/routing.hpp"

#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

Use use_of(const std::string& type, const std::string& id = "1", const std::string& profile = "",
           const std::string& sender = "M") {
  const std::string line = "MSH|^~\\&|" + sender + "||||20260309000000||" + type + '|' + id + "|P|2.6" +
                           std::string(9, '|') + profile;
  Header header;
  header.parse(line);
  return route(header).use;
}

TEST(Routing, ByMessageType) {
  const std::vector<std::pair<std::string, Use>> cases{{"ORU^R01^ORU_R01", Use::results},
                                                       {"ORU", Use::results},
                                                       {"ORU^R01^ORU_R30", Use::results},
                                                       {"ORF^R04", Use::results},
                                                       {"ORU^R40^ORU_R40", Use::alert},
                                                       {"ORU^R41", Use::harmless},
                                                       {"ORU^R42^ORU_R01", Use::pump_event},
                                                       {"ORU^W01", Use::harmless},
                                                       {"ADT^A01", Use::patient},
                                                       {"RGV^O15^RGV_O15", Use::foreign},
                                                       {"RDE^O11", Use::foreign},
                                                       {"QRY^A19", Use::foreign},
                                                       {"QRY^R02", Use::foreign},
                                                       {"QBP^Q22", Use::foreign},
                                                       {"ORM^O01", Use::foreign},
                                                       {"SIU^S12", Use::foreign},
                                                       {"MDM^T02", Use::foreign},
                                                       {"ORF^Z99", Use::foreign}};
  for (const auto& [type, use] : cases) EXPECT_EQ(use_of(type), use) << type;
}

TEST(Routing, DeviceManagementIsKnownByAnyOfItsProfiles) {
  for (const std::string profile :
       {"IHE_PCD_015^^1.3.6.1.4.1.19376.1.6.4.15^ISO", "X^IHE PCD^ 1.3.6.1.4.1.19376.1.6.1.15.1 ^ISO",
        "IHE_PCD_001~IHE_PCD_015"})
    EXPECT_EQ(use_of("ORU^R01", "1", profile), Use::harmless) << profile;
  EXPECT_EQ(use_of("ORU^R01", "1", "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.1^ISO"), Use::results);
}

Use use_of_header(const std::string& line) {
  Header header;
  header.parse(line);
  return route(header).use;
}

TEST(Routing, MindrayClasses) {
  const auto use = [](const std::string& type_and_id) {
    return use_of_header("MSH|^~\\&|||||||" + type_and_id + "|P|2.3.1|");
  };
  EXPECT_EQ(use("ORU^R01|54"), Use::mindray_alarms);
  EXPECT_EQ(use("ORU^R01|56"), Use::mindray_faults);
  EXPECT_EQ(use("ORU^R01|106"), Use::heartbeat);
  EXPECT_EQ(use("ORU^R01|53"), Use::harmless);
  EXPECT_EQ(use("ADT^A01|101"), Use::results);
  EXPECT_EQ(use("ORU^R01|4711"), Use::results);
  EXPECT_EQ(use("QRY^R02|1203"), Use::foreign);
}

// A sender without a name that counts its messages from 1.
TEST(Routing, ASmallControlIdIsNoMindrayClass) {
  for (const std::string header :
       {"MSH|^~\\&|M||||||ORU^R01|106|P|2.3.1|", "MSH|^~\\&||F|||||ORU^R01|106|P|2.3.1|",
        "MSH|^~\\&|||US||||ORU^R01|106|P|2.3.1|", "MSH|^~\\&||||HOSP|||ORU^R01|106|P|2.3.1|",
        "MSH|^~\\&|||||20260309000000||ORU^R01|106|P|2.3.1|", "MSH|^~\\&|||||||ORU^R01|106|P|2.4|",
        "MSH|^~\\&|||||||ORU^R01|106|P|2.6|", "MSH|^~\\&|||||||ORU^R01|106|P"})
    EXPECT_EQ(use_of_header(header), Use::results) << header;
  for (const std::string id : {"51", "53", "54", "56", "57", "58", "101", "103", "106", "204", "503"}) {
    Lab lab;
    lab.message("MSH|^~\\&|||||20260309000000||ORU^R01|" + id + "|P|2.4\rPID|||1\rPV1||I|^^B1\r" + hr("70"));
    EXPECT_EQ(lab.said(vitals::Metric::hr), "70 valid") << id;
    EXPECT_EQ(lab.count("answer AA"), 1U) << id;
    EXPECT_EQ(lab.count("location=\"B1\""), 1U) << id;
  }
}

TEST(Envelope, AContinuedMessageIsRefused) {
  for (const std::string segment : {"DSC|1|I\r", "ADD|more\r"}) {
    Lab lab;
    lab.message(oru(hr("70") + segment));
    EXPECT_TRUE(lab.sink.observations.empty());
    EXPECT_NE(lab.lines("answer AE").at(0).find("207^"), std::string::npos);
  }
}

TEST(Envelope, SeveralMessagesWithoutABatchAreReadAndSaid) {
  Lab lab;
  lab.message(oru(hr("70"), "1") + oru(hr("71"), "2") + oru(hr("72"), "3"));
  EXPECT_EQ(lab.sink.observations.size(), 3U);
  EXPECT_EQ(lab.count("answer AA"), 3U);
  EXPECT_EQ(lab.count("fault broken several-messages"), 1U);
}

TEST(Envelope, AWrongCountOfABatchIsSaid) {
  const auto batch = [](std::string_view count) {
    return "BHS|^~\\&|A\r" + oru(hr("70"), "1") + oru(hr("71"), "2") + "BTS|" + std::string(count) + '\r';
  };
  for (const auto& [count, faults] :
       std::vector<std::pair<std::string, std::size_t>>{{"2", 0}, {"3", 1}, {"", 0}, {"two", 0}}) {
    Lab lab;
    lab.message(batch(count));
    EXPECT_EQ(lab.count("batch-count"), faults) << count;
    EXPECT_EQ(lab.count("several-messages"), 0U);
    EXPECT_EQ(lab.sink.observations.size(), 2U);
  }
  Lab two;
  two.message("FHS|^~\\&|A\r" + batch("2") + "BHS|^~\\&|A\r" + oru(hr("72"), "3") + "BTS|1\rFTS|2\r");
  EXPECT_EQ(two.count("batch-count"), 0U) << two.sink.text();
}

TEST(Envelope, DoubleByteSetsByTheirManyNames) {
  for (const std::string charset :
       {"GB 18030-2000", "gb2312", "GBK", "BIG-5", "KS X 1001", "ISO IR87", "Shift-JIS", "EUC_KR"}) {
    Header header;
    const std::string line = "MSH|^~\\&|M||||||ORU^R01|1|P|2.4||||||" + charset;
    header.parse(line);
    EXPECT_TRUE(header.separators().double_byte) << charset;
  }
  for (const std::string charset : {"", "UNICODE UTF-8", "8859/1", "ASCII", "utf-8"}) {
    Header header;
    const std::string line = "MSH|^~\\&|M||||||ORU^R01|1|P|2.4||||||" + charset;
    header.parse(line);
    EXPECT_FALSE(header.separators().double_byte) << charset;
  }
}

TEST(Envelope, ASourceMayKnowThatItsSenderWritesDoubleBytes) {
  const std::string message =
      "MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.4\rPID|||1||\x90\x7C\x90\x7C|||||||||||||17\r"
      "PV1||I|\x90\x5E^R^B7\r" +
      hr("70");
  Lab knows(Options{{"charset", "double-byte"}});
  knows.message(message);
  EXPECT_NE(knows.lines("subject").at(0).find("location=\"B7\""), std::string::npos);
  Lab not_told;
  not_told.message(message);
  EXPECT_EQ(not_told.said(vitals::Metric::hr), "70 valid") << "an encoding never costs a vital sign";
}

TEST(Location, ByTheDevice) {
  Lab lab(Options{{"location", "device"}});
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\rPID|||1\r" + hr("70") +
              "OBX|1|NM|149530^^MDC|1.1.1.1|71||||||R|||||||MON7^^0009^EUI-64\rPID|||2\r" + hr("80"));
  EXPECT_NE(lab.lines("subject").at(0).find("location=\"MON7\""), std::string::npos);
  EXPECT_EQ(lab.lines("subject").at(1).find("location"), std::string::npos)
      << "the next patient's is not told";
}

}  // namespace
}  // namespace drivers::hl7::test
