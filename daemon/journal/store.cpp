#include "daemon/journal/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <system_error>

#include "daemon/journal/audit.hpp"
#include "daemon/journal/schema.hpp"
#include "daemon/journal/trend.hpp"

namespace journal {
namespace {

constexpr std::uint64_t seq_max = std::numeric_limits<std::int64_t>::max();
constexpr int checkpoint_pages = 1'000;  // SQLite's own default, 4 MB
constexpr int busy_wait_ms = 1'000;      // a start must not wait longer for another program
// Old events go in slices: seldom, but faster than a full batch can bring new ones.
constexpr std::uint64_t trim_rows_min = 500, trim_rows_max = 10'000;

// About 50 MB; the oldest go.
constexpr std::int64_t notes_max = 100'000;
// About 70 MB; the oldest go.
constexpr std::int64_t audit_max = 100'000;
// About 60 MB.
constexpr std::int64_t past_max = 20'000;
// Each run that ends before it has taken its alarms over from the broker needs one (Node::uncommitted).
constexpr std::int64_t runs_max = 16;

Result system_failure(const std::string& what) {
  return {Fault::retry, what + ": " + std::generic_category().message(errno)};
}

// Creates the file itself so that it is never readable for others, not even for a moment; SQLite gives its
// log the same mode.
Result prepare_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd < 0) return system_failure("cannot open " + path);
  struct stat info {};
  Result result;
  if (::fstat(fd, &info) != 0) {
    result = system_failure("cannot examine " + path);
  } else if (!S_ISREG(info.st_mode)) {
    result = {Fault::retry, path + " is not a file"};
  } else if ((info.st_mode & 0077U) != 0 && ::fchmod(fd, 0600) != 0) {
    result = system_failure("cannot make " + path + " private");
  }
  ::close(fd);
  return result;
}

// What the operating system said of the last failed write, of the log or the main file.
int write_errno(sqlite3* db) {
  sqlite3_file* log = nullptr;
  int of_log = 0, of_main = 0;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
  }
  sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &of_main);
  return of_log != 0 ? of_log : of_main;
}

// A quota or a file size limit is a full disk by another name; SQLite calls only ENOSPC "full".
bool is_full(int system_errno) {
  return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

Fault fault_of(int code, sqlite3* db) {
  if (code == SQLITE_IOERR_NOMEM) return Fault::retry;
  if (code == SQLITE_IOERR_WRITE && is_full(write_errno(db))) return Fault::retry;
  switch (code & 0xff) {
    case SQLITE_IOERR:  // a failed fsync among them: trying it again would report success without the data
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Fault::broken;
    default: return Fault::retry;
  }
}

// Of what is there and what has come; what is there and cannot be read gives way.
template <typename Trend>
std::string joined(std::optional<Trend> before, const std::optional<Trend>& later, const std::string& doc) {
  if (!before || !later) return doc;
  before->merge(*later);
  return encode(*before);
}

}  // namespace

Result Store::failure(int code) const {
  if (db_ == nullptr) return {Fault::retry, sqlite3_errstr(code)};
  std::string reason = sqlite3_errmsg(db_.get());
  if (code != (code & 0xff)) reason += " (" + std::to_string(code) + ")";
  return {fault_of(code, db_.get()), reason};
}

Result Store::open(const std::string& path) {
  close();
  Result result = prepare_file(path);
  if (result.ok()) result = connect(path);
  if (result.ok()) result = configure();
  if (result.ok()) result = check_schema();
  if (result.ok()) result = prepare();
  if (!result.ok()) close();
  return result;
}

void Store::close() {
  statements_ = {};
  retention_ = {};
  sequences_touched_.clear();
  runs_trimmed_ = false;
  db_.reset();
  wal_pages_ = 0;
}

Result Store::connect(const std::string& path) {
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  db_.reset(raw);
  return code == SQLITE_OK ? Result{} : failure(code);
}

Result Store::configure() {
  sqlite3_busy_timeout(db_.get(), busy_wait_ms);
  // SQLite's own checkpoints, during a commit or at close, hide their errors. Ours (see `checkpoint`) do not.
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  const auto note_wal = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Store*>(self)->wal_pages_ = pages;
    return SQLITE_OK;
  };
  int code = execute(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
      "PRAGMA trusted_schema = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "PRAGMA journal_size_limit = 16777216");
  if (code != SQLITE_OK) return failure(code);
  sqlite3_wal_hook(db_.get(), note_wal, this);

  std::string mode;
  std::int64_t synchronous = -1;
  code = read_one("PRAGMA journal_mode", [&](const Statement& row) { mode = row.text(0); });
  if (code == SQLITE_OK) code = read_number("PRAGMA synchronous", synchronous);
  if (code != SQLITE_OK) return failure(code);
  if (mode != "wal") return {Fault::retry, "the file system does not allow a write-ahead log"};
  if (synchronous != 2) return {Fault::retry, "SQLite does not accept synchronous = FULL"};
  return {};
}

Result Store::check_schema() {
  std::int64_t version = 0, tables = 0, application = 0;
  int code = read_number("PRAGMA user_version", version);
  if (code == SQLITE_OK) code = read_number("SELECT count(*) FROM sqlite_schema", tables);
  if (code == SQLITE_OK) code = read_number("PRAGMA application_id", application);
  created_ = code == SQLITE_OK && version == 0 && tables == 0;
  if (code == SQLITE_OK && !created_) {
    if (application != application_id) return {Fault::broken, "not a journal of vitalsd"};
    if (version < 1 || version > schema_version)
      return {Fault::broken, "of another version: schema " + std::to_string(version)};
  }
  if (code == SQLITE_OK && version < schema_version) code = migrate(version);
  return code == SQLITE_OK ? Result{} : failure(code);
}

// All steps in one transaction: the file is as it was, or as it is now.
int Store::migrate(std::int64_t from) {
  int code = execute("BEGIN IMMEDIATE");
  if (code == SQLITE_OK && from == 0) code = execute(schema);
  for (auto step = std::max(from, std::int64_t{1}); code == SQLITE_OK && step < schema_version; ++step)
    code = execute(migrations[static_cast<std::size_t>(step) - 1]);
  if (code == SQLITE_OK) return execute("COMMIT");
  if (sqlite3_get_autocommit(db_.get()) == 0) execute("ROLLBACK");
  return code;
}

int Store::execute(const char* sql) { return sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr); }

template <typename Row>
int Store::read_one(const char* sql, Row row) {
  Statement statement;
  const int code = statement.prepare(db_.get(), sql);
  return code == SQLITE_OK ? statement.each(row) : code;
}

int Store::read_number(const char* sql, std::int64_t& number) {
  return read_one(sql, [&](const Statement& row) { number = row.number(0); });
}

Result Store::prepare() {
  Statements& s = statements_;
  const std::pair<Statement*, const char*> all[] = {
      {&s.begin, "BEGIN IMMEDIATE"},
      {&s.commit, "COMMIT"},
      {&s.rollback, "ROLLBACK"},
      // The same number again is the caller repeating an entry whose fate it did not know.
      {&s.put_event,
       "INSERT INTO event(scope, seq, kind, ts_ms, doc) VALUES(?, ?, ?, ?, ?) ON CONFLICT(scope, seq) DO "
       "UPDATE SET kind = excluded.kind, ts_ms = excluded.ts_ms, doc = excluded.doc"},
      {&s.put_sequence,
       "INSERT INTO sequence VALUES(?, ?, ?) ON CONFLICT(scope, boot) DO UPDATE SET seq = max(seq, "
       "excluded.seq)"},
      {&s.fold_sequences,
       "INSERT INTO sequence SELECT scope, '', seq FROM (SELECT scope, seq, row_number() OVER (PARTITION BY "
       "scope ORDER BY seq DESC) AS age FROM sequence) WHERE age = ? ON CONFLICT(scope, boot) DO UPDATE SET "
       "seq = max(seq, excluded.seq)"},
      {&s.trim_sequences,
       "DELETE FROM sequence WHERE boot <> '' AND seq <= (SELECT seq FROM sequence AS all_runs WHERE "
       "all_runs.scope = sequence.scope AND all_runs.boot = '')"},
      {&s.put_episode,
       "INSERT INTO episode VALUES(?, ?, ?, ?, ?) ON CONFLICT(scope, condition) DO "
       "UPDATE SET id = excluded.id, rev = excluded.rev, doc = excluded.doc"},
      {&s.end_episode, "DELETE FROM episode WHERE scope = ? AND condition = ? AND id = ?"},
      {&s.end_episodes, "DELETE FROM episode"},
      {&s.put_session,
       "INSERT INTO session VALUES(?, ?) ON CONFLICT(scope) DO UPDATE SET doc = excluded.doc"},
      // What the memory does not hold (see Mirror) must not wipe what the file holds.
      {&s.put_command,
       "INSERT INTO command VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(command_id) DO UPDATE SET "
       "status = excluded.status, text = excluded.text, ts_ms = excluded.ts_ms, "
       "doc = iif(excluded.doc = '', doc, excluded.doc)"},
      {&s.has_command, "SELECT 1 FROM command WHERE command_id = ?"},
      {&s.put_audit,
       "INSERT INTO audit(command_id, scope, client, verb, status, text, ts_ms, doc, before, hash) "
       "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&s.trim_audit, "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?"},
      {&s.put_note,
       "INSERT INTO note(scope, session, client, actor, verb, text, ts_ms) VALUES(?, ?, ?, ?, ?, ?, ?)"},
      {&s.trim_notes, "DELETE FROM note WHERE id <= (SELECT max(id) FROM note) - ?"},
      {&s.put_past,
       "INSERT INTO past(scope, session, series, ended_ms, doc) VALUES(?, ?, ?, ?, ?) ON CONFLICT(scope, "
       "session, ended_ms) DO UPDATE SET series = excluded.series, doc = excluded.doc"},
      {&s.trim_past, "DELETE FROM past WHERE rowid <= (SELECT max(rowid) FROM past) - ?"},
      {&s.find_trend, "SELECT session, doc FROM trend WHERE minute = ? AND scope = ?"},
      {&s.put_trend,
       "INSERT INTO trend VALUES(?, ?, ?, ?) ON CONFLICT(minute, scope) DO UPDATE SET session = "
       "excluded.session, doc = excluded.doc"},
      {&s.find_summary, "SELECT session, doc FROM trend_summary WHERE minute = ? AND scope = ?"},
      {&s.put_summary,
       "INSERT INTO trend_summary VALUES(?, ?, ?, ?) ON CONFLICT(minute, scope) DO UPDATE SET session = "
       "excluded.session, doc = excluded.doc"},
      {&s.put_bed, "INSERT INTO bed VALUES(?) ON CONFLICT(scope) DO NOTHING"},
      {&s.trim_commands, "DELETE FROM command WHERE rowid <= (SELECT max(rowid) FROM command) - ?"},
      {&s.event_range, "SELECT (SELECT min(rowid) FROM event), (SELECT max(rowid) FROM event)"},
      {&s.trim_events, "DELETE FROM event WHERE rowid < ?"},
      {&s.first_event, "SELECT min(seq) FROM event WHERE scope = ?"},
      {&s.read_events, "SELECT seq, doc FROM event WHERE scope = ? AND seq >= ? ORDER BY seq LIMIT ?"},
  };
  for (const auto& [statement, sql] : all) {
    const int code = statement->prepare(db_.get(), sql);
    if (code != SQLITE_OK) return failure(code);
  }
  audit_head_.clear();
  int code = read_one("SELECT hash FROM audit ORDER BY id DESC LIMIT 1",
                      [this](const Statement& row) { audit_head_ = row.text(0); });
  if (code == SQLITE_OK) code = retention_.prepare(db_.get());
  return code == SQLITE_OK ? Result{} : failure(code);
}

Result Store::commit(const std::vector<Job>& jobs, const Mirror* state, bool replace,
                     std::uint64_t events_max) {
  sequences_touched_.clear();
  commands_touched_ = false;
  going_ = 0;
  const std::string audit_head = audit_head_;
  int code = statements_.begin.run();
  if (code == SQLITE_OK) code = put_all(jobs, state, replace, events_max);
  if (code == SQLITE_OK) code = statements_.commit.run();
  events_gone_ += code == SQLITE_OK ? going_ : 0;
  runs_trimmed_ = runs_trimmed_ || code == SQLITE_OK;
  if (code == SQLITE_OK) return {};
  Result result = failure(code);
  audit_head_ = audit_head;
  // Some errors end the transaction by themselves.
  if (sqlite3_get_autocommit(db_.get()) == 0) statements_.rollback.run();
  return result;
}

int Store::put_all(const std::vector<Job>& jobs, const Mirror* state, bool replace,
                   std::uint64_t events_max) {
  int code = SQLITE_OK;
  for (const Job& job : jobs) {
    for (const Entry& entry : job.entries) {
      code = std::visit([this](const auto& known) { return put(known); }, entry);
      if (code != SQLITE_OK) return code;
    }
  }
  if (state != nullptr) code = put_state(*state, replace);
  if (code == SQLITE_OK) code = put_sequences();
  if (code == SQLITE_OK) code = trim(events_max);
  return code;
}

int Store::put(const AlarmEntry& alarm) {
  if (alarm.ended) return statements_.end_episode.run(alarm.scope, alarm.condition, alarm.id);
  return statements_.put_episode.run(alarm.scope, alarm.condition, alarm.id, alarm.rev, alarm.doc);
}

int Store::put(const EventEntry& event) {
  std::uint64_t& last = sequences_touched_[event.scope];
  last = std::max(last, event.seq);
  return statements_.put_event.run(event.scope, event.seq, event.kind, event.ts_ms, event.doc);
}

int Store::put(const SessionEntry& session) {
  return statements_.put_session.run(session.scope, session.doc);
}

int Store::put(const CommandEntry& command) {
  const int code = put_command(command);
  return code == SQLITE_OK ? put_audit(command) : code;
}

int Store::put_command(const CommandEntry& command) {
  commands_touched_ = true;
  return statements_.put_command.run(command.command_id, command.scope, command.client, command.verb,
                                     command.status, command.text, command.ts_ms, command.doc);
}

int Store::put_audit(const CommandEntry& command) {
  std::string hash = audit_hash(audit_head_, command);
  const int code =
      statements_.put_audit.run(command.command_id, command.scope, command.client, command.verb,
                                command.status, command.text, command.ts_ms, command.doc, audit_head_, hash);
  audit_head_ = std::move(hash);
  return code == SQLITE_OK ? statements_.trim_audit.run(audit_max) : code;
}

// Of the memory. The audit has it already, unless the file is a new one.
int Store::put_again(const CommandEntry& command) {
  bool known = false;
  const int code = statements_.has_command.each([&](const Statement&) { known = true; }, command.command_id);
  if (code != SQLITE_OK) return code;
  return known ? put_command(command) : put(command);
}

int Store::put(const NoteEntry& note) {
  const int code = statements_.put_note.run(note.scope, note.session, note.client, note.actor, note.verb,
                                            note.text, note.ts_ms);
  return code == SQLITE_OK ? statements_.trim_notes.run(notes_max) : code;
}

int Store::put(const PastEntry& past) {
  const int code = statements_.put_past.run(past.scope, past.session, past.series, past.ended_ms, past.doc);
  return code == SQLITE_OK ? statements_.trim_past.run(past_max) : code;
}

int Store::put(const BedEntry& bed) { return statements_.put_bed.run(bed.scope); }

// A minute that a restart, or a clock set back, has cut in two is put together again.
int Store::put(const TrendEntry& trend) {
  Statement& find = trend.seconds ? statements_.find_trend : statements_.find_summary;
  std::string session = trend.session, doc = trend.doc;
  const auto join = [&](const Statement& row) {
    if (session.empty()) session = row.text(0);
    doc = trend.seconds ? joined<TrendBlock>(decode_block(row.blob(1)), decode_block(doc), doc)
                        : joined<TrendSummary>(decode_summary(row.blob(1)), decode_summary(doc), doc);
  };
  const int code = find.each(join, trend.minute, trend.scope);
  if (code != SQLITE_OK) return code;
  Statement& put_it = trend.seconds ? statements_.put_trend : statements_.put_summary;
  return put_it.run(trend.minute, trend.scope, session, Blob{doc});
}

int Store::put_state(const Mirror& state, bool replace) {
  int code = replace ? statements_.end_episodes.run() : SQLITE_OK;
  const auto put_next = [&](const auto& entry) {
    if (code == SQLITE_OK) code = put(entry);
  };
  for (const auto& [key, alarm] : state.episodes) put_next(alarm);
  for (const auto& [scope, doc] : state.sessions) put_next(SessionEntry{scope, doc});
  for (const CommandEntry& command : state.commands)
    if (code == SQLITE_OK) code = put_again(command);
  for (const PastEntry& past : state.past) put_next(past);
  for (const std::string& scope : state.beds) put_next(BedEntry{scope});
  for (const auto& [scope, runs] : state.sequences)
    for (const auto& [boot, seq] : runs)
      if (code == SQLITE_OK) code = statements_.put_sequence.run(scope, boot, seq);
  return code;
}

int Store::put_sequences() {
  for (const auto& [scope, seq] : sequences_touched_) {
    const int code = statements_.put_sequence.run(scope, boot_, seq);
    if (code != SQLITE_OK) return code;
  }
  return runs_trimmed_ ? SQLITE_OK : trim_runs();
}

// Of each scope those with the lowest numbers are put together into the row that stands for any run.
int Store::trim_runs() {
  const int code = statements_.fold_sequences.run(runs_max + 1);
  return code == SQLITE_OK ? statements_.trim_sequences.run() : code;
}

int Store::trim(std::uint64_t events_max) {
  int code = SQLITE_OK;
  if (commands_touched_) code = statements_.trim_commands.run(static_cast<std::int64_t>(commands_max));
  if (code != SQLITE_OK) return code;
  std::int64_t first = 1, last = 0;
  code = statements_.event_range.each([&](const Statement& row) {
    last = row.number(1);
    if (last > 0) first = row.number(0);
  });
  if (code != SQLITE_OK) return code;
  events_ = static_cast<std::uint64_t>(last - first + 1);
  if (events_ < events_max + trim_rows_min) return SQLITE_OK;
  const std::uint64_t surplus = std::min(events_ - events_max, trim_rows_max);
  events_ -= surplus;
  going_ = surplus;
  return statements_.trim_events.run(first + static_cast<std::int64_t>(surplus));
}

Result Store::tend(const Keep& keep, std::optional<std::int64_t> now_ms, bool& more) {
  more = false;
  Retention::Step step;
  int code = statements_.begin.run();
  if (code == SQLITE_OK) {
    step = retention_.step(keep, now_ms, [this](const TrendEntry& summary) { return put(summary); });
    code = step.code;
  }
  if (code == SQLITE_OK) code = statements_.commit.run();
  if (code == SQLITE_OK) {
    more = step.rows > 0;
    events_gone_ += static_cast<std::uint64_t>(step.events);
    return {};
  }
  Result result = failure(code);
  if (sqlite3_get_autocommit(db_.get()) == 0) statements_.rollback.run();
  return result;
}

Page Store::read_events(std::string_view scope, std::uint64_t from_seq) {
  Page page;
  const auto first = [&](const Statement& row) {
    page.first_kept = static_cast<std::uint64_t>(row.number(0));
  };
  int code = statements_.first_event.each(first, scope);
  std::size_t bytes = 0;
  const auto take = [&](const Statement& row) {
    page.more = page.docs.size() >= page_events_max || bytes >= page_bytes_max;
    if (page.more) return;
    page.last = static_cast<std::uint64_t>(row.number(0));
    page.docs.emplace_back(row.text(1));
    bytes += page.docs.back().size();
  };
  // One more than fits tells whether there is more.
  const auto limit = static_cast<std::int64_t>(page_events_max + 1);
  if (code == SQLITE_OK) code = statements_.read_events.each(take, scope, std::min(from_seq, seq_max), limit);
  page.read = code == SQLITE_OK;
  return page;
}

Result Store::checkpoint(Checkpoint which) {
  const bool all = which == Checkpoint::all;
  if (!all && wal_pages_ < checkpoint_pages) return {};
  const int mode = all ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  wal_pages_ = 0;
  return {};
}

}  // namespace journal
