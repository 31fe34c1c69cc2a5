#include "drivers/hl7/events.hpp"

#include <algorithm>

#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

constexpr std::string_view event_prefix = "MDC_EVT_";

const tables::EventCode* find_number(std::uint32_t number) {
  const auto* const at = std::lower_bound(
      tables::events.begin(), tables::events.end(), number,
      [](const tables::EventCode& entry, std::uint32_t wanted) { return entry.number < wanted; });
  return at != tables::events.end() && at->number == number ? at : nullptr;
}

const tables::EventCode* find_reference(std::string_view reference) {
  const auto* const at = std::find_if(tables::events.begin(), tables::events.end(),
                                      [&](const auto& entry) { return entry.reference == reference; });
  return at != tables::events.end() ? at : nullptr;
}

}  // namespace

// Another maker's reference id beside a number of ours may be anything: then the number tells only the kind.
Event read_event(std::string_view field, const Separators& by) {
  const Coded parts = coded(field, by);
  Event event;
  event.name = parts[1].empty() ? parts[0] : parts[1];
  const auto* known = find_reference(event.name);
  if (known == nullptr) known = find_number(number_of(parts[0]));
  if (known != nullptr) {
    event.kind = known->kind;
    if (parts[1].empty()) event.name = known->reference;
  }
  if (event.name.substr(0, event_prefix.size()) == event_prefix)
    event.reference = event.name.substr(event_prefix.size());
  return event;
}

bool is_watchdog(const Event& event) { return event.reference == "WATCHDOG" || event.reference == "ACTIVE"; }

}  // namespace drivers::hl7
