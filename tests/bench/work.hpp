// The hot paths, each as something that can be done again and again: fed from memory, in virtual time,
// without a socket. bench_paths measures how long a step takes, bench_counts is run under callgrind and tells
// how many instructions it has.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

class Work {
 public:
  virtual ~Work() = default;
  virtual void step() = 0;
};

struct Path {
  std::string name;  // "hl7/frame-to-observations"
  std::string item;  // what is counted: "byte", "message", "observation", "document", "entry"
  std::uint64_t items_per_step = 1;
  bool counted = false;  // its instructions are kept in tests/bench/instructions
  std::function<std::unique_ptr<Work>()> make;
  std::uint64_t warm_up_steps =
      64;  // until caches, tables and buffers are as in a daemon that has run for a while
};

using Paths = std::vector<Path>;

void add_drivers(Paths& paths);    // every protocol of the registry over its captures
void add_hl7(Paths& paths);        // a PCD-01 message to observations
void add_beds(Paths& paths);       // observations to alarms: 1, 100 and 10,000 beds
void add_documents(Paths& paths);  // payloads of the contract
void add_journal(Paths& paths);    // commits, on the disk of the temporary folder

Paths all_paths();

}  // namespace bench
