// The tables of a journal file, and how an older file gets those that have come since.
#pragma once

#include <array>
#include <cstdint>

namespace journal {

inline constexpr std::int64_t schema_version = 6;
inline constexpr std::int64_t application_id = 0x76697461;  // "vita"

// The first schema; what has come since is `migrations`, so that a new file and an old one end up alike.
inline constexpr const char* schema = R"sql(
  CREATE TABLE event(scope TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, ts_ms INTEGER NOT NULL,
                     doc TEXT NOT NULL, PRIMARY KEY(scope, seq)) STRICT;
  CREATE TABLE sequence(scope TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE episode(scope TEXT NOT NULL, condition TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
                       doc TEXT NOT NULL, PRIMARY KEY(scope, condition)) STRICT, WITHOUT ROWID;
  CREATE TABLE session(scope TEXT NOT NULL PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE command(command_id TEXT NOT NULL PRIMARY KEY, scope TEXT NOT NULL, client TEXT NOT NULL,
                       verb TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, ts_ms INTEGER NOT NULL,
                       doc TEXT NOT NULL) STRICT;
  CREATE TABLE bed(scope TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  PRAGMA application_id = 0x76697461;
  PRAGMA user_version = 1;
)sql";

// From each version to the next: migrations[0] leads from 1 to 2.
inline constexpr std::array<const char*, schema_version - 1> migrations{
    R"sql(
  CREATE TABLE note(id INTEGER PRIMARY KEY, scope TEXT NOT NULL, session TEXT NOT NULL, client TEXT NOT NULL,
                    actor TEXT NOT NULL, verb TEXT NOT NULL, text TEXT NOT NULL, ts_ms INTEGER NOT NULL) STRICT;
  PRAGMA user_version = 2;
)sql",
    R"sql(
  CREATE TABLE past(scope TEXT NOT NULL, session TEXT NOT NULL, series TEXT NOT NULL, ended_ms INTEGER NOT NULL,
                    doc TEXT NOT NULL, PRIMARY KEY(scope, session, ended_ms)) STRICT;
  PRAGMA user_version = 3;
)sql",
    R"sql(
  CREATE TABLE audit(id INTEGER PRIMARY KEY, command_id TEXT NOT NULL, scope TEXT NOT NULL, client TEXT NOT NULL,
                     verb TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, ts_ms INTEGER NOT NULL,
                     doc TEXT NOT NULL, before TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  PRAGMA user_version = 4;
)sql",
    // By time first: a minute of a thousand beds is one stretch of pages at the end, which matters on a
    // memory card, and the oldest is another at the front.
    R"sql(
  CREATE TABLE trend(minute INTEGER NOT NULL, scope TEXT NOT NULL, session TEXT NOT NULL, doc BLOB NOT NULL,
                     PRIMARY KEY(minute, scope)) STRICT, WITHOUT ROWID;
  CREATE TABLE trend_summary(minute INTEGER NOT NULL, scope TEXT NOT NULL, session TEXT NOT NULL, doc BLOB NOT NULL,
                             PRIMARY KEY(minute, scope)) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 5;
)sql",
    R"sql(
  ALTER TABLE sequence RENAME TO sequence_5;
  CREATE TABLE sequence(scope TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL,
                        PRIMARY KEY(scope, boot)) STRICT, WITHOUT ROWID;
  INSERT INTO sequence SELECT scope, '', seq FROM sequence_5;
  DROP TABLE sequence_5;
  PRAGMA user_version = 6;
)sql",
};

}  // namespace journal
