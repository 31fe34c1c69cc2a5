#include "drivers/hl7/patient_events.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace drivers::hl7 {

namespace {

struct Trigger {
  std::string_view name;
  PatientEventKind kind;
  bool needs_place;
};

// Triggers that change who lies where. The others (pre-admission, leave, bed status, links, allergies) are
// accepted and not used.
constexpr auto triggers = std::to_array<Trigger>({
    {"A01", PatientEventKind::admit, true},
    {"A02", PatientEventKind::transfer, true},
    {"A03", PatientEventKind::discharge, false},
    {"A04", PatientEventKind::admit, true},
    {"A08", PatientEventKind::update, false},
    {"A11", PatientEventKind::cancel_admit, false},
    {"A12", PatientEventKind::cancel_transfer, true},
    {"A13", PatientEventKind::cancel_discharge, false},
    {"A17", PatientEventKind::transfer, true},
    {"A18", PatientEventKind::merge, false},
    {"A30", PatientEventKind::merge, false},
    {"A31", PatientEventKind::update, false},
    {"A34", PatientEventKind::merge, false},
    {"A35", PatientEventKind::merge, false},
    {"A36", PatientEventKind::merge, false},
    {"A39", PatientEventKind::merge, false},
    {"A40", PatientEventKind::merge, false},
    {"A41", PatientEventKind::merge, false},
});

const Trigger* find_trigger(std::string_view name) {
  const auto* const at = std::find_if(triggers.begin(), triggers.end(),
                                      [&](const Trigger& known) { return known.name == name; });
  return at == triggers.end() ? nullptr : at;
}

constexpr Judgement no_patient_id{
    Outcome::error, ErrorCode::required_field, "patient id missing", "PID^1^3", {}};

}  // namespace

Judgement PatientEventReader::read(const Received& message) {
  message_ = &message;
  scratch_.clear();
  event_ = PatientEvent{};
  places_ = PlaceOrder{};
  patient_seen_ = placed_ = merged_ = any_id_ = id_missing_ = false;
  if (is_test(message.header)) {
    report(message, FaultKind::refused, "test-mode", message.header.field(9));
    return {};
  }
  if (find_trigger(message.header.component(9, 2)) == nullptr) {
    report(message, FaultKind::not_mine, "message-type", message.header.field(9));
    return {};
  }
  for (const std::string_view segment : message.segments) {
    switch (id_of(segment, message.separators().field)) {
      case pid: begin_patient(segment); break;
      case pv1:
        if (places_.place(segment)) read_place(segment);
        break;
      case mrg: read_merge(segment); break;
      case no_segment: report(message, FaultKind::broken, "orphan-line"); break;
      default: break;
    }
  }
  end_patient();
  return id_missing_ && !any_id_ ? no_patient_id : Judgement{};
}

// Several patients in one message: a swap of two beds, or several merges.
void PatientEventReader::begin_patient(std::string_view segment) {
  const std::string_view place = places_.patient();
  end_patient();
  scratch_.clear();
  event_ = PatientEvent{};
  patient_seen_ = true;
  placed_ = merged_ = false;
  event_.subject.patient_id =
      read_patient_id(segment, rules_.patient_id_kind, message_->separators(), scratch_);
  if (!place.empty()) read_place(place);
}

void PatientEventReader::read_place(std::string_view segment) {
  constexpr std::size_t location = 3;
  constexpr std::size_t location_before = 6;
  const Separators& by = message_->separators();
  const LocationRule rule = rules_.location == LocationRule::device ? LocationRule::bed : rules_.location;
  Fields fields;
  fields.split(segment, by, location_before);
  placed_ = true;
  read_visit(segment, by, scratch_, event_.subject);
  event_.subject.location = choose_location(event_.subject, rule, message_->header, scratch_);
  event_.location_cleared = !trim(fields[location]).empty() && stated(fields[location]).empty();
  Subject before;
  read_location(fields[location_before], by, scratch_, before);
  if (rule != LocationRule::msh_4)
    event_.location_before = choose_location(before, rule, message_->header, scratch_);
}

void PatientEventReader::read_merge(std::string_view segment) {
  const Separators& by = message_->separators();
  Fields fields;
  fields.split(segment, by, 1);
  merged_ = true;
  event_.patient_id_gone = text_of(component(fields[1], 1, by), by, scratch_);
}

void PatientEventReader::end_patient() {
  if (!patient_seen_) {
    id_missing_ = true;  // until a PID comes; there may be none at all
    return;
  }
  const Trigger& trigger = *find_trigger(message_->header.component(9, 2));
  event_.trigger = trigger.name;
  event_.kind = trigger.kind;
  event_.rx = message_->rx;
  event_.subject.device = read_device(message_->header, scratch_);
  if (event_.subject.patient_id.empty()) {
    id_missing_ = true;
    return report(*message_, FaultKind::broken, "patient-id");
  }
  any_id_ = true;
  if (trigger.needs_place && !placed_) return report(*message_, FaultKind::refused, "no-location");
  if (trigger.kind == PatientEventKind::merge && (!merged_ || event_.patient_id_gone.empty()))
    return report(*message_, FaultKind::refused, "merge-without-id");
  message_->out.on_patient(event_);
}

}  // namespace drivers::hl7
