// Goal: a recording without options is read with the one layout that fits it, the reader is told, and what
// was asked for is never overruled. Method: bytes of each Nonin format through `vitalsd replay`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "daemon/tools/replay.hpp"
#include "tests/unit/drivers/nonin_bytes.hpp"

namespace tools {
namespace {

using drivers::test::ByteVector;
using drivers::test::hex;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ByteVector bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

ByteVector times(const ByteVector& bytes, int count) {
  ByteVector out;
  for (int i = 0; i < count; ++i) out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}

class ReplayOptionsTest : public ::testing::Test {
 protected:
  std::vector<std::string> replay(const ByteVector& bytes, const drivers::Options& options = {},
                                  const std::string& protocol = "nonin") {
    const auto path =
        std::filesystem::path(::testing::TempDir()) /
        (std::string{"replay-"} + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    ReplayOptions run;
    run.file = path.string();
    run.protocol = protocol;
    run.options = options;
    std::vector<std::string> lines;
    EXPECT_TRUE(tools::replay(
        run, [&](std::string_view line) { lines.emplace_back(line); }, note_))
        << note_;
    std::filesystem::remove(path);
    return lines;
  }

  std::string note_;
};

TEST_F(ReplayOptionsTest, TheLayoutThatFitsIsFoundAndNamed) {
  const std::vector<std::pair<std::string, ByteVector>> streams{
      {"1", times(hex("80 48 62"), 5)},
      {"7", drivers::test::packet_7},
      {"8", times(hex("80 48 62 00"), 5)},
      {"13", hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 00 00 48 00 62 6D 03")},
      {"text", bytes_of("SPO2=098 HR=072\r\nSPO2=098 HR=072\r\n")}};
  for (const auto& [format, bytes] : streams) {
    EXPECT_THAT(replay(bytes), Contains(HasSubstr("\"metric\":\"spo2\",\"v\":9"))) << format;
    EXPECT_THAT(note_, HasSubstr("format=" + format + ",")) << format;
  }
}

TEST_F(ReplayOptionsTest, TheStandardLayoutNeedsNoNote) {
  EXPECT_THAT(replay(drivers::test::packet_1), Contains(HasSubstr("\"v\":96")));
  EXPECT_EQ(note_, "");
}

TEST_F(ReplayOptionsTest, WhatWasAskedForIsNotOverruled) {
  EXPECT_THAT(replay(drivers::test::packet_7, {{"format", "2"}}), IsEmpty());
  EXPECT_THAT(note_, HasSubstr("format=7"));
}

TEST_F(ReplayOptionsTest, NoiseFitsNothingAndTheNoteSaysWhatCouldBeAsked) {
  ByteVector noise;
  unsigned state = 7;
  for (int i = 0; i < 4000; ++i)
    noise.push_back(static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24U));
  EXPECT_THAT(replay(noise), IsEmpty());
  EXPECT_THAT(note_, HasSubstr("1, 2, 7, 8, 13 or text"));
}

TEST_F(ReplayOptionsTest, AProtocolOfOneLayoutSaysThatNothingFits) {
  for (const drivers::Entry& entry : drivers::registry()) {
    if (entry.facts->line.baud == 0 || entry.facts->name == "nonin") continue;
    replay(bytes_of("?"), {}, std::string{entry.facts->name});
    EXPECT_THAT(note_, HasSubstr("nothing in the file could be read as " + std::string{entry.facts->name}));
  }
}

}  // namespace
}  // namespace tools
