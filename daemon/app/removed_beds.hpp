// Beds that the journal knows and the settings do not name any more. What we left of them on the broker would
// stand there for ever: alarms are ended, and all of it is emptied. Another node may have such a bed now, so
// only what says that it is ours is touched.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/alarm_desk.hpp"
#include "daemon/app/doors.hpp"
#include "daemon/journal/journal.hpp"

namespace app {

class RemovedBeds {
 public:
  // `outlet` and `identity` outlive this.
  RemovedBeds(const Identity& identity, Outlet& outlet) : identity_(&identity), outlet_(&outlet) {}

  // `index`: of its delivery tokens, rising from one to the next. `seq`: of its newest event.
  void add(const std::string& scope, std::uint32_t index, std::uint64_t seq,
           const journal::Restored& restored);
  void subscribe(BrokerDoor& broker, int qos) const;
  void unsubscribe(BrokerDoor& broker) const;
  // False: of none of these beds.
  bool take(const std::string& topic, const std::string& payload, bool retained, Stamp now);
  // All that stood on the broker was taken: what nobody sees there ends in the journal alone.
  void close_unseen(Stamp now);
  void delivered(std::uint64_t token, bool ok, Stamp now);
  void tick(Stamp now);

 private:
  struct Bed {
    AlarmDesk alarms;
    std::vector<contract::StoredAlarm> open;
  };
  Bed* bed_of(std::string_view topic);
  void end_alarm(Bed& bed, std::string_view condition, const std::string& payload, Stamp now);

  const Identity* identity_;
  Outlet* outlet_;
  std::vector<std::unique_ptr<Bed>> beds_;
};

}  // namespace app
