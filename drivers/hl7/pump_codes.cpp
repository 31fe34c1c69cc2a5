#include "drivers/hl7/pump_codes.hpp"

#include <algorithm>
#include <array>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

constexpr std::string_view device_prefix = "DEV_";
constexpr std::string_view unit_prefix = "MDC_DIM_";
constexpr std::string_view source_prefix = "PUMP_INFUSATE_SOURCE_";

std::string_view behind(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix ? text.substr(prefix.size()) : text;
}

std::string_view bare_reference(std::string_view text) {
  return behind(behind(text, reference_prefix), device_prefix);
}

template <class Table>
const auto* find_code(const Table& table, const Coded& code) {
  const std::uint32_t number = number_of(code[0]);
  const std::string_view reference = is_reference(code[1]) ? bare_reference(code[1]) : std::string_view{};
  const auto* const at = std::find_if(table.begin(), table.end(), [&](const auto& known) {
    return reference.empty() ? number != 0 && known.number == number : known.reference == reference;
  });
  return at == table.end() ? nullptr : at;
}

const tables::PumpUnit* find_unit_word(std::string_view text) {
  std::array<char, 16> folded{};
  const std::uint32_t number = number_of(text);
  const std::string_view reference = text.substr(0, unit_prefix.size()) == unit_prefix
                                         ? text.substr(unit_prefix.size())
                                         : std::string_view{};
  if (text.size() > folded.size() && reference.empty()) return nullptr;
  std::transform(text.begin(),
                 text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), folded.size())),
                 folded.begin(), lower);
  const std::string_view ucum(folded.data(), std::min(text.size(), folded.size()));
  const auto* const at =
      std::find_if(tables::pump_units.begin(), tables::pump_units.end(), [&](const auto& known) {
        if (number != 0) return known.number == number;
        return reference.empty() ? known.ucum == ucum : known.reference == reference;
      });
  return at == tables::pump_units.end() ? nullptr : at;
}

}  // namespace

tables::PumpItem pump_item(const Coded& code) {
  const auto* const known = find_code(tables::pump_items, code);
  return known == nullptr ? tables::PumpItem::none : known->item;
}

tables::PumpRow pump_row(const Coded& code, std::string_view& source) {
  const std::string_view reference = bare_reference(code[1]);
  if (is_reference(code[1]) && reference.substr(0, source_prefix.size()) == source_prefix) {
    source = reference.substr(source_prefix.size());
    return tables::PumpRow::source;
  }
  const auto* const known = find_code(tables::pump_rows, code);
  if (known == nullptr) return tables::PumpRow::none;
  source = known->row == tables::PumpRow::source ? "PRIMARY" : std::string_view{};
  return known->row;
}

PumpUnitFound pump_unit(std::string_view field, const Separators& by) {
  PumpUnitFound found;
  const Coded parts = coded(field, by);
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {  // the others name the coding system
    const auto* const known = parts[i].empty() ? nullptr : find_unit_word(parts[i]);
    if (known == nullptr) continue;
    const bool first = found.quantity == tables::PumpQuantity::none;
    if (!first && (known->quantity != found.quantity || known->factor != found.factor)) return {};
    found = {known->quantity, known->factor};
  }
  return found;
}

std::string_view pump_word(std::string_view field, std::string_view prefix, const Separators& by) {
  for (const std::size_t n : {2U, 1U}) {
    const std::string_view word = trim(component(field, n, by));
    if (word.substr(0, prefix.size()) == prefix) return word.substr(prefix.size());
  }
  return {};
}

}  // namespace drivers::hl7
