// The audit: every command with its login, station and outcome, as a chain in which each row holds the hash
// of the one before. Who changes, adds or removes a row afterwards has to change all that follow; and whoever
// noted the last hash (the service logs it at each start) sees even that. It is no signature: there is no
// secret in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/journal/journal.hpp"

namespace journal {

// SHA-256, 64 hexadecimal digits, over the hash of the row before ("" for the first) and every field.
std::string audit_hash(std::string_view before, const CommandEntry& entry);

struct AuditReport {
  bool readable = false;  // false: `problem` says why the file cannot be examined
  std::uint64_t rows = 0;
  std::uint64_t first = 0, last = 0;  // numbers of the rows; older ones than the first are not kept any more
  std::string head;                   // hash of the last row
  std::string problem;                // empty: the chain is whole
};

// Reads a whole journal, which no service may have open. Changes nothing in it.
AuditReport verify_audit(const std::string& path);

}  // namespace journal
