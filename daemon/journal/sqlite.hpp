// The little of SQLite's C interface that the journal needs, owned and typed. One thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace journal {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

// A prepared statement. Codes are SQLite's extended ones; SQLITE_OK is success.
class Statement {
 public:
  int prepare(sqlite3* db, const char* sql);
  void finalize() { handle_.reset(); }

  // Binds the values in order and runs to the end.
  template <typename... Values>
  int run(const Values&... values) {
    return each([](const Statement&) {}, values...);
  }

  // As run, and calls `row` for each row found.
  template <typename Row, typename... Values>
  int each(Row row, const Values&... values) {
    int code = SQLITE_OK;
    [[maybe_unused]] int position = 0;
    ((code = code == SQLITE_OK ? bind(++position, values) : code), ...);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
      code = sqlite3_step(handle_.get());
      if (code == SQLITE_ROW) row(*this);
    }
    sqlite3_reset(handle_.get());
    return code == SQLITE_DONE ? SQLITE_OK : code;
  }

  // Of the row at hand; the text lives until the next step.
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  std::int64_t number(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  // The text is not copied: it must outlive the run, which every argument of `run` does.
  int bind(int position, std::string_view value);
  int bind(int position, const Blob& value);
  int bind(int position, std::int64_t value);
  int bind(int position, std::uint64_t value) { return bind(position, static_cast<std::int64_t>(value)); }

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

}  // namespace journal
