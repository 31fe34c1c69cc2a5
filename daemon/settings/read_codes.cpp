// `codes` of an HL7 source: what this sender's own codes mean here.
#include <algorithm>

#include "daemon/settings/sections.hpp"
#include "daemon/settings/words.hpp"
#include "drivers/hl7/code_map.hpp"

namespace settings {
namespace {

using drivers::hl7::SiteCode;

constexpr std::string_view option = "codes";  // of the driver, which takes them as one text

std::vector<std::string> meanings() {
  std::vector<std::string> out{"ignore"};
  for (const auto& facts : vitals::metrics) out.emplace_back(facts.name);
  return out;
}

// Empty `code`: wrong, and reported.
SiteCode read_code(Reader& reader, Report& report) {
  SiteCode code;
  code.code = reader.required_text("code", "4711");
  code.system = reader.text("system").value_or("");
  code.metric = reader.required_text("metric", "spo2");
  code.unit = reader.text("unit").value_or("");
  reader.finish();
  if (code.code.empty() || code.metric.empty()) return {};
  const auto words = meanings();
  if (std::find(words.begin(), words.end(), code.metric) == words.end()) {
    report.error(reader.place("metric"),
                 "unknown metric " + in_quotes(code.metric) + suggestion(code.metric, words));
    return {};
  }
  const auto trouble = drivers::hl7::trouble_with(code);
  if (trouble.text.empty()) return code;
  report.error(reader.place(trouble.field), trouble.text);
  return {};
}

bool takes_codes(const drivers::Facts& facts) {
  return std::any_of(facts.options.begin(), facts.options.end(),
                     [](const drivers::OptionFacts& known) { return known.name == option; });
}

}  // namespace

void read_codes(Reader& reader, SourceDraft& draft, Report& report) {
  if (draft.facts == nullptr) return reader.allow(option);
  if (!takes_codes(*draft.facts))
    return reader.forbid(option, "codes is for HL7, " + draft.source.protocol + " has its own");
  if (!reader.has(option)) return;
  if (draft.source.options.count(option) > 0)
    report.error(reader.place(option), "codes and options.codes: write them in one place");
  std::vector<SiteCode> codes;
  std::vector<Place> places;
  for (Reader& one : reader.tables(option)) {
    const SiteCode code = read_code(one, report);
    if (code.code.empty()) continue;
    const auto same = std::find_if(codes.begin(), codes.end(), [&](const SiteCode& other) {
      return other.code == code.code && other.system == code.system;
    });
    if (same != codes.end()) {
      const Place& first = places[static_cast<std::size_t>(same - codes.begin())];
      report.error(one.place("code"), "code " + in_quotes(code.code) + " is there twice, first in line " +
                                          std::to_string(first.line));
      continue;
    }
    codes.push_back(code);
    places.push_back(one.place("code"));
  }
  if (codes.size() > drivers::hl7::site_codes_max)
    report.error(reader.place(option),
                 "codes has more than " + std::to_string(drivers::hl7::site_codes_max) + " entries");
  else
    draft.source.options.insert_or_assign(std::string(option), drivers::hl7::written(codes));
}

}  // namespace settings
