// What the registry and every driver's make function share: words for facts, and the reading of options.
#include "drivers/registry.hpp"

namespace drivers {

std::string_view name(Integrity integrity) {
  switch (integrity) {
    case Integrity::none: return "none";
    case Integrity::parity: return "parity";
    case Integrity::checksum: return "checksum";
    case Integrity::crc: return "crc";
  }
  return "";
}

std::string_view name(Maturity maturity) {
  switch (maturity) {
    case Maturity::solid: return "solid";
    case Maturity::good: return "good";
    case Maturity::usable: return "usable";
    case Maturity::experimental: return "experimental";
  }
  return "";
}

namespace {

const OptionFacts* find_option(const Facts& facts, std::string_view name) {
  for (const OptionFacts& option : facts.options)
    if (option.name == name) return &option;
  return nullptr;
}

std::string known_options(const Facts& facts) {
  if (facts.options.empty()) return "it has none";
  std::string text = "known: ";
  for (const OptionFacts& option : facts.options) {
    if (&option != facts.options.data()) text += ", ";
    text += option.name;
  }
  return text;
}

}  // namespace

std::string unknown_options(const Facts& facts, const Options& options) {
  std::string text;
  for (const auto& [key, value] : options) {
    if (find_option(facts, key) != nullptr) continue;
    text += text.empty() ? "" : "; ";
    text +=
        "driver " + std::string(facts.name) + " has no option '" + key + "' (" + known_options(facts) + ")";
  }
  return text;
}

std::string_view option_value(const Facts& facts, const Options& options, std::string_view name) {
  if (const auto given = options.find(name); given != options.end()) return given->second;
  const OptionFacts* option = find_option(facts, name);
  return option == nullptr ? std::string_view{} : option->standard;
}

std::string refused_option(const Facts& facts, std::string_view name, std::string_view value) {
  const OptionFacts* option = find_option(facts, name);
  return "driver " + std::string(facts.name) + ": option '" + std::string(name) + "' cannot be '" +
         std::string(value) + "'" +
         (option == nullptr ? "" : "; it accepts " + std::string(option->accepted));
}

}  // namespace drivers
