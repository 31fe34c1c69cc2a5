#include "drivers/hl7/pump.hpp"

#include <algorithm>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

using tables::PumpItem;
using tables::PumpQuantity;
using tables::PumpRow;

constexpr std::size_t last_pump_field = 18;  // OBX-18, the device
constexpr double mg_per_kg = 1e6;

// `1.1.2.5` -> `1.1.2`.
std::string_view stem_of(std::string_view sub_id) { return sub_id.substr(0, sub_id.rfind('.')); }

// `1.1.2.0` -> `1.1`: the channel of a pump that a position belongs to.
std::string_view channel_path(std::string_view sub_id) {
  const std::size_t first = sub_id.find('.');
  return first == std::string_view::npos ? sub_id : sub_id.substr(0, sub_id.find('.', first + 1));
}

bool starts_alike(std::string_view a, std::string_view lower_case) {
  return a.size() >= lower_case.size() && std::equal(lower_case.begin(), lower_case.end(), a.begin(),
                                                     [](char x, char y) { return x == lower(y); });
}

// Which number a row wants, by its unit. A dose rate may be for the body or for each kilogram of it.
bool fits(PumpItem item, PumpQuantity quantity) {
  switch (item) {
    case PumpItem::rate_now:
    case PumpItem::rate_programmed: return quantity == PumpQuantity::flow;
    case PumpItem::dose_rate:
      return quantity == PumpQuantity::mass_rate || quantity == PumpQuantity::mass_kg_rate;
    case PumpItem::volume_to_infuse:
    case PumpItem::volume_remaining:
    case PumpItem::volume_delivered: return quantity == PumpQuantity::volume;
    case PumpItem::dose_delivered:
    case PumpItem::weight: return quantity == PumpQuantity::mass;
    case PumpItem::concentration: return quantity == PumpQuantity::concentration;
    case PumpItem::time_remaining: return quantity == PumpQuantity::duration;
    default: return false;
  }
}

}  // namespace

void PumpReader::read(const Received& message) {
  message_ = &message;
  const MessageClock clock = read_clock(message.header, rules_, message.rx.wall);
  zone_ = clock.zone;
  sent_ = clock.sent.usable() ? std::optional{clock.sent.at} : std::nullopt;
  scratch_.clear();
  subject_ = Subject{};
  places_ = PlaceOrder{};
  pump_ = ordered_drug_ = event_ = event_stem_ = {};
  time_.reset();
  any_reported_ = false;
  channel_ = Channel{};
  if (is_test(message.header)) return report(message, FaultKind::refused, "test-mode");
  for (const std::string_view segment : message.segments) read_segment(segment);
  end_channel();
  if (any_reported_) message.out.on_frame_end(message.rx);
}

void PumpReader::read_segment(std::string_view segment) {
  const Separators& by = message_->separators();
  switch (id_of(segment, by.field)) {
    case pid: end_channel(); return begin_patient(segment);
    case pv1:
      end_channel();
      places_.place(segment);
      return read_visit(segment, by, scratch_, subject_);
    case obr: end_channel(); return begin_results(segment);
    case obx: places_.values(); return read_row(segment);
    case no_segment: return report(*message_, FaultKind::broken, "orphan-line");
    default: return;
  }
}

void PumpReader::begin_patient(std::string_view segment) {
  const Separators& by = message_->separators();
  const std::string_view place = places_.patient();
  subject_ = Subject{};
  subject_.patient_id = read_patient_id(segment, rules_.patient_id_kind, by, scratch_);
  if (!place.empty()) read_visit(place, by, scratch_, subject_);
}

// OBR-4 names the drug, where it does not name the device; OBR-7 is when it happened.
void PumpReader::begin_results(std::string_view segment) {
  const Separators& by = message_->separators();
  fields_.split(segment, by, 7);
  const Coded what = coded(fields_[4], by);
  const bool names_drug =
      what[2] != "MDC" && what[1].substr(0, 4) != "MDC_" && !starts_alike(what[1], "unknown medication");
  ordered_drug_ = names_drug ? what[1] : std::string_view{};
  time_ = instant(fields_[7], *message_, zone_);
}

void PumpReader::read_row(std::string_view segment) {
  const Separators& by = message_->separators();
  fields_.split(segment, by, last_pump_field);
  const Coded code = coded(fields_[3], by);
  std::string_view source;
  switch (pump_row(code, source)) {
    case PumpRow::pump:
      end_channel();
      pump_ = trim(component(fields_[18], 1, by));
      event_ = event_stem_ = {};
      return;
    case PumpRow::channel: begin_channel(); return;
    case PumpRow::source: begin_source(source); return;
    case PumpRow::none: break;
  }
  const PumpItem item = pump_item(code);
  if (item != PumpItem::none && item != PumpItem::other) return read_item(item);
  if (!find_status(fields_).usable()) return;
  if (item == PumpItem::other) channel_.any = true;
  if (item == PumpItem::none && trim(fields_[2]) == "NM")
    report(*message_, FaultKind::unmapped, "code", fields_[3], fields_[6], fields_[5]);
}

void PumpReader::refuse(std::string_view reason) {
  const bool numeric = trim(fields_[2]) == "NM";  // a text may be anything: not shown
  report(*message_, FaultKind::refused, reason, fields_[3], fields_[6],
         numeric ? fields_[5] : std::string_view{});
}

// A pump may have several channels, each with an infusion of its own. What stood before the first belongs to
// it.
void PumpReader::begin_channel() {
  if (!channel_.path.empty()) end_channel();
  const std::string_view device = trim(component(fields_[18], 1, message_->separators()));
  channel_.path = channel_path(trim(fields_[4]));
  if (!device.empty()) channel_.device = device;
}

void PumpReader::begin_source(std::string_view name) {
  if (channel_.source_count == sources_max) return;
  Source& source = channel_.sources[channel_.source_count++];
  source = Source{};
  source.name = name;
  source.stem = stem_of(trim(fields_[4]));
}

PumpReader::Source& PumpReader::source_here() {
  if (channel_.source_count == 0) channel_.source_count = 1;
  return channel_.sources[channel_.source_count - 1];
}

// By the same rules as a monitor's value.
bool PumpReader::accept_row() {
  const bool usable = find_status(fields_).usable();
  if (usable && read_flags(fields_[8], message_->separators()).taken_back == RowFlag::none) return true;
  refuse(usable ? "flags" : "status");
  return false;
}

void PumpReader::read_item(PumpItem item) {
  if (!accept_row()) return;
  channel_.any = true;
  if (read_word(item)) return;
  const Reading reading = read_reading();
  const PumpUnitFound unit = pump_unit(fields_[6], message_->separators());
  if (reading.kind == ReadingKind::nothing) {
    if (!says_nothing(fields_[5])) refuse("no-value");
  } else if (reading.kind != ReadingKind::number) {
    refuse("not-a-number");
  } else if (reading.number < 0) {
    refuse("range");
  } else if (!fits(item, unit.quantity)) {
    refuse("unit");
  } else {
    read_number(item, reading.number, unit);
  }
}

Reading PumpReader::read_reading() const {
  const Separators& by = message_->separators();
  if (trim(fields_[2]) == "SN") return read_structured(fields_[5], by.component);
  return read_plain(component(fields_[5], 1, by));
}

// False: it is a number.
bool PumpReader::read_word(PumpItem item) {
  const Separators& by = message_->separators();
  const std::string_view field = fields_[5];
  switch (item) {
    case PumpItem::infusing_status: channel_.infusing = pump_word(field, "pump-status-", by); return true;
    case PumpItem::active_source: channel_.active = pump_word(field, "pump-source-info-", by); return true;
    case PumpItem::delivery_status:
      source_here().delivery = pump_word(field, "pump-delivery-status-", by);
      return true;
    case PumpItem::reason: source_here().reason = pump_word(field, "pump-", by); return true;
    case PumpItem::drug: source_here().drug = field; return true;
    case PumpItem::alarm_condition: channel_.alarm = read_event(field, by).reference; return true;
    case PumpItem::event: event_ = read_event(field, by).reference; return true;
    case PumpItem::event_source: event_stem_ = stem_of(trim(field)); return true;
    default: return false;
  }
}

void PumpReader::read_number(PumpItem item, double number, const PumpUnitFound& unit) {
  const double value = number * unit.factor;
  if (item == PumpItem::rate_now) {
    channel_.rate_now = value;
    return;
  }
  Source& source = source_here();
  switch (item) {
    case PumpItem::rate_programmed: source.rate = value; return;
    case PumpItem::dose_rate:
      (unit.quantity == PumpQuantity::mass_rate ? source.dose_rate_mg_h : source.dose_rate_mg_kg_h) = value;
      return;
    case PumpItem::volume_to_infuse: source.to_infuse = value; return;
    case PumpItem::volume_remaining: source.remaining = value; return;
    case PumpItem::volume_delivered: source.volume = value; return;
    case PumpItem::dose_delivered: source.dose = value; return;
    case PumpItem::concentration: source.concentration = value; return;
    case PumpItem::time_remaining: source.seconds = value; return;
    case PumpItem::weight: source.weight = value / mg_per_kg; return;
    default: return;
  }
}

void PumpReader::end_channel() {
  if (channel_.any) {
    const PumpReport report = reported(leading_source());
    announce();
    message_->out.on_pump(report);
    any_reported_ = true;
  }
  channel_ = Channel{};
}

// The active source; else the one that the event happened to; else the primary; else the first.
const PumpReader::Source& PumpReader::leading_source() const {
  const auto* const begin = channel_.sources.data();
  const auto* const end = begin + std::max<std::size_t>(channel_.source_count, 1);
  const auto active = [&](const Source& s) {
    return !channel_.active.empty() && starts_alike(s.name, channel_.active);
  };
  const auto happened = [&](const Source& s) { return !event_stem_.empty() && s.stem == event_stem_; };
  const auto primary = [](const Source& s) { return starts_alike(s.name, "primary"); };
  if (const auto* at = std::find_if(begin, end, active); at != end) return *at;
  if (const auto* at = std::find_if(begin, end, happened); at != end) return *at;
  if (const auto* at = std::find_if(begin, end, primary); at != end) return *at;
  return *begin;
}

// Of a pump with several channels the event names the one it happened to.
bool PumpReader::event_is_here() const {
  return event_stem_.empty() || channel_.path.empty() || channel_path(event_stem_) == channel_.path;
}

PumpReport PumpReader::reported(const Source& source) {
  const Separators& by = message_->separators();
  PumpReport report;
  report.device = text_of(channel_.device.empty() ? pump_ : channel_.device, by, scratch_);
  report.channel = channel_.path;
  if (event_is_here()) report.event = text_of(event_, by, scratch_);
  report.source = lower_words(channel_.active.empty() ? source.name : channel_.active);
  report.reason = text_of(source.reason, by, scratch_);
  report.drug = text_of(source.drug.empty() ? ordered_drug_ : source.drug, by, scratch_);
  report.alarm = text_of(channel_.alarm, by, scratch_);
  judge_state(report, source);
  const bool flows = report.state == PumpState::running || report.state == PumpState::kvo;
  report.rate_ml_h = channel_.rate_now;
  if (!report.rate_ml_h && flows) report.rate_ml_h = source.rate;
  if (report.state ==
      PumpState::running) {  // as programmed, which a pump that keeps a vein open does not run
    report.rate_mg_h = source.dose_rate_mg_h;
    report.rate_mg_kg_h = source.dose_rate_mg_kg_h;
  }
  report.concentration_mg_ml = source.concentration;
  report.volume_to_infuse_ml = source.to_infuse;
  report.volume_remaining_ml = source.remaining;
  report.time_remaining_s = source.seconds;
  report.weight_kg = source.weight;
  add_up(report, source);
  report.t_event = time_;
  report.t_sent = sent_;
  report.rx = message_->rx;
  return report;
}

// An event says what happened, the status words how it is now. A stop on the way to another delivery is none.
void PumpReader::judge_state(PumpReport& report, const Source& source) const {
  const bool infusing = channel_.infusing == "infusing";
  const bool flowing = infusing || (channel_.infusing.empty() && channel_.rate_now.value_or(0) > 0);
  const bool told = !channel_.infusing.empty() || channel_.rate_now || !source.delivery.empty();
  const bool between =
      report.reason == "stopped-switching-source" || report.reason == "stopped-between-doses";
  report.transitioning =
      source.delivery == "transitioning" || between || (infusing && channel_.rate_now == 0.0);
  if (report.reason == "stopped-powered-off") {
    report.state = PumpState::off;
  } else if (report.event == "PUMP_DELIV_COMP") {
    report.state = PumpState::complete;
  } else if (source.delivery == "kvo") {
    report.state = PumpState::kvo;
  } else if (report.event == "PUMP_DELIV_STOP") {
    const bool passing = source.delivery == "transitioning" && channel_.infusing != "not-infusing";
    report.state = passing ? PumpState::running : PumpState::paused;
  } else if (report.event == "PUMP_DELIV_START" || flowing ||
             (channel_.infusing.empty() && source.delivery == "delivering")) {
    report.state = PumpState::running;
  } else if (told) {
    report.state = PumpState::paused;
  }
}

// What was given of this drug, by all sources that carry it: a clinician's dose comes from another source.
void PumpReader::add_up(PumpReport& report, const Source& leading) const {
  const auto put = [](std::optional<double>& sum, const std::optional<double>& more) {
    if (more) sum = sum.value_or(0) + *more;
  };
  for (std::size_t i = 0; i < std::max<std::size_t>(channel_.source_count, 1); ++i) {
    const Source& source = channel_.sources[i];
    const bool same = &source == &leading || (source.drug == leading.drug && !leading.drug.empty());
    if (!same) continue;
    put(report.volume_ml, source.volume);
    put(report.dose_mg, source.dose);
  }
}

// `CLINICIAN_DOSE` -> `clinician-dose`.
std::string_view PumpReader::lower_words(std::string_view text) {
  if (text.empty() || !scratch_.has_room()) return {};
  const std::size_t start = scratch_.used();
  for (const char c : text.substr(0, leaf_bytes_max)) {
    const bool plain = c > ' ' && c < 0x7F;
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    scratch_.put(c == '_' ? '-' : plain ? lower : '?');
  }
  return scratch_.since(start);
}

void PumpReader::announce() {
  const Separators& by = message_->separators();
  const std::string_view device = channel_.device.empty() ? pump_ : channel_.device;
  subject_.device = text_of(device, by, scratch_);
  subject_.location = choose_location(subject_, rules_.location, message_->header, scratch_);
  message_->out.on_subject(subject_);
}

}  // namespace drivers::hl7
