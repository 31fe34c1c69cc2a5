#include "daemon/settings/bed_delays.hpp"

#include <set>

#include "daemon/settings/words.hpp"
#include "drivers/registry.hpp"

namespace settings {
namespace {

using alarms::LimitId;
using alarms::LimitRule;
using alarms::Threshold;
using std::chrono_literals::operator""s;

// From a change in the patient to our alarm. A value that is older than 30 s has to be marked as such (ISO
// 80601-2-61), so that a high alarm should not come later than that; a medium one may have the longest delay
// of any maker, 30 s, on top of the 9 s that most oximeters average over.
constexpr Milliseconds high_total_max = 30s, medium_total_max = 40s;

class DelayCheck {
 public:
  DelayCheck(const BedDraft& draft, const Source& source, LimitId id, const LimitRule& rule)
      : draft_(draft), source_(source), id_(id), rule_(rule) {
    const drivers::Entry* entry = drivers::find(source.protocol);
    if (entry == nullptr) return;
    own_ = entry->facts->own_delay_ms;
    pace_ = entry->facts->streaming ? Milliseconds{0} : source.period;
  }

  void run(Report& report) {
    one("critical", rule_.critical, alarms::high_delay_max, high_total_max, report);
    one("warn", rule_.warn, alarms::delay_max, medium_total_max, report);
  }

 private:
  void one(const std::string& word, const Threshold& threshold, Milliseconds ours_max, Milliseconds total_max,
           Report& report) {
    if (!threshold.limit && !threshold.relative) return;
    const Milliseconds ours = begin_delay(rule_, threshold, source_);
    const std::string what = std::string(alarms::name(id_)) + " " + word + " of bed " + draft_.bed.scope();
    if (!rule_.confirm.rests() && ours > ours_max) {
      report.error(draft_.profile, what + " begins after " + seconds_text(ours) + ": " +
                                       number(rule_.confirm.needed) + " of " + number(rule_.confirm.of) +
                                       " values of " + source_.name + ", at most " + seconds_text(ours_max));
    } else if (ours + pace_ + own_ > total_max) {
      report.warning(draft_.profile, what + " begins up to " + seconds_text(ours + pace_ + own_) +
                                         " after the patient: " + seconds_text(ours) + " here, " +
                                         seconds_text(pace_ + own_) + " in " + source_.name + " (" +
                                         source_.protocol + ")");
    }
  }

  const BedDraft& draft_;
  const Source& source_;
  LimitId id_;
  const LimitRule& rule_;
  Milliseconds own_{0}, pace_{0};
};

}  // namespace

void check_bed_delays(const BedDraft& draft, const alarms::Profile& profile, const SourceOf& source_of,
                      Report& report) {
  for (const auto& rules : profile.limits) {  // what is the same in several phases is reported once
    for (std::size_t i = 0; i < alarms::limit_count; ++i) {
      const auto id = static_cast<LimitId>(i);
      const vitals::Metric metric = watched_metric(id, draft.bed);
      const Source* source = source_of(metric);
      if (!rules[i].watched || source == nullptr || vitals::is_cuff(metric)) continue;
      DelayCheck(draft, *source, id, rules[i]).run(report);
    }
  }
}

}  // namespace settings
