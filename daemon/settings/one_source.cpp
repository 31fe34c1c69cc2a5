#include "daemon/settings/one_source.hpp"

#include <toml++/toml.h>

#include "daemon/settings/sections.hpp"

namespace settings {
namespace {

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  }
  return out + '"';
}

std::string endpoint_text(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::string line_text(const SerialLink& serial) {
  std::string out;
  const auto number = [&](const char* key, const std::optional<unsigned>& value) {
    if (value) out += std::string(key) + " = " + std::to_string(*value) + "\n";
  };
  number("baud", serial.baud);
  number("data_bits", serial.data_bits);
  number("stop_bits", serial.stop_bits);
  if (serial.parity)
    out += std::string("parity = ") +
           toml_text(*serial.parity == 'N'   ? "none"
                     : *serial.parity == 'E' ? "even"
                                             : "odd") +
           "\n";
  if (serial.rts_cts) out += std::string("flow = ") + toml_text(*serial.rts_cts ? "rts-cts" : "none") + "\n";
  return out;
}

std::string link_text(const Source& source) {
  if (const auto* serial = std::get_if<SerialLink>(&source.link)) {
    const bool pty = serial->plain && serial->port.compare(0, 5, "/dev/") == 0;
    return "port = " + toml_text((pty ? "pty:" : "") + serial->port) + "\n" + line_text(*serial);
  }
  if (const auto* listen = std::get_if<MllpListen>(&source.link))
    return "listen = " + toml_text(endpoint_text(listen->address, listen->port)) + "\n";
  if (const auto* tcp = std::get_if<TcpConnect>(&source.link))
    return "connect = " + toml_text("tcp://" + endpoint_text(tcp->address, tcp->port)) + "\n";
  const auto& udp = std::get<UdpConnect>(source.link);
  return "connect = " + toml_text("udp://" + endpoint_text(udp.address, udp.port)) + "\n";
}

}  // namespace

OneSource parse_source(const std::string& text) {
  OneSource out;
  Report report;
  std::vector<SourceDraft> drafts;
  try {
    const toml::table table = toml::parse(text);
    Reader root(table, "", "", report);
    drafts = read_sources(root, report);
    root.finish();
  } catch (const toml::parse_error& failure) {
    report.error({"", failure.source().begin.line, failure.source().begin.column},
                 std::string{failure.description()});
  }
  Loaded loaded;
  loaded.problems = report.take();
  for (const Problem& problem : loaded.problems) {
    if (problem.line > 0)
      out.problems += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": ";
    out.problems += (problem.warning ? "warning: " : "error: ") + problem.text + "\n";
  }
  if (loaded.ok() && drafts.size() == 1) out.source = std::move(drafts.front().source);
  return out;
}

std::string source_text(const Source& source) {
  std::string out =
      "[[source]]\nname = " + toml_text(source.name) + "\nprotocol = " + toml_text(source.protocol) + "\n";
  out += link_text(source);
  if (source.options.empty()) return out;
  out += "options = {";
  for (const auto& [key, value] : source.options)
    out += (out.back() == '{' ? " " : ", ") + key + " = " + toml_text(value);
  return out + " }\n";
}

}  // namespace settings
