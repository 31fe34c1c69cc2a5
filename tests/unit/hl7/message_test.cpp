// Goal: a message is split as its own header says, escapes are decoded once and only in leaves, and a header
// that leaves doubt is refused. Method: tables of headers and leaves.
#include "drivers/hl7/message.hpp"

#include <algorithm>

#include "drivers/hl7/subject.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

TEST(Message, Separators) {
  struct Case {
    std::string_view msh2;
    HeaderState state;
    std::string_view answer;
  };
  const std::vector<Case> cases{
      {"^~\\&", HeaderState::sound, "^~\\&"},      {"^~\\&#", HeaderState::sound, "^~\\&#"},
      {"^~&", HeaderState::repaired, "^~\\&"},     {"^~\\\\&", HeaderState::repaired, "^~\\&"},
      {"^&", HeaderState::repaired, "^&"},         {"^~", HeaderState::repaired, "^~"},
      {"~&#\\", HeaderState::sound, "~&#\\"},      {"^&\\&", HeaderState::unusable, "^~\\&"},
      {"", HeaderState::unusable, "^~\\&"},        {"ABCD", HeaderState::unusable, "^~\\&"},
      {"^~\\&#!", HeaderState::unusable, "^~\\&"},
  };
  for (const Case& one : cases) {
    const std::string line = "MSH|" + std::string(one.msh2) + "|MON|BAY";
    Header header;
    EXPECT_EQ(header.parse(line), one.state) << one.msh2;
    EXPECT_EQ(header.encoding(), one.answer) << one.msh2;
    EXPECT_EQ(header.field(3), one.state == HeaderState::unusable ? "" : "MON") << one.msh2;
  }
}

TEST(Message, TimeAndIdMakeNoOtherSender) {
  Header header;
  const auto sender_of = [&](std::string_view line) {
    header.parse(line);
    return header.sender();
  };
  const auto first = sender_of("MSH|^~\\&|MON|BAY|||20260115143000||ORU^R01|1|P|2.6");
  EXPECT_EQ(sender_of("MSH|^~\\&|MON|BAY|||20260115143001.5||ORU^R01|4711|P|2.6"), first);
  EXPECT_EQ(sender_of("MSH|^~\\&|MON|BAY|||||ORU^R01||P|2.6"), first);
  auto before = first;
  for (const std::string_view other :
       {"MSH|^~\\&|MON|BAZ|||20260115143000||ORU^R01|1|P|2.6",
        "MSH|^~\\&|MON|BAY|||20260115143000||ORU^R01|1|P|2.5",
        "MSH|^~\\&|MON|BAY|||20260115143000||ORU^R40|1|P|2.5",
        "MSH|^~\\&|MON|BAY||||20260115143000|ORU^R40|1|P|2.5",
        "MSH^~|\\&^MON^BAY^^^20260115143000^^ORU~R40^1^P^2.5", "MSH|^~\\&|MON|BAY", "MSH|^~\\&|MON|BAY",
        "MSH|^^", "MSH|^~\\&|||||20260115143000||ORU^R01|101|P|2.6",
        "MSH|^~\\&|||||20260115143000||ORU^R01|101|P|2.6"}) {
    EXPECT_NE(sender_of(other), before) << other;
    before = header.sender();
  }
}

// Whatever was kept of the header before.
TEST(Message, TheCharacterSetIsThatOfEachHeader) {
  Header header;
  for (const auto& [charset, double_byte] : std::vector<std::pair<std::string, bool>>{
           {"GB 18030-2000", true}, {"GB 18030-2000", true}, {"", false}}) {
    header.parse("MSH|^~\\&|MON||||||ORU^R01|1|P|2.4||||||" + charset);
    EXPECT_EQ(header.separators().double_byte, double_byte) << charset;
  }
}

TEST(Message, AnEatenBackslashLeavesNothingThatEscapes) {
  Header header;
  EXPECT_EQ(header.parse("MSH|^~&|MON"), HeaderState::repaired);
  Scratch scratch;
  EXPECT_EQ(text_of("a\\F\\b", header.separators(), scratch), "a\\F\\b");
}

TEST(Message, OtherSeparatorsSplitMessageTypeToo) {
  Header header;
  EXPECT_EQ(header.parse("MSH@~&#\\@MON@@@@@@ORU~R01@1"), HeaderState::sound);
  EXPECT_EQ(header.component(9, 2), "R01");
  EXPECT_EQ(header.parse("MSH^~|\\&^MON^^^^^^ORU~R01^1"), HeaderState::sound);
  EXPECT_EQ(header.component(9, 1), "ORU");
}

TEST(Message, Escapes) {
  const Separators by;
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"plain", "plain"},
      {"50\\F\\120 \\T\\ \\S\\ \\R\\", "50|120 & ^ ~"},
      {"\\E\\F\\E\\", "\\F\\"},  // decoded once, never twice
      {"\\X4142\\", "AB"},
      {"\\X414\\", "\\X414\\"},
      {"a\\H\\b\\N\\c", "abc"},
      {"one\\.br\\two", "one two"},
      {"a\\.in+4\\b", "ab"},
      {"C:\\dir", "C:\\dir"},
      {"\\Zx\\", "\\Zx\\"},
      {"\\C2842\\", "\\C2842\\"},
      {"a\\X0D\\OBX", "a OBX"},  // no control character leaves
      {"\"\"", ""},
      {" id ", "id"},
  };
  for (const auto& [leaf, text] : cases) {
    Scratch scratch;
    EXPECT_EQ(text_of(leaf, by, scratch), text) << leaf;
  }
}

TEST(Message, WhatLeavesIsUtf8) {
  const Separators by;
  Scratch scratch;
  EXPECT_EQ(text_of("M\xC3\xBCller", by, scratch), "M\xC3\xBCller");
  EXPECT_EQ(text_of("M\xFCller", by, scratch), "M\xC3\xBCller");
  EXPECT_EQ(text_of("\xC0\xAF", by, scratch), "\xC3\x80\xC2\xAF");  // overlong is not UTF-8
  EXPECT_EQ(text_of("a\x7F\x01z", by, scratch), "a  z");
}

TEST(Message, ALongTextIsCutBetweenCharacters) {
  const Separators by;
  for (const std::string character : {"\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\xAB\x80"}) {
    for (std::size_t shift = 0; shift < 5; ++shift) {
      std::string text(shift, 'x');
      while (text.size() + character.size() <= leaf_bytes_max) text += character;
      Scratch scratch;
      EXPECT_EQ(text_of(text + character + character, by, scratch), text) << shift;
    }
  }
  Scratch scratch;
  EXPECT_EQ(text_of(std::string(300, '\xBC'), by, scratch).size(), 2 * leaf_bytes_max)
      << "Latin-1 has no such border";
}

TEST(Message, ATextThatDoesNotFitIsLeftOutNotCut) {
  const Separators by;
  Scratch scratch;
  const std::string leaf = "B\\E\\" + std::string(100, 'x');
  std::size_t read = 0;
  while (!text_of(leaf, by, scratch).empty()) ASSERT_LT(++read, 100U);
  EXPECT_GT(read, 5U);
}

TEST(Message, LinesEndAtCrAndLfAlike) {
  std::vector<std::string_view> lines;
  EXPECT_TRUE(split_lines("MSH|1\r\n\r\n \tPID|2\nOBX|3\n\rOBX|4", lines));
  EXPECT_EQ(lines, (std::vector<std::string_view>{"MSH|1", "PID|2", "OBX|3", "OBX|4"}));
}

TEST(Message, ASegmentBehindAnotherInOneLineIsNoticed) {
  for (const std::string_view line :
       {"OBX|1|NM|8867-4^HR^LN||72|/min|||||FOBX|2|NM|", "OBX|1|NM|8867-4^HR^LN||72|/min|||||F|||OBX|2|NM|",
        "PID|||P1PV1||I|", "PV1||I|A^B^COBR|1|", "PID|||P1OBX|1|NM|"})
    EXPECT_TRUE(holds_another_segment(line, '|')) << line;
  for (const std::string_view line : {"OBX|1|NM|8867-4^HR^LN||72|/min|||||F", "OBX|1|ST|X||see OBX", "OBX",
                                      "OBX|", "OBR|1|||LIPID|", "OBX|1|ST|X||OBX 2|", "PV1||I|OBXA|"})
    EXPECT_FALSE(holds_another_segment(line, '|')) << line;
}

TEST(Message, ASegmentBehindAnotherIsNoticedWhereverItStands) {
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string line = "OBX|" + std::string(length, 'x') + "OBX|" + std::string(behind, 'y');
      EXPECT_TRUE(holds_another_segment(line, '|')) << line;
    }
    const std::string line = "OBX|" + std::string(length, 'B') + "|V1|BX|" + std::string(length, '|') + "OBX";
    EXPECT_FALSE(holds_another_segment(line, '|')) << line;
  }
}

TEST(Message, TooManySegmentsAreNoticed) {
  std::string text;
  for (std::size_t i = 0; i < segments_max; ++i) text += "A\r";
  std::vector<std::string_view> lines;
  EXPECT_TRUE(split_lines(text, lines));
  EXPECT_FALSE(split_lines(text + "B\r", lines));
  EXPECT_EQ(lines.size(), segments_max);
}

TEST(Message, SegmentNames) {
  EXPECT_EQ(id_of("OBX|1", '|'), obx);
  EXPECT_EQ(id_of("obx|1", '|'), obx);
  EXPECT_EQ(id_of("PV1", '|'), pv1);
  EXPECT_EQ(id_of("INVALID SEGMENT", '|'), no_segment);
  EXPECT_EQ(id_of("1BX|1", '|'), no_segment);
  EXPECT_EQ(id_of("OB", '|'), no_segment);
}

TEST(Message, FieldsAreCountedAtAnyLength) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string pad(length, 'x');
    Fields fields;
    const std::string segment = "OBX|" + pad + "|" + pad + "||end";
    fields.split(segment, Separators{});
    ASSERT_EQ(fields.count(), 5U) << length;
    EXPECT_EQ(fields[4], "end");
    EXPECT_EQ(fields[9], "");
  }
}

TEST(Message, FieldsEndWhereTheyWereAskedTo) {
  for (const std::string& segment :
       {"OBX" + std::string(100, '|'), std::string("OBX|1|NM|8867-4^HR^LN||72|/min|||||F|||20260309000000"),
        std::string("|||||||||||||||"), std::string("||||||||||||||||"), std::string()}) {
    for (std::size_t last = 0; last < 40; ++last) {
      const std::size_t there = static_cast<std::size_t>(std::count(segment.begin(), segment.end(), '|')) + 1;
      Fields fields;
      fields.split(segment, Separators{}, last);
      ASSERT_EQ(fields.count(), std::min({last + 1, Fields::capacity, there})) << segment << ' ' << last;
      for (std::size_t n = 0; n < fields.count(); ++n)
        ASSERT_EQ(fields[n], part(segment, '|', n + 1)) << segment << ' ' << last;
      EXPECT_EQ(fields[fields.count()], "");
    }
  }
}

// In GB 18030 the second byte of a character may be 0x7C.
TEST(Message, TheSecondByteOfACharacterIsNoSeparator) {
  Header header;
  header.parse("MSH|^~\\&|MON||||||ORU^R01|1|P|2.4||||||GB 18030-2000");
  Fields fields;
  fields.split("PID|||17||\x90\x7C\x90\x5E|after", header.separators());
  EXPECT_EQ(fields[6], "after");
  EXPECT_EQ(component(fields[5], 1, header.separators()), "\x90\x7C\x90\x5E");
}

TEST(Subject, PlaceholdersAreNoPatient) {
  const Separators by;
  Scratch scratch;
  EXPECT_EQ(read_patient_id("PID|||T100^^^H^MR~OTHER", {}, by, scratch), "T100");
  EXPECT_EQ(read_patient_id("PID|||0000", {}, by, scratch), "0000");
  const std::string unknown = "PID|||T100" + std::string(28, '|') + "Y";
  const std::vector<std::string_view> placeholders{
      "PID", "PID|||", "PID|||0", "PID|||^^^Hospital^PI", "PID|||\"\"", "PID|||Unknown Patient^x", unknown};
  for (const std::string_view segment : placeholders)
    EXPECT_EQ(read_patient_id(segment, {}, by, scratch), "") << segment;
}

TEST(Subject, Places) {
  struct Case {
    std::string_view location, unit, room, bed;
  };
  const std::vector<Case> cases{{"ICU^101^A", "ICU", "101", "A"},
                                {"ICU^BED-03^^HOSP", "ICU", "BED-03", ""},
                                {"^^BED-001^ip:1", "", "", "BED-001"},
                                {"^^&24", "", "", "24"},
                                {"^^ICU&1&3232237756&4601&&1", "ICU", "", "1"},
                                {"^^Doc1&5&1", "", "", "Doc1"},
                                {"^^", "", "", ""},
                                {"\"\"", "", "", ""}};
  for (const Case& one : cases) {
    Scratch scratch;
    drivers::Subject subject;
    const std::string segment = "PV1||I|" + std::string(one.location);
    read_visit(segment, Separators{}, scratch, subject);
    EXPECT_EQ(std::string(subject.point_of_care), one.unit) << one.location;
    EXPECT_EQ(std::string(subject.room), one.room) << one.location;
    EXPECT_EQ(std::string(subject.bed), one.bed) << one.location;
  }
}

}  // namespace
}  // namespace drivers::hl7::test
