// A site's own code map: codes that no table here knows, or that this sender means otherwise. It goes before
// the tables.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/vitals/metric.hpp"
#include "drivers/hl7/units.hpp"

namespace drivers::hl7 {

inline constexpr std::size_t site_codes_max = 256;
inline constexpr std::size_t site_code_bytes_max = 64;

// As it is written in the settings.
struct SiteCode {
  std::string code;    // first component of OBX-3; where that is empty, the text behind it
  std::string system;  // third component of OBX-3; empty: the sender names none
  std::string metric;  // a metric's name, or "ignore": neither used nor listed as unmapped
  std::string unit;    // of a row whose unit is missing, unknown or a bare number's (`1`, `/s`); may be empty
};

// Which of the four is wrong ("code", ...), and what would be right; both empty: sound.
struct SiteCodeTrouble {
  std::string_view field;
  std::string text;
};
SiteCodeTrouble trouble_with(const SiteCode& code);

// The text that the driver's option `codes` takes: `code|system|metric|unit` for each, joined by `;`.
std::string written(std::span<const SiteCode> codes);

class CodeMap {
 public:
  struct Entry {
    std::string code;
    std::string system;
    std::optional<vitals::Metric> metric;  // none: ignore
    std::optional<UnitFacts> unit;
  };

  // From the option's text, "none" for an empty map. False: `error` says what is wrong.
  bool parse(std::string_view text, std::string& error);

  bool empty() const { return entries_.empty(); }
  const Entry* find(std::string_view code, std::string_view system) const;

 private:
  std::vector<Entry> entries_;  // sorted by code, then system
};

}  // namespace drivers::hl7
