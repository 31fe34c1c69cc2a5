#include "daemon/tools/capture_file.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/contract/json_writer.hpp"

namespace tools {
namespace {

constexpr int format_version = 1;
constexpr std::string_view digits = "0123456789abcdef";

std::string_view key_of(CaptureKind kind) {
  switch (kind) {
    case CaptureKind::up: return "up";
    case CaptureKind::in: return "in";
    case CaptureKind::out: return "out";
    case CaptureKind::damaged: return "damaged";
    case CaptureKind::down: return "down";
  }
  return "";
}

bool carries_bytes(CaptureKind kind) { return kind == CaptureKind::in || kind == CaptureKind::out; }

std::string as_hex(std::string_view bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]), low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out += static_cast<char>(high << 4U | low);
  }
  return out;
}

// Members by name; a wrong type is as good as none.
std::string text_of(const nlohmann::json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::int64_t> number_of(const nlohmann::json& from, const char* key) {
  const auto found = from.find(key);
  if (found == from.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

bool parse_header(const nlohmann::json& from, CaptureHeader& out, std::string& error) {
  const auto version = from.is_object() ? number_of(from, "vitalsd_capture") : std::nullopt;
  if (!version) {
    error = "this is no capture: its first line has no \"vitalsd_capture\"";
    return false;
  }
  if (*version != format_version) {
    error = "captures of version " + std::to_string(*version) + " are not known here";
    return false;
  }
  out.protocol = text_of(from, "protocol");
  out.source = text_of(from, "source");
  out.link = text_of(from, "link");
  out.identity = text_of(from, "identity");
  out.model = text_of(from, "model");
  out.firmware = text_of(from, "firmware");
  out.note = text_of(from, "note");
  out.by = text_of(from, "by");
  out.version = text_of(from, "version");
  out.datagrams = from.value("datagrams", nlohmann::json(false)) == true;
  out.t0 = vitals::wall_from_unix_ms(number_of(from, "t0").value_or(0));
  if (const auto options = from.find("options"); options != from.end() && options->is_object())
    for (const auto& [key, value] : options->items())
      if (value.is_string()) out.options[key] = value.get<std::string>();
  return true;
}

std::optional<CaptureEvent> parse_event(const nlohmann::json& from) {
  if (!from.is_object()) return std::nullopt;
  CaptureEvent out;
  const auto t = number_of(from, "t");
  const auto connection = number_of(from, "c");
  if (!t || *t < 0) return std::nullopt;
  out.t = vitals::Milliseconds{*t};
  out.connection = static_cast<std::uint64_t>(connection.value_or(0));
  for (const auto kind :
       {CaptureKind::up, CaptureKind::in, CaptureKind::out, CaptureKind::damaged, CaptureKind::down}) {
    const auto found = from.find(key_of(kind));
    if (found == from.end() || !found->is_string()) continue;
    const auto bytes =
        carries_bytes(kind) ? from_hex(found->get<std::string>()) : std::optional{found->get<std::string>()};
    if (!bytes) return std::nullopt;
    out.kind = kind;
    out.bytes = *bytes;
    return out;
  }
  return std::nullopt;
}

}  // namespace

void write_header(const CaptureHeader& header, std::string& out) {
  contract::JsonWriter json(out);
  json.integer("vitalsd_capture", format_version);
  json.text("protocol", header.protocol);
  json.open_object("options");
  for (const auto& [key, value] : header.options) json.text(key, value);
  json.close_object();
  json.text("source", header.source);
  json.text("link", header.link);
  json.flag("datagrams", header.datagrams);
  json.text("identity", header.identity);
  json.text("model", header.model);
  json.text("firmware", header.firmware);
  json.text("note", header.note);
  json.text("by", header.by);
  json.text("version", header.version);
  json.time("t0", header.t0);
  json.close_object();
  out += '\n';
}

void write_event(const CaptureEvent& event, std::string& out) {
  contract::JsonWriter json(out);
  json.integer("t", event.t.count());
  if (event.connection != 0) json.count("c", event.connection);
  json.text(key_of(event.kind), carries_bytes(event.kind) ? as_hex(event.bytes) : event.bytes);
  json.close_object();
  out += '\n';
}

bool looks_like_capture(std::string_view content) {
  const std::string_view first = content.substr(0, content.find('\n'));
  return first.starts_with('{') && first.find("\"vitalsd_capture\"") != std::string_view::npos;
}

std::optional<Capture> read_capture(std::string_view content, std::string& error) {
  Capture out;
  vitals::Milliseconds last{0};
  for (std::size_t line = 1; !content.empty(); ++line) {
    const std::size_t end = content.find('\n');
    if (end == std::string_view::npos && line > 1) break;  // torn
    const std::string_view text = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    if (line == 1) {
      if (!parse_header(parsed, out.header, error)) return std::nullopt;
      continue;
    }
    auto event = parse_event(parsed);
    if (!event || event->t < last) {
      error =
          "line " + std::to_string(line) + (event ? ": its time goes back" : ": not an event of a capture");
      return std::nullopt;
    }
    last = event->t;
    out.events.push_back(std::move(*event));
  }
  if (!out.header.protocol.empty()) return out;
  if (error.empty()) error = "this is no capture: it names no protocol";
  return std::nullopt;
}

}  // namespace tools
