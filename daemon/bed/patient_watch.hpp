// Whose values come in during a session: only for "the same patient or another", never for who it is. Ids are
// kept as a salted hash (SipHash-2-4); nothing of them ever leaves the daemon (promise P11). Nothing is
// relabelled by itself: a doubt stands until a person answers it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/vitals/time.hpp"
#include "drivers/driver.hpp"

namespace bed {

struct Salt {  // random per start of the daemon; a session keeps its own
  std::uint64_t low = 0, high = 0;
};

struct Identity {  // hashed; 0: not told
  std::uint64_t patient = 0, visit = 0;
  std::uint64_t place = 0;  // where the monitor says it stands, of a source that has one bed

  bool told() const { return patient != 0 || visit != 0 || place != 0; }
  friend bool operator==(const Identity&, const Identity&) = default;
};

// Why it may be another patient, the gravest last.
enum class Doubt : std::uint8_t {
  none,
  admitted,    // administration: another one lies in this bed
  moved,       // administration: this one lies elsewhere now, or nowhere
  discharged,  // administration: this one has left, or was never admitted
  elsewhere,   // this one's values come from another bed
  vitals,      // the values here name another one
};
inline constexpr std::size_t doubt_count = 6;
std::string_view text_of(Doubt doubt);

// Where an event of the administration puts its patient, seen from one bed.
enum class Place : std::uint8_t {
  unknown,      // not told, or no bed of ours
  here,         // this bed
  another_bed,  // another bed that the settings know
  none,         // told to have no place any more
};

// What a restart needs.
struct PatientRecord {
  struct Known {
    std::string source;  // empty: the administration
    Identity known, other;
  };
  Salt salt;
  Doubt doubt = Doubt::none;
  std::vector<Known> known;
};

class PatientWatch {
 public:
  PatientWatch(Salt salt, std::vector<std::string> sources);

  Identity identity_of(std::string_view patient_id, std::string_view visit_id,
                       std::string_view place = {}) const;
  bool open() const { return open_; }
  Doubt doubt() const { return doubt_; }
  // The values themselves say so: nothing may be judged by this patient's baseline.
  bool values_doubted() const { return doubt_ >= Doubt::elsewhere; }

  // A session begins: the patient is whom each source named last, if that was not before `since`.
  void begin(vitals::MonoTime since);
  void end();
  // Each of these returns true when there is something new to keep.
  bool values_of(std::size_t source, Identity identity, vitals::MonoTime at);
  bool values_elsewhere(std::size_t source, Identity identity);
  bool administration(drivers::PatientEventKind kind, Identity identity, Identity gone, Place place);
  bool confirm_same();  // false: there is no doubt

  PatientRecord record() const;
  void restore(const PatientRecord& record);

 private:
  struct Slot {
    std::string source;
    Identity known;  // of this session
    Identity other;  // named since, and not confirmed
    Identity latest;
    vitals::MonoTime latest_at{};
  };
  Slot& administration_slot() { return slots_.back(); }
  bool ours(Identity identity) const;        // the patient of this session, by any source
  bool comparable(Identity identity) const;  // something is known that it could be compared with
  bool another_visit(Identity identity) const;
  bool rename(std::uint64_t patient, std::uint64_t gone);
  void remember(Identity identity, bool comes, bool leaves);
  bool suspect(Doubt doubt);
  static bool learn(Identity& into, Identity identity);

  Salt salt_;
  std::vector<Slot> slots_;  // one per source, the administration last
  bool open_ = false;
  Doubt doubt_ = Doubt::none;
};

}  // namespace bed
