#include "daemon/journal/sqlite.hpp"

namespace journal {

int Statement::prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  handle_.reset(raw);
  return code;
}

std::string_view Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(handle_.get(), column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_.get(), column); }

int Statement::bind(int position, std::string_view value) {
  // A null pointer would bind NULL, which is not the empty text.
  const char* bytes = value.empty() ? "" : value.data();
  return sqlite3_bind_text64(handle_.get(), position, bytes, value.size(), nullptr, SQLITE_UTF8);
}

int Statement::bind(int position, const Blob& value) {
  const char* bytes = value.bytes.empty() ? "" : value.bytes.data();
  return sqlite3_bind_blob64(handle_.get(), position, bytes, value.bytes.size(), nullptr);
}

int Statement::bind(int position, std::int64_t value) {
  return sqlite3_bind_int64(handle_.get(), position, value);
}

}  // namespace journal
