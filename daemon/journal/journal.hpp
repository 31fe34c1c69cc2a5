// The durable record: alarm transitions, commands, sessions. SQLite in WAL mode, synchronous FULL, one
// connection in one thread; bursts are committed as one transaction (group commit). A slow, full or broken
// disk never delays an alarm: callers only enqueue.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace journal {

// `scope` is "unit/bed", or "node". `doc` is the contract's JSON document.
struct AlarmEntry {  // the current state of an episode; ended ones leave the table of open episodes
  std::string scope, condition, id;
  std::uint64_t rev = 0;
  bool ended = false;
  std::string doc;
};
struct EventEntry {  // the event log, numbered without gaps per scope
  std::string scope, kind;
  std::uint64_t seq = 0;
  std::int64_t ts_ms = 0;
  std::string doc;
};
struct SessionEntry {  // latest state of the bed's session
  std::string scope, doc;
};
struct CommandEntry {  // outcome of a command, kept 24 h so that a repeat is answered alike
  std::string command_id, scope, client, verb, status, text;
  std::int64_t ts_ms = 0;
  std::string doc;  // the command as it came (with its free text), for the audit
};
struct NoteEntry {  // free text that somebody typed: here and nowhere else (P11)
  std::string scope, session, client, actor, verb, text;
  std::int64_t ts_ms = 0;
};
struct PastEntry {  // a session that has ended, for the report and for the next one of its series
  std::string scope, session, series;  // series: empty when it belongs to none
  std::int64_t ended_ms = 0;
  std::string doc;  // as SessionEntry's
};
struct BedEntry {  // each bed ever published
  std::string scope;
};
struct TrendEntry {  // what a bed measured in one minute; the same minute again adds to what is there
  std::string scope, session;  // session: empty when none was in progress in that minute
  std::int64_t minute = 0;     // since 1970
  bool seconds = false;  // `doc` holds a value a second; otherwise the summary of the minute (trend.hpp)
  std::string doc;
};
using Entry = std::variant<AlarmEntry, EventEntry, SessionEntry, CommandEntry, NoteEntry, PastEntry, BedEntry,
                           TrendEntry>;

// What a start finds.
struct Restored {
  struct Episode {
    std::string scope, condition, id, doc;
    std::uint64_t rev = 0;
  };
  struct Session {
    std::string scope, doc;
  };
  struct Command {
    std::string command_id, client, status, text;
    std::int64_t ts_ms = 0;
  };
  struct Sequence {  // last number of the scope that a run has committed
    std::string scope;
    std::string boot;  // of that run; empty: up to `seq` nothing is known to be missing, whichever run it was
    std::uint64_t seq = 0;
  };
  std::vector<Episode> episodes;
  std::vector<Session> sessions;
  std::vector<Command> commands;    // of the last 24 h, newest 10,000
  std::vector<Sequence> sequences;  // by scope, then boot
  std::vector<PastEntry> past;      // those of a series, newest 2,000, oldest first
  std::vector<std::string> beds;
  std::string audit_head;  // hash of the newest row of the audit; empty: it has none
  bool fresh = false;      // there was no journal: numbers start anew
  std::string trouble;  // not empty: the old file was unusable and moved aside; says why and where it is now

  // 0: none was committed.
  std::uint64_t last_seq(std::string_view scope) const;
  std::uint64_t last_seq(std::string_view scope, std::string_view boot) const;
};

// A part of the event log of one scope, oldest first.
struct Page {
  bool read = false;              // false: the file cannot be read now
  std::vector<std::string> docs;  // at most page_events_max, and about page_bytes_max together
  std::uint64_t first_kept = 0;   // the oldest number of the scope that is still there; 0: none is
  std::uint64_t last = 0;         // the number of the last of `docs`
  bool more = false;              // newer ones follow
};
inline constexpr std::size_t page_events_max = 1'000;  // contract 6.7
inline constexpr std::size_t page_bytes_max = std::size_t{1} << 20U;

struct Health {
  bool failed = false;     // the last attempt to write failed; ends with the next one that succeeds
  std::string reason;      // of the latest failure, also after it has passed
  std::size_t queued = 0;  // entries
  std::uint64_t commits = 0;
  double commit_seconds = 0;    // spent in them, all together
  std::uint64_t rows = 0;       // events in the file
  std::uint64_t dropped = 0;    // entries given up because the queue was full
  std::uint64_t lost = 0;       // entries of commits that failed
  std::uint64_t set_aside = 0;  // files given up since the start
  std::uint64_t gone =
      0;                 // events let go since the start, by their number, their age or the size of the file
  bool tending = false;  // old rows are going
};

inline constexpr std::size_t queue_entries_max = 65'536;

// How long what is kept, and how much of it. What goes: retention.hpp.
struct Keep {
  std::int64_t trend_seconds_days = 30;  // a value a second, of sessions; then its summary of each minute
  std::int64_t trend_days = 730;
  std::int64_t days = 730;           // events, notes, commands and sessions that have ended
  std::int64_t size_mb_max = 1'024;  // in use in the file, in 1,000,000 bytes; not counting the log beside it
};

// Limits of one journal; the defaults are meant for use, other values for tests.
struct Limits {
  std::size_t entries_max = queue_entries_max;  // waiting; beyond that events are given up first
  std::uint64_t events_max = 1'000'000;  // rows of the event log in the file, about 1 GB; the oldest go
  std::int64_t retry_ms_min = 1'000;     // a failed journal tries by itself after this, doubling up to
  std::int64_t retry_ms_max = 60'000;
  Keep keep = {};
};

// Called exactly once: in the journal's thread after the commit (true), or when the entries could not be kept
// (false), then possibly from within write(). It must only hand over to the caller's own thread.
using Done = std::function<void(bool kept)>;
using PageDone = std::function<void(Page page)>;  // likewise

class Journal {
 public:
  // Opens or creates; an unusable file is moved aside as PATH.broken-N and a new one begun. Never throws:
  // when even that fails the journal is `failed`, every write answers false, and alarming goes on.
  // Of a file that cannot be read nothing is taken over: `fresh` is true then.
  // `boot` is this run's: the last number of each scope is kept for each of the newest runs.
  Journal(std::string path, std::int64_t now_ms, Limits limits = {}, std::string boot = {});
  ~Journal();  // commits what is queued
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  const Restored& restored() const;
  // All entries of one call are committed together, in order of calls. `done` may be empty. Never waits for
  // the disk. After an answer of "not kept" the open episodes, sessions, commands and last numbers are still
  // written with the next commit that succeeds; only events (and the audit text of commands) are gone.
  void write(std::vector<Entry> entries, Done done);
  // Events of `scope` from number `from_seq` on, with everything that was passed to write() before and could
  // be kept. Never waits for the disk.
  void read_events(std::string scope, std::uint64_t from_seq, PageDone done);
  // To be called every hour or so: lets go what Keep does not keep, between commits, in steps of some hundred
  // rows. nullopt: the clock cannot be trusted, and nothing goes by its age. Never waits for the disk.
  void tend(std::optional<std::int64_t> now_ms);
  Health health() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace journal
