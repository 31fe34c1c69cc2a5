// The monitors at the beds: what they show, and how they tell the daemon. One streams over a cable, one sends
// HL7 messages and wants an answer to each; both through the daemon's own Intake, the second also through the
// driver, in bytes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemon/app/intake.hpp"
#include "daemon/app/node.hpp"
#include "daemon/settings/settings.hpp"
#include "drivers/hl7/hl7_driver.hpp"
#include "tests/world/ground.hpp"

namespace world {

using vitals::Metric;

// Of a patient of the monitor's own: never to be seen in a topic or payload (promise P11).
inline constexpr std::string_view patient_id = "SECRET-4711";

struct Shown {
  double spo2 = 97, pr = 70;
  bool probe = true;      // on the finger
  bool doubtful = false;  // the monitor marks its values
  bool talks = true;      // else it says nothing, and the line stays
  bool cable = true;
};

struct Told {  // the newest of one metric, in this run of the daemon
  Milliseconds at{0};
  double value = 0;
  vitals::Quality quality{};
  std::optional<Milliseconds> number_at;  // when it was a number last
  Milliseconds measured_at{0};
};

class Monitor {
 public:
  Monitor(Ground& ground, const settings::Source& source, std::string scope)
      : ground_(ground), source_(source), scope_(std::move(scope)) {}
  virtual ~Monitor() = default;
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // The daemon has started; it is gone.
  virtual void begin(app::Node& node);
  virtual void end();
  virtual void say() = 0;    // when it is time for a message
  virtual void tick() {}     // every second
  virtual void cable() = 0;  // it was pulled or plugged in

  const std::string& scope() const { return scope_; }
  const settings::Source& source() const { return source_; }
  const std::map<Metric, Told>& told() const { return told_; }
  // As it was before what is told at this very instant.
  std::optional<Told> told_before(Metric metric) const;
  bool link_up() const { return up_; }
  // Its values carry the time of its own clock, which may be wrong. Believed: it shows what the daemon's
  // does, or the times on its values have come at one pace for long enough to know how wrong it is.
  virtual bool clock_believed() const { return true; }
  virtual Milliseconds measured_at() const { return ground_.now(); }  // what it tells now
  virtual void set_clock(Milliseconds /*by*/) {}                      // off the right time
  // What is longer than this without a value is silence (docs: freshness of the profile).
  virtual Milliseconds freshness() const = 0;

  Shown shown;

 protected:
  virtual app::IntakeHandlers handlers();
  void set_link(bool up);

  Ground& ground_;
  const settings::Source& source_;
  const std::string scope_;
  app::Node* node_ = nullptr;
  std::unique_ptr<app::Intake> intake_;
  std::map<Metric, Told> told_, told_before_;
  bool up_ = false;
};

class CableMonitor final : public Monitor {
 public:
  using Monitor::Monitor;
  void begin(app::Node& node) override;
  void say() override;
  void cable() override;
  Milliseconds freshness() const override { return 15s; }
};

class Hl7Monitor final : public Monitor {
 public:
  struct Watch {
    std::function<void()> fed;                                    // the next message begins
    std::function<void(const std::string& control_id)> caused;    // all that it caused is handed over
    std::function<void(const std::string& control_id)> positive;  // AA goes out
  };
  Hl7Monitor(Ground& ground, const settings::Source& source, std::string scope, Watch watch)
      : Monitor(ground, source, std::move(scope)), watch_(std::move(watch)) {}

  void begin(app::Node& node) override;
  void end() override;
  void say() override;
  void tick() override;
  void cable() override;
  Milliseconds freshness() const override { return 30s; }
  bool clock_believed() const override;
  Milliseconds measured_at() const override { return written_at_; }
  void set_clock(Milliseconds by) override;

 private:
  app::IntakeHandlers handlers() override;
  void open();
  void close();
  void send();
  void on_answer(const drivers::Answer& answer);
  std::string message() const;

  Watch watch_;
  std::shared_ptr<drivers::hl7::SourceMemory> memory_;  // of one run of the daemon
  std::unique_ptr<drivers::Driver> driver_;
  std::shared_ptr<bool> open_;  // of this connection
  std::string waiting_;         // message without a positive answer
  Milliseconds written_at_{0};
  Milliseconds clock_by_{0};
  unsigned at_pace_ = 0;  // messages, since the clock was set or one had to be repeated
  unsigned tries_ = 0;
  std::uint64_t number_ = 0;
  Milliseconds heard_at_{0}, sent_at_{0};
};

}  // namespace world
