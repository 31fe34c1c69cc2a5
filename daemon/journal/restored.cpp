// What a start finds.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/journal/mirror.hpp"
#include "daemon/journal/store.hpp"

namespace journal {
namespace {

std::string owned(std::string_view text) { return std::string{text}; }

constexpr struct ByScope {
  bool operator()(const Restored::Sequence& one, std::string_view scope) const { return one.scope < scope; }
  bool operator()(std::string_view scope, const Restored::Sequence& one) const { return scope < one.scope; }
} by_scope;

}  // namespace

std::uint64_t Restored::last_seq(std::string_view scope) const {
  std::uint64_t last = 0;
  const auto [from, to] = std::equal_range(sequences.begin(), sequences.end(), scope, by_scope);
  for (auto one = from; one != to; ++one) last = std::max(last, one->seq);
  return last;
}

std::uint64_t Restored::last_seq(std::string_view scope, std::string_view boot) const {
  std::uint64_t last = 0;
  const auto [from, to] = std::equal_range(sequences.begin(), sequences.end(), scope, by_scope);
  for (auto one = from; one != to; ++one)
    if (one->boot.empty() || one->boot == boot) last = std::max(last, one->seq);
  return last;
}

Result Store::load(Restored& into, std::int64_t now_ms) {
  Statement episodes, sessions, commands, sequences, past, beds;
  int code = SQLITE_OK;
  const auto read = [&](Statement& statement, const char* sql, auto row, auto... values) {
    if (code == SQLITE_OK) code = statement.prepare(db_.get(), sql);
    if (code == SQLITE_OK) code = statement.each(row, values...);
  };
  read(episodes, "SELECT scope, condition, id, doc, rev FROM episode", [&](const Statement& row) {
    into.episodes.push_back({owned(row.text(0)), owned(row.text(1)), owned(row.text(2)), owned(row.text(3)),
                             static_cast<std::uint64_t>(row.number(4))});
  });
  read(sessions, "SELECT scope, doc FROM session", [&](const Statement& row) {
    into.sessions.push_back({owned(row.text(0)), owned(row.text(1))});
  });
  read(
      commands,
      "SELECT command_id, client, status, text, ts_ms FROM command WHERE ts_ms >= ? ORDER BY rowid DESC "
      "LIMIT ?",
      [&](const Statement& row) {
        into.commands.push_back(
            {owned(row.text(0)), owned(row.text(1)), owned(row.text(2)), owned(row.text(3)), row.number(4)});
      },
      now_ms - commands_kept_ms, static_cast<std::int64_t>(commands_max));
  std::reverse(into.commands.begin(), into.commands.end());  // oldest first
  read(sequences, "SELECT scope, boot, seq FROM sequence ORDER BY scope, boot", [&](const Statement& row) {
    into.sequences.push_back(
        {owned(row.text(0)), owned(row.text(1)), static_cast<std::uint64_t>(row.number(2))});
  });
  read(
      past,
      "SELECT scope, session, series, ended_ms, doc FROM past WHERE series <> '' ORDER BY rowid DESC LIMIT ?",
      [&](const Statement& row) {
        into.past.push_back(
            {owned(row.text(0)), owned(row.text(1)), owned(row.text(2)), row.number(3), owned(row.text(4))});
      },
      static_cast<std::int64_t>(past_loaded_max));
  std::reverse(into.past.begin(), into.past.end());
  read(beds, "SELECT scope FROM bed", [&](const Statement& row) { into.beds.push_back(owned(row.text(0))); });
  into.audit_head = audit_head_;
  return code == SQLITE_OK ? Result{} : failure(code);
}

}  // namespace journal
