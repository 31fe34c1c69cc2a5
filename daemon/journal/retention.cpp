#include "daemon/journal/retention.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "daemon/journal/trend.hpp"

namespace journal {
namespace {

constexpr std::int64_t minutes_per_day = 24 * 60;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = minutes_per_day * minute_ms;
constexpr std::int64_t bytes_per_mb = 1'000'000;
constexpr std::int64_t thin_rows_max = 200;
// Below the limit before it is left alone again, in percent of the limit.
constexpr std::int64_t shrink_to_percent = 95;

// Rows are in the order in which they came; a step looks at the oldest 500 of them.
constexpr const char* drop_events =
    "DELETE FROM event WHERE rowid < (SELECT min(rowid) FROM event) + 500 AND ts_ms < ?";
constexpr const char* drop_notes =
    "DELETE FROM note WHERE id < (SELECT min(id) FROM note) + 500 AND ts_ms < ?";
constexpr const char* drop_commands =
    "DELETE FROM command WHERE rowid < (SELECT min(rowid) FROM command) + 500 AND ts_ms < ?";
constexpr const char* drop_past =
    "DELETE FROM past WHERE rowid < (SELECT min(rowid) FROM past) + 500 AND ended_ms < ?";
// Up to the first that is to stay, and not the newest: the next command's hash rests on it.
constexpr const char* drop_audit =
    "DELETE FROM audit WHERE id < min((SELECT min(id) FROM audit) + 500, (SELECT max(id) FROM audit),"
    " ifnull((SELECT min(id) FROM audit WHERE id < (SELECT min(id) FROM audit) + 500 AND ts_ms >= ?), ?))";
// Whatever the limit is, the newest events stay: they are what stations ask for after an outage.
constexpr const char* drop_oldest_events =
    "DELETE FROM event WHERE rowid < min((SELECT min(rowid) FROM event) + 500,"
    " (SELECT max(rowid) FROM event) - 10000)";
constexpr const char* used_bytes =
    "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count),"
    " (SELECT page_size FROM pragma_page_size)";

}  // namespace

int Retention::prepare(sqlite3* db) {
  db_ = db;
  const std::pair<Statement*, const char*> all[] = {
      {&used_bytes_, used_bytes},
      {&old_trend_,
       "SELECT minute, scope, session, doc FROM trend WHERE minute < ? ORDER BY minute, scope LIMIT ?"},
      {&drop_trend_, "DELETE FROM trend WHERE minute = ? AND scope = ?"},
      {&drop_oldest_trend_,
       "DELETE FROM trend WHERE (minute, scope) IN"
       " (SELECT minute, scope FROM trend ORDER BY minute, scope LIMIT 200)"},
      {&drop_summaries_,
       "DELETE FROM trend_summary WHERE (minute, scope) IN"
       " (SELECT minute, scope FROM trend_summary WHERE minute < ? ORDER BY minute, scope LIMIT 500)"},
      {&drop_oldest_summaries_,
       "DELETE FROM trend_summary WHERE (minute, scope) IN"
       " (SELECT minute, scope FROM trend_summary ORDER BY minute, scope LIMIT 500)"},
      {&drop_events_, drop_events},
      {&drop_notes_, drop_notes},
      {&drop_commands_, drop_commands},
      {&drop_past_, drop_past},
      {&drop_audit_, drop_audit},
      {&drop_oldest_events_, drop_oldest_events},
  };
  for (const auto& [statement, sql] : all) {
    const int code = statement->prepare(db, sql);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

Retention::Step Retention::step(const Keep& keep, std::optional<std::int64_t> now_ms, const PutSummary& put) {
  if (now_ms) {
    const Step aged = by_age(keep, *now_ms, put);
    if (aged.code != SQLITE_OK || aged.rows > 0) return aged;
  }
  return by_size(keep);
}

Retention::Step Retention::by_age(const Keep& keep, std::int64_t now_ms, const PutSummary& put) {
  const std::int64_t minute = now_ms / minute_ms, limit_ms = now_ms - keep.days * day_ms;
  Step done = thin(minute - keep.trend_seconds_days * minutes_per_day, put);
  const auto next = [&](Statement& statement, auto... values) {
    if (done.code == SQLITE_OK && done.rows == 0) done = remove(statement, values...);
  };
  next(drop_summaries_, minute - keep.trend_days * minutes_per_day);
  next(drop_events_, limit_ms);
  next(drop_notes_, limit_ms);
  next(drop_commands_, limit_ms);
  next(drop_past_, limit_ms);
  next(drop_audit_, limit_ms, std::numeric_limits<std::int64_t>::max());
  return done;
}

Retention::Step Retention::by_size(const Keep& keep) {
  Step done;
  std::int64_t used = 0;
  done.code = used_bytes_.each([&](const Statement& row) { used = row.number(0) * row.number(1); });
  if (done.code != SQLITE_OK) return done;
  const std::int64_t limit = keep.size_mb_max * bytes_per_mb;
  shrinking_ = used > (shrinking_ ? limit / 100 * shrink_to_percent : limit);
  if (!shrinking_) return done;
  done = remove(drop_oldest_summaries_);
  if (done.code == SQLITE_OK && done.rows == 0) done = remove(drop_oldest_trend_);
  if (done.code == SQLITE_OK && done.rows == 0) done = remove(drop_oldest_events_);
  return done;
}

// What cannot be read any more leaves nothing.
Retention::Step Retention::thin(std::int64_t before_minute, const PutSummary& put) {
  std::vector<TrendEntry> rows;
  const auto take = [&](const Statement& row) {
    TrendEntry& entry = rows.emplace_back();
    entry.minute = row.number(0);
    entry.scope = row.text(1);
    entry.session = row.text(2);
    if (const auto block = decode_block(row.blob(3))) entry.doc = encode(summarise(*block));
  };
  int code = old_trend_.each(take, before_minute, thin_rows_max);
  for (const TrendEntry& entry : rows) {
    if (code == SQLITE_OK && !entry.doc.empty()) code = put(entry);
    if (code == SQLITE_OK) code = drop_trend_.run(entry.minute, entry.scope);
  }
  return {code, static_cast<std::int64_t>(rows.size()), 0};
}

template <typename... Values>
Retention::Step Retention::remove(Statement& statement, const Values&... values) {
  const int code = statement.run(values...);
  const std::int64_t rows = code == SQLITE_OK ? sqlite3_changes64(db_) : 0;
  const bool of_log = &statement == &drop_events_ || &statement == &drop_oldest_events_;
  return {code, rows, of_log ? rows : 0};
}

}  // namespace journal
