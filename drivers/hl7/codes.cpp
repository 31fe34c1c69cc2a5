#include "drivers/hl7/codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "drivers/hl7/code_tables.hpp"
#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

struct Triplet {
  std::string_view id;
  std::string_view text;
  std::string_view system;
};

template <class Table>
const auto* find_name(const Table& table, std::string_view name) {
  const auto at =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const auto& entry, std::string_view wanted) { return entry.name < wanted; });
  return at != table.end() && at->name == name ? &*at : nullptr;
}

template <class Table>
const auto* find_number(const Table& table, std::uint32_t number) {
  const auto at =
      std::lower_bound(table.begin(), table.end(), number,
                       [](const auto& entry, std::uint32_t wanted) { return entry.number < wanted; });
  return at != table.end() && at->number == number ? &*at : nullptr;
}

std::optional<std::uint32_t> parse_unsigned(std::string_view text, int base = 10) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base);
  if (result.ec != std::errc{} || result.ptr != end || text.empty()) return std::nullopt;
  return number;
}

// `0002-4182`: partition and term in hexadecimal.
std::optional<std::uint32_t> parse_mdil(std::string_view text) {
  if (text.size() != 9 || text[4] != '-') return std::nullopt;
  const auto partition = parse_unsigned(text.substr(0, 4), 16);
  const auto term = parse_unsigned(text.substr(5), 16);
  if (!partition || !term) return std::nullopt;
  return *partition * 65536 + *term;
}

bool looks_loinc(std::string_view text) {
  const std::size_t dash = text.find('-');
  return dash != std::string_view::npos && dash > 0 && dash + 2 == text.size() && is_digit(text.back()) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dash), is_digit);
}

Resolution resolved(Meaning meaning, std::uint32_t mdc = 0) {
  return {Verdict::resolved, meaning, mdc, nullptr};
}
Resolution refused(Verdict verdict, std::uint32_t mdc = 0) { return {verdict, {}, mdc, nullptr}; }

// A label cannot make a code, but one that is in our own list for another quantity breaks it. A label in
// another language, or one we do not know, is no contradiction.
Resolution checked_by_label(Meaning meaning, std::string_view label, std::uint32_t mdc) {
  const auto named = by_label(label);
  if (named && named->quantity != meaning.quantity) return refused(Verdict::conflict, mdc);
  return resolved(meaning, mdc);
}

// Words only: the identifier first, then the text; both known, they must name the same quantity.
Resolution resolve_label(const Triplet& code) {
  const auto id = by_label(code.id);
  const auto text = by_label(code.text);
  if (id) return checked_by_label(*id, code.text, 0);
  if (text) return resolved(*text);
  return {};
}

Resolution resolve_mdc(Triplet code) {
  if (is_reference(code.id) && code.text.empty()) std::swap(code.id, code.text);
  const auto number = parse_unsigned(code.id);
  if (!number && !code.id.empty() && !is_reference(code.text))
    return resolve_label(code);  // `HR^Heart Rate^MDC`
  const std::uint32_t mdc = number.value_or(0);
  const auto* const entry = find_number(tables::mdc, mdc);
  if (entry != nullptr && entry->reference == code.text) return resolved(entry->meaning, mdc);
  const auto reference = by_reference(code.text);
  if (entry == nullptr) return reference ? resolved(*reference, mdc) : refused(Verdict::unmapped, mdc);
  if (reference) {
    if (reference->quantity != entry->meaning.quantity) return refused(Verdict::conflict, mdc);
    return resolved(*reference, mdc);  // same quantity at another site: the name is what people read
  }
  if (entry->meaning.quantity == Quantity::other) return resolved({}, mdc);
  if (is_reference(code.text)) return refused(Verdict::unknown_reference, mdc);
  return checked_by_label(entry->meaning, code.text, mdc);
}

Resolution resolve_mdil(const Triplet& code) {
  const auto number = parse_mdil(code.id);
  if (!number) return resolve_label({{}, code.text, {}});
  const auto meaning = by_number(*number);
  return meaning ? checked_by_label(*meaning, code.text, *number) : refused(Verdict::unmapped, *number);
}

Resolution resolve_loinc(const Triplet& code) {
  if (!looks_loinc(code.id)) return parse_unsigned(code.id) ? Resolution{} : resolve_label(code);
  const auto meaning = by_loinc(code.id);
  return meaning ? checked_by_label(*meaning, code.text, 0) : Resolution{};
}

// No coding system: the reference id, the sender's private numbers, a LOINC code by its form, a label.
Resolution resolve_bare(const Triplet& code, PrivateCodes private_codes) {
  if (is_reference(code.text) || (is_reference(code.id) && code.text.empty())) return resolve_mdc(code);
  if (private_codes == PrivateCodes::mindray_pds) {
    const auto number = parse_unsigned(code.id);
    const auto* const entry = number ? find_number(tables::mindray_pds, *number) : nullptr;
    return entry == nullptr ? Resolution{} : checked_by_label(entry->meaning, code.text, 0);
  }
  if (const auto* const entry = find_name(tables::nihon_kohden, code.id); entry != nullptr) {
    const bool grouped = code.text.substr(0, code.text.find(' ')) == entry->group;
    return grouped ? resolved(entry->meaning) : Resolution{};
  }
  if (looks_loinc(code.id)) return resolve_loinc(code);
  return resolve_label(code);
}

bool is_mdc_system(std::string_view system) {
  return system == "MDC" || system == "MDC_" || system == "mdc" || system == "ISO+" || system == "11073";
}

Resolution resolve_triplet(const Triplet& code, PrivateCodes private_codes) {
  if (is_mdc_system(code.system)) return resolve_mdc(code);
  if (code.system.empty()) return resolve_bare(code, private_codes);
  if (code.system == "MDIL") return resolve_mdil(code);
  if (code.system == "LN" || code.system == "LOINC") return resolve_loinc(code);
  if (code.system == "WAP") return resolve_label(code);  // Welch Allyn: words in both components
  return {};  // private numbers overlap with other makers' and mean other things
}

// Dräger's Infinity gateway: `ART S^^local^8480-6&1^^LOINC`, its label and behind it a code that is coarser
// than the label. A label that is not in the table is not read: its code alone would take any pressure for a
// cuff's.
bool is_draeger(const Coded& parts) {
  return parts[2] == "local" && parts[1].empty() && (parts[5] == "LOINC" || parts[5] == "MIB/CEN");
}

Resolution resolve_draeger(const Coded& parts) {
  const auto* const entry = find_name(tables::draeger, parts[0]);
  if (entry == nullptr) return {};
  return entry->loinc == parts[3] ? resolved(entry->meaning) : refused(Verdict::conflict);
}

// Both triplets of one OBX-3: either may tell, but they must not contradict each other. A general code may
// stand in front of the precise one: any pressure, and the arterial line's.
Resolution merged(const Resolution& first, const Resolution& second) {
  if (first.verdict == Verdict::conflict || second.verdict == Verdict::unmapped) return first;
  if (second.verdict == Verdict::conflict || first.verdict == Verdict::unmapped) return second;
  if (first.verdict != Verdict::resolved) return first;
  if (second.verdict != Verdict::resolved) return second;
  if (first.meaning.quantity != second.meaning.quantity) return refused(Verdict::conflict, first.mdc);
  const bool second_is_precise = first.meaning.site == Site::unsaid && second.meaning.site != Site::unsaid;
  return second_is_precise ? second : first;
}

std::uint8_t pulse_rank(Site site) {
  switch (site) {
    case Site::oximeter: return 0;
    case Site::pleth: return 1;
    case Site::arterial: return 3;
    case Site::cuff: return 4;
    default: return 2;
  }
}

std::uint8_t respiration_rank(Site site) {
  switch (site) {
    case Site::impedance: return 1;
    case Site::co2: return 2;
    case Site::airway: return 3;
    case Site::pleth: return 4;
    default: return 0;
  }
}

Watched pressure(Site site, vitals::Metric cuff, vitals::Metric arterial) {
  switch (site) {
    case Site::cuff: return {cuff, 0};
    case Site::cuff_pressure: return {cuff, 1};
    case Site::arterial: return {arterial, 0};
    case Site::abp: return {arterial, 1};
    case Site::aorta: return {arterial, 2};
    case Site::umbilical: return {arterial, 3};
    default: return {cuff, 2};  // site not said: watched under the cuff's freshness rules
  }
}

}  // namespace

std::optional<Watched> watched(Meaning meaning) {
  using vitals::Metric;
  if (meaning.site == Site::extra_probe) return std::nullopt;
  switch (meaning.quantity) {
    case Quantity::other: return std::nullopt;
    case Quantity::heart_rate: return Watched{Metric::hr, 0};
    case Quantity::pulse_rate: return Watched{Metric::pr, pulse_rank(meaning.site)};
    case Quantity::saturation: return Watched{Metric::spo2, 0};
    case Quantity::systolic: return pressure(meaning.site, Metric::nibp_sys, Metric::art_sys);
    case Quantity::diastolic: return pressure(meaning.site, Metric::nibp_dia, Metric::art_dia);
    case Quantity::mean: return pressure(meaning.site, Metric::nibp_map, Metric::art_map);
    case Quantity::respiration: return Watched{Metric::rr, respiration_rank(meaning.site)};
    case Quantity::temperature: return Watched{Metric::temp, 0};
  }
  return std::nullopt;
}

std::optional<Meaning> by_number(std::uint32_t mdc) {
  const auto* const entry = find_number(tables::mdc, mdc);
  return entry == nullptr ? std::nullopt : std::optional(entry->meaning);
}

std::optional<Meaning> by_reference(std::string_view reference) {
  if (!is_reference(reference)) return std::nullopt;
  const auto& order = tables::mdc_by_reference;
  const auto at = std::lower_bound(
      order.begin(), order.end(), reference,
      [](std::uint8_t i, std::string_view wanted) { return tables::mdc[i].reference < wanted; });
  if (at == order.end() || tables::mdc[*at].reference != reference) return std::nullopt;
  return tables::mdc[*at].meaning;
}

std::optional<Meaning> by_loinc(std::string_view code) {
  const auto* const entry = find_name(tables::loinc, code);
  return entry == nullptr ? std::nullopt : std::optional(entry->meaning);
}

std::optional<Meaning> by_label(std::string_view label) {
  std::array<char, 32> folded{};  // longer than any label in the table
  std::size_t size = 0;
  for (const char c : label) {
    if (c == ' ' || c == '_' || c == '-') continue;
    if (size == folded.size()) return std::nullopt;
    folded[size++] = lower(c);
  }
  const auto* const entry = find_name(tables::labels, std::string_view(folded.data(), size));
  return entry == nullptr ? std::nullopt : std::optional(entry->meaning);
}

namespace {

// The usual place of a metric: where a site maps a code to it, it is that and no other source of it.
Meaning meaning_of(vitals::Metric metric) {
  using vitals::Metric;
  switch (metric) {
    case Metric::hr: return {Quantity::heart_rate, Site::unsaid};
    case Metric::pr: return {Quantity::pulse_rate, Site::oximeter};
    case Metric::spo2: return {Quantity::saturation, Site::unsaid};
    case Metric::nibp_sys: return {Quantity::systolic, Site::cuff};
    case Metric::nibp_dia: return {Quantity::diastolic, Site::cuff};
    case Metric::nibp_map: return {Quantity::mean, Site::cuff};
    case Metric::art_sys: return {Quantity::systolic, Site::arterial};
    case Metric::art_dia: return {Quantity::diastolic, Site::arterial};
    case Metric::art_map: return {Quantity::mean, Site::arterial};
    case Metric::rr: return {Quantity::respiration, Site::unsaid};
    case Metric::temp: return {Quantity::temperature, Site::unsaid};
  }
  return {};
}

// Where the code itself is empty its text stands for it.
const CodeMap::Entry* site_code(const CodeMap& codes, const Triplet& triplet) {
  const std::string_view name = triplet.id.empty() ? triplet.text : triplet.id;
  return name.empty() ? nullptr : codes.find(name, triplet.system);
}

Resolution as_the_site_says(const CodeMap::Entry& entry, const Coded& parts) {
  const std::uint32_t mdc = is_mdc_system(parts[2]) ? parse_unsigned(parts[0]).value_or(0) : 0;
  if (!entry.metric) return {Verdict::ignored, {}, mdc, &entry};
  return {Verdict::resolved, meaning_of(*entry.metric), mdc, &entry};
}

}  // namespace

Resolution resolve_code(std::string_view field, const Separators& by, PrivateCodes private_codes,
                        const CodeMap& site_codes) {
  const Coded parts = coded(field, by);
  if (!site_codes.empty()) {
    const auto* entry = site_code(site_codes, {parts[0], parts[1], parts[2]});
    if (entry == nullptr) entry = site_code(site_codes, {parts[3], parts[4], parts[5]});
    if (entry != nullptr) return as_the_site_says(*entry, parts);
  }
  if (is_draeger(parts)) return resolve_draeger(parts);
  const Resolution first = resolve_triplet({parts[0], parts[1], parts[2]}, private_codes);
  if (parts[3].empty() && parts[4].empty()) return first;
  return merged(first, resolve_triplet({parts[3], parts[4], parts[5]}, private_codes));
}

bool is_pump_device(std::string_view obx3, const Separators& by) {
  const std::string_view reference = trim(component(obx3, 2, by));
  if (reference.substr(0, 13) == "MDC_DEV_PUMP_") return true;
  const auto number = parse_unsigned(trim(component(obx3, 1, by))).value_or(0);
  return number == 70049 || number == 70053 || number == 69985;  // volumetric, syringe, any
}

bool is_inline_alert(std::string_view obx3, const Separators& by) {
  return trim(component(obx3, 3, by)) == "MDIL-ALERT";
}

bool is_device_or_attribute(std::uint32_t mdc) { return mdc >= 65536 && mdc < 131072; }

}  // namespace drivers::hl7
