#include "daemon/journal/trend_reader.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "daemon/journal/look.hpp"

namespace journal {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = 24 * 60 * minute_ms;
constexpr int looks_max = 20;
constexpr std::chrono::milliseconds look_again_ms{200};

// One look: what it reads counts only if nothing has disturbed it.
class Reader {
 public:
  Reader(sqlite3* db, const std::string& scope, Trend& out) : db_(db), scope_(scope), out_(out) {}

  // Of SQLite.
  int read(const TrendWindow& window) {
    out_.sessions = {""};
    int code = check_bed();
    if (code == SQLITE_OK && out_.problem.empty()) code = find_window(window);
    if (code == SQLITE_OK && out_.problem.empty()) code = read_minutes("trend", true);
    if (code == SQLITE_OK && out_.problem.empty()) code = read_minutes("trend_summary", false);
    if (code == SQLITE_OK && out_.problem.empty()) code = read_events();
    for (auto& points : out_.points)
      std::stable_sort(points.begin(), points.end(),
                       [](const TrendPoint& a, const TrendPoint& b) { return a.second < b.second; });
    return code;
  }

 private:
  template <typename Row, typename... Values>
  int each(const std::string& sql, Row row, const Values&... values) {
    Statement statement;
    const int code = statement.prepare(db_, sql.c_str());
    return code == SQLITE_OK ? statement.each(row, values...) : code;
  }

  int check_bed() {
    bool known = false;
    std::string beds;
    const int code = each("SELECT scope FROM bed ORDER BY scope", [&](const Statement& row) {
      known = known || row.text(0) == scope_;
      beds.append(beds.empty() ? "" : ", ").append(row.text(0));
    });
    if (code == SQLITE_OK && !known)
      out_.problem = "it has no bed " + scope_ + "; it has " + (beds.empty() ? "none" : beds);
    return code;
  }

  int find_window(const TrendWindow& window) {
    std::int64_t newest = -1, oldest = std::numeric_limits<std::int64_t>::max();
    int code = SQLITE_OK;
    for (const std::string table : {"trend", "trend_summary"}) {
      const auto last = [&](const Statement& row) { newest = std::max(newest, row.number(0)); };
      const auto first = [&](const Statement& row) { oldest = std::min(oldest, row.number(0)); };
      if (code == SQLITE_OK)
        code = each("SELECT minute FROM " + table + " WHERE scope = ? ORDER BY minute DESC LIMIT 1", last,
                    scope_);
      // Of any bed: a bound is enough, and found at once.
      if (code == SQLITE_OK) code = each("SELECT minute FROM " + table + " ORDER BY minute LIMIT 1", first);
    }
    if (code != SQLITE_OK) return code;
    if (newest < 0) {
      out_.problem = "it has no trend of " + scope_ + " yet";
      return code;
    }
    const std::int64_t end_ms = (newest + 1) * minute_ms;
    out_.to_ms = std::min(window.to_ms.value_or(end_ms), end_ms);
    out_.from_ms = std::max(window.from_ms.value_or(end_ms - day_ms), oldest * minute_ms);
    if (out_.from_ms >= out_.to_ms) out_.problem = "it has no trend of " + scope_ + " in that time";
    return code;
  }

  // Minute by minute, since the tables are ordered by time first: a search for each of them is cheaper than
  // to pass all other beds.
  int read_minutes(const std::string& table, bool seconds) {
    const std::string sql =
        "WITH RECURSIVE wanted(at) AS (SELECT ? UNION ALL SELECT at + 1 FROM wanted WHERE at < ?) "
        "SELECT minute, session, doc FROM wanted JOIN " +
        table + " ON minute = at AND scope = ?";
    const auto take = [&](const Statement& row) {
      const std::size_t session = session_named(row.text(1));
      const bool good = seconds ? take_seconds(row.number(0), session, decode_block(row.blob(2)))
                                : take_summary(row.number(0), session, decode_summary(row.blob(2)));
      out_.unreadable += good ? 0 : 1;
    };
    return each(sql, take, out_.from_ms / minute_ms, (out_.to_ms - 1) / minute_ms, scope_);
  }

  bool take_seconds(std::int64_t minute, std::size_t session, const std::optional<TrendBlock>& block) {
    if (!block) return false;
    for (std::size_t metric = 0; metric < block->columns.size(); ++metric) {
      const TrendColumn& column = block->columns[metric];
      for (std::size_t second = 0; second < seconds_per_minute; ++second) {
        if (!column.present[second]) continue;
        TrendPoint point;
        point.second = minute * 60 + static_cast<std::int64_t>(second);
        point.value = column.tenths[second] / 10.0;
        point.questionable = column.questionable[second];
        add(metric, session, block->sim, point);
      }
    }
    return true;
  }

  bool take_summary(std::int64_t minute, std::size_t session, const std::optional<TrendSummary>& summary) {
    if (!summary) return false;
    for (std::size_t metric = 0; metric < summary->parts.size(); ++metric) {
      const auto& part = summary->parts[metric];
      if (!part) continue;
      TrendPoint point;
      point.second = minute * 60;
      point.value = part->median / 10.0;
      point.least = part->least / 10.0;
      point.most = part->most / 10.0;
      point.seconds = part->seconds;
      point.questionable = part->questionable;
      add(metric, session, summary->sim, point);
    }
    return true;
  }

  void add(std::size_t metric, std::size_t session, bool sim, TrendPoint& point) {
    const std::int64_t from_s = out_.from_ms / 1'000, to_s = out_.to_ms / 1'000;
    const std::int64_t length = point.least ? 60 : 1;
    if (point.second + length <= from_s || point.second >= to_s) return;
    point.session = session;
    point.sim = sim;
    out_.points[metric].push_back(point);
  }

  std::size_t session_named(std::string_view name) {
    const auto found = std::find(out_.sessions.begin(), out_.sessions.end(), name);
    if (found == out_.sessions.end()) {
      out_.sessions.emplace_back(name);
      return out_.sessions.size() - 1;
    }
    return static_cast<std::size_t>(found - out_.sessions.begin());
  }

  int read_events() {
    const auto take = [&](const Statement& row) {
      out_.events.push_back({std::string{row.text(0)}, std::string{row.text(2)}, row.number(1)});
    };
    return each(
        "SELECT kind, ts_ms, doc FROM event WHERE scope = ? AND ts_ms >= ? AND ts_ms < ? AND kind IN "
        "('alarm', 'infusion') ORDER BY seq",
        take, scope_, out_.from_ms - day_ms, out_.to_ms);
  }

  sqlite3* db_;
  const std::string& scope_;
  Trend& out_;
};

Trend failed(std::string why) {
  Trend out;
  out.problem = std::move(why);
  return out;
}

}  // namespace

Trend read_trend(const std::string& path, const std::string& scope, const TrendWindow& window) {
  for (int look = 1; look <= looks_max; ++look) {
    Look journal;
    std::string problem = journal.open(path);
    Trend out;
    if (problem.empty() && Reader{journal.db(), scope, out}.read(window) != SQLITE_OK)
      problem = sqlite3_errmsg(journal.db());
    if (!journal.disturbed()) return problem.empty() ? out : failed(problem);
    std::this_thread::sleep_for(look_again_ms);
  }
  return failed("the service has moved its log at every look: try again");
}

}  // namespace journal
