#include "daemon/journal/audit.hpp"

#include <openssl/evp.h>

#include <array>
#include <filesystem>

#include "daemon/journal/sqlite.hpp"
#include "daemon/vitals/check.hpp"

namespace journal {
namespace {

// With its length, so that no two rows have the same bytes.
void add(std::string& into, std::string_view field) {
  into += std::to_string(field.size());
  into += ':';
  into += field;
}

std::string hexadecimal(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    out += digits[bytes[i] >> 4U];
    out += digits[bytes[i] & 0xFU];
  }
  return out;
}

// One row against the one before it; empty when it fits.
std::string fault_of(const Statement& row, const AuditReport& so_far) {
  const auto number = static_cast<std::uint64_t>(row.number(0));
  const std::string_view before = row.text(9);
  if (so_far.rows > 0 && number != so_far.last + 1)
    return "rows " + std::to_string(so_far.last + 1) + " to " + std::to_string(number - 1) + " are missing";
  if (so_far.rows > 0 && before != so_far.head)
    return "row " + std::to_string(number) + " does not follow row " + std::to_string(so_far.last);
  const CommandEntry entry{std::string{row.text(1)},
                           std::string{row.text(2)},
                           std::string{row.text(3)},
                           std::string{row.text(4)},
                           std::string{row.text(5)},
                           std::string{row.text(6)},
                           row.number(7),
                           std::string{row.text(8)}};
  if (audit_hash(before, entry) != row.text(10)) return "row " + std::to_string(number) + " has been changed";
  return {};
}

AuditReport unreadable(const std::string& why) {
  AuditReport report;
  report.problem = why;
  return report;
}

}  // namespace

std::string audit_hash(std::string_view before, const CommandEntry& entry) {
  std::string text;
  text.reserve(256 + entry.text.size() + entry.doc.size());
  for (const std::string_view field :
       {before, std::string_view{entry.command_id}, std::string_view{entry.scope},
        std::string_view{entry.client}, std::string_view{entry.verb}, std::string_view{entry.status},
        std::string_view{entry.text}, std::string_view{entry.doc}})
    add(text, field);
  add(text, std::to_string(entry.ts_ms));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) == 1);
  return hexadecimal(digest.data(), length);
}

AuditReport verify_audit(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return unreadable("there is no such file");
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const Database db{raw};
  // Alone on the file it needs no shared memory beside it; and what is in the log stays there.
  if (code == SQLITE_OK)
    code = sqlite3_exec(raw, "PRAGMA locking_mode = EXCLUSIVE", nullptr, nullptr, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  Statement rows;
  if (code == SQLITE_OK)
    code = rows.prepare(raw,
                        "SELECT id, command_id, scope, client, verb, status, text, ts_ms, doc, before, hash "
                        "FROM audit ORDER BY id");
  AuditReport report;
  if (code == SQLITE_OK)
    code = rows.each([&](const Statement& row) {
      if (!report.problem.empty()) return;
      report.problem = fault_of(row, report);
      if (report.rows == 0) report.first = static_cast<std::uint64_t>(row.number(0));
      ++report.rows;
      report.last = static_cast<std::uint64_t>(row.number(0));
      report.head = row.text(10);
    });
  if ((code & 0xff) == SQLITE_BUSY)
    return unreadable("another program has it open: stop the service, or examine a copy");
  if (code != SQLITE_OK) return unreadable(sqlite3_errmsg(raw));
  report.readable = true;
  return report;
}

}  // namespace journal
