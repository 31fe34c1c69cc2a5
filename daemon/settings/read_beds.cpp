// [[bed]]: whose values these are and what they are judged by.
#include "daemon/settings/sections.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

std::string read_level(Reader& reader, std::string_view key, std::string_view example, Report& report) {
  std::string out = reader.required_text(key, example);
  if (!out.empty() && !is_id(out))
    report.error(reader.place(key), std::string(key) + " " + in_quotes(out) + " must be " +
                                        std::string(id_rule) + ": it is part of topics");
  return out;
}

void read_from(Reader& reader, BedDraft& draft, Report& report) {
  auto table = reader.table("from");
  if (!table) return;
  for (const Text& key : table->keys()) {
    const auto source = table->text(key.text);
    if (metrics_of_word(key.text).empty())
      report.error(key.place, "unknown metric " + in_quotes(key.text) + suggestion(key.text, metric_words()));
    else if (source)
      draft.from.push_back({key, {*source, key.place}});
  }
}

void read_pumps(Reader& reader, BedDraft& draft, Report& report) {
  auto pumps = reader.texts("pumps");
  if (!pumps) return;
  for (const Text& pump : *pumps) {
    if (pump.text.empty())
      report.error(pump.place, "a pump without a name: give the device id that it sends, such as \"P2449\"");
    draft.bed.pumps.push_back(pump.text);
  }
  draft.pumps = std::move(*pumps);
}

BedDraft read_bed(Reader reader, Report& report) {
  BedDraft draft;
  Bed& bed = draft.bed;
  draft.place = reader.place();
  bed.unit = read_level(reader, "unit", "pain", report);
  bed.name = read_level(reader, "name", "b1", report);
  draft.name = reader.place("name");
  bed.profile = reader.required_text("profile", "ketamine-adult");
  draft.profile = reader.place("profile");
  if (!reader.has("sources"))
    report.error(draft.place, "[[bed]] without sources: add sources = [\"mon1\"]");
  else if (auto sources = reader.texts("sources")) {
    if (sources->empty())
      report.error(reader.place("sources"), "sources is empty: name at least one [[source]]");
    draft.sources = std::move(*sources);
  }
  reader.allow("sources");
  draft.rate = reader.place("rate");
  draft.pressure = reader.place("pressure");
  draft.rate_said = reader.has("rate");
  draft.pressure_said = reader.has("pressure");
  if (const auto rate = reader.word("rate", {"hr", "pr"})) bed.rate = *vitals::metric_named(*rate);
  if (const auto pressure = reader.word("pressure", {"nibp", "art"}))
    bed.arterial_pressure = *pressure == "art";
  if (const auto idle = reader.word("idle", {"watch", "off"}))
    bed.idle = *idle == "off" ? Idle::off : Idle::watch;
  bed.cuff_on_oximeter_arm = reader.flag("cuff_on_oximeter_arm").value_or(false);
  read_from(reader, draft, report);
  read_pumps(reader, draft, report);
  reader.finish();
  return draft;
}

}  // namespace

std::vector<BedDraft> read_beds(Reader& root, Report& report) {
  std::vector<BedDraft> out;
  for (Reader& reader : root.tables("bed")) out.push_back(read_bed(std::move(reader), report));
  if (!root.has("bed")) report.error({root.place().file}, "no [[bed]]: nobody would be watched");
  return out;
}

}  // namespace settings
