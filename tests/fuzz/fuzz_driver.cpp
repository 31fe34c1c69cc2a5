// Fuzzes every driver of the registry, with its standard options and with every set that its captures use.
//
//   byte 0  which driver and options      byte 1  length of the parts that the bytes are cut into (0: one)
//   byte 2  tens of milliseconds between pieces of 64 bytes      the rest is what the device sends
//
// No input may crash or hang a driver, cutting must not change what it says, and a value it passes on is a
// number. VITALSD_FUZZ_DRIVER=<name> in the environment keeps to one driver; with VITALSD_FUZZ_SEEDS=<folder>
// the captures are first written there as inputs to start from.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace {

using drivers::test::Capture;
using drivers::test::RecordingSink;

constexpr std::size_t head_bytes = 3;
constexpr std::size_t piece_bytes = 64;

struct Variant {
  const drivers::Entry* entry = nullptr;
  drivers::Options options;

  friend bool operator==(const Variant&, const Variant&) = default;
};

void add(std::vector<Variant>& found, const Variant& variant) {
  const bool usable = variant.entry->make(variant.options).driver != nullptr;
  if (usable && std::find(found.begin(), found.end(), variant) == found.end()) found.push_back(variant);
}

bool wanted(std::string_view driver) {
  const char* only = std::getenv("VITALSD_FUZZ_DRIVER");
  return only == nullptr || driver == only;
}

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = [] {
    std::vector<Variant> found;
    for (const drivers::Entry& entry : drivers::registry()) {
      if (!wanted(entry.facts->name)) continue;
      add(found, {&entry, {}});
      for (const auto& path : drivers::test::captures_of(entry.facts->name))
        add(found, {&entry, drivers::test::read_capture(path).options});
    }
    CHECK(!found.empty() && found.size() < 256);
    return found;
  }();
  return all;
}

void write_seeds(const std::filesystem::path& folder) {
  for (std::size_t i = 0; i < variants().size(); ++i) {
    for (const auto& path : drivers::test::captures_of(variants()[i].entry->facts->name)) {
      const Capture capture = drivers::test::read_capture(path);
      if (capture.options != variants()[i].options) continue;
      std::string bytes{static_cast<char>(i), '\x05', '\x64'};
      for (const auto& piece : capture.pieces) bytes.append(piece.bytes.begin(), piece.bytes.end());
      std::ofstream(folder / (path.parent_path().filename().string() + "-" + path.filename().string()),
                    std::ios::binary)
          << bytes;
    }
  }
}

Capture as_capture(drivers::Bytes bytes, std::int64_t step_ms) {
  Capture capture;
  for (std::int64_t at_ms = 0; !bytes.empty(); at_ms += step_ms) {
    const auto piece = bytes.first(std::min(bytes.size(), piece_bytes));
    capture.pieces.push_back({at_ms, {piece.begin(), piece.end()}});
    bytes = bytes.subspan(piece.size());
  }
  return capture;
}

std::string run(const Variant& variant, const Capture& capture, const drivers::test::Cut& cut) {
  const drivers::Made made = variant.entry->make(variant.options);
  CHECK(made.driver != nullptr);
  RecordingSink sink;
  drivers::test::replay(capture, *made.driver, cut, sink);
  for (const auto& seen : sink.observations) CHECK(!seen.has_value() || std::isfinite(seen.value));
  return sink.text();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (const char* folder = std::getenv("VITALSD_FUZZ_SEEDS")) write_seeds(folder);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < head_bytes) return 0;
  const Variant& variant = variants()[data[0] % variants().size()];
  const std::size_t part = data[1];
  const Capture capture = as_capture({data + head_bytes, size - head_bytes}, data[2] * 10);
  const auto cut = [part](std::size_t left) { return part == 0 ? left : part; };
  CHECK(run(variant, capture, drivers::test::cut_everywhere) == run(variant, capture, cut));
  return 0;
}
