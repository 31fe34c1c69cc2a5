// A simulated monitor and its driver, wired to each other in virtual time: what the device sends is fed to
// the driver, what the driver sends comes to the device, each 10 ms later. The scenario's garbage, silence
// and cable work as on a line of simulate/run.cpp.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/simulate/device.hpp"
#include "drivers/registry.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace simulate::test {

class ClosedLoop : public drivers::test::RecordingSink, private Wire {
 public:
  ClosedLoop(std::string_view name, std::string_view scenario, const drivers::Options& driver_options = {},
             const Options& device_options = {})
      : ClosedLoop(name, parsed(scenario), driver_options, device_options) {}
  ClosedLoop(std::string_view name, Scenario scenario, const drivers::Options& driver_options = {},
             const Options& device_options = {})
      : scenario_(std::move(scenario)),
        script_(scenario_),
        entry_(drivers::find(name)),
        driver_options_(driver_options) {
    std::string error;
    for (const DeviceEntry& device : devices())
      if (device.name == name) device_ = device.make(device_options, error);
    if (entry_ == nullptr || device_ == nullptr)
      throw std::runtime_error("no such driver or device: " + error);
    plug();
  }

  // Goes on to that second of the scenario.
  void run_to(double t_s) {
    for (const auto until_ms = std::llround(t_s * 1000); now_ms_ < until_ms; now_ms_ += step_ms) step();
  }

  // The host leaves in order. What the device sends from now on reaches nobody; gives how much that is until
  // then, in bytes.
  void leave() {
    driver_->close(drivers::test::stamp(now_ms_), *this);
    left_ = true;
  }
  std::size_t take_unheard() { return std::exchange(unheard_, 0); }

  // How often a line of the record contains the text.
  std::size_t count(std::string_view text) const {
    std::size_t found = 0;
    for (const std::string& line : lines) found += line.find(text) != std::string::npos ? 1U : 0U;
    return found;
  }

  // The newest word on a metric; throws when there was none.
  const vitals::Observation& newest(vitals::Metric metric) const {
    for (auto seen = observations.rbegin(); seen != observations.rend(); ++seen)
      if (seen->metric == metric) return *seen;
    throw std::runtime_error("nothing was said of " + std::string(vitals::name(metric)));
  }

  void on_send(drivers::Bytes bytes) override {
    RecordingSink::on_send(bytes);
    to_device_.insert(to_device_.end(), bytes.begin(), bytes.end());
  }

 protected:
  // What stands behind the driver: a step has ended, the link has come or gone, a new driver reads it.
  virtual void on_moment(vitals::Stamp /*now*/) {}
  virtual void on_link(bool /*up*/, vitals::Stamp /*now*/) {}

 private:
  static constexpr std::int64_t step_ms = 10;
  static constexpr std::int64_t tick_ms = 100;

  static Scenario parsed(std::string_view text) {
    auto read = parse_scenario(text, "test");
    if (const auto* error = std::get_if<ScenarioError>(&read)) throw std::runtime_error(error->text);
    return std::get<Scenario>(std::move(read));
  }

  void send(Bytes bytes) override {
    if (script_.plugged() && !script_.silent())
      to_driver_.insert(to_driver_.end(), bytes.begin(), bytes.end());
  }

  Now now() const {
    const auto jump_ms = static_cast<std::int64_t>(jump_s_ * 1000);
    return {static_cast<double>(now_ms_) / 1000,
            vitals::unix_ms(drivers::test::stamp(now_ms_).wall) + jump_ms};
  }

  void plug() {
    driver_ = entry_->make(driver_options_).driver;  // a new stream, as the daemon does it
    to_driver_.clear();
    to_device_.clear();
  }

  void happen(const ScriptedEvent& event) {
    if (event.what == Happening::clock_jump) jump_s_ += event.seconds;
    if (event.what == Happening::garbage) send(script_.garbage(event.bytes));
    if (event.what == Happening::plug) plug();
    if (event.what == Happening::plug || event.what == Happening::unplug)
      on_link(script_.plugged(), drivers::test::stamp(now_ms_));
    device_->happen(event, now(), script_);
  }

  void step() {
    exchange();
    on_moment(drivers::test::stamp(now_ms_));
  }

  void exchange() {
    for (const ScriptedEvent& event : script_.due(now().t_s)) happen(event);
    const bool alive = script_.plugged() && !script_.silent();
    const auto commands = std::exchange(to_device_, {});
    if (alive && !commands.empty()) device_->receive(commands, now(), script_, *this);
    if (now().t_s >= due_s_) {
      due_s_ += device_->period_s();
      if (alive) device_->step(now(), script_, *this);
    }
    const auto bytes = std::exchange(to_driver_, {});
    const auto stamp = drivers::test::stamp(now_ms_);
    if (!script_.plugged()) return;
    if (left_) {
      unheard_ += bytes.size();
      return;
    }
    if (!bytes.empty()) driver_->feed(bytes, stamp, *this);
    if (now_ms_ % tick_ms == 0) driver_->tick(stamp, *this);
  }

  Scenario scenario_;
  Script script_;
  const drivers::Entry* entry_;
  drivers::Options driver_options_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<drivers::Driver> driver_;
  std::vector<std::uint8_t> to_driver_, to_device_;
  std::int64_t now_ms_ = 0;
  double due_s_ = 0, jump_s_ = 0;
  bool left_ = false;
  std::size_t unheard_ = 0;
};

}  // namespace simulate::test
