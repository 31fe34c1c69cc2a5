// tls = { ... } of an HL7 source.
#include <unistd.h>

#include <cstdlib>

#include "daemon/settings/sections.hpp"
#include "daemon/settings/words.hpp"

namespace settings {

bool is_credential(const std::string& file) { return file.find('/') == std::string::npos; }

void look_at_file(Reader& reader, std::string_view key, const std::string& file, Report& report) {
  if (file.empty() || ::access(file.c_str(), R_OK) == 0) return;
  report.warning(reader.place(key), std::string(key) + " " + in_quotes(file) +
                                        " cannot be read by this user: it must be there and readable for "
                                        "vitalsd when it starts");
}

namespace {

std::string file_of(Reader& reader, std::string_view key, Report& report) {
  std::string file = reader.text(key).value_or("");
  if (file.empty() && reader.has(key))
    report.error(reader.place(key), std::string(key) + " must not be empty: name the file");
  if (!is_credential(file)) look_at_file(reader, key, file, report);
  return file;
}

void demand(Reader& reader, std::string_view key, std::string_view why, Report& report) {
  if (!reader.has(key))
    report.error(reader.place(), "tls without " + std::string(key) + ": " + std::string(why));
}

}  // namespace

std::optional<Tls> read_tls(Reader& source, bool listening, Report& report) {
  auto reader = source.table("tls");
  if (!reader) return std::nullopt;
  Tls tls;
  tls.cert_file = file_of(*reader, "cert_file", report);
  tls.key_file = file_of(*reader, "key_file", report);
  tls.ca_file = file_of(*reader, "ca_file", report);
  const auto required = reader->flag("require_client_cert");
  tls.require_client_cert = required.value_or(true);
  for (const Text& name : reader->texts("peer_names").value_or(std::vector<Text>{})) {
    if (name.text.empty()) report.error(name.place, "a name in peer_names must not be empty");
    tls.peer_names.push_back(name.text);
  }
  reader->forbid("key", "a key does not belong in this file: key_file names the file that holds it");
  reader->finish();
  if (listening) {
    demand(*reader, "cert_file", "the certificate that this box shows", report);
    demand(*reader, "key_file", "the key of cert_file", report);
    if (tls.require_client_cert) {
      demand(*reader, "ca_file", "it says whose client certificates are taken", report);
    } else if (!tls.peer_names.empty()) {
      report.error(reader->place("peer_names"), "peer_names need require_client_cert = true");
    }
    return tls;
  }
  demand(*reader, "ca_file", "it says which server certificates are taken", report);
  if (required) report.error(reader->place("require_client_cert"), "require_client_cert is for listening");
  if (tls.cert_file.empty() != tls.key_file.empty())
    report.error(reader->place(tls.cert_file.empty() ? "key_file" : "cert_file"),
                 "cert_file and key_file belong together: give both");
  return tls;
}

}  // namespace settings
