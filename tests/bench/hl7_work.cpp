// A PCD-01 message with its envelope, to observations and an answer: the whole driver.
#include "drivers/registry.hpp"
#include "tests/bench/null_sink.hpp"
#include "tests/bench/pcd01.hpp"
#include "tests/bench/work.hpp"
#include "tests/unit/drivers/capture.hpp"

namespace bench {
namespace {

// Within the rate of messages that a source may keep, see drivers/hl7/source_memory.hpp.
constexpr std::int64_t period_ms = 20;

class Hl7Work final : public Work {
 public:
  Hl7Work() : driver_(drivers::find("hl7")->make({}).driver) {
    message_.set_time(drivers::test::stamp(0).wall);
  }

  void step() override {
    message_.set_id(++number_);
    const std::string_view frame = message_.frame();
    // The sender's clock stands still, and so does ours: its age must not grow with the speed of the bench.
    const vitals::Stamp now{drivers::test::stamp(static_cast<std::int64_t>(number_) * period_ms).mono,
                            drivers::test::stamp(0).wall};
    driver_->feed({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()}, now, out_);
  }

 private:
  std::unique_ptr<drivers::Driver> driver_;
  Pcd01 message_;
  NullSink out_;
  std::uint64_t number_ = 0;
};

}  // namespace

void add_hl7(Paths& paths) {
  paths.push_back(
      {"hl7/frame-to-observations", "message", 1, true, [] { return std::make_unique<Hl7Work>(); }});
}

}  // namespace bench
