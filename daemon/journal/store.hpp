// One open journal file: schema, transactions, what a start reads. SQLite in WAL mode with synchronous FULL
// and exclusive locking (one connection, no shared memory). For the journal's thread only; it never throws.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/journal/mirror.hpp"
#include "daemon/journal/queue.hpp"
#include "daemon/journal/retention.hpp"
#include "daemon/journal/sqlite.hpp"

namespace journal {

enum class Checkpoint : std::uint8_t {
  when_long,  // what fits without waiting, once the log is long
  all,        // and empty the log: at an orderly stop, so that one file holds everything
};

enum class Fault : std::uint8_t {
  none,
  retry,   // the file is sound: disk full, locked, not permitted, out of memory
  broken,  // the file cannot be trusted any more: I/O error, corruption, not ours
};

struct Result {
  Fault fault = Fault::none;
  std::string reason;
  bool ok() const { return fault == Fault::none; }
};

class Store {
 public:
  explicit Store(std::string boot) : boot_(std::move(boot)) {}

  // Opens or creates, with mode 0600. Fast: nothing is scanned.
  Result open(const std::string& path);
  // Writes nothing more: what is in the log stays there, for the next open or for whoever examines it.
  void close();
  bool is_open() const { return db_ != nullptr; }
  bool created() const { return created_; }  // by this open()

  Result load(Restored& into, std::int64_t now_ms);

  // One durable transaction: all of it or nothing. With `state`, the state tables are brought in line with it
  // as well; `replace` says that open episodes which it does not know are to go.
  Result commit(const std::vector<Job>& jobs, const Mirror* state, bool replace, std::uint64_t events_max);

  // Moves the log into the file. After the answers were given: it may take a while.
  Result checkpoint(Checkpoint which);

  // One small step of giving up what is too old or too much, as one transaction. `more`: another one is due.
  Result tend(const Keep& keep, std::optional<std::int64_t> now_ms, bool& more);

  // Outside a transaction. What cannot be read is a page with `read` false.
  Page read_events(std::string_view scope, std::uint64_t from_seq);

  std::uint64_t events() const { return events_; }
  std::uint64_t events_gone() const { return events_gone_; }  // let go by their number, age or size

 private:
  struct Statements {
    Statement begin, commit, rollback;
    Statement put_event, put_sequence, put_episode, end_episode, end_episodes, put_session, put_command,
        has_command, put_audit, trim_audit, put_note, trim_notes, put_past, trim_past, put_bed;
    Statement fold_sequences, trim_sequences;
    Statement find_trend, put_trend, find_summary, put_summary;
    Statement trim_commands, event_range, trim_events, first_event, read_events;
  };

  Result failure(int code) const;
  Result connect(const std::string& path);
  Result configure();
  Result check_schema();
  int migrate(std::int64_t from);
  Result prepare();
  int execute(const char* sql);
  template <typename Row>
  int read_one(const char* sql, Row row);
  int read_number(const char* sql, std::int64_t& number);

  int put_all(const std::vector<Job>& jobs, const Mirror* state, bool replace, std::uint64_t events_max);
  int put(const AlarmEntry& alarm);
  int put(const EventEntry& event);
  int put(const SessionEntry& session);
  int put(const CommandEntry& command);
  int put_command(const CommandEntry& command);
  int put_audit(const CommandEntry& command);
  int put_again(const CommandEntry& command);
  int put(const NoteEntry& note);
  int put(const PastEntry& past);
  int put(const BedEntry& bed);
  int put(const TrendEntry& trend);
  int put_state(const Mirror& state, bool replace);
  int put_sequences();
  int trim_runs();
  int trim(std::uint64_t events_max);

  const std::string boot_;  // of this run
  Database db_;
  Statements statements_;
  Retention retention_;
  bool created_ = false;
  bool commands_touched_ = false;
  bool runs_trimmed_ = false;                                            // since open()
  std::string audit_head_;                                               // hash of the newest row
  std::map<std::string, std::uint64_t, std::less<>> sequences_touched_;  // in the transaction at hand
  std::uint64_t events_ = 0, events_gone_ = 0;
  std::uint64_t going_ = 0;  // of these, in the transaction at hand
  int wal_pages_ = 0;
};

}  // namespace journal
