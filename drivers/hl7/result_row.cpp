#include "drivers/hl7/result_row.hpp"

#include <algorithm>
#include <array>

namespace drivers::hl7 {

namespace {

constexpr std::string_view known_statuses = "FRCPAXSNOIDWU";
constexpr std::string_view usable_statuses = "FRCPA";

struct FlagWord {
  std::string_view word;
  RowFlag flag;
};
constexpr std::array<FlagWord, 8> flag_words{{{"INV", RowFlag::invalid},
                                              {"NAV", RowFlag::unavailable},
                                              {"OFF", RowFlag::unavailable},
                                              {"EARLY", RowFlag::measuring},
                                              {"BUSY", RowFlag::measuring},
                                              {"CALIB", RowFlag::calibrating},
                                              {"TEST", RowFlag::test},
                                              {"DEMO", RowFlag::test}}};

char letter_of(std::string_view field) {
  const std::string_view text = trim(field);
  return text.size() == 1 && known_statuses.find(text[0]) != std::string_view::npos ? text[0] : '\0';
}

}  // namespace

bool RowStatus::usable() const {
  return letter == 0 || usable_statuses.find(letter) != std::string_view::npos;
}

RowStatus find_status(const Fields& row) {
  const std::string_view status = trim(row[11]);
  if (!status.empty()) return {status.size() == 1 ? status[0] : '?', 0};
  if (const char before = letter_of(row[10]); before != 0) return {before, -1};
  if (const char behind = letter_of(row[12]); behind != 0) return {behind, 1};
  return {};
}

RowFlags read_flag_words(std::string_view flags, const Separators& by) {
  RowFlags found;
  for (std::size_t n = 0; n < repetitions_max && !flags.empty(); ++n) {
    const std::string_view word = trim(part(take_part(flags, by.repetition), by.component, 1));
    if (same_word(word, "QUES")) found.doubtful = true;
    const auto* const known = std::find_if(flag_words.begin(), flag_words.end(),
                                           [&](const FlagWord& one) { return same_word(word, one.word); });
    if (known == flag_words.end()) continue;
    found.taken_back = known->flag;
    break;
  }
  return found;
}

}  // namespace drivers::hl7
