// What the packets of the PM6750 say, type by type. The frame around them is checked before.
#pragma once

#include <optional>

#include "drivers/driver.hpp"

namespace drivers::pm6750 {

struct Packet {
  Bytes payload;  // type and data
  vitals::Stamp rx;
  std::uint64_t offset = 0;

  std::uint8_t type() const { return payload[0]; }
  Bytes data() const { return payload.subspan(1); }
};

// The ECG's rhythm code as an alarm of the module: one at a time, told when it changes.
class Rhythm {
 public:
  void take(std::uint8_t code, const Packet& packet, Sink& out);

 private:
  std::uint8_t code_ = 0;
};

// The cuff. The module repeats its state and its last numbers twice a second: behind a silence nobody knows
// when they were measured.
class Cuff {
 public:
  void take(const Packet& packet, Sink& out);

 private:
  struct Reading {
    unsigned sys = 0, map = 0, dia = 0;  // mmHg
    friend bool operator==(const Reading&, const Reading&) = default;
  };

  void watch_silence(vitals::MonoTime at);
  void finish(const Reading& reading, const Packet& packet, Sink& out);
  void stop(bool failed, const Packet& packet, Sink& out);
  void set_measuring(bool measuring, const Packet& packet, Sink& out);

  bool measuring_ = false;
  bool pending_ = false;  // a measurement was seen under way and has not ended
  bool failed_ = false;
  bool seen_ = false;  // any state, since the start or the last silence
  std::optional<vitals::MonoTime> heard_at_;
  std::optional<Reading> reading_;  // the last numbers, in whatever state they were shown
  std::optional<Reading> told_;     // the last ones passed on
};

// Types 02, 04 and 05. False: the packet is too short for its type.
bool report_ecg(const Packet& packet, Rhythm& rhythm, Sink& out);
bool report_spo2(const Packet& packet, Sink& out);
bool report_temperature(const Packet& packet, Sink& out);

// A fault about a packet.
DecodeFault fault_of(FaultKind kind, std::string_view reason, const Packet& packet);

}  // namespace drivers::pm6750
