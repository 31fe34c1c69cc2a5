#include "drivers/hl7/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

struct NumberedUnit {
  std::uint32_t number;
  UnitFacts facts;
};

struct NamedUnit {
  std::string_view name;
  UnitFacts facts;
};

constexpr UnitFacts other{};
constexpr UnitFacts bare{Dimension::bare};
constexpr UnitFacts rate{Dimension::rate};
constexpr UnitFacts breaths{Dimension::breath_rate};
constexpr UnitFacts percent{Dimension::percent};
constexpr UnitFacts mmhg{Dimension::pressure};
constexpr UnitFacts kilopascal{Dimension::pressure, 7.50062};
constexpr UnitFacts water{Dimension::pressure, 0.735559};
constexpr UnitFacts celsius{Dimension::temperature};
constexpr UnitFacts fahrenheit{Dimension::temperature, 1 / 1.8, -32 / 1.8};

// MDC numbers, partition 4. Sorted.
constexpr auto numbers = std::to_array<NumberedUnit>({
    {262656, bare},                         // dimensionless
    {262688, percent},    {263441, other},  // cm
    {263762, other},                        // mL
    {263875, other},                        // kg
    {263890, other},                        // mg
    {263891, other},                        // ug
    {264306, other},                        // mg/mL
    {264320, other},                        // s
    {264338, other},                        // ms
    {264352, other},                        // min
    {264608, bare},                         // per second
    {264640, bare},                         // Hz
    {264672, rate},                         // per minute
    {264864, rate},                         // beats per minute
    {264928, breaths},    {265266, other},  // mL/h
    {265522, other},                        // mg/h
    {265619, other},                        // ug/kg/min
    {265987, kilopascal}, {266016, mmhg},    {266048, water},
    {268160, fahrenheit}, {268192, celsius}, {268224, fahrenheit},
});

// Lower case, without blanks. Sorted.
constexpr auto names = std::to_array<NamedUnit>({
    {"%", percent},
    {"/min", rate},
    {"/s", bare},
    {"1", bare},
    {"1/min", rate},
    {"[degf]", fahrenheit},
    {"b/min", rate},
    {"beats/min", rate},
    {"bpm", rate},
    {"br/min", breaths},
    {"breaths/min", breaths},
    {"c", celsius},
    {"cel", celsius},
    {"cm[h2o]", water},
    {"cmh2o", water},
    {"hz", bare},
    {"kpa", kilopascal},
    {"mdc_dim_beat_per_min", rate},
    {"mdc_dim_cm_h2o", water},
    {"mdc_dim_degc", celsius},
    {"mdc_dim_dimless", bare},
    {"mdc_dim_fahr", fahrenheit},
    {"mdc_dim_kilo_pascal", kilopascal},
    {"mdc_dim_mmhg", mmhg},
    {"mdc_dim_per_min", rate},
    {"mdc_dim_percent", percent},
    {"mdc_dim_resp_per_min", breaths},
    {"mm(hg)", mmhg},
    {"mm[hg]", mmhg},
    {"mmhg", mmhg},
    {"rpm", breaths},
    {"{beats}/min", rate},
    {"{beat}/min", rate},
    {"{bpm}", rate},
    {"{breaths}/min", breaths},
    {"\xB0"
     "c",
     celsius},             // degree sign in Latin-1
    {"\u00B0c", celsius},  // ... and in UTF-8
});

constexpr bool is_sorted_and_unique() {
  for (std::size_t i = 1; i < numbers.size(); ++i)
    if (numbers[i - 1].number >= numbers[i].number) return false;
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i - 1].name >= names[i].name) return false;
  return true;
}
static_assert(is_sorted_and_unique());

std::optional<UnitFacts> numbered(std::uint32_t number) {
  const auto* const at =
      std::lower_bound(numbers.begin(), numbers.end(), number,
                       [](const NumberedUnit& entry, std::uint32_t wanted) { return entry.number < wanted; });
  if (at == numbers.end() || at->number != number) return std::nullopt;
  return at->facts;
}

std::optional<UnitFacts> by_name(std::string_view text) {
  std::array<char, 24> folded{};  // longer than any name in the table
  std::size_t size = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    if (size == folded.size()) return std::nullopt;
    folded[size++] = lower(c);
  }
  const std::string_view wanted(folded.data(), size);
  const auto* const at =
      std::lower_bound(names.begin(), names.end(), wanted,
                       [](const NamedUnit& entry, std::string_view name) { return entry.name < name; });
  if (at == names.end() || at->name != wanted) return std::nullopt;
  return at->facts;
}

template <class Number>
bool parse_whole(std::string_view text, Number& number, int base) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

// `0004-0aa0`: partition and term of the MDC number in hexadecimal.
bool is_mdil(std::string_view text) { return text.size() == 9 && text[4] == '-'; }

std::optional<UnitFacts> by_mdil(std::string_view text) {
  std::uint32_t partition = 0;
  std::uint32_t term = 0;
  if (!parse_whole(text.substr(0, 4), partition, 16) || !parse_whole(text.substr(5), term, 16))
    return std::nullopt;
  return numbered(partition * 65536 + term);
}

std::optional<UnitFacts> by_text(std::string_view text) {
  std::uint32_t number = 0;
  if (is_mdil(text)) return by_mdil(text);
  if (text.size() > 1 && parse_whole(text, number, 10)) return numbered(number);
  return by_name(text);
}

}  // namespace

UnitFound find_unit(std::string_view field, const Separators& by) {
  UnitFound out;
  if (field.empty()) return out;
  const Coded parts = coded(field, by);
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {  // the others name the coding system
    const std::string_view text = stated(parts[i]);
    if (text.empty()) continue;
    const auto facts = by_text(text);
    // Two pressures are not enough: kPa and mmHg for one number differ by seven times.
    if (facts && out.verdict == UnitVerdict::known && *facts != out.unit)
      return {UnitVerdict::contradictory, {}};
    // A parameter's code where the unit should be: then its name beside it proves nothing.
    if (!facts && is_mdil(text)) return {UnitVerdict::contradictory, {}};
    if (facts && out.verdict != UnitVerdict::known) out = {UnitVerdict::known, *facts};
    if (!facts && out.verdict == UnitVerdict::none) out.verdict = UnitVerdict::unknown;
  }
  return out;
}

std::optional<UnitFacts> site_unit(std::string_view word) {
  if (word == "fraction") return UnitFacts{Dimension::percent, 100};
  if (word == "/s") return UnitFacts{Dimension::rate, 60};
  const auto facts = by_name(word);
  return facts && facts->dimension != Dimension::other && facts->dimension != Dimension::bare ? facts
                                                                                              : std::nullopt;
}

std::string_view site_units_of(vitals::Metric metric) {
  switch (vitals::unit_of(metric)) {
    case vitals::Unit::per_min: return "/min or /s";
    case vitals::Unit::percent: return "% or fraction";
    case vitals::Unit::mmhg: return "mmHg, kPa or cmH2O";
    case vitals::Unit::celsius: return "Cel or [degF]";
    case vitals::Unit::none: break;
  }
  return "left out";
}

bool fits(vitals::Metric metric, Dimension dimension) {
  switch (vitals::unit_of(metric)) {
    case vitals::Unit::per_min:
      return dimension == Dimension::rate ||
             (metric == vitals::Metric::rr && dimension == Dimension::breath_rate);
    case vitals::Unit::percent: return dimension == Dimension::percent;
    case vitals::Unit::mmhg: return dimension == Dimension::pressure;
    case vitals::Unit::celsius: return dimension == Dimension::temperature;
    case vitals::Unit::none: return false;
  }
  return false;
}

}  // namespace drivers::hl7
