#include "daemon/app/unmapped.hpp"

#include <algorithm>
#include <functional>

namespace app {
namespace {

// Of a number or code; longer digits are an identifier rather than a measurement.
constexpr std::size_t value_bytes_max = 16;

constexpr bool printable(char c) { return c >= ' ' && c <= '~'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Stored names are cut and made printable, so what is compared with them is seen the same way.
bool same(std::string_view stored, std::string_view told, std::size_t bytes_max) {
  told = told.substr(0, bytes_max);
  return stored.size() == told.size() &&
         std::equal(stored.begin(), stored.end(), told.begin(),
                    [](char a, char b) { return a == (printable(b) ? b : '?'); });
}

std::string_view code_of(const drivers::DecodeFault& fault) {
  return fault.code.empty() ? fault.reason : fault.code;
}

}  // namespace

std::string_view number_or_code(std::string_view value) {
  constexpr std::string_view others = "abcdefABCDEFxX+-.,<>=/^: ";
  const bool fits = value.size() <= value_bytes_max && std::any_of(value.begin(), value.end(), is_digit) &&
                    std::all_of(value.begin(), value.end(), [&](char c) {
                      return is_digit(c) || others.find(c) != std::string_view::npos;
                    });
  return fits ? value : std::string_view{};
}

void put_printable(std::string& out, std::string_view text, std::size_t bytes_max) {
  for (const char c : text.substr(0, bytes_max)) out += printable(c) ? c : '?';
}

// Where the pair stands, or the free place where it would.
std::size_t UnmappedTable::place_of(std::string_view code, std::string_view unit) const {
  const std::hash<std::string_view> hash;
  // Hashed as told: a name that only differs in what is not printable finds its entry by the comparison or
  // gets one of its own, and the table stays bounded either way.
  std::size_t place =
      (hash(code.substr(0, unmapped_code_bytes_max)) * 31 + hash(unit.substr(0, unmapped_unit_bytes_max))) %
      places;
  while (index_[place] != 0) {
    const Unmapped& entry = entries_[index_[place] - 1U];
    if (same(entry.code, code, unmapped_code_bytes_max) && same(entry.unit, unit, unmapped_unit_bytes_max))
      break;
    place = (place + 1) % places;
  }
  return place;
}

bool UnmappedTable::note(const drivers::DecodeFault& fault) {
  const std::string_view code = code_of(fault);
  const std::size_t place = place_of(code, fault.unit);
  const bool first = index_[place] == 0;
  if (first && entries_.size() == unmapped_max) {
    ++overflow_;
    return false;
  }
  if (first) {
    Unmapped& made = entries_.emplace_back();
    put_printable(made.code, code, unmapped_code_bytes_max);
    put_printable(made.unit, fault.unit, unmapped_unit_bytes_max);
    index_[place] = static_cast<std::uint16_t>(entries_.size());
  }
  Unmapped& entry = entries_[index_[place] - 1U];
  ++entry.count;
  entry.value = number_or_code(fault.value);
  return first;
}

}  // namespace app
