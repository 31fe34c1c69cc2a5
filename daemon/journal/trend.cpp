#include "daemon/journal/trend.hpp"

#include <algorithm>
#include <cmath>

namespace journal {
namespace {

// Both forms: version and form, flags, then one part for each metric that has something.
//   block:   metric (+ 0x80: questionable ones among them), 8 bytes bits present, 8 bytes bits questionable
//            if marked, then a difference to the value before for each bit
//   summary: metric (+ 0x80: questionable), seconds, median, median - least, most - median
constexpr char block_form = 1, summary_form = 2;
constexpr unsigned sim_flag = 1, doubt_flag = 0x80;
constexpr double tenths_max = 32'000;

using Bits = std::bitset<trend_slots>;

Bits first_minute() { return ~Bits{} >> (trend_slots - seconds_per_minute); }

void put_byte(std::string& out, unsigned byte) { out += static_cast<char>(byte & 0xffU); }

void put_bits(std::string& out, const Bits& bits) {
  const std::uint64_t word = bits.to_ullong();
  for (unsigned shift = 0; shift < 64; shift += 8)
    put_byte(out, static_cast<unsigned>(word >> shift & 0xffU));
}

// Small numbers of either sign in few bytes: the sign goes to the lowest bit, then seven bits a byte.
void put_number(std::string& out, int number) {
  unsigned rest = number < 0 ? ~(static_cast<unsigned>(number) << 1U) : static_cast<unsigned>(number) << 1U;
  for (; rest > 0x7f; rest >>= 7U) put_byte(out, rest | 0x80U);
  put_byte(out, rest);
}

// Bytes from the disk: whatever they are, reading ends at their end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }

  unsigned byte() {
    if (bytes_.empty()) {
      good_ = false;
      return 0;
    }
    const auto out = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return out;
  }
  Bits bits() {
    std::uint64_t word = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) word |= std::uint64_t{byte()} << shift;
    return Bits{word};
  }
  int number() {
    unsigned out = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
      const unsigned next = byte();
      out |= (next & 0x7fU) << shift;
      if ((next & 0x80U) != 0) continue;
      const auto half = static_cast<int>(out >> 1U);
      return (out & 1U) != 0 ? -half - 1 : half;
    }
    good_ = false;
    return 0;
  }
  // A value in tenths; one that does not fit spoils the rest.
  std::int16_t tenths(int value) {
    if (value < -tenths_max || value > tenths_max) good_ = false;
    return static_cast<std::int16_t>(good_ ? value : 0);
  }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

std::string heading(char form, bool sim) {
  std::string out(1, form);
  put_byte(out, sim ? sim_flag : 0);
  return out;
}

void read_column(Bytes& bytes, bool doubt, TrendColumn& column) {
  column.present = bytes.bits();
  if (doubt) column.questionable = bytes.bits() & column.present;
  int value = 0;
  for (std::size_t second = 0; second < trend_slots && bytes.good(); ++second) {
    if (!column.present[second]) continue;
    value += bytes.number();
    column.tenths[second] = bytes.tenths(value);
  }
}

std::optional<TrendSummary::Part> summarise(const TrendColumn& column) {
  const Bits present = column.present & first_minute();
  const Bits valid = present & ~column.questionable;
  const Bits& counted = valid.any() ? valid : present;
  if (counted.none()) return std::nullopt;
  std::array<std::int16_t, seconds_per_minute> values{};
  std::size_t count = 0;
  for (std::size_t second = 0; second < seconds_per_minute; ++second)
    if (counted[second]) values[count++] = column.tenths[second];
  const auto end = values.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(values.begin(), end);
  return TrendSummary::Part{static_cast<unsigned>(count), values[count / 2], values.front(), *(end - 1),
                            valid.none()};
}

}  // namespace

bool TrendBlock::empty() const {
  return std::all_of(columns.begin(), columns.end(),
                     [](const TrendColumn& one) { return (one.present & first_minute()).none(); });
}

bool TrendBlock::put(vitals::Metric metric, std::size_t second, double value, bool valid) {
  const double tenths = std::round(value * 10);
  if (second >= trend_slots || !(std::abs(tenths) <= tenths_max)) return false;
  TrendColumn& column = columns[vitals::index_of(metric)];
  const bool valid_before = column.present[second] && !column.questionable[second];
  if (valid_before && !valid) return true;
  column.tenths[second] = static_cast<std::int16_t>(tenths);
  column.present[second] = true;
  column.questionable[second] = !valid;
  return true;
}

void TrendBlock::merge(const TrendBlock& later) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    TrendColumn& mine = columns[i];
    const TrendColumn& theirs = later.columns[i];
    for (std::size_t second = 0; second < trend_slots; ++second)
      if (theirs.present[second]) mine.tenths[second] = theirs.tenths[second];
    mine.questionable = (mine.questionable & ~theirs.present) | theirs.questionable;
    mine.present |= theirs.present;
  }
  sim = sim || later.sim;
}

void TrendBlock::next_minute() {
  for (TrendColumn& column : columns) {
    std::copy(column.tenths.begin() + seconds_per_minute, column.tenths.end(), column.tenths.begin());
    column.present >>= seconds_per_minute;
    column.questionable >>= seconds_per_minute;
  }
  sim = false;
}

void TrendSummary::merge(const TrendSummary& later) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::optional<Part>& mine = parts[i];
    const std::optional<Part>& theirs = later.parts[i];
    if (!theirs || (mine && theirs->questionable && !mine->questionable)) continue;
    if (!mine || (mine->questionable && !theirs->questionable)) {
      mine = theirs;
      continue;
    }
    if (theirs->seconds > mine->seconds) mine->median = theirs->median;
    mine->seconds = std::min(mine->seconds + theirs->seconds, unsigned{seconds_per_minute});
    mine->least = std::min(mine->least, theirs->least);
    mine->most = std::max(mine->most, theirs->most);
  }
  sim = sim || later.sim;
}

TrendSummary summarise(const TrendBlock& block) {
  TrendSummary out;
  out.sim = block.sim;
  for (std::size_t i = 0; i < block.columns.size(); ++i) out.parts[i] = summarise(block.columns[i]);
  return out;
}

std::string encode(const TrendBlock& block) {
  std::string out = heading(block_form, block.sim);
  for (std::size_t i = 0; i < block.columns.size(); ++i) {
    const TrendColumn& column = block.columns[i];
    const Bits present = column.present & first_minute();
    const Bits questionable = column.questionable & present;
    if (present.none()) continue;
    put_byte(out, static_cast<unsigned>(i) | (questionable.any() ? doubt_flag : 0));
    put_bits(out, present);
    if (questionable.any()) put_bits(out, questionable);
    int before = 0;
    for (std::size_t second = 0; second < seconds_per_minute; ++second) {
      if (!present[second]) continue;
      put_number(out, column.tenths[second] - before);
      before = column.tenths[second];
    }
  }
  return out;
}

std::string encode(const TrendSummary& summary) {
  std::string out = heading(summary_form, summary.sim);
  for (std::size_t i = 0; i < summary.parts.size(); ++i) {
    const auto& part = summary.parts[i];
    if (!part) continue;
    put_byte(out, static_cast<unsigned>(i) | (part->questionable ? doubt_flag : 0));
    put_byte(out, part->seconds);
    put_number(out, part->median);
    put_number(out, part->median - part->least);
    put_number(out, part->most - part->median);
  }
  return out;
}

std::optional<TrendBlock> decode_block(std::string_view text) {
  Bytes bytes{text};
  if (bytes.byte() != static_cast<unsigned>(block_form)) return std::nullopt;
  TrendBlock out;
  out.sim = (bytes.byte() & sim_flag) != 0;
  while (bytes.good() && !bytes.at_end()) {
    const unsigned head = bytes.byte();
    const std::size_t metric = head & ~doubt_flag;
    if (metric >= out.columns.size()) return std::nullopt;
    read_column(bytes, (head & doubt_flag) != 0, out.columns[metric]);
  }
  return bytes.good() ? std::optional{out} : std::nullopt;
}

std::optional<TrendSummary> decode_summary(std::string_view text) {
  Bytes bytes{text};
  if (bytes.byte() != static_cast<unsigned>(summary_form)) return std::nullopt;
  TrendSummary out;
  out.sim = (bytes.byte() & sim_flag) != 0;
  while (bytes.good() && !bytes.at_end()) {
    const unsigned head = bytes.byte();
    const std::size_t metric = head & ~doubt_flag;
    if (metric >= out.parts.size()) return std::nullopt;
    TrendSummary::Part part;
    part.seconds = bytes.byte();
    const int median = bytes.number();
    part.median = bytes.tenths(median);
    part.least = bytes.tenths(median - bytes.number());
    part.most = bytes.tenths(median + bytes.number());
    part.questionable = (head & doubt_flag) != 0;
    out.parts[metric] = part;
  }
  return bytes.good() ? std::optional{out} : std::nullopt;
}

}  // namespace journal
