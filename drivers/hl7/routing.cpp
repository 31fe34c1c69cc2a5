#include "drivers/hl7/routing.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace drivers::hl7 {

namespace {

constexpr std::size_t profiles_max = 8;  // repetitions of MSH-21 that are looked at

Routed refused(Outcome outcome, ErrorCode error, std::string_view text, std::string_view location) {
  return {Use::foreign, {outcome, error, text, location, {}}, false};
}

Routed rejected(ErrorCode error, std::string_view text, std::string_view location) {
  return refused(Outcome::rejected, error, text, location);
}

// PCD-15: power, battery and network of a device. Its percentages are no saturation.
bool is_device_management(const Header& header) {
  constexpr std::array<std::string_view, 5> names{"IHE_PCD_015", "IHE PCD DMC", "IHE_PCD_DMC",
                                                  "1.3.6.1.4.1.19376.1.6.4.15",
                                                  "1.3.6.1.4.1.19376.1.6.1.15.1"};
  const Separators& by = header.separators();
  const std::string_view profiles = header.field(21);
  // What all of these have in common; the profile of nearly every message has neither.
  if (profiles.find("15") == std::string_view::npos && profiles.find("DMC") == std::string_view::npos)
    return false;
  for (std::size_t n = 1; n <= profiles_max; ++n) {
    const std::string_view profile = part(profiles, by.repetition, n);
    if (profile.empty()) break;
    for (std::size_t c = 1; c <= 3; ++c)
      if (std::find(names.begin(), names.end(), trim(component(profile, c, by))) != names.end()) return true;
  }
  return false;
}

struct MindrayClass {
  std::string_view id;
  Use use;
};
// MSH-10 is the class of the message there. 51, 53: alarm limits and levels; 57, 58: states of modules.
constexpr std::array<MindrayClass, 11> mindray_classes{{{"101", Use::results},
                                                        {"103", Use::results},
                                                        {"106", Use::heartbeat},
                                                        {"204", Use::results},
                                                        {"503", Use::results},
                                                        {"51", Use::harmless},
                                                        {"53", Use::harmless},
                                                        {"54", Use::mindray_alarms},
                                                        {"56", Use::mindray_faults},
                                                        {"57", Use::harmless},
                                                        {"58", Use::harmless}}};

std::optional<Use> mindray_class(const Header& header) {
  if (!is_mindray_pds(header)) return std::nullopt;
  const std::string_view id = trim(header.field(10));
  for (const MindrayClass& known : mindray_classes)
    if (known.id == id) return known.use;
  return std::nullopt;
}

// Orders and queries are not for us: accepting one would claim that somebody acts on it.
Routed route_type(const Header& header) {
  const std::string_view type = header.component(9, 1);
  const std::string_view event = header.component(9, 2);
  if (type == "ADT") return {Use::patient, {}, false};
  if (type == "ORF" && (event.empty() || event == "R04")) return {};
  if (type == "ORF") return rejected(ErrorCode::event, "event not supported", "MSH^1^9");
  if (type != "ORU") return rejected(ErrorCode::message_type, "message type not supported", "MSH^1^9");
  if (event.empty() || event == "R01")
    return {is_device_management(header) ? Use::harmless : Use::results, {}, false};
  if (event == "R40") return {Use::alert, {}, false};
  if (event == "R42") return {Use::pump_event, {}, false};
  if (event == "R41" || event == "W01") return {Use::harmless, {}, false};
  return rejected(ErrorCode::event, "event not supported", "MSH^1^9");
}

}  // namespace

bool is_mindray_pds(const Header& header) {
  for (std::size_t n = 3; n <= 7; ++n)
    if (!trim(header.field(n)).empty()) return false;
  return header.component(12, 1) == "2.3.1";
}

Routed route(const Header& header) {
  const std::string_view version = header.component(12, 1);
  if (header.component(9, 1).empty())
    return refused(Outcome::error, ErrorCode::required_field, "message type missing", "MSH^1^9");
  if (!version.empty() && version.substr(0, 2) != "2.")
    return rejected(ErrorCode::version, "version not supported", "MSH^1^12");
  const std::string_view processing = header.component(11, 1);
  if (!processing.empty() && processing != "P" && processing != "T" && processing != "D")
    return rejected(ErrorCode::processing_id, "processing id not supported", "MSH^1^11");
  if (const auto use = mindray_class(header)) return {*use, {}, true};
  return route_type(header);
}

bool is_answer(const Header& header) {
  constexpr std::array<std::string_view, 9> types{"ACK", "ADR", "MCF", "ORA", "ORF",
                                                  "ORR", "RRG", "RSP", "TBR"};
  return std::find(types.begin(), types.end(), header.component(9, 1)) != types.end();
}

}  // namespace drivers::hl7
