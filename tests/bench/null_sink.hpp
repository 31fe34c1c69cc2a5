// Takes everything and keeps a number of it, so that no driver's work is for nothing.
#pragma once

#include <cstdint>

#include "drivers/driver.hpp"

namespace bench {

class NullSink final : public drivers::Sink {
 public:
  void on_subject(const drivers::Subject& /*subject*/) override {}
  void on_observation(const vitals::Observation& /*observation*/) override { ++observations; }
  void on_frame_end(vitals::Stamp /*rx*/) override {}
  void on_status(const drivers::DeviceStatus& /*status*/) override {}
  void on_device_alarm(const drivers::DeviceAlarm& /*alarm*/) override {}
  void on_pump(const drivers::PumpReport& /*report*/) override {}
  void on_patient(const drivers::PatientEvent& /*event*/) override {}
  void on_fault(const drivers::DecodeFault& /*fault*/) override { ++faults; }
  void on_send(drivers::Bytes /*bytes*/) override {}
  void on_answer(const drivers::Answer& /*answer*/) override { ++answers; }
  void on_close(std::string_view /*reason*/) override {}

  std::uint64_t observations = 0, faults = 0, answers = 0;
};

}  // namespace bench
