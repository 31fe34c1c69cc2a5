// Each protocol over its captures, as a device that sends them again and again.
#include "drivers/registry.hpp"
#include "tests/bench/null_sink.hpp"
#include "tests/bench/work.hpp"
#include "tests/unit/drivers/capture.hpp"

namespace bench {
namespace {

using drivers::test::Capture;

class DriverWork final : public Work {
 public:
  DriverWork(const drivers::Entry& entry, const Capture& capture)
      : driver_(entry.make(capture.options).driver), pieces_(capture.pieces) {}

  void step() override {
    for (const drivers::test::Piece& piece : pieces_) {
      const vitals::Stamp now = drivers::test::stamp(start_ms_ + piece.at_ms);
      driver_->feed(piece.bytes, now, out_);
      driver_->tick(now, out_);
    }
    start_ms_ += pieces_.back().at_ms + pause_ms;
  }

 private:
  static constexpr std::int64_t pause_ms = 20;  // shorter than any driver's limit of silence within a frame

  std::unique_ptr<drivers::Driver> driver_;
  std::vector<drivers::test::Piece> pieces_;
  NullSink out_;
  std::int64_t start_ms_ = 0;
};

std::uint64_t bytes_of(const Capture& capture) {
  std::uint64_t out = 0;
  for (const drivers::test::Piece& piece : capture.pieces) out += piece.bytes.size();
  return out;
}

}  // namespace

void add_drivers(Paths& paths) {
  for (const drivers::Entry& entry : drivers::registry()) {
    for (const auto& file : drivers::test::captures_of(entry.facts->name)) {
      const Capture capture = drivers::test::read_capture(file);
      paths.push_back({"driver/" + std::string{entry.facts->name} + "/" + file.filename().string(), "byte",
                       bytes_of(capture), false,
                       [entry, capture] { return std::make_unique<DriverWork>(entry, capture); }});
    }
  }
}

}  // namespace bench
