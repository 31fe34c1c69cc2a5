#include "daemon/settings/sections.hpp"

#include <algorithm>

#include "daemon/settings/words.hpp"

namespace settings {
namespace {

const std::vector<std::string>& role_words() {
  static const std::vector<std::string> words{"viewer", "nurse", "charge", "admin"};
  return words;
}

std::string read_id(Reader& reader, std::string_view key, std::string standard, Report& report) {
  const auto value = reader.text(key);
  if (!value) return standard;
  if (!is_id(*value))
    report.error(reader.place(key), std::string(key) + " " + in_quotes(*value) + " must be " +
                                        std::string(id_rule) + ": it is part of topics");
  return *value;
}

// Returns every login named, also one whose role is wrong: it needs no second complaint.
std::vector<std::string> read_roles(Reader& stations, Stations& out, Report& report) {
  std::vector<std::string> logins;
  auto reader = stations.table("roles");
  if (!reader) return logins;
  for (const Text& login : reader->keys()) {
    logins.push_back(login.text);
    const auto word = reader->word(login.text, role_words());
    if (!is_id(login.text))
      report.error(login.place, "login " + in_quotes(login.text) + " must be " + std::string(id_rule));
    if (!word) continue;
    const auto at = std::find(role_words().begin(), role_words().end(), *word) - role_words().begin();
    out.roles[login.text] = static_cast<Role>(at);
  }
  return logins;
}

constexpr std::uint16_t plain_port = 1883, tls_port = 8883;

void check_host(const Place& place, const std::string& host, Report& report) {
  if (host.empty())
    report.error(place, "host must not be empty: give the broker's address");
  else if (is_address(host))
    return;
  else if (host.find_first_of(":/ ") != std::string::npos)
    report.error(place,
                 "host " + in_quotes(host) +
                     " must be an address alone, as \"192.0.2.1\": no tcp:// or mqtt:// before it, and "
                     "port is a key of its own");
  else if (host.find_first_not_of("0123456789.") == std::string::npos)
    report.error(place, "host " + in_quotes(host) + " is no address: four numbers from 0 to 255 are one");
  else
    report.warning(
        place, "host " + in_quotes(host) + " is a name: looking it up can block for 40 s, give an address");
}

void look_at_files(Reader& reader, const Broker& broker, Report& report) {
  look_at_file(reader, "ca_file", broker.ca_file, report);
  look_at_file(reader, "cert_file", broker.cert_file, report);
  look_at_file(reader, "key_file", broker.key_file, report);
  if (!is_credential(broker.password_file))
    look_at_file(reader, "password_file", broker.password_file, report);
}

void check_broker(Reader& reader, const Broker& broker, bool tls_off, Report& report) {
  const bool files = !broker.ca_file.empty() || !broker.cert_file.empty() || !broker.key_file.empty();
  check_host(reader.place("host"), broker.host, report);
  look_at_files(reader, broker, report);
  if (broker.tls && broker.port == plain_port)
    report.warning(
        reader.place("port"),
        "port 1883 is the one without TLS at most brokers, and TLS is wanted: 8883 is the usual one");
  if (tls_off && files)
    report.error(reader.place("tls"),
                 "tls is false, but certificate files are given: set tls = true or remove them");
  if (broker.cert_file.empty() != broker.key_file.empty())
    report.error(reader.place(broker.cert_file.empty() ? "key_file" : "cert_file"),
                 "cert_file and key_file belong together: give both");
  if (!broker.password_file.empty() && broker.user.empty())
    report.error(reader.place("password_file"),
                 "password_file without user: MQTT 3.1.1 has no password without a user");
  if (!broker.tls && !broker.host.empty() && !is_loopback(broker.host))
    report.warning(reader.place("host"),
                   "no TLS to a broker on the network: alarms and commands can be read and forged,"
                   " give ca_file and port 8883");
}

void read_alternates(Reader& reader, Broker& broker, Report& report) {
  for (const Text& text : reader.texts("alternates").value_or(std::vector<Text>{})) {
    const auto endpoint = endpoint_of(text.text);
    if (!endpoint || !is_address(endpoint->address)) {
      report.error(text.place,
                   "alternate " + in_quotes(text.text) + " must be ADDRESS:PORT, as in \"192.0.2.1:8883\"");
      continue;
    }
    broker.alternates.push_back({endpoint->address, endpoint->port});
  }
}

constexpr std::int64_t days_of_a_year = 365;

}  // namespace

void read_service(Reader& root, Settings& out) {
  auto reader = root.table("service");
  if (!reader) return;
  out.log_level =
      reader->word("log_level", {"trace", "debug", "info", "warning", "error"}).value_or(out.log_level);
  reader->finish();
}

void read_node(Reader& root, Settings& out, Report& report) {
  auto reader = root.table("node");
  if (!reader) return;
  out.node.name = read_id(*reader, "name", out.node.name, report);
  out.node.root = read_id(*reader, "root", out.node.root, report);
  out.node.clock_trusted = reader->flag("clock_trusted").value_or(false);
  reader->finish();
}

void read_journal(Reader& root, Settings& out, Report& report) {
  auto reader = root.table("journal");
  if (!reader) return;
  out.journal.path = reader->text("path").value_or(out.journal.path);
  if (out.journal.path.empty()) report.error(reader->place("path"), "path must not be empty");
  Journal& journal = out.journal;
  journal.trend_days = reader->integer("trend_days", 1, 36'500).value_or(journal.trend_days);
  const auto seconds = reader->integer("trend_seconds_days", 1, 36'500);
  journal.trend_seconds_days = seconds.value_or(std::min(journal.trend_seconds_days, journal.trend_days));
  if (journal.trend_seconds_days > journal.trend_days)
    report.error(reader->place("trend_seconds_days"),
                 "trend_seconds_days must not be more than trend_days, which is " +
                     std::to_string(journal.trend_days));
  journal.keep_days = reader->integer("keep_days", 1, 36'500).value_or(journal.keep_days);
  if (journal.keep_days < days_of_a_year)
    report.warning(reader->place("keep_days"),
                   "the infusions of a year are counted for each series; sessions older than " +
                       std::to_string(journal.keep_days) + " days will not be known");
  journal.size_mb_max = reader->integer("size_mb_max", 64, 1'000'000).value_or(journal.size_mb_max);
  reader->finish();
}

void read_broker(Reader& root, Settings& out, Report& report) {
  auto reader = root.table("broker");
  if (!reader && root.has("broker")) return;
  if (!reader) {
    report.warning(root.place(), "no [broker]: it is taken to run on this machine, at 127.0.0.1 port 1883");
    return;
  }
  Broker& broker = out.broker;
  broker.host = reader->text("host").value_or(broker.host);
  const auto port = reader->integer("port", 1, 65'535);
  read_alternates(*reader, broker, report);
  broker.subscribe_qos =
      static_cast<int>(reader->integer("subscribe_qos", 0, 1).value_or(broker.subscribe_qos));
  broker.values_together = reader->word("values", {"per-metric", "per-bed"}) == "per-bed";
  broker.user = reader->text("user").value_or("");
  broker.password_file = reader->text("password_file").value_or("");
  broker.ca_file = reader->text("ca_file").value_or("");
  broker.cert_file = reader->text("cert_file").value_or("");
  broker.key_file = reader->text("key_file").value_or("");
  const auto tls = reader->flag("tls");
  broker.tls = tls.value_or(!broker.ca_file.empty() || !broker.cert_file.empty() || !broker.key_file.empty());
  broker.port = static_cast<std::uint16_t>(port.value_or(broker.tls ? tls_port : plain_port));
  reader->forbid("password",
                 "a password does not belong in this file: password_file names the file that holds it");
  reader->finish();
  check_broker(*reader, broker, tls.has_value() && !*tls, report);
}

void read_stations(Reader& root, Settings& out, Report& report) {
  constexpr std::string_view nobody_required =
      "no required stations: nobody notices when the station at the nurses' desk is off, as long as any "
      "other listens";
  auto reader = root.table("stations");
  if (!reader && root.has("stations")) return;
  if (!reader) {
    report.warning(root.place(), "no [stations]: no login may acknowledge or command anything");
    report.warning(root.place(), std::string(nobody_required));
    return;
  }
  const auto required = reader->texts("required").value_or(std::vector<Text>{});
  const auto logins = read_roles(*reader, out.stations, report);
  for (const Text& station : required) {
    if (std::find(logins.begin(), logins.end(), station.text) == logins.end())
      report.error(station.place, "required station " + in_quotes(station.text) +
                                      " has no role in [stations] roles" + suggestion(station.text, logins));
    out.stations.required.push_back(station.text);
  }
  reader->finish();
  if (required.empty()) report.warning(reader->place("required"), std::string(nobody_required));
  if (logins.empty())
    report.warning(reader->place("roles"), "no roles: no login may acknowledge or command anything");
}

void read_metrics(Reader& root, Settings& out, Report& report) {
  auto reader = root.table("metrics");
  if (!reader) return;
  const std::string listen = reader->required_text("listen", "127.0.0.1:9464");
  const bool network = reader->flag("network").value_or(false);
  reader->finish();
  const auto endpoint = endpoint_of(listen);
  if (!endpoint) {
    if (!listen.empty())
      report.error(reader->place("listen"),
                   "listen " + in_quotes(listen) + " must be ADDRESS:PORT, as in \"127.0.0.1:9464\"");
    return;
  }
  if (!network && !is_loopback(endpoint->address))
    report.error(reader->place("listen"), "listen " + in_quotes(listen) +
                                              " is on the network, and the figures have no login: take "
                                              "127.0.0.1, or say network = true");
  out.metrics = Metrics{endpoint->address, endpoint->port};
}

std::vector<vitals::Metric> metrics_of_word(std::string_view word) {
  using vitals::Metric;
  if (word == "nibp") return {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map};
  if (word == "art") return {Metric::art_sys, Metric::art_dia, Metric::art_map};
  if (const auto metric = vitals::metric_named(word)) return {*metric};
  return {};
}

const std::vector<std::string>& metric_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> out{"nibp", "art"};
    for (const auto& facts : vitals::metrics) out.emplace_back(facts.name);
    return out;
  }();
  return words;
}

}  // namespace settings
