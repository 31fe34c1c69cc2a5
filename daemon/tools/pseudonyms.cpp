#include "daemon/tools/pseudonyms.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace tools {
namespace {

constexpr std::string_view segment_ends{"\r\n\x0b\x1c", 4};

// Which fields of a segment are about persons, by their numbers. A segment that is not here is taken to be
// about one as a whole: PID, NK1, MRG, insurance, notes, a maker's own, and anything that is no segment.
struct Rule {
  std::string_view segment;
  std::array<unsigned, 9> fields;  // 0: none
};
// HL7 v2.6: visit number and physicians in PV1; orderers, collectors and interpreters in OBR and ORC; the
// observer in OBX.
constexpr std::array<Rule, 14> rules{{
    {"MSH", {}},
    {"MSA", {}},
    {"ERR", {}},
    {"FHS", {}},
    {"FTS", {}},
    {"BHS", {}},
    {"BTS", {}},
    {"DSC", {}},
    {"SFT", {}},
    {"EVN", {5}},
    {"PV1", {5, 7, 8, 9, 17, 19, 50, 52}},
    {"ORC", {10, 11, 12, 19, 24}},
    {"OBR", {10, 16, 28, 32, 33, 34, 35, 49}},
    {"OBX", {16, 25}},
}};

// OBX-5 of these types is a person, an id or free text.
constexpr std::array<std::string_view, 9> person_types{"PN",  "XPN", "XCN", "CX", "XAD",
                                                       "XTN", "TX",  "FT",  "XON"};

const Rule* rule_of(std::string_view segment) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const Rule& rule) { return segment.substr(0, 3) == rule.segment; });
  return found == rules.end() ? nullptr : &*found;
}

bool is_name(std::string_view text) {
  return text[0] >= 'A' && text[0] <= 'Z' && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

bool is_separator(char c) {
  return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z');
}

bool is_personal(const Rule* rule, std::string_view segment, unsigned field, std::string_view type,
                 std::string_view value) {
  if (field == 0) return false;  // the segment's name
  if (rule != nullptr) {
    if (segment == "OBX" && field == 5)
      return std::find(person_types.begin(), person_types.end(), type) != person_types.end();
    return std::find(rule->fields.begin(), rule->fields.end(), field) != rule->fields.end();
  }
  // PID and NK1 begin with a number of their own.
  const bool counts = (segment == "PID" || segment == "NK1") && field == 1 && value.size() == 1;
  return !counts;
}

}  // namespace

std::string Pseudonyms::pseudonym(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const std::string keyed = key_ + std::string{text};
  EVP_Digest(keyed.data(), keyed.size(), digest.data(), &size, EVP_sha256(), nullptr);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "X";
  for (std::size_t i = 0; i < 5; ++i) {
    out += digits[digest[i] >> 4U];
    out += digits[digest[i] & 15U];
  }
  return out;
}

void Pseudonyms::feed(std::uint64_t stream, std::string_view bytes, std::string& out) {
  std::string& held = held_[stream];
  while (!bytes.empty()) {
    const std::size_t end = bytes.find_first_of(segment_ends);
    held += bytes.substr(0, end);
    if (end == std::string_view::npos) {
      if (held.size() > segment_bytes_max) this->end(stream, out);
      return;
    }
    if (!held.empty()) put_segment(held, out);
    held.clear();
    out += bytes[end];
    bytes.remove_prefix(end + 1);
  }
}

void Pseudonyms::end(std::uint64_t stream, std::string& out) {
  const auto found = held_.find(stream);
  if (found == held_.end()) return;
  if (!found->second.empty()) out += pseudonym(found->second);
  held_.erase(found);
}

void Pseudonyms::put_segment(std::string_view segment, std::string& out) const {
  const std::size_t blanks = std::min(segment.find_first_not_of(" \t"), segment.size());
  out += segment.substr(0, blanks);
  segment.remove_prefix(blanks);
  if (segment.empty()) return;
  const bool shaped = segment.size() > 3 && is_name(segment.substr(0, 3)) && is_separator(segment[3]);
  const Rule* rule = shaped ? rule_of(segment) : nullptr;
  // Lost line ends: the rest of the message is in here.
  if (shaped && segment.find(std::string{"PID"} + segment[3], 4) != std::string_view::npos) rule = nullptr;
  if (!shaped || (rule == nullptr && rule_of(segment) != nullptr)) {
    out += pseudonym(segment);
    return;
  }
  const char separator = segment[3];
  const std::string_view name = segment.substr(0, 3);
  std::string_view type;  // of an observation
  for (unsigned field = 0;; ++field) {
    const std::size_t end = segment.find(separator);
    const std::string_view value = segment.substr(0, end);
    if (field == 2) type = value;
    const bool kept = value.empty() || value == "\"\"" || !is_personal(rule, name, field, type, value);
    out += kept ? std::string{value} : pseudonym(value);
    if (end == std::string_view::npos) return;
    out += separator;
    segment.remove_prefix(end + 1);
  }
}

}  // namespace tools
