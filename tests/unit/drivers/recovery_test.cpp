// Goal: whatever came before, good bytes are decoded again after a few frames, and the drivers of streaming
// ports take no memory while they run. Method: random noise and shuffled pieces of good streams, then good
// frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "drivers/berry/berry.hpp"
#include "drivers/capnostream20/capnostream20.hpp"
#include "drivers/contec/contec.hpp"
#include "drivers/draeger_medibus/draeger_medibus.hpp"
#include "drivers/ivy/ivy.hpp"
#include "drivers/masimo/masimo.hpp"
#include "drivers/nellcor/nellcor.hpp"
#include "drivers/nonin/nonin.hpp"
#include "drivers/pm6750/pm6750.hpp"
#include "drivers/suntech_nibp/suntech_nibp.hpp"
#include "tests/unit/drivers/counted_new.hpp"
#include "tests/unit/drivers/counting_sink.hpp"
#include "tests/unit/drivers/nonin_bytes.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test {
namespace {

struct Stream {
  std::string name;
  Made (*make)(const Options&);
  Options options;
  ByteVector unit;  // one good packet, frame or line
  std::string value;
  int frames_a_unit = 1;
};

ByteVector text(std::string_view line) { return {line.begin(), line.end()}; }

// As many as the device sends in a second.
ByteVector times(std::size_t count, std::string_view frame) {
  ByteVector bytes;
  for (std::size_t i = 0; i < count; ++i) bytes = bytes + hex(frame);
  return bytes;
}

ByteVector ivy_record() {
  return hex("FF") + text("ANSAR-B ") + ByteVector(400, 0x80) +
         text("HR=1;80;ECG-II-DIAG;\rSPO2=1;100;PR=72 ;\rNIBP=4;121;75;92;80;;\r") + hex("FE");
}

std::vector<Stream> streams() {
  return {
      {"format 1", nonin::make, {{"format", "1"}}, hex("81 02 5F"), "obs pr 130 valid"},
      {"format 2", nonin::make, {{"format", "2"}}, packet_1, "obs pr 131 "},
      {"format 7", nonin::make, {{"format", "7"}}, packet_7, "obs pr 131 "},
      {"format 8", nonin::make, {{"format", "8"}}, hex("80 48 62 20"), "obs pr 72 valid"},
      {"format 13",
       nonin::make,
       {{"format", "13"}},
       hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 00 00 48 00 62 6D 03"),
       "obs pr 72 valid"},
      {"text", nonin::make, {{"format", "text"}}, text("SPO2=098 HR=072\r\n"), "obs pr 72 valid"},
      {"masimo",
       masimo::make,
       {},
       text("09/15/10 15:10:29 SPO2=097% BPM=064 PI=11.82% ALARM=20 EXC=800\r\n"),
       "obs pr 64 valid"},
      {"contec-5", contec::make_5, {}, times(60, "85 40 07 48 62"), "obs pr 72 valid", 60},
      {"contec-9", contec::make_9, {}, times(60, "01 E0 85 C0 97 C8 E2 FF FF"), "obs pr 72 valid", 60},
      {"berry-bci", berry::make, {}, times(100, "85 32 07 48 62"), "obs pr 72 valid", 100},
      {"pm6750",
       pm6750::make,
       {},
       times(10, "55 AA 06 04 00 62 48 4B 55 AA 08 03 00 00 79 5C 4B D4"),
       "obs pr 72 valid",
       20},
      {"ivy-450c", ivy::make, {}, ivy_record(), "obs pr 72 valid"},
      {"nellcor", nellcor::make, {}, text("09-Mar-26 14:25:36    98      72      45\r\n"), "obs pr 72 valid"},
      {"draeger-medibus",
       draeger_medibus::make,
       {},
       hex("01 24 45 42 20 39 37 20 45 31 20 37 31 20 37 41 0D"),
       "obs spo2 97 valid"},
      // Two measurements with different results.
      {"suntech-nibp",
       suntech_nibp::make,
       {},
       hex("3E 05 93 00 2A 3E 05 00 00 BD 3E 18 83 00 50 00 00 01 00 00 00 00 00 00 00 00 46 00 5F 00 00 00 "
           "00 31 "
           "3E 05 93 00 2A 3E 05 00 00 BD 3E 18 76 00 48 00 00 01 00 00 00 00 00 00 00 00 4A 00 58 00 00 00 "
           "00 49"),
       "obs nibp-sys 118 valid",
       6},
      {"capnostream20",
       capnostream20::make,
       {},
       hex("85 1C 01 69 9E 93 00 26 00 0E 61 48 80 00 00 00 00 00 00 00 3C 0F 1E 05 08 64 5A 8C 32 01 00 59"),
       "obs spo2 97 valid"},
  };
}

// Random bytes, and runs of the stream's own bytes from random places: the worst that resynchronisation can
// meet.
ByteVector noise(const ByteVector& unit) {
  ByteVector bytes;
  const auto runs = *rc::gen::inRange(0, 12);
  for (int run = 0; run < runs; ++run) {
    if (*rc::gen::arbitrary<bool>()) {
      const auto begin = *rc::gen::inRange<std::size_t>(0, unit.size());
      const auto end = *rc::gen::inRange<std::size_t>(begin, unit.size() + 1);
      bytes = bytes + slice(unit, begin, end);
    } else {
      bytes = bytes + *rc::gen::container<ByteVector>(rc::gen::arbitrary<std::uint8_t>());
    }
  }
  return bytes;
}

TEST(Recovery, GoodBytesCountAgainAfterAnyNoise) {
  constexpr int units_to_recover = 4;
  for (const Stream& stream : streams()) {
    EXPECT_TRUE(rc::check(stream.name, [&] {
      const auto driver = stream.make(stream.options).driver;
      RecordingSink sink;
      driver->feed(noise(stream.unit), stamp(0), sink);
      for (int unit = 1; unit <= units_to_recover; ++unit) {
        sink.clear();
        driver->feed(stream.unit, stamp(unit * 1000), sink);
      }
      RC_ASSERT(sink.text().find(stream.value) != std::string::npos);
    }));
  }
}

TEST(Recovery, NoNoiseMakesMoreThanOneFaultAByteOrAnImpossibleValue) {
  for (const Stream& stream : streams()) {
    EXPECT_TRUE(rc::check(stream.name, [&] {
      const auto driver = stream.make(stream.options).driver;
      RecordingSink sink;
      const ByteVector bytes = noise(stream.unit);
      driver->feed(bytes, stamp(0), sink);
      RC_ASSERT(sink.lines.size() <= 2 * bytes.size());
      for (const auto& seen : sink.observations)
        if (seen.has_value()) RC_ASSERT(seen.value >= 1 && seen.value <= 321);
    }));
  }
}

// The frame with the damaged byte gives nothing, wherever in it the byte stood; what follows counts again.
TEST(Recovery, AFrameWithADamagedByteGivesNoValue) {
  for (const Stream& stream : streams()) {
    if (stream.frames_a_unit > 1) continue;  // where a unit has several, the others may stand
    for (std::size_t place = 0; place < stream.unit.size(); ++place) {
      SCOPED_TRACE(stream.name + ", byte " + std::to_string(place));
      if (stream.unit[place] == '\n') continue;  // CR has ended the line, whole
      const auto driver = stream.make(stream.options).driver;
      RecordingSink sink;
      for (int second = 0; second < 3; ++second) driver->feed(stream.unit, stamp(second * 1000), sink);
      sink.clear();
      const Bytes unit{stream.unit};
      driver->feed(unit.first(place), stamp(3000), sink);
      driver->damaged(stamp(3000), sink);
      driver->feed(unit.subspan(place + 1), stamp(3000), sink);
      ASSERT_THAT(sink.observations, testing::IsEmpty()) << sink.text();
      for (int second = 4; second < 7; ++second) driver->feed(stream.unit, stamp(second * 1000), sink);
      ASSERT_THAT(sink.text(), testing::HasSubstr(stream.value));
    }
  }
}

TEST(Allocation, NoneFromBytesToObservations) {
  for (const Stream& stream : streams()) {
    const auto driver = stream.make(stream.options).driver;
    ByteVector damaged = stream.unit;
    damaged[damaged.size() / 2] ^= 0x01;
    CountingSink sink;
    const std::size_t before = allocations();
    for (int unit = 0; unit < 100; ++unit)
      driver->feed(unit % 10 == 5 ? damaged : stream.unit, stamp(unit), sink);
    EXPECT_EQ(allocations(), before) << stream.name;
    EXPECT_GE(sink.observations, 100) << stream.name;
  }
}

}  // namespace
}  // namespace drivers::test
