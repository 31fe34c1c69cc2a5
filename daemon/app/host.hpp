// What sources and commands need from the application around them. Loop thread only.
#pragma once

#include <string_view>

#include "daemon/app/bed_desk.hpp"
#include "daemon/app/doors.hpp"
#include "daemon/vitals/time.hpp"

namespace app {

class Host {
 public:
  virtual ~Host() = default;
  virtual BedDesk* desk_of(const bed::Bed& bed) = 0;
  // After each event: documents that became due go out, what was recorded goes to the journal, timers are
  // set.
  virtual void settle(Stamp now) = 0;
  // Calls `then` when everything recorded so far is durable (true) or could not be kept (false); at once when
  // nothing was recorded since the last settle().
  virtual void when_kept(Kept then, Stamp now) = 0;
  // The same for all that was ever recorded: for the repeat of a message whose first copy may still be on its
  // way.
  virtual void when_all_kept(Kept then) = 0;
  virtual void unknown_bed(std::string_view source, std::string_view location, Stamp now) = 0;
};

}  // namespace app
