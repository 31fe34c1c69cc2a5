#include "drivers/hl7/subject.hpp"

#include <algorithm>

namespace drivers::hl7 {

namespace {

constexpr std::size_t first_pid_id = 3;
constexpr std::size_t pid_identity_unknown = 31;
constexpr std::size_t patient_ids_max = 16;  // repetitions of PID-3 that are looked at
constexpr std::size_t pv1_location = 3;
constexpr std::size_t pv1_visit = 19;

bool is_placeholder(std::string_view id) {
  return id.empty() || id == "0" || id == "000000" || same_word(id, "unknown patient") ||
         same_word(id, "unknown");
}

// The next component of a location, still with its subcomponents.
std::string_view take_component(std::string_view& location, const Separators& by) {
  const std::string_view first = part(location, by.component, 1, by.double_byte);
  location.remove_prefix(std::min(first.size() + 1, location.size()));
  return first;
}

std::size_t count_subcomponents(std::string_view text, const Separators& by) {
  if (by.subcomponent == 0) return 1;
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), by.subcomponent));
}

std::string_view first_stated(std::string_view whole, const Separators& by, Scratch& scratch) {
  const std::string_view first = text_of(part(whole, by.subcomponent, 1, by.double_byte), by, scratch);
  if (!first.empty() || by.subcomponent == 0) return first;
  return text_of(part(whole, by.subcomponent, 2, by.double_byte), by, scratch);
}

// As PV1-3 has it, without what is empty at its end.
std::string_view full_location(const Subject& subject, Scratch& scratch) {
  const std::size_t start = scratch.used();
  for (const char c : subject.point_of_care) scratch.put(c);
  if (!subject.room.empty() || !subject.bed.empty()) scratch.put('^');
  for (const char c : subject.room) scratch.put(c);
  if (!subject.bed.empty()) scratch.put('^');
  for (const char c : subject.bed) scratch.put(c);
  return scratch.since(start);
}

// One repetition of PID-3.
std::string_view choose_id(std::string_view ids, std::string_view kind, const Separators& by) {
  if (by.repetition == 0 || ids.find(by.repetition) == std::string_view::npos) return ids;
  const auto one = [&](std::size_t n) { return part(ids, by.repetition, n, by.double_byte); };
  const auto is = [&](std::string_view id, std::string_view wanted) {
    return !wanted.empty() && (trim(component(id, 4, by)) == wanted || trim(component(id, 5, by)) == wanted);
  };
  for (const std::string_view wanted : {kind, std::string_view("MR"), std::string_view("PI")})
    for (std::size_t n = 1; n <= patient_ids_max; ++n)
      if (is(one(n), wanted)) return one(n);
  return ids;
}

}  // namespace

std::string_view read_patient_id(std::string_view pid_segment, std::string_view kind, const Separators& by,
                                 Scratch& scratch) {
  Fields fields;
  fields.split(pid_segment, by, pid_identity_unknown);
  if (stated(component(fields[pid_identity_unknown], 1, by)) == "Y") return {};
  const std::string_view chosen = choose_id(fields[first_pid_id], kind, by);
  const std::string_view id = text_of(component(chosen, 1, by), by, scratch);
  return is_placeholder(id) ? std::string_view{} : id;
}

void read_location(std::string_view field, const Separators& by, Scratch& scratch, Subject& subject) {
  std::string_view location = part(stated(field), by.repetition, 1, by.double_byte);
  subject.point_of_care = first_stated(take_component(location, by), by, scratch);
  subject.room = first_stated(take_component(location, by), by, scratch);
  const std::string_view bed = take_component(location, by);
  if (count_subcomponents(bed, by) >= 5) {
    subject.point_of_care = text_of(part(bed, by.subcomponent, 1, by.double_byte), by, scratch);
    subject.bed = text_of(part(bed, by.subcomponent, 2, by.double_byte), by, scratch);
  } else {
    subject.bed = first_stated(bed, by, scratch);
  }
}

void read_visit(std::string_view pv1_segment, const Separators& by, Scratch& scratch, Subject& subject) {
  Fields fields;
  fields.split(pv1_segment, by, pv1_visit);
  read_location(fields[pv1_location], by, scratch, subject);
  subject.visit_id = text_of(component(fields[pv1_visit], 1, by), by, scratch);
}

std::string_view choose_location(const Subject& subject, LocationRule rule, const Header& header,
                                 Scratch& scratch) {
  switch (rule) {
    case LocationRule::bed: return subject.bed;
    case LocationRule::room: return subject.room;
    case LocationRule::bed_or_room: return subject.bed.empty() ? subject.room : subject.bed;
    case LocationRule::full: return full_location(subject, scratch);
    case LocationRule::msh_4: return text_of(header.component(4, 1), header.separators(), scratch);
    case LocationRule::device: return subject.device;
    case LocationRule::fixed: return {};
  }
  return {};
}

std::string_view read_device_id(std::span<const std::string_view> segments, const Separators& by,
                                Scratch& scratch) {
  constexpr std::size_t observer_device = 18;
  Fields fields;
  for (const std::string_view segment : segments) {
    const SegmentId id = id_of(segment, by.field);
    if (id == pid) return {};
    if (id != obx) continue;
    fields.split(segment, by, observer_device);
    const std::string_view device = text_of(component(fields[observer_device], 1, by), by, scratch);
    if (!device.empty()) return device;
  }
  return {};
}

std::string_view read_device(const Header& header, Scratch& scratch) {
  const std::string_view name = text_of(header.component(3, 1), header.separators(), scratch);
  return name.empty() ? text_of(header.component(3, 2), header.separators(), scratch) : name;
}

void RememberedSubject::remember(const Subject& subject) {
  patient_id.assign(subject.patient_id);
  point_of_care.assign(subject.point_of_care);
  room.assign(subject.room);
  bed.assign(subject.bed);
}

void RememberedSubject::apply_to(Subject& subject) const {
  subject.patient_id = patient_id;
  subject.point_of_care = point_of_care;
  subject.room = room;
  subject.bed = bed;
}

}  // namespace drivers::hl7
