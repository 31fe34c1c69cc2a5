// Goal: the scenarios that are installed do to a bed what their first lines say, with every monitor. Method:
// simulated monitor, driver and bed with the shipped profile in virtual time; an infusion runs from the first
// minute on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/settings/builtin.hpp"
#include "tests/unit/bed/harness.hpp"
#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using alarms::Alarm;
using alarms::Change;
using alarms::Data;
using alarms::Kind;
using alarms::Priority;
using alarms::State;
using ::testing::IsEmpty;
using vitals::Metric;
using vitals::Milliseconds;
using vitals::Quality;

constexpr std::int64_t infusion_at_ms = 45'000;

// Without these the driver leaves a parameter out that it lists.
drivers::Options options_of(std::string_view device) {
  if (device == "ivy-450c") return {{"arterial", "P1"}};
  if (device == "pm6750") return {{"temperature", "on"}};
  return {};
}

struct Told {  // a document of an alarm
  std::int64_t at_ms = 0;
  Alarm alarm;
  std::string condition;
};

// A device, its driver and a bed that has no other source.
class Ward final : public ClosedLoop {
 public:
  Ward(std::string_view device, const std::string& file)
      : ClosedLoop(device, scenario(file), options_of(device)),
        profile_(*settings::builtin_profile("ketamine-adult")) {
    const drivers::Facts& facts = *drivers::find(device)->facts;
    bed::Settings settings;
    settings.node = "gw1", settings.unit = "pain", settings.name = "b1";
    settings.profile = &profile_;
    bed::Source source;
    source.name = "mon1";
    source.streaming = facts.streaming;
    settings.sources = {source};
    for (const Metric metric : facts.metrics) {
      carried_.insert(metric);
      settings.source_of[vitals::index_of(metric)] = 0;
      settings.expected.insert(metric);
    }
    settings.leads.rate = carries(Metric::hr) ? Metric::hr : Metric::pr;
    settings.leads.arterial = false;
    bed_ = std::make_unique<bed::Bed>(settings, record_, drivers::test::stamp(0));
    bed_->link(0, true, drivers::test::stamp(0));
  }

  bool carries(Metric metric) const { return carried_.contains(metric); }

  // Everything that was told of conditions whose names begin so, in order.
  std::vector<Told> told(std::string_view name) const {
    std::vector<Told> out;
    for (const Told& one : told_)
      if (one.condition.compare(0, name.size(), name) == 0) out.push_back(one);
    return out;
  }
  // Between two times, in seconds; of the patient only, where that is asked.
  std::vector<std::string> changes(double from_s, double to_s, bool of_patient) const {
    std::vector<std::string> out;
    for (const Told& one : told_) {
      const double at_s = static_cast<double>(one.at_ms) / 1000;
      if (at_s < from_s || at_s >= to_s) continue;
      if (of_patient && one.alarm.kind != Kind::physiological) continue;
      out.push_back(std::to_string(at_s) + " s " + one.condition + ' ' + std::string(name(one.alarm.change)) +
                    ' ' + one.alarm.text);
    }
    return out;
  }
  std::optional<Told> first(std::string_view condition, Change change, double from_s = 0) const {
    for (const Told& one : told_)
      if (one.condition == condition && one.alarm.change == change &&
          static_cast<double>(one.at_ms) >= from_s * 1000)
        return one;
    return std::nullopt;
  }
  // Of each alarm of the patient whose condition is over, latched or not: the quality of the newest word on
  // its metric at that time.
  const std::vector<Quality>& recovered_on() const { return recovered_on_; }

  void on_observation(const vitals::Observation& seen) override {
    ClosedLoop::on_observation(seen);
    newest_[vitals::index_of(seen.metric)] = seen.quality;
    bed_->observe(0, seen);
  }
  void on_frame_end(vitals::Stamp rx) override {
    ClosedLoop::on_frame_end(rx);
    bed_->frame_end(0, rx);
  }
  void on_status(const drivers::DeviceStatus& status) override {
    ClosedLoop::on_status(status);
    bed_->device_status(0, status);
  }
  void on_device_alarm(const drivers::DeviceAlarm& alarm) override {
    ClosedLoop::on_device_alarm(alarm);
    note(alarm.rx);  // the name of an alarm that has ended is the next one's
    bed_->device_alarm(0, alarm, this);
  }

 private:
  static Scenario scenario(const std::string& file) {
    auto read = load_scenario(VITALSD_SCENARIOS "/" + file);
    if (const auto* error = std::get_if<ScenarioError>(&read)) throw std::runtime_error(error->text);
    return std::get<Scenario>(std::move(read));
  }

  void on_link(bool up, vitals::Stamp now) override {
    if (!up) bed_->teller_gone(0, this, now);
    bed_->link(0, up, now);
    note(now);
  }

  void on_moment(vitals::Stamp now) override {
    bed_->advance(now);
    if (!infusing_ && now.mono >= drivers::test::stamp(infusion_at_ms).mono) infuse(now);
    note(now);
  }

  void infuse(vitals::Stamp now) {
    infusing_ = true;
    infusion::Baseline baseline;
    baseline.rate = 76;
    if (carries(Metric::nibp_sys)) baseline.sbp = 126;
    EXPECT_EQ(bed_->session_start({}, now).verdict, infusion::Verdict::applied);
    EXPECT_EQ(bed_->baseline_set(baseline, now).verdict, infusion::Verdict::applied);
    infusion::InfusionStart start;
    start.kg = 70;
    start.rate = infusion::Rate{0.5, infusion::RateUnit::mg_per_kg_h};
    EXPECT_EQ(bed_->infusion_start(start, now).verdict, infusion::Verdict::applied);
  }

  void note(vitals::Stamp now) {
    const auto ms = (now.mono - drivers::test::stamp(0).mono).count();
    for (Alarm& alarm : record_.alarms) {
      const std::string condition{alarm.condition};
      const bool stands = alarm.state == State::active;
      const bool stood = std::exchange(stands_[condition], stands);
      if (stood && !stands && alarm.kind == Kind::physiological && alarm.metric)
        recovered_on_.push_back(newest_[vitals::index_of(*alarm.metric)]);
      told_.push_back({ms, std::move(alarm), condition});
    }
    record_.alarms.clear();
    record_.alarm_at.clear();
  }

  alarms::Profile profile_;
  bed::Recorder record_;
  std::unique_ptr<bed::Bed> bed_;
  vitals::MetricSet carried_;
  std::array<Quality, vitals::metric_count> newest_{};
  std::vector<Told> told_;
  std::vector<Quality> recovered_on_;
  std::map<std::string, bool> stands_;  // by condition
  bool infusing_ = false;
};

// Plays to the end with each device that carries the metric, and looks.
template <class Look>
void play(const std::string& file, std::optional<Metric> needed, double duration_s, Look look) {
  std::size_t played = 0;
  for (const DeviceEntry& device : devices()) {
    const auto carried = drivers::find(device.name)->facts->metrics;
    if (needed && std::find(carried.begin(), carried.end(), *needed) == carried.end()) continue;
    SCOPED_TRACE(std::string(device.name));
    Ward ward(device.name, file);
    ward.run_to(duration_s);
    look(ward);
    for (const Quality quality : ward.recovered_on())
      EXPECT_EQ(quality, Quality::valid) << "nothing but a good value ends an alarm of the patient";
    ++played;
  }
  EXPECT_GE(played, 4U);
}

TEST(Scenarios, ANormalSessionHasNoAlarmOfThePatientAndNoneOfTheEquipment) {
  // A cuff alone leaves the bed blind while infusing, and says so.
  play("ketamine-session.toml", Metric::spo2, 600,
       [](const Ward& ward) { EXPECT_THAT(ward.changes(30, 600, false), IsEmpty()); });
}

TEST(Scenarios, AFallingSaturationStaysAnAlarmWhileTheProbeIsOff) {
  play("desaturation.toml", Metric::spo2, 300, [](const Ward& ward) {
    const auto low = ward.first("spo2-low", Change::start);
    ASSERT_TRUE(low);
    EXPECT_GT(low->at_ms, 60'000);
    EXPECT_LT(low->at_ms, 105'000);
    const std::vector<Told> all = ward.told("spo2-low");
    const auto over = std::find_if(all.begin(), all.end(),
                                   [](const Told& one) { return one.alarm.state != State::active; });
    ASSERT_NE(over, all.end());
    EXPECT_GT(over->at_ms, 200'000) << "only a saturation that is back ends it";
    EXPECT_TRUE(ward.first("spo2-deep", Change::start)) << "78 % at 150 s";
    std::vector<Told> lost = ward.told("spo2-low");
    std::erase_if(lost, [](const Told& one) { return one.alarm.data != Data::lost; });
    ASSERT_FALSE(lost.empty()) << "while the probe is off it says that it knows nothing";
    EXPECT_GE(lost.front().at_ms, 110'000);
    EXPECT_LT(lost.front().at_ms, 140'000);
  });
}

TEST(Scenarios, AHypertensiveResponseIsAlarmedByTheCuffReadingThatShowsIt) {
  play("hypertensive-response.toml", Metric::nibp_sys, 480, [](const Ward& ward) {
    const auto high = ward.first("sbp-high", Change::start);
    ASSERT_TRUE(high);
    EXPECT_GT(high->at_ms, 94'000);
    EXPECT_LT(high->at_ms, 215'000);
    const auto sbp = ward.told("sbp-high");
    EXPECT_TRUE(std::any_of(sbp.begin(), sbp.end(), [](const Told& one) {
      return one.alarm.priority == Priority::high;
    })) << "above 180 mmHg";
    if (ward.carries(Metric::hr) || ward.carries(Metric::pr)) {
      EXPECT_TRUE(ward.first("hr-high", Change::start) || ward.first("pr-high", Change::start));
    }
  });
}

TEST(Scenarios, ArtefactsOfAnAgitatedPatientEndNoAlarm) {
  std::size_t begun = 0;
  play("agitation.toml", std::nullopt, 240,
       [&](const Ward& ward) { begun += ward.changes(45, 140, true).size(); });
  EXPECT_GT(begun, 0U) << "what play() asserts of ends says something only where something began";
}

TEST(Scenarios, FaultsOfTheLineAreCountedAndOvercomeAndNoneIsThePatients) {
  play("line-faults.toml", std::nullopt, 180, [](const Ward& ward) {
    EXPECT_THAT(ward.changes(0, 180, true), IsEmpty());
    EXPECT_THAT(ward.changes(34, 64, false), IsEmpty()) << "the monitor's clock is not ours";
    EXPECT_TRUE(ward.first("link-lost-mon1", Change::start, 110));
    EXPECT_TRUE(ward.first("link-lost-mon1", Change::end, 140));
    EXPECT_GE(ward.count("fault broken"), 1U) << "noise is counted";
    for (const Metric metric : {Metric::hr, Metric::pr, Metric::spo2}) {
      if (!ward.carries(metric)) continue;
      EXPECT_EQ(ward.newest(metric).quality, Quality::valid) << vitals::name(metric);
    }
  });
}

}  // namespace
}  // namespace simulate::test
