#include "drivers/ge_s5/pressure.hpp"

namespace drivers::ge_s5 {
namespace {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

struct Channel {
  std::string_view name;
  bool in_ext1 = false;
  std::size_t at = 0;
};
constexpr std::array<Channel, 8> table{{{"P1", false, 20},
                                        {"P2", false, 34},
                                        {"P3", false, 48},
                                        {"P4", false, 62},
                                        {"P5", false, 244},
                                        {"P6", false, 258},
                                        {"P7", true, 82},
                                        {"P8", true, 96}}};

struct Label {
  std::string_view name;  // empty: a plain channel name, which says nothing of the site
  bool arterial = false;
};
constexpr std::array<Label, 23> labels{{
    {{}},          {"ART", true}, {"CVP"}, {"PA"},   {"RAP"}, {"RVP"}, {"LAP"},  {"ICP"},
    {"ABP", true}, {{}},          {{}},    {{}},     {{}},    {{}},    {{}},     {"SP"},
    {"FEM", true}, {"UAC", true}, {"UVC"}, {"ICP2"}, {{}},    {{}},    {"FEMV"},
}};
constexpr unsigned labels_before_level_10 = 15;

constexpr unsigned zeroing_bit = 2;
constexpr unsigned zeroed_bit = 3;
constexpr unsigned zeroed_level_min = 8;

// After zeroing the tap is turned back and the line flushed; how long that lasts is our choice.
constexpr vitals::Milliseconds settling_ms{10'000};

// mmHg: an open line reads below zero.
constexpr std::array<Scaled, 3> arterial{
    {{Metric::art_sys, 100, -50, 350}, {Metric::art_dia, 100, -50, 350}, {Metric::art_map, 100, -50, 350}}};

const Label* label_of(const Group& group, unsigned level) {
  const std::size_t known = level >= 10 ? labels.size() : labels_before_level_10;
  return group.label() < known ? &labels[group.label()] : nullptr;
}

void name_unmapped(const Channel& channel, const Group& group, const Label* label, const Origin& origin,
                   Sink& out) {
  FaultText code;
  code << channel.name;
  if (label == nullptr) {
    code << " label " << group.label();
  } else if (!label->name.empty()) {
    code << " " << label->name;
  }
  FaultText value;  // systolic/diastolic/mean
  bool any = false;
  for (std::size_t i = 0; i < arterial.size(); ++i) {
    const int raw = group.raw(channel.at + 6 + 2 * i);
    if (i != 0) value << "/";
    if (is_number(raw)) {
      value << static_cast<double>(raw) / arterial[i].divisor;
      any = true;
    } else {
      value << "-";
    }
  }
  if (any)
    report_fault(FaultKind::unmapped, "pressure-label", code.view(), "mmHg", value.view(), origin, out);
}

// A systolic below the diastolic: neither can be believed, nor what was averaged from the same curve. Equal
// ones are a flat line, without a pulse or clotted: that must reach the limits.
bool upside_down(const std::array<Observation, 3>& seen) {
  return seen[0].has_value() && seen[1].has_value() && seen[0].value < seen[1].value;
}

void report_arterial(const Group& group, std::size_t values_at, Reason doubt, std::uint16_t channel,
                     const Origin& origin, Sink& out) {
  std::array<Observation, 3> seen;
  for (std::size_t i = 0; i < arterial.size(); ++i) {
    seen[i] = observed(arterial[i], group.raw(values_at + 2 * i), doubt, origin, out);
    seen[i].channel = channel;
  }
  if (upside_down(seen)) {
    FaultText value;
    value << seen[0].value << "/" << seen[1].value;
    report_fault(FaultKind::implausible, "sys-below-dia", "art", "mmHg", value.view(), origin, out);
    for (Observation& one : seen) {
      one.quality = Quality::invalid;
      one.reason = Reason::implausible;
    }
  }
  for (const Observation& one : seen) out.on_observation(one);
}

void report_without(Quality quality, std::uint16_t channel, const Origin& origin, Sink& out) {
  for (const Scaled& kind : arterial) {
    Observation seen = vitals::absent(kind.metric, Reason::missing, origin.rx, quality);
    seen.channel = channel;
    out.on_observation(seen);
  }
}

}  // namespace

bool Pressures::unsettled(std::size_t channel, const Group& group, vitals::MonoTime now) {
  if (group.status_bit(zeroing_bit)) zeroing_[channel] = now;
  return zeroing_[channel] && now - *zeroing_[channel] < settling_ms;
}

void Pressures::report(Bytes basic, Bytes ext1, unsigned level, const Origin& origin, Sink& out) {
  std::uint16_t others = 0;
  bool primary_seen = false;
  const auto number_of = [&](Line line) -> std::uint16_t {
    if (!primary_) primary_ = line;
    if (line != *primary_) return ++others;
    primary_seen = true;
    return 0;
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Channel& channel = table[i];
    if (channel.in_ext1 && ext1.empty()) continue;
    const Group group(channel.in_ext1 ? ext1 : basic, channel.at);
    if (!group.active()) continue;
    const Label* label = label_of(group, level);
    const bool settling = unsettled(i, group, origin.rx.mono);
    if (label == nullptr || !label->arterial) {
      name_unmapped(channel, group, label, origin, out);
    } else if (settling) {
      report_without(Quality::calibrating, number_of({i, group.label()}), origin, out);
    } else {
      const bool never_zeroed = level >= zeroed_level_min && !group.status_bit(zeroed_bit);
      report_arterial(group, channel.at + 6, never_zeroed ? Reason::sensor_fault : Reason::none,
                      number_of({i, group.label()}), origin, out);
    }
  }
  if (primary_seen) return;
  primary_.reset();
  report_without(Quality::unavailable, 0, origin, out);
}

}  // namespace drivers::ge_s5
