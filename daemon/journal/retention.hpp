// What goes from the file when it is too old or too much: trend before events. Open episodes, sessions and
// the numbers of events are state and never go; the audit loses its oldest rows only, so that its chain stays
// whole, and never the newest. In small steps, since alarms wait for none of them longer than for one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "daemon/journal/journal.hpp"
#include "daemon/journal/sqlite.hpp"

namespace journal {

class Retention {
 public:
  struct Step {
    int code = 0;             // of SQLite
    std::int64_t rows = 0;    // gone or made smaller; 0: nothing is due
    std::int64_t events = 0;  // of these, of the event log
  };
  using PutSummary = std::function<int(const TrendEntry& summary)>;

  int prepare(sqlite3* db);
  // Inside a transaction. Without `now_ms` nothing goes by its age.
  Step step(const Keep& keep, std::optional<std::int64_t> now_ms, const PutSummary& put);

 private:
  Step by_age(const Keep& keep, std::int64_t now_ms, const PutSummary& put);
  Step by_size(const Keep& keep);
  Step thin(std::int64_t before_minute, const PutSummary& put);
  template <typename... Values>
  Step remove(Statement& statement, const Values&... values);

  sqlite3* db_ = nullptr;
  Statement used_bytes_, old_trend_, drop_trend_, drop_oldest_trend_, drop_summaries_, drop_oldest_summaries_;
  Statement drop_events_, drop_notes_, drop_commands_, drop_past_, drop_audit_, drop_oldest_events_;
  bool shrinking_ = false;  // beyond the limit; goes on until there is some room below it
};

}  // namespace journal
