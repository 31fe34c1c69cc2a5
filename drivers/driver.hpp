// What every protocol driver is: bytes and their receive time in; observations, device status and decode
// faults out. No I/O, no clock, no log, no exception leaves it, and any split of the stream gives the same
// output. One object per link; it is used from one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/vitals/observation.hpp"
#include "daemon/vitals/time.hpp"

namespace drivers {

using Bytes = std::span<const std::uint8_t>;

enum class FaultKind : std::uint8_t {
  not_mine,     // well-formed, but not of this protocol, or a message we have no use for
  broken,       // failed the envelope: length, checksum, fixed bits, a cut line
  implausible,  // sound envelope, a value that cannot be
  unmapped,     // a parameter that the code map does not know
  refused,      // understood and deliberately not used (wrong unit, status, conflict)
};

constexpr std::string_view name(FaultKind kind) {
  switch (kind) {
    case FaultKind::not_mine: return "not-mine";
    case FaultKind::broken: return "broken";
    case FaultKind::implausible: return "implausible";
    case FaultKind::unmapped: return "unmapped";
    case FaultKind::refused: return "refused";
  }
  return "";
}

// Views are valid during the call only.
struct DecodeFault {
  FaultKind kind{};
  std::string_view reason;   // short stable word: "checksum", "frame-restarted", "unit"
  std::string_view code;     // the parameter or message as the device names it, if any
  std::string_view unit;     // as sent, if any
  std::string_view value;    // as sent, printable, cut to 64 bytes; never patient identity
  std::uint64_t offset = 0;  // byte offset in the stream where it was noticed
  vitals::Stamp rx;
};

// The fault about a byte that the line damaged, see Driver::damaged().
inline DecodeFault damaged_byte(std::uint64_t offset, vitals::Stamp rx) {
  DecodeFault fault;
  fault.kind = FaultKind::broken;
  fault.reason = "line-error";
  fault.offset = offset;
  fault.rx = rx;
  return fault;
}

// What a device says of itself, as a level: reported when it changes.
enum class Signal : std::uint8_t {
  low_battery,
  demo_mode,
  nibp_failed,
  nibp_measuring,
  device_alarm,
  wrong_device
};

constexpr std::string_view name(Signal signal) {
  switch (signal) {
    case Signal::low_battery: return "low-battery";
    case Signal::demo_mode: return "demo-mode";
    case Signal::nibp_failed: return "nibp-failed";
    case Signal::nibp_measuring: return "nibp-measuring";
    case Signal::device_alarm: return "device-alarm";
    case Signal::wrong_device: return "wrong-device";
  }
  return "";
}

struct DeviceStatus {
  Signal signal{};
  bool on = false;
  vitals::Stamp rx;
};

enum class AlarmLevel : std::uint8_t { low, medium, high };

constexpr std::string_view name(AlarmLevel level) {
  switch (level) {
    case AlarmLevel::low: return "low";
    case AlarmLevel::medium: return "medium";
    case AlarmLevel::high: return "high";
  }
  return "";
}

// An alarm of the monitor itself, forwarded and never judged. A level, told when it changes: `on` false ends
// it. `code` and `source` together name it and stay the same from its begin to its end. Views are valid
// during the call only.
struct DeviceAlarm {
  std::string_view code;  // event or alarm code in the device's own words
  std::string_view
      source;             // what it is about in the device's own words: a channel, a parameter; may be empty
  std::string_view text;  // as the monitor shows it, printable; empty at the end
  AlarmLevel level{};
  bool technical = false;  // of the equipment, not of the patient
  bool on = false;
  vitals::Stamp rx;
  bool level_told = true;  // false: the monitor named no priority, `level` is our assumption
  bool silenced = false;   // sound off or acknowledged at the monitor: shown, never our acknowledgement
  bool unsure = false;     // what the monitor says of its state cannot be read
  bool test = false;       // the device says demo, test or training
  std::optional<vitals::WallTime> t_event;  // sender's clock; hours ago after a restart of the sender
};
inline constexpr std::size_t device_alarms_max = 32;  // at once per device; a driver keeps no more

// Whose values follow, as the sender names it. Empty: it did not say. Valid during the call only.
struct Subject {
  std::string_view patient_id;     // PID-3.1
  std::string_view visit_id;       // PV1-19.1
  std::string_view point_of_care;  // PV1-3.1
  std::string_view room;           // PV1-3.2
  std::string_view bed;            // PV1-3.3
  std::string_view location;       // the location text that the source's rule chose, trimmed
  std::string_view device;         // MSH-3 / OBX-18, information only
};

// What a pump says of itself, by a snapshot (PCD-01) or an event (PCD-10). Nothing is ever sent to a pump.
enum class PumpState : std::uint8_t { unknown, running, paused, kvo, complete, off };

constexpr std::string_view name(PumpState state) {
  switch (state) {
    case PumpState::unknown: return "unknown";
    case PumpState::running: return "running";
    case PumpState::paused: return "paused";
    case PumpState::kvo: return "kvo";
    case PumpState::complete: return "complete";
    case PumpState::off: return "off";
  }
  return "";
}

// Views are valid during the call only. A number that was not told, or in a unit that we do not know, is
// absent.
struct PumpReport {
  std::string_view device;   // the pump, as settings name it: OBX-18.1
  std::string_view channel;  // of that pump, "1.2"; one device may run several drugs
  std::string_view event;    // of PCD-10: "PUMP_DELIV_START"; empty for a snapshot
  std::string_view
      source;  // active source: "primary", "secondary", "clinician", "loading", ...; may be empty
  std::string_view reason;  // why it does not deliver: "stopped-by-clinician", "stopped-alarming", ...
  std::string_view drug;    // as the pump's library names it
  std::string_view alarm;   // condition inside a snapshot: "FLUID_LINE_OCCL"; may be empty
  PumpState state{};
  bool transitioning = false;  // between two deliveries: a stop that is not one
  std::optional<double> rate_ml_h;
  std::optional<double> rate_mg_h;
  std::optional<double> rate_mg_kg_h;
  std::optional<double> concentration_mg_ml;
  std::optional<double> volume_ml;            // infused in all
  std::optional<double> dose_mg;              // delivered in all
  std::optional<double> volume_to_infuse_ml;  // programmed
  std::optional<double> volume_remaining_ml;
  std::optional<double> time_remaining_s;
  std::optional<double> weight_kg;
  std::optional<vitals::WallTime> t_event;  // by the sender's clock, OBR-7
  std::optional<vitals::WallTime> t_sent;   // of the message, MSH-7
  vitals::Stamp rx;
};

// Who lies where, as the hospital's administration says (ADT). Never a reason to relabel anything by itself.
enum class PatientEventKind : std::uint8_t {
  admit,
  transfer,
  discharge,
  update,
  cancel_admit,      // A11: was never admitted here
  cancel_transfer,   // A12: the location is the one to return to
  cancel_discharge,  // A13: is still there
  merge
};

constexpr std::string_view name(PatientEventKind kind) {
  switch (kind) {
    case PatientEventKind::admit: return "admit";
    case PatientEventKind::transfer: return "transfer";
    case PatientEventKind::discharge: return "discharge";
    case PatientEventKind::update: return "update";
    case PatientEventKind::cancel_admit: return "cancel-admit";
    case PatientEventKind::cancel_transfer: return "cancel-transfer";
    case PatientEventKind::cancel_discharge: return "cancel-discharge";
    case PatientEventKind::merge: return "merge";
  }
  return "";
}

struct PatientEvent {
  PatientEventKind kind{};
  std::string_view trigger;          // "A02"
  Subject subject;                   // who, and where now
  std::string_view location_before;  // PV1-6 by the source's location rule, may be empty
  std::string_view patient_id_gone;  // merge: MRG-1.1, the id that disappears
  bool location_cleared = false;     // PV1-3 says explicitly that there is no place any more
  vitals::Stamp rx;
};

// A message that wants an answer. The positive one may go out only when everything the message caused is kept
// (promise P5); the negative one if that fails. Both complete, framed for the wire; empty: send nothing.
inline constexpr std::string_view answer_duplicate =
    "duplicate";  // Answer::text for a message that came before

struct Answer {
  std::string_view code;        // of the positive answer: AA CA AE AR CE CR, empty for none
  std::string_view text;        // MSA-3
  std::string_view control_id;  // of the message that is answered
  Bytes kept;
  Bytes not_kept;
};

// Where a driver puts what it found. The caller owns it and handles each call at once.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void on_subject(const Subject& subject) = 0;  // before its observations
  virtual void on_observation(const vitals::Observation& observation) = 0;
  virtual void on_frame_end(vitals::Stamp rx) = 0;  // a frame, or one subject's part of a message, is in
  virtual void on_status(const DeviceStatus& status) = 0;
  virtual void on_device_alarm(const DeviceAlarm& alarm) = 0;
  virtual void on_pump(const PumpReport& report) = 0;
  virtual void on_patient(const PatientEvent& event) = 0;
  virtual void on_fault(const DecodeFault& fault) = 0;
  virtual void on_send(Bytes bytes) = 0;  // polls and keep-alives
  virtual void on_answer(const Answer& answer) = 0;
  virtual void on_close(std::string_view reason) = 0;  // the stream cannot be trusted any more: drop the link
};

class Driver {
 public:
  virtual ~Driver() = default;
  // Nobody hears our questions: what is fed are the answers to somebody else's (a recording, a line that is
  // looked at). Said before the first byte. Else a driver that asks believes only answers to what it asked.
  virtual void overhear() {}
  // `rx` is when these bytes came; it does not go back from one call to the next.
  virtual void feed(Bytes bytes, vitals::Stamp rx, Sink& out) = 0;
  // Here in the stream stood a byte with a parity or framing error; nobody knows which one. It is a fault,
  // the frame that it belongs to is given up, and nothing of that frame becomes a value.
  virtual void damaged(vitals::Stamp rx, Sink& out) = 0;
  // On a link of datagrams, after each of them: what comes next does not continue it. A driver that is not
  // told, as of a recording without marks, finds the ends by itself as well as it can.
  virtual void datagram_ended(vitals::Stamp /*rx*/, Sink& /*out*/) {}
  // Silence is information too: called at least every 100 ms while the link is up; over MLLP, whose limits
  // are seconds, once a second.
  virtual void tick(vitals::Stamp now, Sink& out) = 0;
  // We leave in order: what the device should be told then (a release, a stop), by on_send() alone. Nothing
  // is asked of the driver after it. One that only listens, or only answers, has nothing to say.
  virtual void close(vitals::Stamp /*now*/, Sink& /*out*/) {}
};

}  // namespace drivers
