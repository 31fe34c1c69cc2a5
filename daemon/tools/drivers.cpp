// `vitalsd drivers`: the registry, for people or as JSON.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/tools/tools.hpp"
#include "drivers/registry.hpp"

namespace tools {
namespace {

nlohmann::ordered_json as_json(const drivers::Facts& facts) {
  nlohmann::ordered_json out{{"name", facts.name},
                             {"title", facts.title},
                             {"models", facts.models},
                             {"line", line_text(facts.line)},
                             {"integrity", drivers::name(facts.integrity)},
                             {"maturity", drivers::name(facts.maturity)},
                             {"streaming", facts.streaming},
                             {"silence_ms_max", facts.silence_ms_max.count()},
                             {"own_delay_ms", facts.own_delay_ms.count()}};
  auto& metrics = out["metrics"] = nlohmann::ordered_json::array();
  for (const vitals::Metric metric : facts.metrics) metrics.push_back(vitals::name(metric));
  auto& options = out["options"] = nlohmann::ordered_json::array();
  for (const auto& option : facts.options)
    options.push_back({{"name", option.name},
                       {"accepted", option.accepted},
                       {"standard", option.standard},
                       {"meaning", option.meaning}});
  return out;
}

void print(const drivers::Facts& facts) {
  std::cout << fmt::format("{}: {}\n", facts.name, facts.title);
  for (const auto model : facts.models) std::cout << fmt::format("    {}\n", model);
  std::string metrics;
  for (const vitals::Metric metric : facts.metrics) metrics += fmt::format(" {}", vitals::name(metric));
  std::cout << fmt::format("  line {}, integrity {}, maturity {}\n  carries{}\n", line_text(facts.line),
                           drivers::name(facts.integrity), drivers::name(facts.maturity), metrics);
  for (const auto& option : facts.options)
    std::cout << fmt::format("  option {} = {} (standard {}): {}\n", option.name, option.accepted,
                             option.standard.empty() ? "none, must be given" : option.standard,
                             option.meaning);
  std::cout << '\n';
}

}  // namespace

std::string line_text(const drivers::LineSettings& line) {
  if (line.baud == 0) return "network";
  return fmt::format("{} {}{}{}", line.baud, line.data_bits, static_cast<char>(line.parity), line.stop_bits);
}

int list_drivers(bool json) {
  if (!json) {
    for (const auto& entry : drivers::registry()) print(*entry.facts);
    return 0;
  }
  auto out = nlohmann::ordered_json::array();
  for (const auto& entry : drivers::registry()) out.push_back(as_json(*entry.facts));
  std::cout << out.dump(2) << '\n';
  return 0;
}

}  // namespace tools
