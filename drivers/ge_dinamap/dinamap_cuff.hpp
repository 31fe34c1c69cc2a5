// Blood pressure by cuff: the monitor repeats its last result with a growing age; here it becomes one reading
// per measurement.
#pragma once

#include <optional>

#include "drivers/ge_dinamap/dinamap_line.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::dinamap {

class Cuff {
 public:
  void take(const CuffReply& reply, const oximetry::Origin& origin, Sink& out);
  // Whether a measurement runs is not known any more.
  void lost(vitals::Stamp rx, Sink& out) { measuring_.set(false, rx, out); }

 private:
  struct Seen {
    CuffReply reply;
    vitals::MonoTime at;
  };

  bool is_news(const CuffReply& reply, vitals::MonoTime now) const;

  oximetry::Level measuring_{Signal::nibp_measuring};
  oximetry::Level failed_{Signal::nibp_failed};
  std::optional<Seen> result_;   // the last reply that told a result, good or failed
  bool worked_ = false;          // the cuff was seen at work since then
  unsigned unknown_status_ = 0;  // told last, 0: none
};

}  // namespace drivers::dinamap
