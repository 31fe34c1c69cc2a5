// [[source]]: what is connected, by which protocol.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "daemon/settings/sections.hpp"
#include "daemon/settings/words.hpp"
#include "daemon/settings/zone_rule.hpp"

namespace settings {
namespace {

// An HL7 feed can carry anything; this is what a monitor at an infusion is expected to send.
constexpr std::array<std::string_view, 3> hl7_standard_metrics{"hr", "spo2", "nibp"};

constexpr std::array<const char*, 6> listener_keys{
    "listen", "peers", "connections_max", "connections_per_peer_max", "single", "beds"};

constexpr std::array<const char*, 5> line_keys{"baud", "data_bits", "parity", "stop_bits", "flow"};

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

void read_options(Reader& reader, Source& source) {
  if (auto options = reader.table("options")) {
    for (const Text& key : options->keys())
      if (const auto value = options->loose_text(key.text)) source.options[key.text] = *value;
  }
}

void check_options(Reader& reader, const drivers::Entry* entry, const Source& source, Report& report) {
  if (!entry) return;
  const auto made = entry->make(source.options);
  if (made.driver) return;
  const Place place = reader.place(reader.has("options") ? "options" : "protocol");
  std::set<std::string> errors;  // a driver names the first alone, so each option is asked for by itself
  for (const auto& option : source.options)
    if (auto alone = entry->make({option}); !alone.driver) errors.insert(std::move(alone.error));
  if (errors.empty()) errors.insert(made.error);
  for (const std::string& error : errors) report.error(place, error);
}

bool has_option(const drivers::Facts& facts, std::string_view name) {
  return std::any_of(facts.options.begin(), facts.options.end(),
                     [name](const drivers::OptionFacts& known) { return known.name == name; });
}

// A driver knows no files: it is told the rule of the zone that is named, or of this machine.
void imply_zone(Reader& reader, const drivers::Facts& facts, Source& source, Report& report) {
  constexpr std::string_view option = "zone";
  if (!has_option(facts, option)) return;
  const auto [said, fresh] = source.options.emplace(option, "local");
  const ZoneRule found = zone_rule(said->second, machine_zone_places());
  said->second = found.trouble.empty() ? found.rule : "+0000";
  if (found.trouble.empty()) return;
  if (!fresh) return report.error(reader.place("options"), found.trouble);
  report.warning(reader.place("protocol"), "times without an offset are taken for UTC: " + found.trouble);
}

// Writes what the link implies into an option that says the same in the driver's words.
void imply_transport(Reader& reader, SourceDraft& draft, bool datagrams, Report& report) {
  constexpr std::string_view option = "transport";
  if (!has_option(*draft.facts, option)) return;
  const std::string right = datagrams ? "lan" : "serial";
  const auto [said, fresh] = draft.source.options.emplace(option, right);
  if (!fresh && said->second != right)
    report.error(reader.place("options"),
                 "transport is " + in_quotes(said->second) + ", but " +
                     (datagrams ? "connect = \"udp://...\" is the network: write transport = \"lan\""
                                : "this link is a serial line: write transport = \"serial\", or connect = "
                                  "\"udp://ADDRESS:" +
                                      std::to_string(draft.facts->udp_port) + "\"") +
                     " or leave it out");
}

// connect = "tcp://ADDRESS:PORT" or, where the protocol has it, "udp://ADDRESS:PORT".
void read_connect(Reader& reader, SourceDraft& draft, Report& report) {
  constexpr std::string_view tcp = "tcp://", udp = "udp://";
  const std::string text = reader.text("connect").value_or("");
  draft.port = reader.place("connect");
  const bool datagrams = text.compare(0, udp.size(), udp) == 0;
  const auto endpoint = datagrams || text.compare(0, tcp.size(), tcp) == 0
                            ? endpoint_of(std::string_view{text}.substr(tcp.size()))
                            : std::nullopt;
  if (!endpoint || is_any_address(endpoint->address)) {
    report.error(draft.port, "connect " + in_quotes(text) + " must be tcp://ADDRESS:PORT" +
                                 (draft.facts->udp_port != 0 ? " or udp://ADDRESS:PORT" : "") +
                                 " with a numeric address, as in \"tcp://192.0.2.10:4001\"");
  } else if (datagrams && draft.facts->udp_port == 0) {
    report.error(draft.port,
                 "protocol " + draft.source.protocol + " does not speak datagrams: tcp:// is wanted");
  } else if (datagrams) {
    draft.source.link = UdpConnect{endpoint->address, endpoint->port};
  } else {
    draft.source.link = TcpConnect{endpoint->address, endpoint->port, std::nullopt};
  }
}

std::optional<unsigned> read_count(Reader& reader, std::string_view key, std::int64_t least,
                                   std::int64_t most) {
  const auto said = reader.integer(key, least, most);
  return said ? std::optional{static_cast<unsigned>(*said)} : std::nullopt;
}

// How the device's port is set, where that is not what its protocol usually has.
void read_line(Reader& reader, const SourceDraft& draft, SerialLink& link, Report& report) {
  link.baud = read_count(reader, "baud", 50, 4'000'000);
  link.data_bits = read_count(reader, "data_bits", 7, 8);
  link.stop_bits = read_count(reader, "stop_bits", 1, 2);
  if (const auto parity = reader.word("parity", {"none", "even", "odd"}))
    link.parity = *parity == "none" ? 'N' : *parity == "even" ? 'E' : 'O';
  if (const auto flow = reader.word("flow", {"none", "rts-cts"})) link.rts_cts = *flow == "rts-cts";
  if (link.parity == 'N' && draft.facts->integrity == drivers::Integrity::parity)
    report.warning(reader.place("parity"), "parity is the only check that " + draft.source.protocol +
                                               " has: without it damaged bytes become values");
}

// A device that is absent just now is no error: it may be plugged in later.
void check_port(const Place& place, const std::string& port, Report& report) {
  if (port.empty()) return;
  if (port.front() != '/')
    report.error(place,
                 "port " + in_quotes(port) +
                     " must be the whole path of a device, as \"/dev/serial/by-id/...\" (`vitalsd ports` "
                     "lists them), or pty:PATH for a simulator");
  else if (::access(port.c_str(), F_OK) != 0)
    report.warning(place, "port " + in_quotes(port) + " is not there now: `vitalsd ports` lists what is");
}

void read_port(Reader& reader, SourceDraft& draft, Report& report) {
  SerialLink link;
  std::string port = reader.required_text("port", "/dev/serial/by-id/...");
  draft.port = reader.place("port");
  constexpr std::string_view pseudo = "pty:";
  if (port.compare(0, pseudo.size(), pseudo) == 0) {
    link.plain = true;
    port.erase(0, pseudo.size());
  } else {
    link.plain = port.compare(0, 5, "/dev/") != 0 || port.compare(0, 9, "/dev/pts/") == 0;
    check_port(draft.port, port, report);
  }
  link.port = port;
  read_line(reader, draft, link, report);
  if (port.compare(0, 11, "/dev/ttyUSB") == 0 || port.compare(0, 11, "/dev/ttyACM") == 0)
    report.warning(draft.port, "port " + in_quotes(port) +
                                   " may name another adapter after a restart: use its name in "
                                   "/dev/serial/by-id or /dev/serial/by-path");
  draft.source.link = link;
}

// A serial protocol: on a port of this box, through a device server, or by datagrams.
void read_byte_link(Reader& reader, SourceDraft& draft, Report& report) {
  for (const auto key : listener_keys)
    reader.forbid(key, std::string(key) + " is for protocols that listen on the network, " +
                           draft.source.protocol + " is serial");
  reader.forbid("tls", "tls is for HL7, " + draft.source.protocol + " has none");
  if (reader.has("connect")) {
    reader.forbid("port", "port and connect: a source has one of the two");
    for (const std::string key : line_keys)
      reader.forbid(key, key + " is for a port of this box: a device server has its own setting");
    read_connect(reader, draft, report);
  } else {
    read_port(reader, draft, report);
  }
  imply_transport(reader, draft, std::holds_alternative<UdpConnect>(draft.source.link), report);
}

void read_peers(Reader& reader, MllpListen& link, Report& report) {
  for (const Text& peer : reader.texts("peers").value_or(std::vector<Text>{})) {
    if (!is_address(peer.text))
      report.error(peer.place, "peer " + in_quotes(peer.text) + " must be an address");
    link.peers.push_back(peer.text);
  }
  const bool proven = link.tls && link.tls->require_client_cert;
  if (link.peers.empty() && !is_loopback(link.address) && !proven)
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
  link.tls = read_tls(reader, true, report);
  read_peers(reader, link, report);
  return link;
}

// HL7: we listen, or we connect to a monitor or gateway that does.
void read_mllp(Reader& reader, SourceDraft& draft, Report& report) {
  for (const std::string key : line_keys)
    reader.forbid(key, key + " is for serial protocols, " + draft.source.protocol + " has none");
  reader.forbid(
      "port", "port is for serial protocols, " + draft.source.protocol + " takes listen = \"ADDRESS:PORT\"");
  if (!reader.has("connect")) {
    draft.source.link = read_listen(reader, draft, report);
    return;
  }
  for (const auto key : listener_keys)
    if (key != std::string_view{"beds"})
      reader.forbid(key, std::string(key) + " is for listening: connect opens one connection itself");
  read_connect(reader, draft, report);
  auto tls = read_tls(reader, false, report);
  if (auto* link = std::get_if<TcpConnect>(&draft.source.link)) link->tls = std::move(tls);
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
  read_options(reader, source);
  read_codes(reader, draft, report);
  if (!entry) {
    // Serial or listening is not known: whatever belongs to either is let pass until the protocol is right.
    for (const auto key : {"port", "connect", "tls"}) reader.allow(key);
    for (const auto key : line_keys) reader.allow(key);
    for (const auto key : listener_keys) reader.allow(key);
  } else if (draft.listens()) {
    read_mllp(reader, draft, report);
    imply_zone(reader, *entry->facts, source, report);
    read_locations(reader, draft, report);
  } else {
    read_byte_link(reader, draft, report);
  }
  check_options(reader, entry, source, report);  // with what the link implies
  read_metrics(reader, draft, report);
  if (const auto period = reader.seconds("period_s", 1, 600)) source.period = *period;
  if (reader.has("period_s") && entry && !draft.listens() && entry->facts->streaming)
    report.warning(reader.place("period_s"), "period_s has no effect: " + source.protocol + " streams");
  if (const auto most = reader.seconds("clock_tolerance_s", 5, 86'400)) source.clock_tolerance = *most;
  source.sim = reader.flag("sim").value_or(false);
  source.accept_demo = reader.flag("accept_demo").value_or(false);
  reader.finish();
  return draft;
}

// Each connection is an open file; the unit allows LimitNOFILE=4096, and the service needs some for itself.
void check_connections(const std::vector<SourceDraft>& drafts, Report& report) {
  constexpr unsigned wise_max = 3'500;
  unsigned sum = 0;
  const SourceDraft* last = nullptr;
  for (const SourceDraft& draft : drafts)
    if (const auto* link = std::get_if<MllpListen>(&draft.source.link)) {
      sum += link->connections_max;
      last = &draft;
    }
  if (sum > wise_max)
    report.warning(last->port, "the sources may have " + std::to_string(sum) +
                                   " connections together, and the service is allowed 4096 open files: lower "
                                   "connections_max, or raise LimitNOFILE in a drop-in of the unit");
}

}  // namespace

std::vector<SourceDraft> read_sources(Reader& root, Report& report) {
  std::vector<SourceDraft> out;
  for (Reader& reader : root.tables("source")) out.push_back(read_source(std::move(reader), report));
  check_connections(out, report);
  if (!root.has("source")) report.error({root.place().file}, "no [[source]]: nothing would be read");
  return out;
}

}  // namespace settings
