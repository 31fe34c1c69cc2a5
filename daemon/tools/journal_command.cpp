// `vitalsd journal verify FILE`: whether what was commanded stands in the journal as it was written.
// `vitalsd journal trend FILE UNIT/BED`: what was measured, as lines or as a picture.
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "daemon/journal/audit.hpp"
#include "daemon/tools/tools.hpp"
#include "daemon/tools/trend_lines.hpp"
#include "daemon/tools/trend_picture.hpp"

namespace tools {
namespace {

// SQLite's header says of a file whether what is newest may stand in a log beside it.
bool wants_log(const std::string& file) {
  std::array<char, 20> header{};
  std::ifstream in(file, std::ios::binary);
  return in.read(header.data(), header.size()) && header[18] == 2;
}

bool lacks_log(const std::string& file) {
  std::error_code unknown;
  return wants_log(file) && !std::filesystem::exists(file + "-wal", unknown);
}

std::string in_plain_words(const std::string& problem) {
  if (problem.find("no such table") == std::string::npos) return problem;
  return "no journal, or a copy that was made without its -wal: sqlite3 JOURNAL \".backup COPY\" takes both, "
         "while no service has it open";
}

}  // namespace

int verify_journal(const std::string& file) {
  const bool alone = lacks_log(file);  // examining a file puts one beside it
  const journal::AuditReport report = journal::verify_audit(file);
  if (!report.readable || !report.problem.empty()) {
    std::cerr << file << ": " << in_plain_words(report.problem) << "\n";
    return 1;
  }
  if (alone)
    std::cerr
        << file << ": warning: there is no " << file
        << "-wal: a copy of this file alone lacks the newest commands; one by sqlite3's .backup is whole\n";
  if (report.rows == 0) {
    std::cout << file << ": no commands yet\n";
    return 0;
  }
  std::cout << file << ": " << report.rows << " commands (" << report.first << " to " << report.last
            << "), none changed, none missing\n"
            << "the last hash is " << report.head << "\n";
  return 0;
}

int print_trend(const TrendOptions& options) {
  journal::TrendWindow window;
  if (!options.from.empty()) window.from_ms = utc_ms(options.from);
  if (!options.to.empty()) window.to_ms = utc_ms(options.to);
  for (const auto& [text, time] : {std::pair{options.from, window.from_ms}, {options.to, window.to_ms}}) {
    if (text.empty() || time) continue;
    std::cerr << "\"" << text << "\" is no time: 2026-11-22T10:15 is one, always UTC\n";
    return 1;
  }
  const journal::Trend trend = journal::read_trend(options.file, options.bed, window);
  if (!trend.problem.empty()) {
    std::cerr << options.file << ": " << trend.problem << "\n";
    return 1;
  }
  if (trend.unreadable > 0)
    std::cerr << options.file << ": " << trend.unreadable << " minutes cannot be read\n";
  std::cout << (options.svg ? trend_picture(trend, options.bed) : trend_lines(trend));
  return std::cout.flush() ? 0 : 1;
}

}  // namespace tools
