// From a driver to the beds: which bed a subject's values belong to, what is counted, what wants an answer.
// Live and in replay the same.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/app/whereabouts.hpp"
#include "drivers/driver.hpp"

namespace app {

struct Counters {
  std::uint64_t frames = 0, observations = 0, faults = 0, unknown_bed = 0;

  Counters& operator+=(const Counters& other) {
    frames += other.frames;
    observations += other.observations;
    faults += other.faults;
    unknown_bed += other.unknown_bed;
    return *this;
  }
};

// What the owner of a link wants to know besides the beds.
struct IntakeHandlers {
  std::function<void(const drivers::Subject&)> on_subject;
  std::function<void(const vitals::Observation&, const Route*)> on_observation;  // replay prints it
  std::function<void(const Route&)> on_heard;                                    // a bed got something
  std::function<void(const drivers::DeviceStatus&)> on_status;
  std::function<void(const drivers::DeviceAlarm&, const Route*)> on_device_alarm;
  std::function<void(const drivers::PumpReport&, const Route*)> on_pump;
  std::function<void(const drivers::PatientEvent&)> on_patient;
  std::function<void(const drivers::DecodeFault&)> on_fault;
  std::function<void(std::string_view location)> on_unknown_bed;
  std::function<void(drivers::Bytes)> on_send;
  std::function<void(const drivers::Answer&)> on_answer;
  std::function<void(std::string_view reason)> on_close;
};

class Intake final : public drivers::Sink {
 public:
  // The connections of one source share its beds.
  Intake(std::shared_ptr<Whereabouts> beds, IntakeHandlers handlers);
  Intake(Routes routes, IntakeHandlers handlers)
      : Intake(std::make_shared<Whereabouts>(std::move(routes)), std::move(handlers)) {}

  const Counters& counters() const { return counters_; }
  const std::vector<Route>& beds() const { return beds_->all(); }
  // The driver object that spoke to this intake is no more: its beds wait to be told anew.
  void driver_gone(vitals::Stamp now);

  void on_subject(const drivers::Subject& subject) override;
  void on_observation(const vitals::Observation& observation) override;
  void on_frame_end(vitals::Stamp rx) override;
  void on_status(const drivers::DeviceStatus& status) override;
  void on_device_alarm(const drivers::DeviceAlarm& alarm) override;
  void on_pump(const drivers::PumpReport& report) override;
  void on_patient(const drivers::PatientEvent& event) override;
  void on_fault(const drivers::DecodeFault& fault) override;
  void on_send(drivers::Bytes bytes) override;
  void on_answer(const drivers::Answer& answer) override;
  void on_close(std::string_view reason) override;

 private:
  void note_rejected();  // by the bed: a fault as one of the driver's
  const Route* bed_of_pump(const drivers::Subject& subject) const;

  std::shared_ptr<Whereabouts> beds_;
  IntakeHandlers handlers_;
  const Route* current_ = nullptr;  // whose values come now; null: nobody's, they are dropped and counted
  const Route* of_pump_ = nullptr;  // where a pump belongs that does not say where it is
  Counters counters_;
};

}  // namespace app
