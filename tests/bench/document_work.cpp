// Payloads of the contract, as the desk of a bed renders them.
#include "tests/bench/work.hpp"
#include "tests/unit/contract/samples.hpp"

namespace bench {
namespace {

class AlarmDocument final : public Work {
 public:
  void step() override { contract::render_alarm(out_, alarm_, samples::bed_envelope()); }

 private:
  alarms::Alarm alarm_ = samples::alarm();
  std::string out_;
};

class ObservationDocument final : public Work {
 public:
  ObservationDocument() {
    value_.observation = vitals::measured(vitals::Metric::spo2, 97, {});
    value_.ts = value_.valid_until = vitals::wall_from_unix_ms(1'773'014'400'000);
    value_.source = "monitors";
  }
  void step() override { contract::render_observation(out_, value_); }

 private:
  contract::Value value_;
  std::string out_;
};

class AlarmReadBack final : public Work {
 public:
  AlarmReadBack() { contract::render_alarm(text_, samples::alarm(), samples::bed_envelope()); }
  void step() override { stored_ = contract::parse_alarm(text_); }

 private:
  std::string text_;
  std::optional<contract::StoredAlarm> stored_;
};

}  // namespace

void add_documents(Paths& paths) {
  paths.push_back({"document/alarm", "document", 1, true, [] { return std::make_unique<AlarmDocument>(); }});
  paths.push_back(
      {"document/observation", "document", 1, true, [] { return std::make_unique<ObservationDocument>(); }});
  paths.push_back(
      {"document/alarm-read-back", "document", 1, true, [] { return std::make_unique<AlarmReadBack>(); }});
}

}  // namespace bench
