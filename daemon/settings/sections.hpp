// The sections of a settings file, each read by itself; what holds between them is binding.hpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/settings/reader.hpp"
#include "drivers/registry.hpp"

namespace settings {

// As written, with the places that later messages point at.
struct SourceDraft {
  Source source;
  Place place, name, port, beds;
  const drivers::Facts* facts = nullptr;  // null: the protocol is unknown, nothing more can be said of it
  std::vector<Text> bed_locations;        // keys of `beds`, normalised
  std::vector<Text> bed_targets;          // their values, in the same order
  bool sound() const { return facts != nullptr && !source.name.empty(); }
  bool listens() const { return facts != nullptr && facts->line.baud == 0; }
};

struct BedDraft {
  Bed bed;
  Place place, name, profile, rate, pressure;
  std::vector<Text> sources;
  std::vector<Text> pumps;
  bool rate_said = false, pressure_said = false;
  struct From {
    Text metric;  // "pr", or "nibp" for all three
    Text source;
  };
  std::vector<From> from;
};

void read_service(Reader& root, Settings& out);
void read_node(Reader& root, Settings& out, Report& report);
void read_journal(Reader& root, Settings& out, Report& report);
void read_broker(Reader& root, Settings& out, Report& report);
void read_stations(Reader& root, Settings& out, Report& report);
void read_metrics(Reader& root, Settings& out, Report& report);
void read_fallback(Reader& root, Settings& out, Report& report);
// Warns of a file that is named and not readable now. No error: the one who checks may be another user than
// the one who runs.
void look_at_file(Reader& reader, std::string_view key, const std::string& file, Report& report);
// A plain name: a credential of the service, that is there only while it runs.
bool is_credential(const std::string& file);
// `tls = { ... }` of an HL7 source; nullopt: none.
std::optional<Tls> read_tls(Reader& source, bool listening, Report& report);
// `codes = [...]` of an HL7 source, into the driver's option of that name.
void read_codes(Reader& source, SourceDraft& draft, Report& report);
std::vector<SourceDraft> read_sources(Reader& root, Report& report);
std::vector<BedDraft> read_beds(Reader& root, Report& report);

// "nibp" and "art" stand for their three parts; empty: no such word.
std::vector<vitals::Metric> metrics_of_word(std::string_view word);
const std::vector<std::string>& metric_words();

}  // namespace settings
