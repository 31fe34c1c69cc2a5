// A capture carries no patient identity, and otherwise every byte as it came.
#include "daemon/tools/pseudonyms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tools {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string before = "\x0bMSH|^~\\&|M|H|||20260115143000||ORU^R01|ID1|P|2.6\r";
const std::string after = "OBR|1|||X|||20260115143000\rOBX|1|NM|150456^MDC^MDC|1.1|97|%^%^UCUM|||||R\r\x1c\r";

std::string without_identity(const std::string& bytes, const std::string& key = "k") {
  Pseudonyms pseudonyms(key);
  std::string out;
  pseudonyms.feed(0, bytes, out);
  pseudonyms.end(0, out);
  return out;
}

TEST(Pseudonyms, NamesAndIdsAreGoneAndTheRestStays) {
  const std::string out = without_identity(
      before +
      "PID|1||P77^^^H||Doe^Jane||19700101|F|||Elm Street 5\rNK1|1|Doe^John\rPV1||I|W^1^B4||||Dr. Who\r" +
      after);
  for (const char* secret : {"P77", "Doe", "Jane", "John", "1970", "Elm", "Who"})
    EXPECT_THAT(out, Not(HasSubstr(secret)));
  EXPECT_EQ(out.substr(0, before.size()), before);
  EXPECT_EQ(out.substr(out.size() - after.size()), after);
  EXPECT_THAT(out, HasSubstr("PV1||I|W^1^B4||||X"));  // the bed is not the patient
  EXPECT_THAT(out, HasSubstr("PID|1||X"));
}

TEST(Pseudonyms, OneIdIsOnePseudonymWithinACapture) {
  const auto id_of = [](const std::string& out) {
    const auto at = out.find("PID|||") + 6;
    return out.substr(at, out.find_first_of("|\r", at) - at);
  };
  const std::string a = id_of(without_identity("PID|||P77^^^H\r")),
                    b = id_of(without_identity("PID|||P78^^^H\r"));
  EXPECT_EQ(id_of(without_identity("PID|||P77^^^H|x\r")), a);
  EXPECT_NE(a, b);
  EXPECT_NE(id_of(without_identity("PID|||P77^^^H\r", "another capture")), a);
}

TEST(Pseudonyms, EmptyAndDeletedFieldsKeepTheirMeaning) {
  EXPECT_EQ(without_identity("PID|||\"\"||\r"), "PID|||\"\"||\r");
}

TEST(Pseudonyms, EverySplitGivesTheSame) {
  const std::string bytes = before + "PID|1||P77^^^H||Doe^Jane\rZPI|Doe|1\r" + after;
  const std::string whole = without_identity(bytes);
  Pseudonyms pseudonyms("k");
  std::string out;
  for (const char byte : bytes) pseudonyms.feed(0, {&byte, 1}, out);
  pseudonyms.end(0, out);
  EXPECT_EQ(out, whole);
  EXPECT_THAT(out, Not(HasSubstr("Doe")));
}

// What is not known to be harmless is taken for a person's.
TEST(Pseudonyms, WhatNobodyKnowsIsReplaced) {
  EXPECT_THAT(without_identity("Doe^Jane was here\r"), Not(HasSubstr("Doe")));
  EXPECT_THAT(without_identity("ZZZ|Doe\rNTE|1||Mrs Doe said\rMRG|P77\rQRD|x|||||||Doe\r"),
              Not(HasSubstr("Doe")));
  EXPECT_THAT(without_identity("MRG|P77\r"), Not(HasSubstr("P77")));
  EXPECT_THAT(without_identity("OBX|1|XPN|1||Doe^Jane\rOBX|2|FT|1||Mrs Doe\r"), Not(HasSubstr("Doe")));
  // Lost line ends: all in one segment.
  EXPECT_THAT(without_identity("MSH|^~\\&|M PID|||P77||Doe OBX|1\r"), Not(HasSubstr("Doe")));
  EXPECT_THAT(without_identity("PID|||P77||Doe"), Not(HasSubstr("Doe")));  // torn
}

TEST(Pseudonyms, ConnectionsDoNotMix) {
  Pseudonyms pseudonyms("k");
  std::string a, b;
  pseudonyms.feed(1, "PID|||P", a);
  pseudonyms.feed(2, "OBX|1|NM|x||97\r", b);
  pseudonyms.feed(1, "77\r", a);
  EXPECT_EQ(b, "OBX|1|NM|x||97\r");
  EXPECT_EQ(a, without_identity("PID|||P77\r"));
}

TEST(Pseudonyms, ASegmentWithoutAnEndStaysBounded) {
  Pseudonyms pseudonyms("k");
  std::string out;
  for (int i = 0; i < 40; ++i) pseudonyms.feed(0, std::string(100'000, 'x'), out);
  EXPECT_LT(out.size(), 1000U);
}

}  // namespace
}  // namespace tools
