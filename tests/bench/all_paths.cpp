#include "tests/bench/work.hpp"

namespace bench {

Paths all_paths() {
  Paths out;
  add_drivers(out);
  add_hl7(out);
  add_beds(out);
  add_documents(out);
  add_journal(out);
  return out;
}

}  // namespace bench
