// The simulated monitors must send what real ones send: their frames are compared with vectors that were
// computed by hand from the makers' papers, byte for byte.
#include "daemon/simulate/hl7.hpp"
#include "daemon/simulate/nonin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace simulate {
namespace {

std::vector<std::uint8_t> from_hex(std::string_view text) {
  std::vector<std::uint8_t> out;
  std::string digits;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    digits += c;
    if (digits.size() == 2) {
      out.push_back(static_cast<std::uint8_t>(std::stoul(digits, nullptr, 16)));
      digits.clear();
    }
  }
  return out;
}

template <typename Bytes>
std::vector<std::uint8_t> vector_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

// Rate 130 (above 127: the rate crosses a byte), SpO2 95, a green pulse in frames 6 to 17, battery and spot
// bits.
NoninPacket packet_130_95() {
  NoninPacket p;
  p.rate = 130, p.rate_long = 128, p.rate_display = 131, p.rate_long_display = 129;
  p.spo2 = 95, p.spo2_fast = 94, p.spo2_beat = 93, p.spo2_long = 95, p.spo2_display = 96,
  p.spo2_long_display = 96;
  p.thirds = 300;
  for (std::size_t i = 5; i < 17; ++i) p.status[i] = NoninPacket::green;
  return p;
}

TEST(NoninFormat2, EncodesThePacketOfThePaper) {
  NoninPacket p = packet_130_95();
  p.stat2 = 0x20;
  for (std::size_t i = 0; i < p.pleth.size(); ++i) p.pleth[i] = static_cast<std::uint16_t>(0x64 + i % 10);
  EXPECT_EQ(vector_of(encode_format2(p)), from_hex(R"(
    01 81 64 01 E7   01 80 65 02 E8   01 80 66 5F 46   01 80 67 30 18   01 80 68 00 E9
    01 82 69 02 EE   01 82 6A 2C 19   01 82 6B 20 0E   01 82 6C 60 4F   01 82 6D 5E 4E
    01 82 64 5D 44   01 82 65 00 E8   01 82 66 00 E9   01 82 67 01 EB   01 82 68 00 EB
    01 82 69 5F 4B   01 82 6A 60 4D   01 80 6B 00 EC   01 80 6C 00 ED   01 80 6D 01 EF
    01 80 64 03 E8   01 80 65 01 E7   01 80 66 01 E8   01 80 67 00 E8   01 80 68 00 E9)"));
}

TEST(NoninFormat2, FingerRemovedHoldsTheDisplayValuesWithTheSensorAlarmOn) {
  NoninPacket p;
  p.rate_display = p.rate_long_display = 75;
  p.spo2_display = p.spo2_long_display = 97;
  p.status.fill(NoninPacket::sensor_alarm | NoninPacket::out_of_track);
  p.pleth.fill(0x63);
  EXPECT_EQ(vector_of(encode_format2(p)), from_hex(R"(
    01 99 63 03 00   01 98 63 7F 7B   01 98 63 7F 7B   01 98 63 30 2C   01 98 63 00 FC
    01 98 63 00 FC   01 98 63 00 FC   01 98 63 00 FC   01 98 63 61 5D   01 98 63 7F 7B
    01 98 63 7F 7B   01 98 63 00 FC   01 98 63 00 FC   01 98 63 03 FF   01 98 63 7F 7B
    01 98 63 7F 7B   01 98 63 61 5D   01 98 63 00 FC   01 98 63 00 FC   01 98 63 00 FC
    01 98 63 4B 47   01 98 63 00 FC   01 98 63 4B 47   01 98 63 00 FC   01 98 63 00 FC)"));
}

TEST(NoninFormat7, EncodesThePacketOfThePaper) {
  NoninPacket p = packet_130_95();
  p.stat2 = 0x21;
  for (std::size_t i = 0; i < p.pleth.size(); ++i) p.pleth[i] = static_cast<std::uint16_t>(32768 + 37 * i);
  EXPECT_EQ(vector_of(encode_format7(p)), from_hex(R"(
    81 80 00 01 02   80 80 25 02 27   80 80 4A 5F A9   80 80 6F 30 9F   80 80 94 00 94
    82 80 B9 02 BD   82 80 DE 2C 0C   82 81 03 21 27   82 81 28 60 8B   82 81 4D 5E AE
    82 81 72 5D D2   82 81 97 00 9A   82 81 BC 00 BF   82 81 E1 01 E5   82 82 06 00 0A
    82 82 2B 5F 8E   82 82 50 60 B4   80 82 75 00 77   80 82 9A 00 9C   80 82 BF 01 C2
    80 82 E4 03 E9   80 83 09 01 0D   80 83 2E 01 32   80 83 53 00 56   80 83 78 00 7B)"));
}

TEST(NoninFormat8, EncodesTheFramesOfThePaper) {
  EXPECT_EQ(vector_of(encode_format8({.rate = 72, .spo2 = 98, .spot_quality = true})),
            from_hex("80 48 62 20"));
  EXPECT_EQ(vector_of(encode_format8({.rate = 130, .spo2 = 91, .low_perfusion = true})),
            from_hex("91 02 5B 00"));
  EXPECT_EQ(vector_of(encode_format8({.rate = 235, .spo2 = 98, .low_battery = true})),
            from_hex("81 6B 62 01"));
  EXPECT_EQ(vector_of(encode_format8({.sensor_alarm = true})), from_hex("83 7F 7F 08"));
}

TEST(NoninFormat1, EncodesThreeBytes) {
  EXPECT_EQ(vector_of(encode_format1({72, 98, false, false})), from_hex("80 48 62"));
  EXPECT_EQ(vector_of(encode_format1({130, 91, false, true})), from_hex("85 02 5B"));
  EXPECT_EQ(vector_of(encode_format1({511, 127, true, false})), from_hex("C3 7F 7F"));
}

TEST(NoninFormat13, EncodesThePacketsOfThePaper) {
  NoninSpot spot{1'773'066'336'000, 72, 98, true, false};  // 2026-03-09T14:25:36Z
  EXPECT_EQ(vector_of(encode_format13(spot)),
            from_hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 00 00 48 00 62 6D 03"));
  spot.rate = 300, spot.spo2 = 91, spot.from_memory = true;
  EXPECT_EQ(vector_of(encode_format13(spot)),
            from_hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 10 01 2C 00 5B 5B 03"));
  EXPECT_EQ(vector_of(encode_format13({1'773'066'336'000, 511, 127, false, false})),
            from_hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 01 00 01 FF 00 7F 41 03"));
}

TEST(NoninText, PrintsALine) {
  EXPECT_EQ(print_nonin(72, 98), "SPO2=098 HR=072\r\n");
  EXPECT_EQ(print_nonin(511, 127), "SPO2=--- HR=---\r\n");
}

Hl7Sample sample() {
  Hl7Sample out;
  out.bed = "pain/b2", out.control_id = "SIM1-1", out.unix_s = 1'764'000'000;  // 2025-11-24 16:00:00 UTC
  out.hr = 88, out.pr = 87, out.spo2 = 96;
  return out;
}

bool has(const std::string& message, std::string_view part) {
  return message.find(part) != std::string::npos;
}

TEST(Hl7Report, CarriesEachValueWithItsCodeUnitAndStatus) {
  const std::string text = encode_hl7(Dialect::pcd01, sample());
  EXPECT_TRUE(text.starts_with("MSH|^~\\&|")) << text;
  EXPECT_TRUE(has(text, "|ORU^R01^ORU_R01|SIM1-1|P|2.6|||AL|NE|"));
  EXPECT_TRUE(has(text, "\rPV1||I|pain^^b2\r"));
  EXPECT_TRUE(
      has(text, "|NM|147842^MDC_ECG_HEART_RATE^MDC|1.7.4.147842|88|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|"));
  EXPECT_TRUE(
      has(text, "|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.150456|96|262688^MDC_DIM_PERCENT^MDC|||||R|"));
  EXPECT_TRUE(has(text, "20251124160000+0000"));
  EXPECT_FALSE(has(text, "150021")) << "no cuff reading yet";
}

TEST(Hl7Report, ACuffReadingStandsWithItsOwnTimeInField14) {
  Hl7Sample s = sample();
  s.cuff = CuffReading{162, 94, 117, 1'763'999'700};
  const std::string text = encode_hl7(Dialect::pcd01, s);
  const auto row = text.find("150021^MDC_PRESS_BLD_NONINV_SYS^MDC");
  ASSERT_NE(row, std::string::npos);
  const auto line = text.substr(text.rfind('\r', row) + 1, text.find('\r', row) - text.rfind('\r', row) - 1);
  std::vector<std::string> fields{""};
  for (const char c : line) {
    if (c == '|')
      fields.emplace_back();
    else
      fields.back() += c;
  }
  ASSERT_GT(fields.size(), 14U);
  EXPECT_EQ(fields[5], "162");
  EXPECT_EQ(fields[11], "R");
  EXPECT_EQ(fields[14], "20251124155500+0000");
}

TEST(Hl7Report, ProbeOffLeavesTheRowsWithoutANumber) {
  Hl7Sample s = sample();
  s.probe_on = false;
  const std::string text = encode_hl7(Dialect::pcd01, s);
  EXPECT_TRUE(
      has(text, "|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.150456||262688^MDC_DIM_PERCENT^MDC||NAV|||X|"));
  EXPECT_TRUE(has(text, "|1.7.4.147842|88|")) << "the ECG goes on";
}

TEST(Hl7Report, LoincDialectAsksForTheOriginalAnswer) {
  const std::string text = encode_hl7(Dialect::loinc, sample());
  EXPECT_TRUE(has(text, "|ORU^R01|SIM1-1|P|2.5\r"));
  EXPECT_TRUE(has(text, "|NM|59408-5^Oxygen saturation by Pulse oximetry^LN||96|%|||||F|"));
}

TEST(Hl7Report, MakersSpeakTheirOwnCodes) {
  Hl7Sample s = sample();
  s.cuff = CuffReading{162, 94, 117, 1'763'999'700};
  const std::vector<std::pair<Dialect, std::string_view>> rows{
      {Dialect::mindray_pds, "OBX||NM|101^HR|2101|88||||||F\r"},
      {Dialect::mindray_pds, "OBX||NM|172^Mean|2105|117||||||F||APERIODIC|20251124155500\r"},
      {Dialect::philips, "OBX||NM|0002-4bb8^SpO2^MDIL|0|96|0004-0220^%^MDIL|||||F\r"},
      {Dialect::nihon_kohden, "OBR||||NIBP|||20251124155500\rOBX||NM|009000^NIBP SYS|1|162|mmHg|||||F\r"},
      {Dialect::comen, "PV1||I|pain^^&b2\r"},
      {Dialect::welch_allyn, "OBX||ST|Heart Rate^Heart Rate^WAP||88|^BPM|||||\r"},
      {Dialect::draeger,
       "OBX||SN|NBP S^^local^8508-4&1^^LOINC||=^162|mm(hg)^^ISO+|||||R|||20251124155500\r"}};
  for (const auto& [dialect, row] : rows) {
    std::string all;
    for (const std::string& message : encode_report(dialect, s)) all += message;
    EXPECT_TRUE(has(all, row)) << all;
  }
  EXPECT_EQ(encode_report(Dialect::mindray_pds, s).size(), 4U) << "who, what runs on, the cuff, the alarms";
}

TEST(Hl7Report, IsFramedForMllp) { EXPECT_EQ(frame_mllp("MSH|\r"), "\x0BMSH|\r\x1C\r"); }

TEST(Hl7Answer, IsRead) {
  const auto answer = parse_answer("\x0BMSH|^~\\&|V||||||ACK|1|P|2.6\rMSA|CA|SIM1-1|kept\r\x1C");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, "CA");
  EXPECT_EQ(answer->control_id, "SIM1-1");
  EXPECT_FALSE(parse_answer("MSH|^~\\&|V||||||ACK|1|P|2.6\r"));
}

Scenario scenario_of(std::string_view toml) {
  auto loaded = parse_scenario(toml, "test.toml");
  if (const auto* error = std::get_if<ScenarioError>(&loaded)) ADD_FAILURE() << error->text;
  return std::holds_alternative<Scenario>(loaded) ? std::get<Scenario>(loaded) : Scenario{};
}

TEST(Scenario, ValuesRampBetweenTheKeyframesThatNameThem) {
  const Scenario s = scenario_of(R"(
    [[keyframe]]
    t = 10
    pr = 70
    sys = 120
    dia = 60
    [[keyframe]]
    t = 20
    sys = 130
    [[keyframe]]
    t = 30
    pr = 90
  )");
  EXPECT_EQ(s.at(Vital::pr, 0), 70) << "held before the first";
  EXPECT_EQ(s.at(Vital::pr, 20), 80) << "a keyframe without the value does not bend its ramp";
  EXPECT_EQ(s.at(Vital::pr, 99), 90);
  EXPECT_EQ(s.at(Vital::map, 10), 80) << "from sys and dia";
  EXPECT_FALSE(s.at(Vital::spo2, 10));
}

TEST(Script, HandsOutEventsAndCuffReadingsInTimeOrderOnce) {
  const Scenario s = scenario_of(R"(
    cuff_interval_s = 10
    cuff_first_s = 5
    keyframe = [{t = 0, pr = 70}]
    event = [{t = 7, kind = "probe-off"}, {t = 20, kind = "probe-on"}, {t = 30, kind = "unplug"}]
  )");
  Script script(s);
  const auto first = script.due(16);
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0].what, Happening::cuff);
  EXPECT_EQ(first[1].what, Happening::probe_off);
  EXPECT_EQ(first[2].what, Happening::cuff);
  EXPECT_FALSE(script.probe_on());
  EXPECT_TRUE(script.due(16).empty());
  EXPECT_EQ(script.due(20).size(), 1U);
  EXPECT_TRUE(script.probe_on());
  EXPECT_EQ(script.due(30).size(), 2U);
  EXPECT_FALSE(script.plugged());
}

TEST(Scenario, MistakesAreNamedWithTheirLine) {
  const auto error_of = [](std::string_view toml) {
    auto loaded = parse_scenario(toml, "s.toml");
    const auto* error = std::get_if<ScenarioError>(&loaded);
    return error != nullptr ? error->text : std::string{};
  };
  EXPECT_EQ(error_of(""), "s.toml:1: a scenario needs at least one [[keyframe]]");
  EXPECT_EQ(error_of("[[keyframe]]\nt = 0\npulse = 3\n"), "s.toml:3: unknown key 'pulse'");
  EXPECT_EQ(error_of("[[keyframe]]\nt = 0\nspo2 = 'high'\n"),
            "s.toml:3: 'spo2' must be a number from 0 to 511");
  EXPECT_EQ(error_of("keyframe = [{t = 5}, {t = 1}]"), "s.toml:1: 'keyframe' must be in the order of 't'");
  EXPECT_TRUE(error_of("keyframe = [").starts_with("s.toml:1: "));
}

TEST(Scenario, ThoseThatAreInstalledCanBePlayed) {
  std::size_t seen = 0;
  for (const auto& file : std::filesystem::directory_iterator(VITALSD_SCENARIOS)) {
    const auto loaded = load_scenario(file.path().string());
    if (const auto* error = std::get_if<ScenarioError>(&loaded)) ADD_FAILURE() << error->text;
    ++seen;
  }
  EXPECT_EQ(seen, 5U);
}

TEST(Scenario, TheClockOfTheMonitorMayBeSetBack) {
  const Scenario s =
      scenario_of("keyframe = [{t = 0}]\nevent = [{t = 1, kind = 'clock-jump', seconds = -90}]");
  ASSERT_EQ(s.events.size(), 1U);
  EXPECT_EQ(s.events[0].seconds, -90);
}

}  // namespace
}  // namespace simulate
