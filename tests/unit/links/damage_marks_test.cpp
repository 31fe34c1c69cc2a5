// Goal: what a terminal marks as damaged never comes out as a byte, and everything else comes out as it was
// sent, however the stream is cut. Method: bytes as PARMRK writes them, by hand.
#include "daemon/links/damage_marks.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

namespace links {
namespace {

using Stream = std::vector<std::uint8_t>;

// Bytes as two digits, ! for a damaged one.
std::string unmarked(const Stream& stream, std::size_t piece) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  DamageMarks marks;
  std::string out;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    Stream part(stream.begin() + static_cast<std::ptrdiff_t>(at),
                stream.begin() + static_cast<std::ptrdiff_t>(std::min(at + piece, stream.size())));
    marks.take(
        part,
        [&](Bytes bytes) {
          for (const std::uint8_t byte : bytes) {
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
          }
          return true;
        },
        [&] {
          out += '!';
          return true;
        });
  }
  return out;
}

void expect(const Stream& stream, const std::string& wanted) {
  for (std::size_t piece = 1; piece <= stream.size(); ++piece)
    EXPECT_EQ(unmarked(stream, piece), wanted) << "in pieces of " << piece;
}

TEST(DamageMarks, SoundBytesStay) { expect({0x00, 0x41, 0x7F, 0xFE, 0x00}, "00417FFE00"); }

TEST(DamageMarks, ADoubledMarkIsTheByte) {
  expect({0x41, 0xFF, 0xFF, 0x42, 0xFF, 0xFF, 0xFF, 0xFF}, "41FF42FFFF");
}

TEST(DamageMarks, AMarkedByteIsDamageWhateverItIs) {
  for (int byte = 0; byte < 256; ++byte)
    expect({0x41, 0xFF, 0x00, static_cast<std::uint8_t>(byte), 0x42}, "41!42");
}

TEST(DamageMarks, DamageStandsWhereItHappened) {
  expect({0xFF, 0x00, 0x31, 0xFF, 0x00, 0x32, 0x33, 0xFF, 0x00, 0x34}, "!!33!");
  expect({0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xFF}, "FF!FF");
}

TEST(DamageMarks, AMarkThatNoTerminalWritesIsDamageToo) { expect({0x41, 0xFF, 0x43, 0x42}, "41!42"); }

TEST(DamageMarks, EndsWhenItsListenerEnds) {
  DamageMarks marks;
  Stream stream{0x41, 0xFF, 0x00, 0x00, 0x42, 0xFF, 0x00, 0x00};
  int calls = 0;
  marks.take(
      stream, [&](Bytes) { return ++calls < 3; }, [&] { return ++calls < 2; });
  EXPECT_EQ(calls, 2);
}

// Any stream of sound and damaged bytes, marked as the terminal does it and cut anywhere.
TEST(DamageMarks, EveryStreamComesBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (int round = 0; round < 200; ++round) {
    Stream stream;
    std::string wanted;
    for (auto count = random() % 60; count > 0; --count) {
      const auto byte = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xFF * (random() % 2) : random() % 256);
      if (random() % 5 == 0) {
        stream.insert(stream.end(), {0xFF, 0x00, byte});
        wanted += '!';
        continue;
      }
      if (byte == 0xFF) stream.push_back(byte);
      stream.push_back(byte);
      wanted += digits[byte >> 4U];
      wanted += digits[byte & 15U];
    }
    EXPECT_EQ(unmarked(stream, 1 + random() % 7), wanted);
  }
}

}  // namespace
}  // namespace links
