#include "daemon/app/intake.hpp"

#include <algorithm>

#include "daemon/alarms/text.hpp"

namespace app {

namespace {

// Where the event puts its patient (`at`: its bed, if it is one of ours), seen from `route`.
bed::Place place_of(const drivers::PatientEvent& event, const Route* at, const Route& route) {
  if (event.location_cleared) return bed::Place::none;
  if (at == nullptr) return bed::Place::unknown;
  return at->bed == route.bed ? bed::Place::here : bed::Place::another_bed;
}

}  // namespace

Intake::Intake(std::shared_ptr<Whereabouts> beds, IntakeHandlers handlers)
    : beds_(std::move(beds)), handlers_(std::move(handlers)) {
  if (beds_->fixed()) current_ = &*beds_->fixed();
}

void Intake::on_subject(const drivers::Subject& subject) {
  if (handlers_.on_subject) handlers_.on_subject(subject);
  if (!beds_->fixed()) current_ = beds_->at(subject.location);
  of_pump_ = current_ == nullptr ? bed_of_pump(subject) : nullptr;
  if (of_pump_ != nullptr) return;
  beds_->subject(subject, current_);
  if (current_ != nullptr) return;
  ++counters_.unknown_bed;
  if (handlers_.on_unknown_bed) handlers_.on_unknown_bed(subject.location);
}

const Route* Intake::bed_of_pump(const drivers::Subject& subject) const {
  if (!subject.location.empty() || subject.device.empty()) return nullptr;
  const auto found = std::find_if(beds_->all().begin(), beds_->all().end(),
                                  [&](const Route& route) { return route.bed->has_pump(subject.device); });
  return found == beds_->all().end() ? nullptr : &*found;
}

void Intake::on_observation(const vitals::Observation& observation) {
  ++counters_.observations;
  if (handlers_.on_observation) handlers_.on_observation(observation, current_);
  if (current_ == nullptr) return;
  current_->bed->observe(current_->source, observation);
  note_rejected();
}

void Intake::on_frame_end(vitals::Stamp rx) {
  ++counters_.frames;
  if (current_ == nullptr) return;
  current_->bed->frame_end(current_->source, rx);
  note_rejected();
  if (handlers_.on_heard) handlers_.on_heard(*current_);
}

void Intake::on_status(const drivers::DeviceStatus& status) {
  if (handlers_.on_status) handlers_.on_status(status);
  for (const Route& route : beds_->all()) route.bed->device_status(route.source, status);
}

void Intake::on_device_alarm(const drivers::DeviceAlarm& alarm) {
  const Route* const to = of_pump_ != nullptr ? of_pump_ : current_;
  if (handlers_.on_device_alarm) handlers_.on_device_alarm(alarm, to);
  if (to != nullptr) to->bed->device_alarm(to->source, alarm, this);
}

void Intake::driver_gone(vitals::Stamp now) {
  for (const Route& route : beds_->all()) route.bed->teller_gone(route.source, this, now);
}

void Intake::on_pump(const drivers::PumpReport& report) {
  if (handlers_.on_pump) handlers_.on_pump(report, current_);
  for (const Route& route : beds_->all()) route.bed->pump(route.source, report);  // each knows its own pumps
}

void Intake::on_patient(const drivers::PatientEvent& event) {
  if (handlers_.on_patient) handlers_.on_patient(event);
  const Route* at = beds_->fixed() ? &*beds_->fixed() : beds_->at(event.subject.location);
  for (const Route& route : beds_->all()) route.bed->patient_event(event, place_of(event, at, route));
}

void Intake::note_rejected() {
  const auto rejected = current_->bed->take_rejected();
  if (!rejected) return;
  const std::string value = alarms::number_text(rejected->value);
  drivers::DecodeFault fault;
  fault.kind = drivers::FaultKind::implausible;
  fault.reason = rejected->reason;
  fault.code = vitals::name(rejected->metric);
  fault.unit = vitals::name(vitals::unit_of(rejected->metric));
  fault.value = value;
  fault.rx = rejected->rx;
  on_fault(fault);
}

void Intake::on_fault(const drivers::DecodeFault& fault) {
  ++counters_.faults;
  if (handlers_.on_fault) handlers_.on_fault(fault);
}

void Intake::on_send(drivers::Bytes bytes) {
  if (handlers_.on_send) handlers_.on_send(bytes);
}

void Intake::on_answer(const drivers::Answer& answer) {
  if (handlers_.on_answer) handlers_.on_answer(answer);
}

void Intake::on_close(std::string_view reason) {
  if (handlers_.on_close) handlers_.on_close(reason);
}

}  // namespace app
