#include "daemon/app/metrics_page.hpp"

#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>

namespace app {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

struct Label {
  const char* name;
  std::string_view value;
};
using Labels = std::initializer_list<Label>;

// One family, filled sample by sample; left out when it stays empty.
class Family {
 public:
  Family(service::MetricFamilies& page, std::string name, const char* help, MetricType type)
      : page_(page), family_{std::move(name), help, type, {}} {}
  ~Family() {
    if (!family_.metric.empty()) page_.push_back(std::move(family_));
  }
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  void add(Labels labels, double value) {
    ClientMetric& made = add(labels);
    (family_.type == MetricType::Counter ? made.counter.value : made.gauge.value) = value;
  }
  void add(Labels labels, std::uint64_t value) { add(labels, static_cast<double>(value)); }

  ClientMetric& add(Labels labels) {
    ClientMetric& made = family_.metric.emplace_back();
    for (const Label& label : labels) made.label.push_back({label.name, std::string{label.value}});
    return made;
  }

 private:
  service::MetricFamilies& page_;
  prometheus::MetricFamily family_;
};

class Page {
 public:
  Family counter(std::string name, const char* help) {
    return {families_, std::move(name), help, MetricType::Counter};
  }
  Family gauge(std::string name, const char* help) {
    return {families_, std::move(name), help, MetricType::Gauge};
  }
  Family summary(std::string name, const char* help) {
    return {families_, std::move(name), help, MetricType::Summary};
  }
  Family histogram(std::string name, const char* help) {
    return {families_, std::move(name), help, MetricType::Histogram};
  }
  service::MetricFamilies take() { return std::move(families_); }

 private:
  service::MetricFamilies families_;
};

constexpr double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

// "<50" or a code is no figure; "1,5" is told as it was sent.
std::optional<double> figure(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

void put_process(const Snapshot& from, Page& page) {
  page.gauge("vitalsd_build_info", "1; version of the daemon and name of this node")
      .add({{"version", from.version}, {"node", from.node}}, 1.0);
  page.gauge("process_start_time_seconds", "when the daemon was started; changes() of it counts restarts")
      .add({}, seconds(vitals::unix_ms(from.started)));
  page.gauge("vitalsd_clock_synchronised", "1: the system clock is disciplined, or the settings trust it")
      .add({}, from.clock_synchronised ? 1.0 : 0.0);
  page.gauge("vitalsd_stations_online", "stations that are connected and were heard of lately")
      .add({}, std::uint64_t{from.stations_online});
  Family family = page.histogram("vitalsd_loop_lag_seconds", "how late the loop's tick came");
  auto& lag = family.add({}).histogram;
  for (std::size_t i = 0; i < from.lag.counts().size(); ++i) {
    lag.sample_count += from.lag.counts()[i];
    const bool last = i == LagCounts::bounds_ms.size();
    lag.bucket.push_back({lag.sample_count,
                          last ? std::numeric_limits<double>::infinity() : seconds(LagCounts::bounds_ms[i])});
  }
  lag.sample_sum = seconds(from.lag.sum_ms());
}

void put_journal(const journal::Health& from, Page& page) {
  auto commits = page.summary("vitalsd_journal_commit_seconds", "commits to disk and the time they took");
  auto& sum = commits.add({}).summary;
  sum.sample_count = from.commits;
  sum.sample_sum = from.commit_seconds;
  page.gauge("vitalsd_journal_failed", "1: the last attempt to write failed")
      .add({}, from.failed ? 1.0 : 0.0);
  page.gauge("vitalsd_journal_queue_entries", "entries that wait for the disk")
      .add({}, static_cast<double>(from.queued));
  page.gauge("vitalsd_journal_events", "rows of the event log in the file").add({}, from.rows);
  page.counter("vitalsd_journal_dropped_entries_total", "entries given up because the queue was full")
      .add({}, from.dropped);
  page.counter("vitalsd_journal_lost_entries_total", "entries of commits that failed").add({}, from.lost);
  page.counter("vitalsd_journal_files_set_aside_total", "files given up as broken").add({}, from.set_aside);
}

void put_fallback(const outputs::FallbackHealth& from, Page& page) {
  page.gauge("vitalsd_fallback_on", "1: it is called at the bed, since no station hears")
      .add({}, from.on ? 1.0 : 0.0);
  Family runs =
      page.counter("vitalsd_fallback_runs_total", "how often an output was used, or tried while idle");
  for (const auto& output : from.outputs) runs.add({{"output", std::string{output.name}}}, output.runs);
  Family failures = page.counter("vitalsd_fallback_failures_total", "how often it did not work");
  for (const auto& output : from.outputs)
    failures.add({{"output", std::string{output.name}}}, output.failures);
}

void put_broker(const stations::BrokerHealth& from, std::uint64_t inbound_dropped, Page& page) {
  constexpr std::array<std::string_view, stations::lane_count> lanes{"alarm", "answer", "state", "event",
                                                                     "observation"};
  page.gauge("vitalsd_broker_connected", "1: connected to the MQTT broker")
      .add({}, from.connected ? 1.0 : 0.0);
  {
    Family waiting = page.gauge("vitalsd_broker_outbox_messages", "messages that wait, by lane");
    for (std::size_t i = 0; i < lanes.size(); ++i)
      waiting.add({{"lane", lanes[i]}}, static_cast<double>(from.waiting[i]));
  }
  page.gauge("vitalsd_broker_in_flight_messages", "messages sent and not yet confirmed")
      .add({}, static_cast<double>(from.in_flight));
  page.gauge("vitalsd_broker_last_confirmation_seconds", "from publish to PUBACK, the last one")
      .add({}, seconds(from.ack_ms_last));
  page.counter("vitalsd_broker_published_total", "messages taken by the broker").add({}, from.published);
  page.counter("vitalsd_broker_dropped_total", "messages thrown out of a full outbox").add({}, from.dropped);
  page.counter("vitalsd_broker_nudges_total", "times the client library had to be woken for an alarm")
      .add({}, from.nudges);
  page.counter("vitalsd_broker_inbound_dropped_total", "messages to us dropped, more than the loop can take")
      .add({}, inbound_dropped);
}

void put_links(const std::vector<SourceSample>& sources, Page& page) {
  {
    Family state = page.gauge("vitalsd_source_state", "1 for the state that the link is in");
    for (const auto& one : sources)
      for (const auto& word : link_words)
        state.add({{"source", one.name}, {"protocol", one.protocol}, {"state", word}},
                  one.state == word ? 1.0 : 0.0);
  }
  const auto counter = [&](const char* name, const char* help, auto member) {
    Family family = page.counter(name, help);
    for (const auto& one : sources) family.add({{"source", one.name}}, one.*member);
  };
  counter("vitalsd_source_received_bytes_total", "bytes that came over the link", &SourceSample::bytes);
  counter("vitalsd_source_frames_total", "sound frames or message parts", &SourceSample::frames);
  counter("vitalsd_source_opened_total", "times the link came up, or connections let in",
          &SourceSample::opened);
  counter("vitalsd_source_unknown_bed_total", "message parts for a location without a bed, dropped",
          &SourceSample::unknown_bed);
  {
    Family open = page.gauge("vitalsd_source_connections", "open connections");
    for (const auto& one : sources) open.add({{"source", one.name}}, static_cast<double>(one.connections));
  }
  Family ago = page.gauge("vitalsd_source_last_receive_age_seconds", "since the last byte");
  for (const auto& one : sources)
    if (one.received_ago) ago.add({{"source", one.name}}, seconds(one.received_ago->count()));
}

void put_faults(const std::vector<SourceSample>& sources, Page& page) {
  Family faults = page.counter("vitalsd_source_faults_total", "what could not be used, by kind and reason");
  for (const auto& one : sources) {
    for (const FaultCount& fault : one.faults)
      faults.add({{"source", one.name}, {"kind", drivers::name(fault.kind)}, {"reason", fault.reason}},
                 fault.count);
    if (one.fault_overflow > 0)
      faults.add({{"source", one.name}, {"kind", "any"}, {"reason", "more-reasons-than-counted"}},
                 one.fault_overflow);
  }
}

void put_unmapped(const std::vector<SourceSample>& sources, Page& page) {
  {
    Family count = page.counter("vitalsd_unmapped_parameter_total",
                                "parameters that the code map does not know, as the device names them");
    for (const auto& one : sources)
      for (const Unmapped& entry : one.unmapped)
        count.add({{"source", one.name}, {"code", entry.code}, {"unit", entry.unit}}, entry.count);
  }
  {
    Family value = page.gauge("vitalsd_unmapped_parameter_last_value", "their last value, if it is a number");
    for (const auto& one : sources)
      for (const Unmapped& entry : one.unmapped)
        if (const auto number = figure(entry.value))
          value.add({{"source", one.name}, {"code", entry.code}, {"unit", entry.unit}}, *number);
  }
  Family more = page.counter("vitalsd_unmapped_overflow_total", "told when the list of codes was full");
  for (const auto& one : sources)
    if (one.unmapped_overflow > 0) more.add({{"source", one.name}}, one.unmapped_overflow);
}

// Only of sources that listen or answer: a serial one has none of these.
void put_network(const std::vector<SourceSample>& sources, Page& page) {
  {
    Family refused =
        page.counter("vitalsd_source_refused_connections_total", "connections that did not come to be");
    for (const auto& one : sources)
      for (std::size_t i = 0; i < one.refusals.size(); ++i)
        if (one.refusals[i] > 0 || one.protocol == "hl7")
          refused.add({{"source", one.name}, {"reason", refusal_words[i]}}, one.refusals[i]);
  }
  Family answers = page.counter("vitalsd_hl7_answers_total", "answers sent, by acknowledgement code");
  for (const auto& one : sources)
    for (std::size_t i = 0; i < one.answers.size(); ++i)
      if (one.answers[i] > 0 || one.protocol == "hl7")
        answers.add({{"source", one.name}, {"code", answer_words[i]}}, one.answers[i]);
}

void put_observations(const std::vector<BedSample>& beds, Page& page) {
  Family family = page.counter("vitalsd_observations_total", "values and words of absence that a bed took");
  for (const auto& bed : beds)
    for (const auto& facts : vitals::metrics)
      for (std::size_t quality = 0; quality < bed::quality_count; ++quality)
        if (const auto count = bed.observations[vitals::index_of(facts.metric)][quality]; count > 0)
          family.add({{"bed", bed.name},
                      {"metric", facts.name},
                      {"quality", vitals::name(static_cast<vitals::Quality>(quality))}},
                     count);
}

void put_alarms(const Snapshot& from, Page& page) {
  const auto priority = [](std::size_t i) { return alarms::name(static_cast<alarms::Priority>(i)); };
  const auto phase = [](std::size_t i) { return alarms::name(static_cast<alarms::Change>(i)); };
  {
    Family active = page.gauge("vitalsd_alarms_active", "alarms active or latched at a bed");
    for (const auto& bed : from.beds)
      for (std::size_t i = 0; i < bed.active.size(); ++i)
        active.add({{"bed", bed.name}, {"priority", priority(i)}}, bed.active[i]);
  }
  {
    Family steps = page.counter("vitalsd_alarm_transitions_total", "changes of alarms of a bed, by phase");
    for (const auto& bed : from.beds)
      for (std::size_t i = 0; i < bed.transitions.size(); ++i)
        if (i != static_cast<std::size_t>(alarms::Change::proceed))  // a repeat is none
          steps.add({{"bed", bed.name}, {"phase", phase(i)}}, bed.transitions[i]);
  }
  {
    Family active = page.gauge("vitalsd_node_alarms_active", "alarms active or latched of the daemon itself");
    for (std::size_t i = 0; i < from.node_active.size(); ++i)
      active.add({{"priority", priority(i)}}, from.node_active[i]);
  }
  Family steps = page.counter("vitalsd_node_alarm_transitions_total", "changes of the daemon's own alarms");
  for (std::size_t i = 0; i < from.node_transitions.size(); ++i)
    if (i != static_cast<std::size_t>(alarms::Change::proceed))
      steps.add({{"phase", phase(i)}}, from.node_transitions[i]);
}

// How much each bed, or all beds of a unit together, alarm, and what people make of it. A unit has names of
// its own, so that a sum over beds counts nothing twice. The 0.5 and 0.95 quantiles are of the newest 256
// answers.
template <typename Samples>
void put_load(const Samples& samples, const std::string& prefix, const char* label, Page& page) {
  const auto put = [&](Family family, auto figure) {
    for (const auto& one : samples) family.add({{label, one.name}}, static_cast<double>(figure(one.load)));
  };
  using Figures = alarms::LoadFigures;
  put(page.gauge(prefix + "alarms_begun_last_10min", "alarms that began in the last ten minutes"),
      [](const Figures& load) { return load.last_10min; });
  put(page.gauge(prefix + "alarms_begun_last_hour", "alarms that began in the last hour"),
      [](const Figures& load) { return load.last_hour; });
  put(page.gauge(prefix + "alarm_flood", "1: more than ten in ten minutes, until fewer than five"),
      [](const Figures& load) { return load.flood ? 1 : 0; });
  put(page.counter(prefix + "alarm_floods_total", "times that a flood began"),
      [](const Figures& load) { return load.floods; });
  put(page.gauge(prefix + "alarms_chattering",
                 "conditions that came and went three times in the last minute"),
      [](const Figures& load) { return load.chattering.size(); });
  put(page.counter(prefix + "alarm_chatters_total", "times that a condition began to chatter"),
      [](const Figures& load) { return load.chatters; });
  put(page.gauge(prefix + "alarms_standing", "alarms active for more than 24 hours"),
      [](const Figures& load) { return load.standing; });
  put(page.counter(prefix + "alarms_ended_total", "alarms that ended by themselves or were reset"),
      [](const Figures& load) { return load.ended; });
  put(page.counter(prefix + "alarms_self_cleared_total", "of these, before anybody had acknowledged"),
      [](const Figures& load) { return load.self_cleared; });
  put(page.counter(prefix + "alarms_fleeting_total", "of these, within 10 s"),
      [](const Figures& load) { return load.fleeting; });
  put(page.counter(prefix + "alarm_audio_paused_seconds_total", "time with the sound of an alarm paused"),
      [](const Figures& load) { return seconds(load.paused.count()); });
  Family answers = page.summary(prefix + "alarm_acknowledge_seconds", "from the call to the acknowledgement");
  for (const auto& one : samples) {
    auto& made = answers.add({{label, one.name}}).summary;
    made.sample_count = one.load.answered;
    made.sample_sum = seconds(one.load.answered_sum.count());
    if (!one.load.answered_median) continue;
    made.quantile = {{0.5, seconds(one.load.answered_median->count())},
                     {0.95, seconds(one.load.answered_p95->count())}};
  }
}

void put_avoided(const std::vector<BedSample>& beds, Page& page) {
  Family family =
      page.counter("vitalsd_alarms_avoided_total", "violations that were over before their delay was");
  for (const auto& bed : beds) family.add({{"bed", bed.name}}, bed.avoided);
}

void put_clocks(const std::vector<BedSample>& beds, Page& page) {
  Family family = page.gauge("vitalsd_source_clock_offset_seconds",
                             "how far the clock of a source is ahead of ours, by the times on its values");
  for (const auto& bed : beds)
    for (const ClockSample& clock : bed.clocks)
      family.add({{"bed", bed.name}, {"source", clock.source}}, seconds(clock.offset.count()));
}

}  // namespace

service::MetricFamilies metrics_page(const Snapshot& snapshot) {
  Page page;
  put_process(snapshot, page);
  put_journal(snapshot.journal, page);
  if (snapshot.fallback) put_fallback(*snapshot.fallback, page);
  put_broker(snapshot.broker, snapshot.inbound_dropped, page);
  put_links(snapshot.sources, page);
  put_network(snapshot.sources, page);
  put_faults(snapshot.sources, page);
  put_unmapped(snapshot.sources, page);
  put_observations(snapshot.beds, page);
  put_alarms(snapshot, page);
  put_load(snapshot.beds, "vitalsd_", "bed", page);
  put_load(snapshot.units, "vitalsd_unit_", "unit", page);
  put_avoided(snapshot.beds, page);
  put_clocks(snapshot.beds, page);
  return page.take();
}

}  // namespace app
