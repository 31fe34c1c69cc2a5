#include "drivers/hl7/code_map.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

namespace {

constexpr std::string_view ignore = "ignore";
constexpr std::string_view no_codes = "none";
constexpr char between_fields = '|';
constexpr char between_codes = ';';

// What could neither stand in an OBX-3 nor in the option's text.
bool is_writable(std::string_view text) {
  const auto fits = [](char c) {
    return c >= ' ' && c != '\x7F' && c != between_fields && c != between_codes && c != '^' && c != '"';
  };
  const auto plain_or_utf8 = [&](char c) { return fits(c) || static_cast<unsigned char>(c) >= 0x80; };
  return text.size() <= site_code_bytes_max && trim(text) == text &&
         std::all_of(text.begin(), text.end(), plain_or_utf8);
}

std::string metric_words() {
  std::string words;
  for (const auto& facts : vitals::metrics) words += std::string(facts.name) + ", ";
  return words + "or ignore";
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

SiteCodeTrouble wrong_text(std::string_view field, std::string_view text) {
  return {field, std::string(field) + " " + in_quotes(text) + " must be up to " +
                     std::to_string(site_code_bytes_max) +
                     " characters without | ; ^, quotes and blanks around"};
}

auto key_of(const CodeMap::Entry& entry) { return std::tie(entry.code, entry.system); }

}  // namespace

SiteCodeTrouble trouble_with(const SiteCode& code) {
  if (code.code.empty()) return {"code", "code must not be empty: it is what OBX-3 begins with"};
  if (!is_writable(code.code)) return wrong_text("code", code.code);
  if (!is_writable(code.system)) return wrong_text("system", code.system);
  const auto metric = vitals::metric_named(code.metric);
  if (!metric && code.metric != ignore)
    return {"metric", "metric " + in_quotes(code.metric) + " must be " + metric_words()};
  if (code.unit.empty()) return {};
  if (!metric) return {"unit", "unit has no meaning for a code that is ignored"};
  const auto unit = site_unit(code.unit);
  if (!unit || !fits(*metric, unit->dimension))
    return {"unit", "unit " + in_quotes(code.unit) + " must be " + std::string(site_units_of(*metric))};
  return {};
}

std::string written(std::span<const SiteCode> codes) {
  std::string text;
  for (const SiteCode& code : codes) {
    if (!text.empty()) text += between_codes;
    text += code.code + between_fields + code.system + between_fields + code.metric;
    if (!code.unit.empty()) text += between_fields + code.unit;
  }
  return text.empty() ? std::string(no_codes) : text;
}

bool CodeMap::parse(std::string_view text, std::string& error) {
  entries_.clear();
  if (text == no_codes) return true;
  for (std::size_t n = 1, end = 0; end != std::string_view::npos; ++n) {
    end = text.find(between_codes);
    const std::string_view one = trim(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    const auto field = [&](std::size_t i) { return std::string(trim(part(one, between_fields, i))); };
    const SiteCode code{field(1), field(2), field(3), field(4)};
    if (const auto trouble = trouble_with(code); !trouble.text.empty() || !part(one, '|', 5).empty()) {
      error = "code " + std::to_string(n) + ": " +
              (trouble.text.empty() ? "too many parts, CODE|SYSTEM|METRIC|UNIT is wanted" : trouble.text);
      return false;
    }
    entries_.push_back({code.code, code.system, vitals::metric_named(code.metric), site_unit(code.unit)});
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return key_of(a) < key_of(b); });
  const auto twice = std::adjacent_find(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return key_of(a) == key_of(b);
  });
  if (twice != entries_.end()) error = "code " + in_quotes(twice->code) + " is there twice";
  if (entries_.size() > site_codes_max) error = "more than " + std::to_string(site_codes_max) + " codes";
  return error.empty();
}

const CodeMap::Entry* CodeMap::find(std::string_view code, std::string_view system) const {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), std::tie(code, system), [](const Entry& entry, const auto& wanted) {
        return std::tuple<std::string_view, std::string_view>(entry.code, entry.system) < wanted;
      });
  return at != entries_.end() && at->code == code && at->system == system ? &*at : nullptr;
}

}  // namespace drivers::hl7
