// A sink that keeps nothing but how much there was, for tests that count the memory a driver takes.
#pragma once

#include "drivers/driver.hpp"

namespace drivers::test {

class CountingSink final : public Sink {
 public:
  void on_subject(const Subject&) override {}
  void on_observation(const vitals::Observation&) override { ++observations; }
  void on_frame_end(vitals::Stamp) override {}
  void on_status(const DeviceStatus&) override {}
  void on_device_alarm(const DeviceAlarm&) override {}
  void on_pump(const PumpReport&) override {}
  void on_patient(const PatientEvent&) override {}
  void on_fault(const DecodeFault&) override { ++faults; }
  void on_send(Bytes) override { ++sent; }
  void on_answer(const Answer&) override {}
  void on_close(std::string_view) override {}

  int observations = 0, faults = 0, sent = 0;
};

}  // namespace drivers::test
