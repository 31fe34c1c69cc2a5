// Whose values these are, as far as anybody says: the condition wrong-patient.
#include <utility>

#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

// At the start of a session the patient is whom the values named within this; before, it may have been the
// one who lay here earlier.
constexpr Milliseconds identity_ms_max{60'000};

}  // namespace

Identity Bed::subject(std::size_t source, const drivers::Subject& subject, bool fixed) {
  return links_[source].subject = patient_.identity_of(subject.patient_id, subject.visit_id,
                                                       fixed ? subject.location : std::string_view{});
}

void Bed::note_patient() const {
  if (settings_.patient_changes) settings_.patient_changes->note(*this);
}

void Bed::take_subject(std::size_t source, Stamp now) {
  if (!links_[source].subject.told()) return;
  const Identity identity = std::exchange(links_[source].subject, {});
  const bool doubted = patient_.values_doubted();
  patient_news(patient_.values_of(source, identity, now.mono), doubted, now);
}

// A subject has no time of its own, and no value follows here: what it changed is told at the next advance().
void Bed::subject_elsewhere(std::size_t source, const drivers::Subject& subject) {
  if (!patient_.open()) return;
  const Identity identity = patient_.identity_of(subject.patient_id, subject.visit_id);
  if (!patient_.values_elsewhere(source, identity)) return;
  elsewhere_ = true;
  deadline_ = MonoTime::min();
  output_->on_touched();
}

void Bed::patient_event(const drivers::PatientEvent& event, Place place) {
  advance(event.rx);
  const bool doubted = patient_.values_doubted();
  const Identity identity = patient_.identity_of(event.subject.patient_id, event.subject.visit_id);
  const Identity gone = patient_.identity_of(event.patient_id_gone, {});
  patient_news(patient_.administration(event.kind, identity, gone, place), doubted, event.rx);
}

// Relative rules rest while the values may be another's: his baseline is not theirs.
void Bed::patient_news(bool news, bool doubted_before, Stamp now) {
  if (!news) return;
  note_patient();
  if (patient_.values_doubted() != doubted_before) {
    apply_phase(now);
    output_->on_state(now);
  }
  check_statements(now);
  deadline_ = own_deadline();
  output_->on_session(false, now);
}

void Bed::watch_patient(Stamp now) {
  if (session_.in_progress() == patient_.open()) return;
  if (patient_.open()) {
    patient_.end();
    forget_limits(now);
    questions_.forget();
    engine_.unshelve_all(now, *this);  // it was about this patient
  } else {
    patient_.begin(now.mono - identity_ms_max);
    note_patient();
  }
}

void Bed::check_patient(Stamp now) {
  if (!patient_.open()) return;
  if (std::exchange(elsewhere_, false)) {
    apply_phase(now);
    output_->on_state(now);
    output_->on_session(false, now);
  }
  const Doubt doubt = patient_.doubt();
  if (doubt != Doubt::none) engine_.relabel(*wrong_patient_, text_of(doubt), now, *this);
  alarms::Reading reading = alarms::statement(doubt != Doubt::none, now);
  if (patient_.values_doubted()) reading.standing.critical = alarms::Zone::beyond;
  engine_.read(*wrong_patient_, reading, now, *this);
}

infusion::Outcome Bed::patient_confirm(bool same, Stamp now) {
  advance(now);
  if (patient_.doubt() == Doubt::none)
    return {infusion::Verdict::refused, "there is nothing to confirm: nobody named another patient"};
  if (same) {
    patient_.confirm_same();
    note_patient();
    return after_verb({}, now);
  }
  engine_.end_session(now, *this);  // while the session is still named in the documents
  engine_.finish(*wrong_patient_, alarms::EndReason::session_end, now, *this);
  engine_.finish(*observed_out_, alarms::EndReason::session_end, now, *this);
  session_.abandon(now);
  return after_verb({}, now);
}

}  // namespace bed
