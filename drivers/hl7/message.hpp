// An HL7 v2 message as views into the received bytes: segments, fields, components, subcomponents. Nothing is
// copied and nothing is decoded while splitting; escapes are decoded in the leaves only, because a text field
// with an escaped CR or field separator would otherwise forge a segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drivers::hl7 {

inline constexpr std::size_t segments_max = 8192;            // of one frame
inline constexpr std::size_t field_bytes_max = 64UL * 1024;  // a longer value is not read
inline constexpr std::size_t repetitions_max = 256;          // of one field
inline constexpr std::size_t leaf_bytes_max = 128;           // of an id or a location; longer ones are cut
inline constexpr std::size_t sender_bytes_max = 1024;        // of a header that is compared with the next one
inline constexpr std::size_t unterminated_bytes_max = 200;   // one longer line: the segment ends were lost

// The characters that this message splits by. A level without a character (0) is not split at all.
struct Separators {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  bool double_byte =
      false;  // GB 18030, BIG5, ...: the byte after 0x81-0xFE belongs to it and may look like a separator

  friend constexpr bool operator==(const Separators&, const Separators&) = default;
};

// Without blanks and tabs around it.
inline std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && text.front() > ' ' && text.back() > ' ') return text;  // most texts
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Trimmed, and `""` (explicitly deleted) counts as nothing said.
std::string_view stated(std::string_view text);

// Takes the first part off the front of a text.
std::string_view take_part(std::string_view& text, char separator);

// ASCII without case: identifiers, flags and words of the standard.
bool same_word(std::string_view a, std::string_view b);

// The n-th part (from 1); empty when there are fewer. A separator of 0 means one part only.
std::string_view part(std::string_view text, char separator, std::size_t n, bool double_byte = false);

// Component n of the first repetition of a field, its first subcomponent.
std::string_view component(std::string_view field, std::size_t n, const Separators& by);

// Components 1 to 6 of the first repetition, first subcomponent each, trimmed: a coded element. Missing ones
// are empty.
using Coded = std::array<std::string_view, 6>;
Coded coded(std::string_view field, const Separators& by);

// A segment split into fields, SEG-0 to SEG-(capacity - 1). Nothing further behind is ever read here. Only
// where each begins is noted: most fields are never asked for.
class Fields {
 public:
  static constexpr std::size_t capacity = 33;  // PID-31 is the last that matters

  // Splits until `last` is there; the rest of the segment is not looked at. Less than 4 GB.
  void split(std::string_view segment, const Separators& by, std::size_t last = capacity - 1);
  void clear() { count_ = 0; }
  std::string_view operator[](std::size_t n) const {
    return n < count_ ? std::string_view(begin_ + starts_[n], starts_[n + 1] - 1 - starts_[n])
                      : std::string_view{};
  }
  std::size_t count() const { return count_; }

 private:
  void split_careful(std::string_view segment, char separator, std::size_t wanted);

  static constexpr std::size_t room_behind = 16;  // fields are found several at a time

  const char* begin_ = nullptr;
  std::array<std::uint32_t, capacity + 1 + room_behind> starts_{};  // also where the next one would begin
  std::size_t count_ = 0;
};

// Three letters of a segment name, upper case, as one number: cheap to compare and to switch on.
using SegmentId = std::uint32_t;
constexpr SegmentId segment_id(char a, char b, char c) {
  return (static_cast<SegmentId>(static_cast<unsigned char>(a)) << 16U) |
         (static_cast<SegmentId>(static_cast<unsigned char>(b)) << 8U) | static_cast<unsigned char>(c);
}
inline constexpr SegmentId no_segment = 0;
inline constexpr SegmentId msh = segment_id('M', 'S', 'H');
inline constexpr SegmentId msa = segment_id('M', 'S', 'A');
inline constexpr SegmentId pid = segment_id('P', 'I', 'D');
inline constexpr SegmentId pv1 = segment_id('P', 'V', '1');
inline constexpr SegmentId obr = segment_id('O', 'B', 'R');
inline constexpr SegmentId obx = segment_id('O', 'B', 'X');
inline constexpr SegmentId mrg = segment_id('M', 'R', 'G');
inline constexpr SegmentId bhs = segment_id('B', 'H', 'S');
inline constexpr SegmentId bts = segment_id('B', 'T', 'S');
inline constexpr SegmentId fhs = segment_id('F', 'H', 'S');
inline constexpr SegmentId add = segment_id('A', 'D', 'D');
inline constexpr SegmentId dsc = segment_id('D', 'S', 'C');

// The name a segment starts with, lower case accepted; no_segment for a line that has none.
SegmentId id_of(std::string_view segment, char field_separator);

// For MSH, FHS and BHS, whose own separator is the one behind the name.
SegmentId header_id(std::string_view segment);
inline bool is_message_header(std::string_view segment) {
  return !segment.empty() && (segment[0] == 'M' || segment[0] == 'm') && header_id(segment) == msh;
}

// Cuts a frame into lines at CR and LF alike (neither may stand raw in a field), without blank lines and
// without leading blanks. False: more than segments_max.
bool split_lines(std::string_view frame, std::vector<std::string_view>& lines);

enum class HeaderState : std::uint8_t {
  sound,
  repaired,  // MSH-2 was damaged in a way that leaves no doubt
  unusable,  // separators that cannot be told: nothing may be read
};

// Behind this segment stands another in the same line: a field ends with the name of one, as in
// `...|FOBX|2|NM|...` or `...|F|||OBX|2|NM|...`. PV1, OBR and OBX; words end with PID too.
bool holds_another_segment(std::string_view segment, char field_separator);

// The MSH segment. MSH-n is field(n), counted as the standard does: MSH-1 is the separator itself.
class Header {
 public:
  // `double_byte`: the source's sender uses such a character set and does not say so.
  HeaderState parse(std::string_view segment, bool double_byte = false);
  const Separators& separators() const { return separators_; }
  std::string_view encoding() const { return encoding_; }  // MSH-2, repaired: what an answer carries
  std::string_view field(std::size_t n) const { return n < 2 ? std::string_view{} : fields_[n - 1]; }
  std::string_view component(std::size_t n, std::size_t c) const;

  // The same number as before: this header differs from the one before in its time (MSH-7) and its id
  // (MSH-10) alone, as those of one sender do. What was made of the rest of that one holds for this one.
  // Never 0.
  std::uint64_t sender() const { return sender_; }

 private:
  HeaderState read_separators(std::string_view segment);
  using SenderText =
      std::array<std::string_view, 3>;  // in front of MSH-7, between it and MSH-10, behind that
  SenderText sender_text(std::string_view segment) const;

  Separators separators_;
  std::string_view encoding_;
  Fields fields_;
  bool charset_double_byte_ = false;  // MSH-18
  std::uint64_t sender_ = 0;
  std::array<std::string, 3> sender_text_;  // of the header before
};

// Where decoded text is put. Bounded: a text that would not fit is left out, never cut to look like another
// one.
class Scratch {
 public:
  void clear() { used_ = 0; }
  std::size_t used() const { return used_; }
  bool has_room() const { return bytes_.size() - used_ >= 2 * leaf_bytes_max; }
  void put(char c) {
    if (used_ < bytes_.size()) bytes_[used_++] = c;
  }
  std::string_view since(std::size_t start) const { return {bytes_.data() + start, used_ - start}; }

 private:
  std::array<char, 2048> bytes_{};
  std::size_t used_ = 0;
};

// A leaf as text: escapes decoded once, left to right, then made fit for others: valid UTF-8 (bytes that are
// not are taken as Latin-1) without control characters. A leaf that needs none of this stays a view of the
// message.
std::string_view text_of(std::string_view leaf, const Separators& by, Scratch& scratch);

}  // namespace drivers::hl7
