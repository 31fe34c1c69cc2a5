// Where documents go: to the broker and to the journal, in parallel. The live daemon and `vitalsd replay`
// have one each; what stands before it is the same code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/journal/journal.hpp"
#include "daemon/stations/broker_link.hpp"

namespace app {

class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual void publish(stations::Message message) = 0;
  virtual void record(journal::Entry entry) = 0;
  // Where a document is written before it is published, one at a time: a thousand beds need not keep a page
  // each.
  std::string& page() { return page_; }

 private:
  std::string page_;
};

// Who writes. `boot` is random per start, fixed in a replay.
struct Identity {
  std::string node, boot, root;
  std::string config_hash = {};  // of the settings in force
};

}  // namespace app
