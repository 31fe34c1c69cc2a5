// From observations to alarms, and the whole way from an HL7 frame to documents, for few and for many beds.
// Each bed speaks once a second; the values wander inside the limits.
#include <array>
#include <deque>

#include "daemon/app/bed_desk.hpp"
#include "daemon/app/intake.hpp"
#include "drivers/registry.hpp"
#include "tests/bench/pcd01.hpp"
#include "tests/bench/ward.hpp"
#include "tests/bench/work.hpp"
#include "tests/unit/drivers/capture.hpp"

namespace bench {
namespace {

using vitals::Metric;
using vitals::Milliseconds;

class NullOutput final : public bed::Output {
 public:
  void on_alarm(const alarms::Alarm& /*alarm*/, vitals::Stamp /*at*/) override {}
  void on_value(const bed::Entry& /*entry*/, std::string_view /*source*/, bool /*sim*/, bed::Way /*way*/,
                vitals::Stamp /*at*/) override {}
  void on_cuff(const bed::CuffReading& /*reading*/, vitals::Quality /*quality*/,
               vitals::WallTime /*valid_until*/, std::string_view /*source*/, bool /*sim*/, bed::Way /*way*/,
               vitals::Stamp /*at*/) override {}
  void on_state(vitals::Stamp /*at*/) override {}
  void on_session(bool /*told*/, vitals::Stamp /*at*/) override {}
  void on_device(std::size_t /*source*/, vitals::Stamp /*at*/) override {}
  void on_setting(std::string_view /*text*/, vitals::Stamp /*at*/) override {}
};

class NullOutlet final : public app::Outlet {
 public:
  void publish(stations::Message /*message*/) override {}
  void record(journal::Entry /*entry*/) override {}
};

// The beds take turns within a second of virtual time.
class Turns {
 public:
  explicit Turns(unsigned beds) : beds_(beds) {}

  unsigned next() {  // 0 to beds - 1
    if (++bed_ >= beds_) {
      bed_ = 0;
      ++second_;
    }
    return bed_;
  }
  std::int64_t second() const { return second_; }
  vitals::Stamp now() const { return drivers::test::stamp(1'000 * second_ + 1'000 * bed_ / beds_); }

 private:
  unsigned beds_, bed_ = 0;
  std::int64_t second_ = 0;
};

class NullListener final : public alarms::Listener {
 public:
  void on_alarm(alarms::Alarm& /*alarm*/, vitals::Stamp /*at*/) override {}
};

// A monitor whose values wander inside the limits.
void fill(Pcd01& message, const Turns& turns, std::uint64_t number) {
  const auto wander = static_cast<unsigned>(turns.second() % 3);
  message.set_id(number);
  message.set_time(turns.now().wall);
  message.set_rate(70 + wander);
  message.set_spo2(96 + wander);
}

void feed(drivers::Driver& driver, const Pcd01& message, vitals::Stamp now, drivers::Sink& out) {
  const std::string_view frame = message.frame();
  driver.feed({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()}, now, out);
}

// The alarm engine without a bed around it: places with the limits of rate and saturation, one value of each
// a step.
class EngineWork final : public Work {
 public:
  static constexpr std::uint64_t observations = 2;

  explicit EngineWork(unsigned places) : turns_(places) {
    for (unsigned i = 0; i < places; ++i) places_.emplace_back(i);
  }

  void step() override {
    Place& place = places_[turns_.next()];
    const vitals::Stamp now = turns_.now();
    const double wander = static_cast<double>(turns_.second() % 3);
    place.judge(Metric::hr, 70 + wander, now, out_);
    place.judge(Metric::spo2, 96 + wander, now, out_);
  }

 private:
  struct Watched {
    Metric metric;
    alarms::Limit limit;
    alarms::Condition* condition;
  };
  struct Place {
    explicit Place(unsigned number)
        : engine({"bench", "pain/" + bed_name(number)}, shipped_profile().realarm,
                 shipped_profile().callout) {
      using alarms::LimitId;
      constexpr auto phase = vitals::Phase::none;
      for (const LimitId id : {LimitId::hr_high, LimitId::hr_low, LimitId::spo2_low, LimitId::spo2_deep}) {
        const Metric metric = bed::metric_of(id, {Metric::hr, false});
        alarms::ConditionSpec spec;
        spec.name = alarms::name(id);
        spec.side = alarms::side_of(id);
        alarms::Condition& condition = engine.add(std::move(spec));
        condition.set_behaviour(bed::limit_behaviour(shipped_profile(), phase, id, metric, true),
                                alarms::EndReason::phase, {}, none);
        const auto& rule = shipped_profile().limits[vitals::index_of(phase)][alarms::index_of(id)];
        watched.push_back({metric, alarms::Limit(rule, alarms::side_of(id), std::nullopt), &condition});
      }
    }

    void judge(Metric metric, double value, vitals::Stamp now, alarms::Listener& out) {
      for (const Watched& one : watched) {
        if (one.metric != metric) continue;
        alarms::Reading reading;
        reading.standing = one.limit.judge(value);
        reading.value = value;
        reading.metric = metric;
        reading.fresh_until = now.mono + Milliseconds{10'000};
        reading.t_rx = now.wall;
        engine.read(*one.condition, reading, now, out);
      }
    }

    NullListener none;
    alarms::Engine engine;
    std::vector<Watched> watched;
  };

  Turns turns_;
  std::deque<Place> places_;
  NullListener out_;
};

// A bed's second: three values, judged for freshness, plausibility and limits, and given out.
class BedWork final : public Work {
 public:
  static constexpr std::uint64_t observations = 3;

  explicit BedWork(unsigned beds) : turns_(beds) {
    for (unsigned i = 0; i < beds; ++i)
      beds_.emplace_back(bed_settings(i), out_, turns_.now()).link(0, true, turns_.now());
  }

  void step() override {
    bed::Bed& bed = beds_[turns_.next()];
    const vitals::Stamp now = turns_.now();
    const double wander = static_cast<double>(turns_.second() % 3);
    bed.observe(0, vitals::measured(Metric::hr, 70 + wander, now));
    bed.observe(0, vitals::measured(Metric::spo2, 96 + wander, now));
    bed.observe(0, vitals::measured(Metric::pr, 71 + wander, now));
    bed.frame_end(0, now);
  }

 private:
  Turns turns_;
  NullOutput out_;
  std::deque<bed::Bed> beds_;
};

// A message to one bed, up to where an alarm would begin.
class FrameToAlarms final : public Work {
 public:
  FrameToAlarms()
      : driver_(drivers::find("hl7")->make({}).driver),
        bed_(bed_settings(1), out_, turns_.now()),
        intake_(app::Routes{app::Route{&bed_, 0}, {}}, {}) {
    bed_.link(0, true, turns_.now());
  }

  void step() override {
    turns_.next();
    const vitals::Stamp now = turns_.now();
    fill(message_, turns_, ++number_);
    feed(*driver_, message_, now, intake_);
  }

 private:
  Turns turns_{1};
  NullOutput out_;
  std::unique_ptr<drivers::Driver> driver_;
  bed::Bed bed_;
  app::Intake intake_;
  Pcd01 message_;
  std::uint64_t number_ = 0;
};

// One source of many beds: frame, driver, routing, beds, documents.
class WardWork final : public Work {
 public:
  explicit WardWork(unsigned beds) : turns_(beds), driver_(drivers::find("hl7")->make({}).driver) {
    app::Routes routes;
    for (unsigned i = 0; i < beds; ++i) {
      desks_.emplace_back(identity_, bed_settings(i), i + 1, 0, outlet_, turns_.now());
      desks_.back().bed().link(0, true, turns_.now());
      routes.by_location[bed_name(i)] = {&desks_.back().bed(), 0};
    }
    intake_ = std::make_unique<app::Intake>(std::move(routes), app::IntakeHandlers{});
  }

  void step() override {
    const unsigned bed = turns_.next();
    const vitals::Stamp now = turns_.now();
    message_.set_bed(bed);
    fill(message_, turns_, ++number_);
    feed(*driver_, message_, now, *intake_);
    desks_[bed].flush(now);
  }

 private:
  Turns turns_;
  app::Identity identity_{"bench", "00000000", "vitals"};
  NullOutlet outlet_;
  std::deque<app::BedDesk> desks_;
  std::unique_ptr<app::Intake> intake_;
  std::unique_ptr<drivers::Driver> driver_;
  Pcd01 message_;
  std::uint64_t number_ = 0;
};

template <typename Kind>
void add(Paths& paths, std::string_view name, std::string_view item, std::uint64_t items, unsigned beds,
         bool counted) {
  paths.push_back({std::string{name} + "/" + std::to_string(beds), std::string{item}, items, counted,
                   [beds] { return std::make_unique<Kind>(beds); },
                   64 + 2UL * beds});  // each has spoken twice
}

}  // namespace

void add_beds(Paths& paths) {
  paths.push_back(
      {"hl7/frame-to-alarms", "message", 1, true, [] { return std::make_unique<FrameToAlarms>(); }});
  for (const unsigned beds : {1U, 100U, 10'000U}) {
    const bool counted = beds == 1;
    add<EngineWork>(paths, "alarms/engine", "observation", EngineWork::observations, beds, counted);
    add<BedWork>(paths, "bed/observations", "observation", BedWork::observations, beds, counted);
    add<WardWork>(paths, "ward/frame-to-documents", "message", 1, beds, beds == 100);
  }
}

}  // namespace bench
