#include "daemon/bed/patient_watch.hpp"

#include <algorithm>

namespace bed {
namespace {

using drivers::PatientEventKind;
using vitals::MonoTime;

constexpr std::uint64_t rotate(std::uint64_t value, unsigned bits) {
  return (value << bits) | (value >> (64U - bits));
}

// SipHash-2-4 (Aumasson, Bernstein 2012): without the salt nobody can try out ids.
class SipHash {
 public:
  explicit SipHash(Salt key)
      : v0_(key.low ^ 0x736f6d6570736575ULL),
        v1_(key.high ^ 0x646f72616e646f6dULL),
        v2_(key.low ^ 0x6c7967656e657261ULL),
        v3_(key.high ^ 0x7465646279746573ULL) {}

  std::uint64_t of(std::string_view text) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8U * (i % 8));
      if (i % 8 != 7) continue;
      mix(word);
      word = 0;
    }
    mix(word | (text.size() & 0xFFU) << 56U);
    v2_ ^= 0xFFU;
    for (int i = 0; i < 4; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void mix(std::uint64_t word) {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
  }
  void round() {
    v0_ += v1_;
    v1_ = rotate(v1_, 13) ^ v0_;
    v0_ = rotate(v0_, 32);
    v2_ += v3_;
    v3_ = rotate(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = rotate(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = rotate(v1_, 17) ^ v2_;
    v2_ = rotate(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::uint64_t hashed(Salt salt, std::string_view id) {
  id = trimmed(id);
  if (id.empty() || id == "\"\"") return 0;  // "" in HL7: deleted
  return std::max<std::uint64_t>(SipHash(salt).of(id), 1);
}

bool differs(std::uint64_t a, std::uint64_t b) { return a != 0 && b != 0 && a != b; }
bool equals(std::uint64_t a, std::uint64_t b) { return a != 0 && a == b; }

bool another(Identity known, Identity told) {
  return differs(known.patient, told.patient) || differs(known.visit, told.visit);
}

bool has_left(PatientEventKind kind) {
  return kind == PatientEventKind::discharge || kind == PatientEventKind::cancel_admit;
}

// A cancel is no more than the administration's newest word about who lies where: one that takes a transfer
// or a discharge back puts the patient where it says, as a transfer or an admission would.
bool puts_here(PatientEventKind kind, Place place) { return place == Place::here && !has_left(kind); }

// A transfer goes to wherever it says; of the others only a bed that the settings know is another one, since
// administrations name places that no bed of ours has.
bool takes_away(PatientEventKind kind, Place place) {
  if (has_left(kind)) return true;
  if (kind == PatientEventKind::transfer || kind == PatientEventKind::cancel_transfer)
    return place != Place::here;
  return place == Place::another_bed || place == Place::none;
}

}  // namespace

std::string_view text_of(Doubt doubt) {
  switch (doubt) {
    case Doubt::none: return "";
    case Doubt::admitted: return "the administration puts another patient into this bed";
    case Doubt::moved: return "the patient was moved away from this bed";
    case Doubt::discharged: return "the patient was discharged or never admitted, the session is open";
    case Doubt::elsewhere: return "the patient's values come from another bed";
    case Doubt::vitals: return "the monitor names another patient";
  }
  return "";
}

PatientWatch::PatientWatch(Salt salt, std::vector<std::string> sources) : salt_(salt) {
  for (std::string& source : sources) slots_.push_back({std::move(source), {}, {}, {}, MonoTime::min()});
  slots_.push_back({{}, {}, {}, {}, MonoTime::min()});
}

Identity PatientWatch::identity_of(std::string_view patient_id, std::string_view visit_id,
                                   std::string_view place) const {
  return {hashed(salt_, patient_id), hashed(salt_, visit_id), hashed(salt_, place)};
}

void PatientWatch::begin(MonoTime since) {
  end();
  open_ = true;
  for (Slot& slot : slots_) {
    const bool lasting = &slot == &slots_.back();  // the administration says it once, not every few seconds
    if (slot.latest_at != MonoTime::min() && (lasting || slot.latest_at >= since)) slot.known = slot.latest;
  }
}

void PatientWatch::end() {
  open_ = false;
  doubt_ = Doubt::none;
  for (Slot& slot : slots_) slot.known = slot.other = {};
}

// What was not known of the patient is known now.
bool PatientWatch::learn(Identity& into, Identity identity) {
  const Identity before = into;
  if (into.patient == 0) into.patient = identity.patient;
  if (into.visit == 0) into.visit = identity.visit;
  if (into.place == 0) into.place = identity.place;
  return into != before;
}

bool PatientWatch::suspect(Doubt doubt) {
  if (doubt <= doubt_) return false;
  doubt_ = doubt;
  return true;
}

bool PatientWatch::ours(Identity identity) const {
  return std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
    return equals(slot.known.patient, identity.patient) ||
           (!differs(slot.known.patient, identity.patient) && equals(slot.known.visit, identity.visit));
  });
}

bool PatientWatch::comparable(Identity identity) const {
  return std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
    return (slot.known.patient != 0 && identity.patient != 0) ||
           (slot.known.visit != 0 && identity.visit != 0);
  });
}

bool PatientWatch::values_of(std::size_t source, Identity identity, MonoTime at) {
  if (!identity.told()) return false;
  Slot& slot = slots_[source];
  slot.latest = identity;
  slot.latest_at = at;
  if (!open_) return false;
  const bool other = another(slot.known, identity);
  if (!other && !differs(slot.known.place, identity.place)) return learn(slot.known, identity);
  const bool news = slot.other != identity;
  slot.other = identity;
  return suspect(other ? Doubt::vitals : Doubt::elsewhere) || news;
}

bool PatientWatch::values_elsewhere(std::size_t source, Identity identity) {
  const Slot& slot = slots_[source];
  if (!open_ || another(slot.known, identity)) return false;
  if (!equals(slot.known.patient, identity.patient) && !equals(slot.known.visit, identity.visit))
    return false;
  return suspect(Doubt::elsewhere);
}

// Another visit of the same patient is another stay, with another baseline: as with the values.
bool PatientWatch::another_visit(Identity identity) const {
  const auto same = [&](const Slot& slot) { return equals(slot.known.visit, identity.visit); };
  const auto other = [&](const Slot& slot) { return differs(slot.known.visit, identity.visit); };
  return std::any_of(slots_.begin(), slots_.end(), other) && std::none_of(slots_.begin(), slots_.end(), same);
}

// The same patient by another id; nobody moves.
bool PatientWatch::rename(std::uint64_t patient, std::uint64_t gone) {
  bool news = false;
  for (Slot& one : slots_)
    for (Identity* id : {&one.known, &one.other, &one.latest})
      if (equals(id->patient, gone) && patient != 0) {
        id->patient = patient;
        news = open_;
      }
  return news;
}

// Who lies here by the administration's last word, for the session that comes next.
void PatientWatch::remember(Identity identity, bool comes, bool leaves) {
  Slot& slot = administration_slot();
  const bool was_here =
      equals(slot.latest.patient, identity.patient) || equals(slot.latest.visit, identity.visit);
  if (comes) {
    slot.latest = identity;
    slot.latest_at = MonoTime{};
  } else if (leaves && was_here) {
    slot.latest = {};
    slot.latest_at = MonoTime::min();
  }
}

bool PatientWatch::administration(PatientEventKind kind, Identity identity, Identity gone, Place place) {
  if (kind == PatientEventKind::merge) return rename(identity.patient, gone.patient);
  if (!identity.told()) return false;
  const bool comes = puts_here(kind, place), leaves = takes_away(kind, place);
  remember(identity, comes, leaves);
  if (!open_) return false;
  if (leaves) return ours(identity) && suspect(has_left(kind) ? Doubt::discharged : Doubt::moved);
  if (!comes) return false;
  const bool same = ours(identity) || !comparable(identity);
  Slot& slot = administration_slot();
  if (same && !another_visit(identity)) return learn(slot.known, identity);
  const bool news = slot.other != identity;
  slot.other = identity;
  return suspect(Doubt::admitted) || news;
}

bool PatientWatch::confirm_same() {
  if (doubt_ == Doubt::none) return false;
  doubt_ = Doubt::none;
  for (Slot& slot : slots_) {
    if (slot.other.patient != 0) slot.known.patient = slot.other.patient;
    if (slot.other.visit != 0) slot.known.visit = slot.other.visit;
    if (slot.other.place != 0) slot.known.place = slot.other.place;
    slot.other = {};
  }
  return true;
}

PatientRecord PatientWatch::record() const {
  PatientRecord out;
  out.salt = salt_;
  out.doubt = doubt_;
  for (const Slot& slot : slots_)
    if (slot.known.told() || slot.other.told()) out.known.push_back({slot.source, slot.known, slot.other});
  return out;
}

void PatientWatch::restore(const PatientRecord& record) {
  salt_ = record.salt;
  open_ = true;
  doubt_ = record.doubt;
  for (const PatientRecord::Known& one : record.known)
    for (Slot& slot : slots_)
      if (slot.source == one.source) {
        slot.known = one.known;
        slot.other = one.other;
      }
}

}  // namespace bed
