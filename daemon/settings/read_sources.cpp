// [[source]]: what is connected, by which protocol.
#include <algorithm>
#include <array>

#include "daemon/settings/sections.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

// An HL7 feed can carry anything; this is what a monitor at an infusion is expected to send.
constexpr std::array<std::string_view, 3> hl7_standard_metrics{"hr", "spo2", "nibp"};

std::vector<std::string> protocol_names() {
  std::vector<std::string> out;
  for (const auto& entry : drivers::registry()) out.emplace_back(entry.facts->name);
  return out;
}

void read_metrics(Reader& reader, SourceDraft& draft, Report& report) {
  const auto said = reader.texts("metrics");
  if (!draft.facts) return;
  vitals::MetricSet carried;
  for (const auto metric : draft.facts->metrics) carried.insert(metric);
  if (!said && !draft.listens()) {
    draft.source.metrics = carried;
    return;
  }
  std::vector<Text> words = said.value_or(std::vector<Text>{});
  if (!said)
    for (const auto word : hl7_standard_metrics) words.push_back({std::string(word), reader.place()});
  if (words.empty()) report.error(reader.place("metrics"), "metrics is empty: name what the source carries");
  for (const Text& word : words) {
    const auto metrics = metrics_of_word(word.text);
    if (metrics.empty())
      report.error(word.place,
                   "unknown metric " + in_quotes(word.text) + suggestion(word.text, metric_words()));
    for (const auto metric : metrics) {
      if (carried.contains(metric))
        draft.source.metrics.insert(metric);
      else
        report.error(word.place, "protocol " + draft.source.protocol + " does not carry " +
                                     std::string(vitals::name(metric)));
    }
  }
}

void read_options(Reader& reader, const drivers::Entry* entry, Source& source, Report& report) {
  if (auto options = reader.table("options")) {
    for (const Text& key : options->keys())
      if (const auto value = options->loose_text(key.text)) source.options[key.text] = *value;
  }
  if (!entry) return;
  if (const auto made = entry->make(source.options); !made.driver)
    report.error(reader.place(reader.has("options") ? "options" : "protocol"), made.error);
}

SerialLink read_serial(Reader& reader, SourceDraft& draft, Report& report) {
  SerialLink link;
  std::string port = reader.required_text("port", "/dev/serial/by-id/...");
  draft.port = reader.place("port");
  constexpr std::string_view pseudo = "pty:";
  if (port.compare(0, pseudo.size(), pseudo) == 0) {
    link.plain = true;
    port.erase(0, pseudo.size());
  } else {
    link.plain = port.compare(0, 5, "/dev/") != 0 || port.compare(0, 9, "/dev/pts/") == 0;
  }
  link.port = port;
  if (const auto baud = reader.integer("baud", 50, 4'000'000)) link.baud = static_cast<unsigned>(*baud);
  for (const auto key : {"listen", "peers", "connections_max", "connections_per_peer_max", "single", "beds"})
    reader.forbid(key, std::string(key) + " is for protocols that listen on the network, " +
                           draft.source.protocol + " is serial");
  if (port.compare(0, 11, "/dev/ttyUSB") == 0 || port.compare(0, 11, "/dev/ttyACM") == 0)
    report.warning(draft.port, "port " + in_quotes(port) +
                                   " may name another adapter after a restart: use its name in "
                                   "/dev/serial/by-id or /dev/serial/by-path");
  return link;
}

void read_peers(Reader& reader, MllpListen& link, Report& report) {
  for (const Text& peer : reader.texts("peers").value_or(std::vector<Text>{})) {
    if (!is_address(peer.text))
      report.error(peer.place, "peer " + in_quotes(peer.text) + " must be an address");
    link.peers.push_back(peer.text);
  }
  if (link.peers.empty() && !is_loopback(link.address))
    report.warning(reader.place("listen"),
                   "no peers: every machine on the network may send values, name the "
                   "addresses of the monitors or gateways");
}

MllpListen read_listen(Reader& reader, SourceDraft& draft, Report& report) {
  MllpListen link;
  const std::string listen = reader.required_text("listen", "127.0.0.1:2575");
  draft.port = reader.place("listen");
  if (const auto endpoint = endpoint_of(listen)) {
    link.address = endpoint->address;
    link.port = endpoint->port;
  } else if (!listen.empty()) {
    report.error(draft.port,
                 "listen " + in_quotes(listen) + " must be ADDRESS:PORT, as in \"192.0.2.10:2575\"");
  }
  link.connections_max = static_cast<unsigned>(reader.integer("connections_max", 1, 4096).value_or(256));
  link.connections_per_peer_max =
      static_cast<unsigned>(reader.integer("connections_per_peer_max", 1, 4096).value_or(4));
  link.single = reader.flag("single").value_or(false);
  read_peers(reader, link, report);
  for (const auto key : {"port", "baud"})
    reader.forbid(key, std::string(key) + " is for serial protocols, " + draft.source.protocol +
                           " takes listen = \"ADDRESS:PORT\"");
  return link;
}

void read_locations(Reader& reader, SourceDraft& draft, Report& report) {
  draft.beds = reader.place("beds");
  auto table = reader.table("beds");
  if (!table) return;
  for (const Text& key : table->keys()) {
    const auto target = table->text(key.text);
    if (!target) continue;
    const Text location{trimmed_lower(key.text), key.place};
    const auto same = [&](const Text& other) { return other.text == location.text; };
    if (location.text.empty()) {
      report.error(key.place, "a location must not be empty");
    } else if (std::any_of(draft.bed_locations.begin(), draft.bed_locations.end(), same)) {
      report.error(key.place, "location " + in_quotes(location.text) +
                                  " is there twice: case and blanks around do not count");
    } else {
      draft.bed_locations.push_back(location);
      draft.bed_targets.push_back({*target, key.place});
    }
  }
}

const drivers::Entry* read_protocol(Reader& reader, SourceDraft& draft, Report& report) {
  draft.source.protocol = reader.required_text("protocol", "nonin");
  if (draft.source.protocol.empty()) return nullptr;
  const drivers::Entry* entry = drivers::find(draft.source.protocol);
  if (entry)
    draft.facts = entry->facts;
  else
    report.error(reader.place("protocol"), "unknown protocol " + in_quotes(draft.source.protocol) +
                                               suggestion(draft.source.protocol, protocol_names()));
  return entry;
}

SourceDraft read_source(Reader reader, Report& report) {
  SourceDraft draft;
  Source& source = draft.source;
  draft.place = reader.place();
  source.name = reader.required_text("name", "mon1");
  draft.name = reader.place("name");
  if (!source.name.empty() && !is_id(source.name))
    report.error(draft.name, "name " + in_quotes(source.name) + " must be " + std::string(id_rule) +
                                 ": it is part of topics");
  const drivers::Entry* entry = read_protocol(reader, draft, report);
  read_options(reader, entry, source, report);
  if (!entry) {
    // Serial or listening is not known: whatever belongs to either is let pass until the protocol is right.
    for (const auto key :
         {"port", "baud", "listen", "peers", "connections_max", "connections_per_peer_max", "single", "beds"})
      reader.allow(key);
  } else if (draft.listens()) {
    source.link = read_listen(reader, draft, report);
    read_locations(reader, draft, report);
  } else {
    source.link = read_serial(reader, draft, report);
  }
  read_metrics(reader, draft, report);
  if (const auto period = reader.seconds("period_s", 1, 600)) source.period = *period;
  if (reader.has("period_s") && entry && !draft.listens() && entry->facts->streaming)
    report.warning(reader.place("period_s"), "period_s has no effect: " + source.protocol + " streams");
  source.sim = reader.flag("sim").value_or(false);
  source.accept_demo = reader.flag("accept_demo").value_or(false);
  reader.finish();
  return draft;
}

}  // namespace

std::vector<SourceDraft> read_sources(Reader& root, Report& report) {
  std::vector<SourceDraft> out;
  for (Reader& reader : root.tables("source")) out.push_back(read_source(std::move(reader), report));
  if (!root.has("source")) report.error({root.place().file}, "no [[source]]: nothing would be read");
  return out;
}

}  // namespace settings
