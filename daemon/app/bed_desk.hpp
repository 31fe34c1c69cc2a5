// One bed with its documents: what the bed reports becomes topics, events and journal entries.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/alarm_desk.hpp"
#include "daemon/app/series_book.hpp"
#include "daemon/app/trend_desk.hpp"
#include "daemon/bed/bed.hpp"

namespace app {

struct LinkFigures {  // of a source; go on between the changes of its state
  std::optional<vitals::WallTime> last_rx;
  std::uint64_t frames = 0, faults = 0;
};

struct LinkView {  // what the link document of one source says
  std::string source, protocol, state, detail;
  vitals::WallTime since{};
  std::shared_ptr<const LinkFigures> figures = std::make_shared<LinkFigures>();  // as of now, never null
  std::optional<Milliseconds> clock_offset;  // of the device's clock against ours
};

// A source that tells its time, and how far it is ahead of ours.
struct ClockSample {
  std::string source;
  Milliseconds offset{0};
};

class BedDesk final : private bed::Output {
 public:
  BedDesk(const Identity& identity, bed::Settings settings, std::uint32_t index, std::uint64_t seq,
          Outlet& outlet, Stamp now);

  bed::Bed& bed() { return bed_; }
  const bed::Bed& bed() const { return bed_; }
  AlarmDesk& alarms() { return alarms_; }

  // An episode of before this start: as Bed::restore_alarm, and it wants a confirmation anew.
  bool restore_alarm(const alarms::Alarm& stored, Stamp now);

  void advance(Stamp now) { bed_.advance(now); }
  MonoTime deadline() const { return bed_.deadline(); }

  // Documents that became due by what happened since the last call: values, state, infusion, limits, summary.
  void flush(Stamp now);
  // Active and latched alarms, high first, as `continue`.
  void repeat_alarms(Stamp now);
  // State, infusion, limits, early warning, links and summary again.
  void repeat_states(Stamp now);
  // Every 30 s both of them; empties ended alarms. Every minute the trend goes to the journal.
  void tick(Stamp now);
  void keep_trend(Stamp now);                                // of the minute at hand, at an orderly end
  void session_changed(Stamp now);                           // after a verb: logged and recorded
  void session_abandoned(infusion::View before, Stamp now);  // it was another patient
  void observed(const infusion::NurseObservation& observation, std::string_view by, Stamp now);
  void link_changed(const LinkView& link, Stamp now);
  // Where sessions go when they end, and where those of a series come from; outlives the desk.
  void set_series_book(SeriesBook& book) { book_ = &book; }
  void set_stations_online(unsigned count);
  // Called once for whatever happens here until settled(); see Agenda.
  void set_on_touched(std::function<void()> on_touched);
  void settled() { touched_ = false; }
  bool has_alarm(std::string_view condition) const;
  // Latched ones too; count_active() leaves them out: they call nobody.
  ActiveAlarms active() const { return app::count_active(bed_.conditions()); }
  std::vector<ClockSample> clocks() const;
  std::uint64_t avoided() const;  // alarms that a delay has spared
  void count_active(unsigned& high, unsigned& medium, unsigned& low) const;

 private:
  void on_alarm(const alarms::Alarm& alarm, Stamp at) override;
  void on_value(const bed::Entry& entry, std::string_view source, bool sim, bed::Way way, Stamp at) override;
  void on_cuff(const bed::CuffReading& reading, vitals::Quality quality, vitals::WallTime valid_until,
               std::string_view source, bool sim, bed::Way way, Stamp at) override;
  void on_measured(const vitals::Observation& value) override { trend_.take(value); }
  void on_state(Stamp at) override;
  void on_session(bool told, Stamp at) override;
  void on_device(std::size_t source, Stamp at) override;
  void on_setting(std::string_view text, Stamp at) override;
  void on_touched() override { touch(); }

  const alarms::Alarm* alarm_of(std::string_view condition) const;
  alarms::Audience audience() const;  // of the whole bed
  void touch();
  void make_dirty(bool& document) {
    document = true;
    touch();
  }
  void publish_state(Stamp now);
  void publish_infusion(Stamp now);
  void publish_limits(Stamp now);
  void publish_summary(Stamp now);
  void publish_news2(Stamp now);
  void publish_link(const LinkView& link, Stamp now);
  void link_reworded(LinkView& known, const LinkView& link, Stamp now);
  void keep_session(Stamp now);  // in the journal
  std::optional<std::size_t> source_named(std::string_view name) const;
  LinkView with_signals(LinkView link) const;              // what the device says of itself added
  void retained(std::string_view topic);                   // buffer_ to the topic below the prefix
  void retained_empty(std::string_view topic);             // removes what is there
  void observation(std::string_view topic, bed::Way way);  // buffer_, by itself or with others
  void flush_values(Stamp now);
  void publish_values(std::string topic, std::string payload, bed::Way way);

  infusion::View session(Stamp now) const;  // with the history of its series
  void close_session(const infusion::View& view);

  const Identity* identity_;
  Outlet* outlet_;
  SeriesBook* book_ = nullptr;
  AlarmDesk alarms_;
  TrendDesk trend_;
  std::string& buffer_;  // the outlet's page
  std::string values_;   // as one document, of what happened since the last flush()
  bed::Way values_way_ = bed::Way::usual;
  std::vector<LinkView> links_;
  std::uint64_t set_rev_ = 0;
  unsigned stations_online_ = 0;
  alarms::Audience audience_told_ = alarms::Audience::bed;
  struct ShownNews2 {
    infusion::News2 score;
    MonoTime until{};
  };
  std::optional<ShownNews2> news2_;
  bool news2_cleared_ = false;  // its topic; one from before this start is not known of
  bool state_dirty_ = true, summary_dirty_ = true;
  MonoTime repeated_at_;
  std::function<void()> on_touched_;
  bool touched_ = false;
  bed::Bed bed_;  // last: it reports while it is being made
};

}  // namespace app
