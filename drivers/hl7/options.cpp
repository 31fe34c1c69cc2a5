#include "drivers/hl7/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "drivers/hl7/values.hpp"

namespace drivers::hl7 {

namespace {

constexpr std::array<std::string_view, 17> models{"IHE PCD-01 reporters",
                                                  "GE B-series and CARESCAPE Gateway",
                                                  "Mindray eGateway",
                                                  "Mindray PDS (BeneView, uMEC)",
                                                  "Philips IntelliVue Information Center",
                                                  "Philips PIIC iX",
                                                  "Philips Efficia CM",
                                                  "Philips SureSigns",
                                                  "Nihon Kohden gateway",
                                                  "Comen NC",
                                                  "Welch Allyn Connex",
                                                  "Dräger Infinity gateway",
                                                  "LOINC senders",
                                                  "IHE PCD-04 alarm reporters",
                                                  "IHE PCD-01 and PCD-10 infusion pumps (B. Braun Space)",
                                                  "ADT feeds",
                                                  "others by the site's own codes"};

constexpr std::array<vitals::Metric, vitals::metric_count> carried{
    vitals::Metric::hr,       vitals::Metric::pr,       vitals::Metric::spo2,    vitals::Metric::nibp_sys,
    vitals::Metric::nibp_dia, vitals::Metric::nibp_map, vitals::Metric::art_sys, vitals::Metric::art_dia,
    vitals::Metric::art_map,  vitals::Metric::rr,       vitals::Metric::temp};

constexpr std::array<OptionFacts, 11> options_known{{
    {"framing", "mllp or raw", "mllp",
     "raw: bare messages without VT and FS, each starting with MSH on a new line"},
    {"ack", "auto, original, enhanced-accept or none", "auto",
     "auto: what MSH-15 and MSH-16 of the message ask for"},
    {"location", "bed, room, bed-or-room, full, msh-4, device or fixed", "bed",
     "where the bed is named: PV1-3.3, PV1-3.2, PV1-3.3 or else PV1-3.2, all three of PV1-3 as in ICU^101^A "
     "(rooms with the same bed names), MSH-4, OBX-18 (a pump or monitor of one bed); fixed: the link has one "
     "bed"},
    {"patient_id", "auto, or an authority or type as in PID-3.4 and PID-3.5", "auto",
     "which of several patient ids counts; auto: MR, else PI, else the first"},
    {"charset", "auto or double-byte", "auto",
     "double-byte: GB 18030, BIG5, Shift-JIS or the like, although MSH-18 does not say so"},
    {"codes", "none, or CODE|SYSTEM|METRIC|UNIT, joined by ;", "none",
     "codes of this sender: METRIC as in topics, or ignore; UNIT where the sender sends none that is known"},
    {"zone", "local, +HHMM, -HHMM, or a rule such as CET-1CEST,M3.5.0,M10.5.0/3", "local",
     "of times that carry none, when MSH-7 carries none either; local: this machine's, in the settings also "
     "a "
     "name such as Europe/Berlin"},
    {"name", "1 to 20 letters, digits, - or _", "vitalsd",
     "our MSH-3 in answers, when the sender does not name us"},
    {"frame_max", "65536 to 16777216", "1048576", "longest message in bytes; a longer one closes the link"},
    {"keep_alive", "none or mindray-pds", "none",
     "mindray-pds: the heartbeat that a Mindray monitor or PDS gateway wants to hear, or it closes the link"},
    {"accept_poison", "yes or no", "no",
     "yes: a refused message that comes a third time is accepted, to free the queue"},
}};

constexpr Facts hl7_facts{
    .name = "hl7",
    .title = "HL7 v2 results over MLLP",
    .models = models,
    .line = {},
    .integrity = Integrity::none,
    .maturity = Maturity::good,
    .streaming = false,
    .silence_ms_max = vitals::Milliseconds{70'000},  // gateways send every 10 s to once a minute
    .own_delay_ms = vitals::Milliseconds{0},
    .metrics = carried,
    .options = options_known,
};

template <class Value, std::size_t n>
bool choose(std::string_view text, const std::array<std::pair<std::string_view, Value>, n>& choices,
            Value& out) {
  for (const auto& [word, value] : choices) {
    if (word != text) continue;
    out = value;
    return true;
  }
  return false;
}

constexpr std::array<std::pair<std::string_view, Framing>, 2> framings{
    {{"mllp", Framing::mllp}, {"raw", Framing::raw}}};
constexpr std::array<std::pair<std::string_view, AckRule>, 4> ack_rules{
    {{"auto", AckRule::automatic},
     {"original", AckRule::original},
     {"enhanced-accept", AckRule::enhanced_accept},
     {"none", AckRule::none}}};
constexpr std::array<std::pair<std::string_view, LocationRule>, 7> location_rules{
    {{"bed", LocationRule::bed},
     {"room", LocationRule::room},
     {"bed-or-room", LocationRule::bed_or_room},
     {"full", LocationRule::full},
     {"msh-4", LocationRule::msh_4},
     {"device", LocationRule::device},
     {"fixed", LocationRule::fixed}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> yes_or_no{{{"yes", true}, {"no", false}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> keep_alives{
    {{"none", false}, {"mindray-pds", true}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> charsets{{{"auto", false}, {"double-byte", true}}};

bool set_frame_max(std::string_view text, std::size_t& out) {
  std::size_t bytes = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return false;
  out = bytes;
  return bytes >= 65536 && bytes <= 16777216;
}

// Where this machine stands only the settings know: they put its rule in the place of the word. Without them,
// as in a replay of bare bytes, it is UTC, so that the same bytes give the same on every machine.
bool set_zone(std::string_view text, Zone& out) {
  const auto zone = text == "local" ? Zone{} : Zone::parse(text);
  out = zone.value_or(Zone{});
  return zone.has_value();
}

bool set_name(std::string_view text, std::string& out) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  out.assign(text);
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), plain);
}

bool set_patient_id(std::string_view text, std::string& out) {
  const auto fits = [](char c) { return c > ' ' && c < 0x7F && c != '|' && c != '^' && c != '&'; };
  out.assign(text == "auto" ? std::string_view{} : text);
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), fits);
}

bool set_option(std::string_view name, std::string_view text, DriverSettings& settings) {
  if (name == "framing") return choose(text, framings, settings.framing);
  if (name == "ack") return choose(text, ack_rules, settings.ack);
  if (name == "location") return choose(text, location_rules, settings.reading.location);
  if (name == "patient_id") return set_patient_id(text, settings.reading.patient_id_kind);
  if (name == "charset") return choose(text, charsets, settings.reading.double_byte);
  if (name == "zone") return set_zone(text, settings.reading.zone);
  if (name == "name") return set_name(text, settings.application);
  if (name == "frame_max") return set_frame_max(text, settings.frame_bytes_max);
  if (name == "keep_alive") return choose(text, keep_alives, settings.mindray_heartbeat);
  if (name == "accept_poison") return choose(text, yes_or_no, settings.accept_poison);
  return false;
}

}  // namespace

const Facts& facts() { return hl7_facts; }

std::string read_options(const Options& options, DriverSettings& settings) {
  if (std::string error = unknown_options(hl7_facts, options); !error.empty()) return error;
  for (const OptionFacts& option : hl7_facts.options) {
    const std::string_view text = option_value(hl7_facts, options, option.name);
    std::string error;
    if (option.name == "codes") {
      if (!settings.reading.codes.parse(text, error)) return "option codes: " + error;
    } else if (!set_option(option.name, text, settings)) {
      return refused_option(hl7_facts, option.name, text);
    }
  }
  return {};
}

}  // namespace drivers::hl7
