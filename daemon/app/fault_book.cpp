#include "daemon/app/fault_book.hpp"

#include <algorithm>

namespace app {
namespace {

using drivers::FaultKind;

// Understood and left aside on purpose: part of many a sound message.
constexpr bool harmless(FaultKind kind) { return kind == FaultKind::refused || kind == FaultKind::unmapped; }

std::string words(const FaultCount& count) {
  return std::string{drivers::name(count.kind)} + " (" + count.reason + ")";
}

void put_named(std::string& line, std::string_view name, std::string_view text, std::size_t bytes_max) {
  if (text.empty()) return;
  line += ", ";
  line += name;
  line += " \"";
  put_printable(line, text, bytes_max);
  line += '"';
}

}  // namespace

FaultBook::FaultBook(std::string source, Say say) : source_(std::move(source)), say_(std::move(say)) {
  counts_.reserve(fault_reasons_max);
}

FaultCount* FaultBook::count_of(const drivers::DecodeFault& fault) {
  const auto found = std::find_if(counts_.begin(), counts_.end(), [&](const FaultCount& one) {
    return one.kind == fault.kind && one.reason == fault.reason;
  });
  if (found != counts_.end()) return &*found;
  if (counts_.size() == fault_reasons_max) return nullptr;
  return &counts_.emplace_back(FaultCount{fault.kind, std::string{fault.reason}, 0, 0});
}

void FaultBook::note(const drivers::DecodeFault& fault) {
  FaultCount* count = count_of(fault);
  if (count == nullptr) {
    ++overflow_;
  } else if (++count->count == 1 && fault.kind != FaultKind::unmapped) {
    say_first(fault);
    count->said = 1;
  } else if (fault.kind != FaultKind::unmapped && summary_at_ == vitals::MonoTime::max()) {
    summary_at_ = fault.rx.mono + summary_after_;
  }
  if (fault.kind == FaultKind::unmapped && unmapped_.note(fault)) say_unmapped(unmapped_.entries().back());
}

void FaultBook::say_first(const drivers::DecodeFault& fault) const {
  std::string line{drivers::name(fault.kind)};
  line += " (";
  put_printable(line, fault.reason, unmapped_code_bytes_max);
  line += ")";
  put_named(line, "parameter", fault.code, unmapped_code_bytes_max);
  put_named(line, "unit", fault.unit, unmapped_unit_bytes_max);
  put_named(line, "value", number_or_code(fault.value), unmapped_code_bytes_max);
  line += ", at byte " + std::to_string(fault.offset) + "; more of it is counted";
  say(true, line);
}

void FaultBook::say_unmapped(const Unmapped& parameter) const {
  std::string line = "parameter \"" + parameter.code + "\"";
  put_named(line, "unit", parameter.unit, unmapped_unit_bytes_max);
  put_named(line, "value", parameter.value, unmapped_code_bytes_max);
  say(false, line + ": the code map does not know it; counted, not used");
}

void FaultBook::tick(vitals::MonoTime now) {
  if (now < summary_at_) return;
  if (say_more()) {
    summary_after_ = std::min(summary_after_ * 2, fault_summary_ms_max);
    summary_at_ = now + summary_after_;
  } else {  // it has stopped
    summary_after_ = fault_summary_ms_min;
    summary_at_ = vitals::MonoTime::max();
  }
}

// False: nothing was left to say.
bool FaultBook::say_more() {
  std::string line;
  bool warning = false;
  for (FaultCount& count : counts_) {
    if (count.kind == FaultKind::unmapped || count.count == count.said) continue;
    line += (line.empty() ? "" : ", ") + std::to_string(count.count - count.said) + " more " + words(count);
    count.said = count.count;
    warning = warning || !harmless(count.kind);
  }
  if (line.empty()) return false;
  say(warning, line);
  return true;
}

void FaultBook::say(bool warning, const std::string& line) const {
  if (say_) say_(warning, source_ + ": " + line);
}

}  // namespace app
