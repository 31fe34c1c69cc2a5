// Goal: every driver makes of every capture exactly what is written beside it, however the bytes are cut and
// whatever noise lies between them. Method: replay through the registry; a driver without captures fails.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

#include "drivers/registry.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test {
namespace {

constexpr std::size_t captures_min = 3;

struct Case {
  const Entry* entry = nullptr;
  Capture capture;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Entry& entry : registry())
    for (const auto& path : captures_of(entry.facts->name)) cases.push_back({&entry, read_capture(path)});
  return cases;
}

std::unique_ptr<Driver> make(const Case& one) {
  Made made = one.entry->make(one.capture.options);
  if (!made.driver) throw std::runtime_error(one.capture.path.string() + ": " + made.error);
  return std::move(made.driver);
}

std::string output(const Case& one, const Cut& cut) {
  RecordingSink sink;
  replay(one.capture, *make(one), cut, sink);
  return sink.text();
}

// Repeats the given lengths.
Cut cut_by(const std::vector<std::size_t>& lengths) {
  return [&lengths, next = std::size_t{0}](std::size_t) mutable { return lengths[next++ % lengths.size()]; };
}

TEST(Captures, EveryDriverHasSome) {
  for (const Entry& entry : registry())
    EXPECT_GE(captures_of(entry.facts->name).size(), captures_min) << entry.facts->name;
}

TEST(Captures, EveryFolderBelongsToADriver) {
  for (const auto& folder : std::filesystem::directory_iterator(captures_folder())) {
    if (!folder.is_directory()) continue;
    EXPECT_NE(find(folder.path().filename().string()), nullptr) << folder.path();
  }
}

// With VITALSD_BLESS=1 the expected files are written instead of compared.
TEST(Captures, GiveTheExpectedOutput) {
  const char* wish = std::getenv("VITALSD_BLESS");
  const bool bless = wish != nullptr && std::string_view(wish) == "1";
  for (const Case& one : all_cases()) {
    SCOPED_TRACE(one.capture.path);
    const std::string seen = output(one, cut_nowhere);
    if (bless) std::ofstream(one.capture.expected_path(), std::ios::binary) << seen;
    ASSERT_TRUE(std::filesystem::exists(one.capture.expected_path())) << "no expected output";
    EXPECT_EQ(seen, read_file(one.capture.expected_path()));
  }
}

TEST(Captures, CutAtEveryByteTheyGiveTheSame) {
  for (const Case& one : all_cases())
    EXPECT_EQ(output(one, cut_everywhere), output(one, cut_nowhere)) << one.capture.path;
}

TEST(Captures, CutAtRandomTheyGiveTheSame) {
  for (const Case& one : all_cases()) {
    const std::string whole = output(one, cut_nowhere);
    EXPECT_TRUE(rc::check(one.capture.path.filename().string(), [&] {
      const auto lengths = *rc::gen::nonEmpty(
          rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 60)));
      RC_ASSERT(output(one, cut_by(lengths)) == whole);
    }));
  }
}

// What was said to be a value, without when.
std::set<std::string> values_in(const RecordingSink& sink) {
  std::set<std::string> out;
  for (const auto& seen : sink.observations)
    if (seen.has_value()) out.insert(std::string(vitals::name(seen.metric)) + ' ' + number_text(seen.value));
  return out;
}

std::size_t bytes_in(const Capture& capture) {
  std::size_t out = 0;
  for (const Piece& piece : capture.pieces) out += piece.bytes.size();
  return out;
}

// A byte that the line damaged costs its frame, and never makes a value that the device did not send. Every
// place, in long captures some of them.
TEST(Captures, ADamagedByteIsAFaultAndNeverMakesAnotherValue) {
  constexpr std::size_t places_max = 400;
  for (const Case& one : all_cases()) {
    if (one.entry->facts->line.baud == 0) continue;  // a network brings no damaged byte
    SCOPED_TRACE(one.capture.path);
    RecordingSink sound;
    replay(one.capture, *make(one), cut_nowhere, sound);
    const std::set<std::string> sent = values_in(sound);
    const std::size_t size = bytes_in(one.capture), step = 1 + size / places_max;
    for (std::size_t place = 0; place < size; place += step) {
      RecordingSink sink;
      replay_damaged(one.capture, place, *make(one), sink);
      const auto faults = std::count_if(sink.lines.begin(), sink.lines.end(), [](const std::string& line) {
        return line.find("fault broken line-error") != std::string::npos;
      });
      ASSERT_EQ(faults, 1) << "at " << place;
      for (const std::string& value : values_in(sink))
        ASSERT_TRUE(sent.contains(value)) << value << ", damaged at " << place;
    }
  }
}

std::vector<std::uint8_t> random_noise() {
  return *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
}

// Noise, a piece cut out of the capture itself, or both.
Capture with_noise(Capture capture) {
  for (Piece& piece : capture.pieces) {
    auto& bytes = piece.bytes;
    const auto begin = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
    const auto end = *rc::gen::inRange<std::size_t>(begin, bytes.size() + 1);
    bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                bytes.begin() + static_cast<std::ptrdiff_t>(end));
    const auto noise = random_noise();
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(begin), noise.begin(), noise.end());
  }
  return capture;
}

TEST(Captures, NoiseBetweenTheBytesIsSurvivedAndCutsDoNotMatterThenEither) {
  for (const Case& one : all_cases()) {
    EXPECT_TRUE(rc::check(one.capture.path.filename().string(), [&] {
      const Case noisy{one.entry, with_noise(one.capture)};
      RecordingSink sink;
      replay(noisy.capture, *make(noisy), cut_nowhere, sink);
      for (const auto& seen : sink.observations)
        if (seen.has_value()) RC_ASSERT(std::isfinite(seen.value));
      RC_ASSERT(output(noisy, cut_everywhere) == sink.text());
    }));
  }
}

}  // namespace
}  // namespace drivers::test
