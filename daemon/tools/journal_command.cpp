// `vitalsd journal verify FILE`: whether what was commanded stands in the journal as it was written.
// `vitalsd journal trend FILE UNIT/BED`: what was measured, as lines or as a picture.
#include <iostream>

#include "daemon/journal/audit.hpp"
#include "daemon/tools/tools.hpp"
#include "daemon/tools/trend_lines.hpp"
#include "daemon/tools/trend_picture.hpp"

namespace tools {

int verify_journal(const std::string& file) {
  const journal::AuditReport report = journal::verify_audit(file);
  if (!report.readable || !report.problem.empty()) {
    std::cerr << file << ": " << report.problem << "\n";
    return 1;
  }
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
