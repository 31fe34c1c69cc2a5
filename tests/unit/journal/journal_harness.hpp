// What the tests of the journal share: a directory of their own, short entries, waiting for an answer.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/journal/journal.hpp"
#include "daemon/journal/trend.hpp"

namespace journal {

inline constexpr std::int64_t now_ms = 1'764'000'000'000;

class Directory {
 public:
  explicit Directory(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    std::string name = (in / "vitalsd-journal-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string file() const { return (path_ / "journal.db").string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline AlarmEntry alarm(std::string scope, std::string condition, std::string id, std::uint64_t rev,
                        bool ended = false) {
  std::string doc = R"({"id":")" + id + R"("})";
  return {std::move(scope), std::move(condition), std::move(id), rev, ended, std::move(doc)};
}
inline EventEntry event(std::string scope, std::uint64_t seq, std::string doc = "{}") {
  return {std::move(scope), "alarm", seq, now_ms, std::move(doc)};
}
inline CommandEntry command(std::string id, std::int64_t ts_ms, std::string status = "applied") {
  return {std::move(id),     "icu/1", "station1", "ack",
          std::move(status), "done",  ts_ms,      R"({"note":"free text"})"};
}

// A minute of an oximeter, a value a second; now_ms is a whole minute.
inline constexpr std::int64_t this_minute = now_ms / 60'000;
inline TrendEntry trend(std::string scope, std::int64_t minute, std::string session = "s-1",
                        unsigned seconds = 60) {
  TrendBlock block;
  for (std::size_t second = 0; second < seconds; ++second) {
    block.put(vitals::Metric::pr, second,
              72 + static_cast<double>((minute + static_cast<std::int64_t>(second)) % 5), true);
    block.put(vitals::Metric::spo2, second, 97, true);
  }
  return {std::move(scope), std::move(session), minute, true, encode(block)};
}
inline TrendEntry summary(std::string scope, std::int64_t minute) {
  TrendEntry out = trend(std::move(scope), minute, "");
  out.seconds = false;
  out.doc = encode(summarise(*decode_block(out.doc)));
  return out;
}

template <typename... Entries>
std::vector<Entry> list(Entries... entries) {
  return {Entry{std::move(entries)}...};
}

// Writes and waits for the answer.
inline bool write(Journal& journal, std::vector<Entry> entries) {
  auto answer = std::make_shared<std::promise<bool>>();
  std::future<bool> kept = answer->get_future();
  journal.write(std::move(entries), [answer](bool ok) { answer->set_value(ok); });
  return kept.get();
}

// One number out of a closed journal file.
inline std::int64_t query(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::int64_t number = -1;
  if (sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    number = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return number;
}

inline Restored restore(const std::string& file) {
  const Journal journal{file, now_ms};
  return journal.restored();
}

}  // namespace journal
