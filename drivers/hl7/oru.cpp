#include "drivers/hl7/oru.hpp"

#include <algorithm>

#include "drivers/hl7/routing.hpp"
#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

constexpr std::size_t last_result_field = 15;  // OBX-14, one further when the sender has a field too many

// The rates that the sheets of the trade call possible; outside it is an artefact or a wrong code.
struct Range {
  double low;
  double high;
};
constexpr Range plausible(Metric metric) {
  switch (metric) {
    case Metric::hr:
    case Metric::pr: return {1, 350};
    case Metric::spo2: return {1, 100};
    case Metric::rr: return {0, 250};    // shown, not judged: 0 is apnoea
    case Metric::temp: return {10, 50};  // shown, not judged
    case Metric::nibp_sys:
    case Metric::nibp_dia:
    case Metric::nibp_map: return {1, 350};  // mmHg: a cuff that found nothing may be sent as 0
    default: return {-50, 350};              // mmHg: an open line reads below zero
  }
}

// Beside NM and SN.
bool may_hold_number(std::string_view type) { return type == "ST" || type == "TX" || type.empty(); }

// Nothing, nothing that we know, or a bare number's: then the site's own word counts.
bool says_no_unit(const UnitFound& unit) {
  return unit.verdict == UnitVerdict::none || unit.verdict == UnitVerdict::unknown ||
         (unit.verdict == UnitVerdict::known && unit.unit.dimension == Dimension::bare);
}

bool is_waveform(std::string_view type) { return type == "NA" || type == "MA"; }

// A value that the device's own flag takes back.
Observation taken_back(Metric metric, RowFlag flag, vitals::Stamp rx) {
  if (flag == RowFlag::unavailable) return vitals::absent(metric, Reason::missing, rx, Quality::unavailable);
  const bool test = flag == RowFlag::test || flag == RowFlag::calibrating;
  const bool busy = flag == RowFlag::measuring || flag == RowFlag::calibrating;
  Observation none = vitals::absent(metric, test ? Reason::test_mode : Reason::status, rx,
                                    busy ? Quality::calibrating : Quality::invalid);
  none.test = test;
  return none;
}

}  // namespace

bool OruReader::read(const Received& message, SourceMemory& memory, Teller teller) {
  message_ = &message;
  dictionary_ = &memory.dictionary;
  alerts_.begin_message(message, memory.alarms, teller);
  begin_message();
  for (at_ = 0; at_ < message.segments.size() && !pump_; ++at_) read_segment(message.segments[at_]);
  end_group();
  return !pump_;
}

void OruReader::begin_message() {
  test_ = is_test(message_->header);
  const std::string_view id = trim(message_->header.field(10));
  const bool pds_header = is_mindray_pds(message_->header);
  identity_only_ = pds_header && (id == "101" || id == "103");
  const bool pds = identity_only_ || (pds_header && (id == "204" || id == "503"));
  private_codes_ = pds ? PrivateCodes::mindray_pds : PrivateCodes::none;
  dictionary_->begin_message(message_->separators(), private_codes_);

  const MessageClock clock = read_clock(message_->header, rules_, message_->rx.wall);
  message_time_ = clock.sent;
  zone_ = clock.zone;
  // Separators and zone are those of this message; and OBR-7 mostly repeats MSH-7.
  const std::string_view sent = message_->header.field(7);
  const bool known = sent.size() <= time_bytes_max && !message_time_.to_minute;
  cached_time_text_.assign(known ? sent : std::string_view{});
  cached_time_ = known ? message_time_ : DeviceTime{};
  clock_trusted_ = clock_agrees(message_time_);
  if (message_time_.usable() && !clock_trusted_ && !clock_reported_)
    report(*message_, FaultKind::implausible, "device-clock", "MSH-7", {}, message_->header.component(7, 1));
  if (message_time_.usable()) clock_reported_ = !clock_trusted_;

  subject_ = Subject{};
  places_ = PlaceOrder{};
  scratch_.clear();
  located_ = patient_seen_ = results_seen_ = announced_ = false;
  device_row_seen_ = pump_ = waveform_ = false;
  group_time_ = DeviceTime{};
  filled_ = vitals::MetricSet{};
}

bool OruReader::clock_agrees(const DeviceTime& time) const {
  if (!time.usable()) return false;
  const auto difference = time.at - message_->rx.wall;
  return difference <= clock_tolerance_ms && -difference <= clock_tolerance_ms;
}

void OruReader::read_segment(std::string_view segment) {
  switch (id_of(segment, message_->separators().field)) {
    case pid: begin_patient(segment); return;
    case pv1: read_place(segment); return;
    case obr: begin_results(segment); return;
    case obx: read_result(segment); return;
    case no_segment: report(*message_, FaultKind::broken, "orphan-line"); return;
    default: return;
  }
}

// Values belong to the PID and PV1 above them. A PID without PV1 does not inherit the place of the patient
// before: that would alarm at the wrong bed.
void OruReader::begin_patient(std::string_view segment) {
  const std::string_view place = places_.patient();
  if (place.empty() && (patient_seen_ || results_seen_)) end_group();
  subject_ = Subject{};
  scratch_.clear();
  located_ = !place.empty();
  if (located_) read_visit(place, message_->separators(), scratch_, subject_);
  patient_seen_ = true;
  if (private_codes_ == PrivateCodes::mindray_pds) return;  // there PID-3 is an id of the gateway's own
  subject_.patient_id = read_patient_id(segment, rules_.patient_id_kind, message_->separators(), scratch_);
}

void OruReader::read_place(std::string_view segment) {
  if (results_seen_) end_group();
  places_.place(segment);
  located_ = true;
  read_visit(segment, message_->separators(), scratch_, subject_);
}

// Some senders write the time of a cuff measurement on its group alone. Well before the message it is that;
// else it may be of the message, new with each.
void OruReader::end_results() {
  constexpr vitals::Milliseconds before_ms_min{60'000};
  const bool of_cuff = !continuous_ && group_time_.usable() && message_time_.usable() &&
                       message_time_.at - group_time_.at >= before_ms_min;
  continuous_ = false;
  if (!of_cuff) return;
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
    Observation& seen = candidates_[vitals::index_of(metric)].seen;
    if (filled_.contains(metric) && seen.t_src == group_time_.at) seen.time_source = vitals::TimeSource::own;
  }
}

void OruReader::begin_results(std::string_view segment) {
  end_results();
  const Separators& by = message_->separators();
  fields_.split(segment, by, 7);
  const std::string_view reference = trim(component(fields_[4], 2, by));
  waveform_ = reference.substr(0, 13) == "MDC_OBS_WAVE_";
  group_time_ = time_of(fields_[7]);
  if (!message_time_.usable()) clock_trusted_ = clock_agrees(group_time_);
}

void OruReader::read_result(std::string_view segment) {
  places_.values();
  if (waveform_) return;
  fields_.split(segment, message_->separators(), last_result_field);
  if (take_identity_row()) return;
  const Dictionary::Code& code = dictionary_->code(fields_[3], rules_.codes);
  note_device_row(code);
  if (pump_) return;
  results_seen_ = true;
  announce();
  if (code.alert) return take_alert_row();
  if (code.silent) return;
  Row row;
  row.mdc = code.meaning.mdc;
  row.site_unit = code.site_unit;
  row.type = trim(fields_[2]);
  row.structured = row.type == "SN";
  row.numeric = row.structured || row.type == "NM";
  row.sub_id = trim(fields_[4]);
  row.value = trim(fields_[5]);
  if (accept_code(code.meaning, row) && accept_form(row)) read_watched(row);
}

// Mindray PDS class 103: 2301 is the patient's number, 2308 the bed's name as people say it.
bool OruReader::take_identity_row() {
  if (!identity_only_) return false;
  const Separators& by = message_->separators();
  const std::string_view code = trim(component(fields_[3], 1, by));
  const std::string_view text = text_of(component(fields_[5], 1, by), by, scratch_);
  if (code == "2301") subject_.patient_id = text;
  if (code == "2308" && !text.empty()) subject_.bed = text;
  return true;
}

// Philips writes the monitor's alarms between the values.
void OruReader::take_alert_row() {
  const DeviceTime& own = time_of(fields_[14]);
  const DeviceTime& at = own.usable() ? own : group_time_;
  alerts_.take(fields_, subject_, at.usable() ? std::optional(at.at) : std::nullopt);
}

// The first device row tells what kind of device this is; a pump's battery % and line pressure are no vital
// signs.
void OruReader::note_device_row(const Dictionary::Code& code) {
  if (device_row_seen_ || !code.device) return;
  device_row_seen_ = true;
  pump_ = code.pump;
}

bool OruReader::accept_code(const Resolution& code, Row& row) {
  switch (code.verdict) {
    case Verdict::conflict: fault(FaultKind::refused, "code-conflict"); return false;
    case Verdict::unknown_reference: fault(FaultKind::refused, "code-unknown"); return false;
    case Verdict::unmapped:
      // Samples of a wave and rows without a value say nothing that could be missed.
      if (!is_waveform(row.type) && !says_nothing(row.value)) fault(FaultKind::unmapped, "code");
      return false;
    case Verdict::ignored: return false;
    case Verdict::resolved: break;
  }
  const auto metric = watched(code.meaning);
  if (metric) {
    row.watched = *metric;
  } else if (!is_device_or_attribute(code.mdc) && !says_nothing(row.value)) {
    fault(FaultKind::refused, code.meaning.quantity == Quantity::other ? "not-watched" : "other-source");
  }
  return metric.has_value();
}

// Is this row a value at all? Waveforms, texts and attributes travel under the same codes.
bool OruReader::accept_form(const Row& row) {
  if (!row.numeric && !may_hold_number(row.type)) {
    fault(FaultKind::refused, "value-type");
  } else if (is_facet(row.sub_id)) {
    fault(FaultKind::refused, "facet");
  } else if (row.value.size() > field_bytes_max) {
    fault(FaultKind::refused, "field-too-long");
  } else {
    return true;
  }
  return false;
}

void OruReader::read_watched(Row& row) {
  row.status = find_status(fields_);
  if (accept_status(row)) read_value(row);
}

bool OruReader::accept_status(const Row& row) {
  if (row.status.usable()) return true;
  fault(FaultKind::refused, "status");
  if (row.status.letter == 'X')
    offer(row, vitals::absent(row.watched.metric, Reason::status, message_->rx, Quality::unavailable));
  if (row.status.letter == 'D' || row.status.letter == 'W') withdraw(row);
  return false;
}

// Deleted or wrong: takes back the earlier value of the same code, place and time.
void OruReader::withdraw(const Row& row) {
  const Metric metric = row.watched.metric;
  Candidate& held = candidates_[vitals::index_of(metric)];
  Observation none = vitals::absent(metric, Reason::status, message_->rx);
  set_time(row, none);
  const bool same = filled_.contains(metric) && held.code == fields_[3] && held.sub_id == row.sub_id &&
                    held.seen.t_src == none.t_src;
  if (same) filled_.erase(metric);
  offer(row, none);
}

bool OruReader::accept_flags(const Row& row, Reason& doubt) {
  const RowFlags flags = read_flags(fields_[8], message_->separators());
  if (flags.doubtful) doubt = Reason::status;
  if (flags.taken_back == RowFlag::none) return true;
  offer(row, taken_back(row.watched.metric, flags.taken_back, message_->rx));
  return false;
}

void OruReader::read_value(const Row& row) {
  const Metric metric = row.watched.metric;
  Reason doubt = Reason::none;
  if (!accept_flags(row, doubt)) return;
  const Separators& by = message_->separators();
  const Reading reading = row.structured ? read_structured(row.value, by.component) : read_plain(row.value);
  if (reading.kind == ReadingKind::nothing) {
    offer(row, vitals::absent(metric, Reason::missing, message_->rx, Quality::unavailable));
    return;
  }
  if (reading.kind == ReadingKind::unreadable) {
    fault(FaultKind::refused, "not-a-number");
    offer(row, vitals::absent(metric, Reason::missing, message_->rx));
    return;
  }
  UnitFound unit = dictionary_->unit(fields_[6]);
  if (row.site_unit && says_no_unit(unit)) unit = {UnitVerdict::known, *row.site_unit};
  const bool unit_fits = unit.verdict == UnitVerdict::none ||
                         (unit.verdict == UnitVerdict::known && fits(metric, unit.unit.dimension));
  if (!unit_fits) {
    fault(FaultKind::refused, "unit");
    offer(row, vitals::absent(metric, Reason::unit, message_->rx));
    return;
  }
  offer(row, judged(metric, reading, unit.unit, doubt));
}

Observation OruReader::judged(Metric metric, const Reading& reading, const UnitFacts& unit, Reason doubt) {
  if (reading.kind == ReadingKind::over)
    return vitals::absent(metric, Reason::none, message_->rx, Quality::over);
  if (reading.kind == ReadingKind::under)
    return vitals::absent(metric, Reason::none, message_->rx, Quality::under);
  if (vitals::is_rate(metric) && reading.number == 0)
    return vitals::absent(metric, Reason::zero, message_->rx);
  const double value = reading.number * unit.factor + unit.offset;
  const Range range = plausible(metric);
  if (value >= range.low && value <= range.high) return vitals::measured(metric, value, message_->rx, doubt);
  fault(FaultKind::implausible, "range");
  return vitals::absent(metric, Reason::implausible, message_->rx);
}

// A cuff reading is known again by its time as it is written.
vitals::WallTime OruReader::time_for(Metric metric, const DeviceTime& time) const {
  if (vitals::is_cuff(metric)) return time.at;
  return within_minute(time, message_time_.usable() ? message_time_.at : message_->rx.wall);
}

void OruReader::set_time(const Row& row, Observation& seen) {
  if (message_time_.usable() || group_time_.usable())
    seen.t_sent = message_time_.usable() ? message_time_.at : within_minute(group_time_, message_->rx.wall);
  const int field = 14 + row.status.shift;
  const DeviceTime& own = time_of(fields_[static_cast<std::size_t>(field)]);
  if (own.usable()) {
    seen.t_src = time_for(seen.metric, own);
    seen.time_source = vitals::TimeSource::own;
    return;
  }
  const DeviceTime& shared = group_time_.usable() ? group_time_ : message_time_;
  if (!shared.usable()) return;
  seen.t_src = time_for(seen.metric, shared);
  seen.time_source = vitals::TimeSource::message;
}

// Several rows may speak for one metric. One observation goes out, the others are listed.
void OruReader::offer(const Row& row, Observation seen) {
  seen.mdc = row.mdc;
  seen.test = seen.test || test_;
  seen.clock_trusted = clock_trusted_;
  set_time(row, seen);
  continuous_ = continuous_ || !vitals::is_cuff(seen.metric);
  const Candidate fresh{
      seen,
      row.watched.rank,
      fields_[3],
      row.sub_id,
      fields_[6],
      row.numeric ? row.value : std::string_view{}};  // a text may hold anything: not shown in a fault
  Candidate& held = candidates_[vitals::index_of(seen.metric)];
  if (!filled_.contains(seen.metric)) {
    held = fresh;
    filled_.insert(seen.metric);
    return;
  }
  const bool wins = better(fresh, held);
  const Candidate& loser = wins ? held : fresh;
  const bool same_source = fresh.rank == held.rank && fresh.sub_id == held.sub_id;
  report(*message_, FaultKind::refused, same_source ? "superseded" : "other-source", loser.code, loser.unit,
         loser.value);
  if (wins) held = fresh;
}

// Whose values follow. Before the first of them, so that faults of the group are theirs as well.
void OruReader::announce() {
  if (announced_) return;
  announced_ = true;
  if (identity_only_) {
    remembered_.remember(subject_);
  } else if (private_codes_ == PrivateCodes::mindray_pds && !patient_seen_ && !located_) {
    remembered_.apply_to(subject_);
  }
  subject_.device = rules_.location == LocationRule::device
                        ? read_device_id(message_->segments.subspan(at_), message_->separators(), scratch_)
                        : read_device(message_->header, scratch_);
  subject_.location = choose_location(subject_, rules_.location, message_->header, scratch_);
  message_->out.on_subject(subject_);
}

Subject OruReader::remembered_subject(const Header& header) {
  Subject subject;
  scratch_.clear();
  remembered_.apply_to(subject);
  subject.location = choose_location(subject, rules_.location, header, scratch_);
  return subject;
}

void OruReader::end_group() {
  if (!pump_ && (patient_seen_ || located_ || results_seen_)) {
    announce();
    end_results();
    judge_pressures(Metric::nibp_sys, Metric::nibp_dia);
    judge_pressures(Metric::art_sys, Metric::art_dia);
    for (const auto& facts : vitals::metrics)
      if (filled_.contains(facts.metric))
        message_->out.on_observation(candidates_[vitals::index_of(facts.metric)].seen);
    if (results_seen_) alerts_.end_group(subject_);
    message_->out.on_frame_end(message_->rx);
  }
  announced_ = results_seen_ = waveform_ = continuous_ = false;
  group_time_ = DeviceTime{};
  filled_ = vitals::MetricSet{};
}

// A systolic not above the diastolic of the same measurement: neither can be believed. Of an arterial line
// equal ones can: without a pulse it is flat, and that must reach the limits.
void OruReader::judge_pressures(Metric sys, Metric dia) {
  if (!filled_.contains(sys) || !filled_.contains(dia)) return;
  Observation& high = candidates_[vitals::index_of(sys)].seen;
  Observation& low = candidates_[vitals::index_of(dia)].seen;
  if (!high.has_value() || !low.has_value() || high.t_src != low.t_src) return;
  if (vitals::is_arterial(sys) ? high.value >= low.value : high.value > low.value) return;
  const Candidate& row = candidates_[vitals::index_of(sys)];
  report(*message_, FaultKind::implausible, "sys-not-above-dia", row.code, row.unit, row.value);
  for (Observation* seen : {&high, &low}) {
    seen->quality = Quality::invalid;
    seen->reason = Reason::implausible;
  }
}

// A fault of the row being read. A text value may be anything, a name too: only numbers are shown.
void OruReader::fault(FaultKind kind, std::string_view reason) {
  const std::string_view type = trim(fields_[2]);
  const bool numeric = type == "NM" || type == "SN";
  report(*message_, kind, reason, fields_[3], fields_[6], numeric ? fields_[5] : std::string_view{});
}

// Senders repeat one time in most rows: reading it once is enough.
const DeviceTime& OruReader::time_of(std::string_view text) {
  text = text.substr(0, time_bytes_max);
  if (same_text(text, cached_time_text_)) return cached_time_;
  cached_time_ = parse_time(component(text, 1, message_->separators()), zone_, message_->rx.wall);
  cached_time_text_.assign(text);
  return cached_time_;
}

}  // namespace drivers::hl7
