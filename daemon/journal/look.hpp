// A look into a journal while the service writes it. The files are opened for reading alone, without a lock
// and without an index beside them: nothing that is done here can touch or delay the service. What this
// costs: the service may move its log into the file meanwhile, and what was read is then worth nothing.
// disturbed() tells.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "daemon/journal/sqlite.hpp"

namespace journal {

class Look {
 public:
  // Empty, or what is wrong.
  std::string open(const std::string& path);
  sqlite3* db() const { return db_.get(); }
  // Since open() the service has moved its log, or was about to: close, wait a little, look again.
  bool disturbed() const;

 private:
  struct Mark {
    std::int64_t changed_ns = 0;     // the file; changes when the log is moved into it
    std::int64_t log_bytes = 0;      // grows, and never shrinks but with a new heading
    std::array<char, 32> heading{};  // of the log: another one each time it begins anew
    bool settled = false;            // the file was left alone for a while before
    bool follows(const Mark& before) const;
  };
  static Mark mark(const std::string& path);
  std::string check() const;

  std::string path_;
  Mark before_;
  Database db_;
};

}  // namespace journal
