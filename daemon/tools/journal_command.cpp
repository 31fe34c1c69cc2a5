// `vitalsd journal verify FILE`: whether what was commanded stands in the journal as it was written.
#include <iostream>

#include "daemon/journal/audit.hpp"
#include "daemon/tools/tools.hpp"

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

}  // namespace tools
