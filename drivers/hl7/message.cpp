#include "drivers/hl7/message.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "drivers/hl7/scan.hpp"
#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr bool is_lead_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x81 && byte <= 0xFE;
}

std::size_t find(std::string_view text, char wanted, bool double_byte) {
  if (!double_byte) return find_byte(text, wanted);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == wanted) return i;
    if (is_lead_byte(text[i])) ++i;
  }
  return not_found;
}

// Separators may be any printable ASCII character that is neither letter nor digit.
constexpr bool may_separate(char c) { return c > ' ' && c < 0x7F && !is_upper(upper(c)) && !is_digit(c); }

bool all_different(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text.find(text[i], i + 1) != not_found) return false;
  return true;
}

// MSH-18 values in which the second byte of a character may look like a separator, in any case and with or
// without blanks, `-` and `_`.
bool names_double_byte(std::string_view charset) {
  constexpr std::array<std::string_view, 10> names{"GB",   "BIG",   "KSX",     "KSC",      "CNS",
                                                   "SJIS", "SHIFT", "ISOIR87", "ISOIR159", "EUC"};
  std::array<char, 24> folded{};
  std::size_t size = 0;
  for (const char c : charset) {
    if (c == ' ' || c == '-' || c == '_') continue;
    if (size == folded.size()) break;
    folded[size++] = upper(c);
  }
  const std::string_view name(folded.data(), size);
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return name.substr(0, known.size()) == known; });
}

}  // namespace

std::string_view stated(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return trim(text.substr(1, text.size() - 2)).empty() ? std::string_view{} : text;
}

std::string_view part(std::string_view text, char separator, std::size_t n, bool double_byte) {
  if (separator == 0) return n == 1 ? text : std::string_view{};
  for (; n > 1; --n) {
    const std::size_t at = find(text, separator, double_byte);
    if (at == not_found) return {};
    text.remove_prefix(at + 1);
  }
  return text.substr(0, find(text, separator, double_byte));
}

std::string_view take_part(std::string_view& text, char separator) {
  const std::size_t at = separator == 0 ? not_found : find_byte(text, separator);
  const std::string_view first = text.substr(0, at);
  text.remove_prefix(at == not_found ? text.size() : at + 1);
  return first;
}

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return upper(x) == upper(y); });
}

std::string_view component(std::string_view field, std::size_t n, const Separators& by) {
  if (n == 1 && !by.double_byte) {  // the usual case: up to the first separator of whatever level
    const auto separates = [&](char c) {
      return c != 0 && (c == by.component || c == by.repetition || c == by.subcomponent);
    };
    const auto* const end = std::find_if(field.begin(), field.end(), separates);
    return field.substr(0, static_cast<std::size_t>(end - field.begin()));
  }
  const std::string_view first = part(field, by.repetition, 1, by.double_byte);
  const std::string_view whole = part(first, by.component, n, by.double_byte);
  return part(whole, by.subcomponent, 1, by.double_byte);
}

Coded coded(std::string_view field, const Separators& by) {
  Coded parts;
  field = part(field, by.repetition, 1, by.double_byte);
  for (std::string_view& out : parts) {
    const std::size_t at = by.component == 0 ? not_found : find(field, by.component, by.double_byte);
    out = trim(part(field.substr(0, at), by.subcomponent, 1, by.double_byte));
    if (at == not_found) break;
    field.remove_prefix(at + 1);
  }
  return parts;
}

void Fields::split(std::string_view segment, const Separators& by, std::size_t last) {
  begin_ = segment.data();
  count_ = 0;
  const std::size_t wanted = std::min(last + 1, capacity);
  if (by.double_byte) {
    split_careful(segment, by.field, wanted);
    return;
  }
  static_assert(room_behind >= ByteMatcher::width);
  const std::size_t count = note_places_behind(segment, by.field, wanted, starts_.data() + 1);
  count_ = std::min(count, wanted);
  if (count_ < wanted) starts_[++count_] = static_cast<std::uint32_t>(segment.size()) + 1;
}

void Fields::split_careful(std::string_view segment, char separator, std::size_t wanted) {
  for (std::size_t start = 0; count_ < wanted;) {
    const std::size_t size = find(segment.substr(start), separator, true);
    start = size == not_found ? segment.size() + 1 : start + size + 1;
    starts_[++count_] = static_cast<std::uint32_t>(start);
    if (size == not_found) return;
  }
}

SegmentId id_of(std::string_view segment, char field_separator) {
  if (segment.size() < 3 || (segment.size() > 3 && segment[3] != field_separator)) return no_segment;
  const char a = upper(segment[0]);
  const char b = upper(segment[1]);
  const char c = upper(segment[2]);
  const bool named = is_upper(a) && (is_upper(b) || is_digit(b)) && (is_upper(c) || is_digit(c));
  return named ? segment_id(a, b, c) : no_segment;
}

SegmentId header_id(std::string_view segment) {
  return segment.size() < 4 ? no_segment : id_of(segment, segment[3]);
}

bool holds_another_segment(std::string_view segment, char field_separator) {
  constexpr std::size_t first_place = 4 + 3;  // its own name with a separator, then at least three characters
  if (segment.size() <= first_place) return false;
  bool another = false;
  // The middle letter of these names in front of a separator: hardly anything else has it there.
  for_each_byte_behind({'V', 'B'}, segment, first_place, field_separator, [&](const char* separator) {
    const SegmentId id = segment_id(separator[-3], separator[-2], separator[-1]);
    another = id == pv1 || id == obr || id == obx;
    return !another;
  });
  return another;
}

namespace {

// The next CR, and LF where there is one in the frame at all; else the end.
const char* end_of_line(const char* start, const char* end, bool has_lf) {
  if (has_lf) return std::find_if(start, end, [](char c) { return c == '\r' || c == '\n'; });
  const void* const at = std::memchr(start, '\r', static_cast<std::size_t>(end - start));
  return at == nullptr ? end : static_cast<const char*>(at);
}

}  // namespace

bool split_lines(std::string_view frame, std::vector<std::string_view>& lines) {
  lines.clear();
  const bool has_lf = frame.find('\n') != not_found;
  const char* const end = frame.data() + frame.size();
  for (const char* start = frame.data(); start < end;) {
    const char* const line_end = end_of_line(start, end, has_lf);
    while (start < line_end && is_blank(*start)) ++start;
    if (start < line_end) {
      if (lines.size() == segments_max) return false;
      lines.emplace_back(start, static_cast<std::size_t>(line_end - start));
    }
    if (line_end == end) break;
    start = line_end + 1;
  }
  return true;
}

HeaderState Header::parse(std::string_view segment, bool double_byte) {
  fields_.clear();
  separators_ = Separators{};
  encoding_ = "^~\\&";
  const HeaderState state = read_separators(segment);
  if (state != HeaderState::unusable) fields_.split(segment, separators_);
  const SenderText text = sender_text(segment);
  if (text[0].empty() || !std::equal(text.begin(), text.end(), sender_text_.begin())) {
    ++sender_;
    std::copy(text.begin(), text.end(), sender_text_.begin());
    charset_double_byte_ = names_double_byte(component(18, 1));
  }
  separators_.double_byte = double_byte || charset_double_byte_;
  return state;
}

// A header without a sender's name is new each time: its MSH-10 may tell what it is (Mindray PDS).
Header::SenderText Header::sender_text(std::string_view segment) const {
  const std::string_view time = field(7);
  const std::string_view id = field(10);
  const bool named = !trim(field(3)).empty() || !trim(field(4)).empty();
  if (!named || fields_.count() <= 10 || segment.size() > sender_bytes_max) return {};
  const auto place = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - segment.data());
  };
  const std::size_t time_end = place(time) + time.size();
  return {segment.substr(0, place(time)), segment.substr(time_end, place(id) - time_end),
          segment.substr(place(id) + id.size())};
}

HeaderState Header::read_separators(std::string_view segment) {
  constexpr std::string_view usual = "^~\\&";
  if (segment.size() < 5 || !may_separate(segment[3])) return HeaderState::unusable;
  separators_.field = segment[3];
  const std::string_view given = part(segment.substr(4), separators_.field, 1);
  if (given == usual) return HeaderState::sound;
  if (given == "^~\\\\&") return HeaderState::repaired;  // the backslash doubled by somebody's string literal
  if (given == "^~&") {                                  // ... or eaten: then escapes cannot be told either
    separators_.escape = 0;
    return HeaderState::repaired;
  }
  if (given.empty() || given.size() > 5 || !all_different(given)) return HeaderState::unusable;
  if (!std::all_of(given.begin(), given.end(), may_separate)) return HeaderState::unusable;
  separators_.component = given[0];
  separators_.repetition = given.size() > 2 || (given.size() == 2 && given[1] == '~') ? given[1] : '\0';
  separators_.escape = given.size() > 2 ? given[2] : '\0';
  separators_.subcomponent = given.size() > 3 ? given[3] : '\0';
  encoding_ = given;
  return given.size() > 3 ? HeaderState::sound : HeaderState::repaired;
}

std::string_view Header::component(std::size_t n, std::size_t c) const {
  return trim(hl7::component(field(n), c, separators_));
}

namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char u = upper(c);
  return u >= 'A' && u <= 'F' ? u - 'A' + 10 : -1;
}

void put_hex(std::string_view digits, Scratch& out) {
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.put(static_cast<char>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1])));
}

bool is_hex(std::string_view text) {
  return !text.empty() && text.size() % 2 == 0 &&
         std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

// What stands between two escape characters. False: unknown, to be kept as it is.
bool put_escape(std::string_view name, const Separators& by, Scratch& out) {
  if (name.size() == 1) {
    switch (name[0]) {
      case 'F': out.put(by.field); return true;
      case 'S': out.put(by.component); return true;
      case 'T': out.put(by.subcomponent); return true;
      case 'R': out.put(by.repetition); return true;
      case 'E': out.put(by.escape); return true;
      case 'P': out.put('#'); return true;
      case 'H':
      case 'N': return true;  // highlighting on and off
      default: return false;
    }
  }
  if (name.size() > 1 && name[0] == 'X' && is_hex(name.substr(1))) {
    put_hex(name.substr(1), out);
    return true;
  }
  if (name.size() < 3 || name[0] != '.') return false;
  const std::string_view layout = name.substr(1, 2);
  if (layout == "br" || layout == "sp" || layout == "ce") out.put(' ');
  return layout == "br" || layout == "sp" || layout == "ce" || layout == "in" || layout == "ti" ||
         layout == "fi" || layout == "nf" || layout == "sk";
}

void put_decoded(std::string_view leaf, const Separators& by, Scratch& out) {
  while (!leaf.empty()) {
    const std::size_t open = by.escape == 0 ? not_found : leaf.find(by.escape);
    for (const char c : leaf.substr(0, open)) out.put(c);
    if (open == not_found) return;
    const std::size_t close = leaf.find(by.escape, open + 1);
    if (close != not_found && put_escape(leaf.substr(open + 1, close - open - 1), by, out)) {
      leaf.remove_prefix(close + 1);
    } else {
      out.put(by.escape);  // a lone one, or a sequence we do not know: literal
      leaf.remove_prefix(open + 1);
    }
  }
}

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool out_of_range = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || out_of_range ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void put_clean(std::string_view text, Scratch& out) {
  const bool latin1 = !is_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out.put(' ');
    } else if (latin1 && byte >= 0x80) {
      out.put(static_cast<char>(0xC0U | (byte >> 6U)));
      out.put(static_cast<char>(0x80U | (byte & 0x3FU)));
    } else {
      out.put(c);
    }
  }
}

// Not within a character of UTF-8: what is left of it would make all of the text unreadable.
std::string_view shortened(std::string_view text) {
  constexpr std::size_t behind_lead_max = 3;
  if (text.size() <= leaf_bytes_max) return text;
  for (std::size_t size = leaf_bytes_max; size + behind_lead_max >= leaf_bytes_max; --size)
    if ((static_cast<unsigned char>(text[size]) & 0xC0U) != 0x80U) return text.substr(0, size);
  return text.substr(0, leaf_bytes_max);
}

}  // namespace

std::string_view text_of(std::string_view leaf, const Separators& by, Scratch& scratch) {
  const auto plain = [&](char c) { return c >= ' ' && c < 0x7F && c != by.escape; };
  leaf = shortened(stated(leaf));
  if (std::all_of(leaf.begin(), leaf.end(), plain)) return leaf;
  if (!scratch.has_room()) return {};
  Scratch decoded;
  put_decoded(leaf, by, decoded);
  const std::size_t start = scratch.used();
  put_clean(decoded.since(0), scratch);
  return trim(scratch.since(start));
}

}  // namespace drivers::hl7
