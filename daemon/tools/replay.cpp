#include "daemon/tools/replay.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>

#include "daemon/app/bed_desk.hpp"
#include "daemon/app/build.hpp"
#include "daemon/app/intake.hpp"
#include "daemon/app/unmapped.hpp"
#include "daemon/contract/json_writer.hpp"
#include "daemon/settings/builtin.hpp"
#include "daemon/tools/replay_input.hpp"
#include "daemon/tools/replay_lines.hpp"
#include "daemon/tools/replay_options.hpp"
#include "daemon/tools/tools.hpp"
#include "drivers/hl7/hl7_driver.hpp"

namespace tools {
namespace {

using contract::JsonWriter;
using std::chrono_literals::operator""s;
using vitals::Metric;
using vitals::Stamp;

// Drivers time out within this; longer silence is for the bed alone.
constexpr vitals::Milliseconds ticks_ms_max = 12s;
constexpr std::string_view source_name = "replay";
// HL7, as live: without a connection for twice the period, at least this, the source is lost.
constexpr vitals::Milliseconds silence_ms_min = 15s;

// Alarm documents are printed as they would be published; everything else stays in the bed.
class Printer final : public app::Outlet {
 public:
  explicit Printer(const std::function<void(std::string_view)>& print) : print_(print) {}
  void publish(stations::Message message) override {
    if (message.topic.find("/event/alarm") != std::string::npos) print_(message.payload);
  }
  void record(journal::Entry /*entry*/) override {}

 private:
  const std::function<void(std::string_view)>& print_;
};

// What a first pass over the file shows: which locations send which metrics.
struct Survey {
  std::map<std::string, vitals::MetricSet> beds;  // by location key, "" for none
};

std::string location_key(std::string_view location) {
  std::string out;
  for (const char c : location) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

class Replay {
 public:
  Replay(const ReplayOptions& options, const drivers::Entry& entry, const alarms::Profile& profile,
         const std::function<void(std::string_view)>& print)
      : options_(options), entry_(entry), profile_(profile), print_(print), outlet_(print) {}

  void run(const std::vector<Chunk>& chunks) {
    if (chunks.empty()) return;
    survey(chunks);
    make_beds(chunks.front().at);
    for (const app::Route& route : routes_.all()) route.bed->link(route.source, true, chunks.front().at);
    pass(chunks);
  }

  // With the beds, the profiles and the source of settings, all of which outlive the replay.
  void run(const std::vector<Chunk>& chunks, const settings::Settings& settings,
           const settings::Source& source) {
    if (chunks.empty()) return;
    lost_after_ = std::max(silence_ms_min, 2 * source.period);
    identity_.node = settings.node.name;
    identity_.root = settings.node.root;
    std::map<std::string, app::Route, std::less<>> routes;
    for (const settings::Bed& bed : settings.beds) {
      const auto found = std::find(bed.sources.begin(), bed.sources.end(), source.name);
      if (found == bed.sources.end()) continue;
      desks_.push_back(std::make_unique<app::BedDesk>(identity_, app::make_bed_settings(settings, bed),
                                                      static_cast<std::uint32_t>(desks_.size() + 1), 0,
                                                      outlet_, chunks.front().at));
      routes[bed.scope()] = {&desks_.back()->bed(), static_cast<std::size_t>(found - bed.sources.begin())};
    }
    for (const auto& [location, scope] : source.beds) routes_.by_location[location] = routes.at(scope);
    if (source.beds.empty() && !routes.empty()) routes_.fixed = routes.begin()->second;
    pass(chunks);
  }

 private:
  bool hl7() const { return entry_.facts == &drivers::hl7::facts(); }

  void survey(const std::vector<Chunk>& chunks) {
    app::IntakeHandlers handlers;
    std::string location;
    handlers.on_subject = [&](const drivers::Subject& subject) { location = location_key(subject.location); };
    handlers.on_observation = [&](const vitals::Observation& observation, const app::Route*) {
      survey_.beds[location].insert(observation.metric);
    };
    app::Intake intake(app::Routes{}, std::move(handlers));
    const auto driver = entry_.make(options_.options).driver;
    driver->overhear();
    for (const Chunk& chunk : chunks) {
      driver->feed(bytes(chunk.bytes), chunk.at, intake);
      if (chunk.datagram) driver->datagram_ended(chunk.at, intake);
    }
    driver->tick({chunks.back().at.mono + 1s, chunks.back().at.wall + 1s}, intake);
    if (survey_.beds.empty()) survey_.beds[""];
  }

  void make_beds(Stamp start) {
    std::uint32_t index = 0;
    for (const auto& [location, metrics] : survey_.beds) {
      bed::Settings settings;
      settings.node = settings.unit = source_name;
      settings.name = survey_.beds.size() == 1 ? "bed" : "bed-" + std::to_string(index + 1);
      settings.profile = &profile_;
      bed::Source source;
      source.name = source_name;
      source.streaming = entry_.facts->streaming;
      source.lists_alarms = entry_.facts->line.baud != 0;  // HL7 brings each alarm by itself
      source.accept_demo = options_.accept_demo;
      settings.sources.push_back(source);
      for (const auto& facts : vitals::metrics) settings.source_of[vitals::index_of(facts.metric)] = 0;
      settings.expected = metrics;
      settings.leads.rate = metrics.contains(Metric::hr) ? Metric::hr : Metric::pr;
      settings.leads.arterial = metrics.contains(Metric::art_sys) && !metrics.contains(Metric::nibp_sys);
      desks_.push_back(
          std::make_unique<app::BedDesk>(identity_, std::move(settings), ++index, 0, outlet_, start));
      routes_.by_location[location] = {&desks_.back()->bed(), 0};
    }
    if (routes_.by_location.size() == 1) routes_.fixed = routes_.by_location.begin()->second;
  }

  app::IntakeHandlers handlers() {
    app::IntakeHandlers out;
    out.on_subject = [this](const drivers::Subject& subject) {
      patient_ = subject.patient_id;
      bed_ = subject.location.empty() ? subject.bed : subject.location;
    };
    out.on_observation = [this](const vitals::Observation& observation, const app::Route* route) {
      print_observation(observation, route);
    };
    out.on_status = [this](const drivers::DeviceStatus& status) { print_said(status); };
    out.on_device_alarm = [this](const drivers::DeviceAlarm& alarm, const app::Route*) { print_said(alarm); };
    out.on_pump = [this](const drivers::PumpReport& report, const app::Route*) { print_said(report); };
    out.on_patient = [this](const drivers::PatientEvent& event) { print_said(event); };
    out.on_fault = [this](const drivers::DecodeFault& fault) { print_fault(fault); };
    out.on_answer = [this](const drivers::Answer& answer) { print_said(answer); };
    out.on_close = [this](std::string_view reason) {
      JsonWriter json(line_);
      json.text("kind", "close");
      json.text("reason", reason);
      json.close_object();
      print_(line_);
      closed_ = connection_;
    };
    return out;
  }

  void pass(const std::vector<Chunk>& chunks) {
    app::Intake intake(routes_, handlers());
    std::mt19937_64 random(options_.split.value_or(0));
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      feed(chunks[i], random, intake);
      const bool last = i + 1 == chunks.size();
      const vitals::Milliseconds tail{static_cast<std::int64_t>(options_.tail_s * 1000)};
      const vitals::MonoTime until = last ? chunks[i].at.mono + tail : chunks[i + 1].at.mono;
      wait(chunks[i].at, until, intake);
    }
    // A frame that only silence completes is complete now.
    const Stamp end = vitals::stamp_at(chunks.back().at, chunks.back().at.mono + 1s);
    if (options_.tail_s < 1) tick(end, intake);
    print_unmapped();
  }

  void feed(const Chunk& chunk, std::mt19937_64& random, app::Intake& intake) {
    if (closed_) {  // live, the sender would connect anew
      intake.driver_gone(chunk.at);
      drivers_.erase(*closed_);
    }
    closed_.reset();
    for (auto& desk : desks_) desk->advance(chunk.at);
    if (chunk.change != LinkChange::none) change(chunk);
    if (chunk.damaged) driver_of(chunk.connection).damaged(chunk.at, intake);
    std::string_view rest = chunk.bytes;
    while (!rest.empty()) {
      std::size_t size = rest.size();
      if (options_.split && !chunk.datagram) size = 1 + random() % std::min<std::size_t>(size, 97);
      if (options_.bytewise && !chunk.datagram) size = 1;
      connection_ = chunk.connection;
      driver_of(connection_).feed(bytes(rest.substr(0, size)), chunk.at, intake);
      rest.remove_prefix(size);
    }
    if (chunk.datagram && !chunk.bytes.empty()) driver_of(connection_).datagram_ended(chunk.at, intake);
    settle(chunk.at);
  }

  // A new stream: nothing of the old one may be continued.
  void change(const Chunk& chunk) {
    drivers_.erase(chunk.connection);
    if (chunk.change == LinkChange::up) {
      driver_of(chunk.connection);
      lost_at_.reset();
      set_link(true, chunk.at);
    } else if (!hl7()) {
      set_link(false, chunk.at);
    } else if (drivers_.empty()) {
      lost_at_ = chunk.at.mono + lost_after_;
    }
  }

  void set_link(bool up, Stamp at) {
    for (const app::Route& route : routes_.all()) route.bed->link(route.source, up, at);
  }

  // Of HL7 all connections share what was seen before.
  drivers::Driver& driver_of(std::uint64_t connection) {
    auto& driver = drivers_[connection];
    if (driver) return *driver;
    driver =
        hl7() ? drivers::hl7::make(options_.options, memory_).driver : entry_.make(options_.options).driver;
    driver->overhear();
    return *driver;
  }

  void tick(Stamp at, app::Intake& intake) {
    for (auto& [connection, driver] : drivers_) {
      connection_ = connection;
      driver->tick(at, intake);
    }
  }

  // Time passes: drivers tick, beds judge silence.
  void wait(Stamp from, vitals::MonoTime until, app::Intake& intake) {
    for (vitals::MonoTime at = from.mono + tick_ms; at < std::min(until, from.mono + ticks_ms_max);
         at += tick_ms)
      tick(vitals::stamp_at(from, at), intake);
    if (lost_at_ && *lost_at_ <= until) {
      for (auto& desk : desks_) desk->advance(vitals::stamp_at(from, *lost_at_));
      set_link(false, vitals::stamp_at(from, *lost_at_));
      lost_at_.reset();
    }
    for (auto& desk : desks_) desk->advance(vitals::stamp_at(from, until));
    settle(vitals::stamp_at(from, until));
  }

  void settle(Stamp now) {
    for (auto& desk : desks_) desk->flush(now);
  }

  // Both are known per message only; a serial source has the one bed it is bound to.
  void put_subject(JsonWriter& json) {
    if (hl7()) {
      json.text_or_null("bed", bed_);
      json.text_or_null("patient", patient_);
    } else {
      json.text("bed", desks_.front()->bed().settings().name);
    }
  }

  void print_observation(const vitals::Observation& observation, const app::Route* /*route*/) {
    JsonWriter json(line_);
    json.text("kind", "obs");
    json.text("metric", vitals::name(observation.metric));
    if (observation.has_number()) {
      json.number("v", contract::rounded(observation.value, 2));
    } else {
      json.null("v");
    }
    json.text("u", vitals::name(vitals::unit_of(observation.metric)));
    put_quality(json, observation);
    put_subject(json);
    json.time("t_src", observation.t_src);
    json.time("t_rx", observation.rx.wall);
    json.count("mdc", observation.mdc);
    if (observation.test) json.flag("test", true);
    if (observation.derived) json.flag("derived", true);
    if (observation.channel != 0) json.count("channel", observation.channel);
    json.close_object();
    print_(line_);
  }

  // A device in demo mode shows numbers that are no patient's; HL7 marks training messages, whose values
  // stand.
  void put_quality(JsonWriter& json, const vitals::Observation& observation) const {
    const bool demo = observation.test && observation.has_value() && !hl7() && !options_.accept_demo;
    const auto quality = demo ? vitals::Quality::invalid : observation.quality;
    const auto reason = demo ? vitals::Reason::test_mode : observation.reason;
    json.text("q", vitals::name(quality));
    if (reason != vitals::Reason::none) json.text("reason", vitals::name(reason));
  }

  template <class Said>
  void print_said(const Said& said) {
    write_line(line_, said);
    print_(line_);
  }

  // What the code map does not know, once more and each once: the list a site needs for codes of its own.
  void print_unmapped() {
    for (const app::Unmapped& parameter : unmapped_.entries()) print_said(parameter);
    if (unmapped_.overflow() == 0) return;
    JsonWriter json(line_);
    json.text("kind", "unmapped-overflow");
    json.count("count", unmapped_.overflow());
    json.close_object();
    print_(line_);
  }

  void print_fault(const drivers::DecodeFault& fault) {
    if (fault.kind == drivers::FaultKind::unmapped) unmapped_.note(fault);
    print_said(fault);
  }

  static drivers::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  const ReplayOptions& options_;
  const drivers::Entry& entry_;
  const alarms::Profile& profile_;
  const std::function<void(std::string_view)>& print_;
  Printer outlet_;
  app::Identity identity_{std::string{source_name}, std::string{source_name}, "vitals"};
  Survey survey_;
  std::vector<std::unique_ptr<app::BedDesk>> desks_;
  app::Routes routes_;
  app::UnmappedTable unmapped_;
  std::map<std::uint64_t, std::unique_ptr<drivers::Driver>> drivers_;  // by connection
  std::shared_ptr<drivers::hl7::SourceMemory> memory_ = drivers::hl7::make_memory();
  std::uint64_t connection_ = 0;  // whose driver speaks
  vitals::Milliseconds lost_after_ = silence_ms_min;
  std::optional<vitals::MonoTime> lost_at_;
  std::string patient_, bed_, line_;
  std::optional<std::uint64_t> closed_;
};

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (in.peek() != std::ifstream::traits_type::eof()) content << in.rdbuf();
  if (!in && !in.eof()) return std::nullopt;
  return content.str();
}

const settings::Source* source_of(const settings::Settings& settings, const ReplayOptions& options,
                                  const CaptureHeader& header, std::string& error) {
  const std::string& wanted = options.source.empty() ? header.source : options.source;
  const settings::Source* found = settings.source(wanted);
  std::size_t fitting = 0;
  for (const settings::Source& source : settings.sources) {
    if (source.protocol != header.protocol) continue;
    ++fitting;
    if (found == nullptr && options.source.empty()) found = &source;
  }
  if (found == nullptr || (settings.source(wanted) == nullptr && fitting != 1)) {
    error = options.settings + " has no source \"" + wanted + "\" and not exactly one of protocol " +
            header.protocol + ": name one with --source";
    return nullptr;
  }
  if (found->protocol == header.protocol) return found;
  error = "source " + found->name + " speaks " + found->protocol + ", the capture is of " + header.protocol;
  return nullptr;
}

bool replay_capture(const ReplayOptions& options, const std::function<void(std::string_view)>& print,
                    std::string& error) {
  const settings::Loaded loaded = settings::load(options.settings);
  if (!loaded.ok()) {
    error = settings::describe(loaded.problems);
    return false;
  }
  const auto content = read_file(options.file);
  if (!content) {
    error = options.file + " cannot be read";
    return false;
  }
  const auto capture = read_capture(*content, error);
  if (!capture) {
    error = options.file + ": " + error;
    return false;
  }
  const settings::Source* source = source_of(loaded.settings, options, capture->header, error);
  if (source == nullptr) return false;
  const drivers::Entry* entry = drivers::find(source->protocol);
  ReplayOptions with = options;
  with.options = source->options;
  Replay(with, *entry, loaded.settings.profiles.begin()->second, print)
      .run(capture_chunks(*capture), loaded.settings, *source);
  return true;
}

// A capture without its settings, through the driver that is asked for.
bool replay_captured(const ReplayOptions& options, const drivers::Entry& entry,
                     const alarms::Profile& profile, const std::string& content,
                     const std::function<void(std::string_view)>& print, std::string& error) {
  const auto capture = read_capture(content, error);
  if (!capture) {
    error = options.file + ": " + error;
    return false;
  }
  ReplayOptions with = options;
  if (with.options.empty()) with.options = capture->header.options;
  const auto first = std::find_if(capture->events.begin(), capture->events.end(),
                                  [](const CaptureEvent& event) { return event.kind == CaptureKind::in; });
  if (first != capture->events.end()) find_transport(entry, first->bytes, with.options);
  if (const auto made = entry.make(with.options); !made.driver) {
    error = options.file + ": " + made.error;
    return false;
  }
  Replay(with, entry, profile, print).run(capture_chunks(*capture));
  return true;
}

}  // namespace

bool replay(const ReplayOptions& options, const std::function<void(std::string_view)>& print,
            std::string& error) {
  if (!options.settings.empty()) return replay_capture(options, print, error);
  const drivers::Entry* entry = drivers::find(options.protocol);
  if (entry == nullptr) {
    error = "there is no protocol \"" + options.protocol + "\"; `vitalsd drivers` lists them";
    return false;
  }
  if (const auto made = entry->make(options.options); !made.driver) {
    error = made.error;
    return false;
  }
  const auto profile = settings::builtin_profile(options.profile);
  if (!profile) {
    error = "there is no built-in profile \"" + options.profile + "\"; there are";
    for (const std::string_view name : settings::builtin_profile_names()) (error += ' ') += name;
    return false;
  }
  const auto content = read_file(options.file);
  if (!content) {
    error = options.file + " cannot be read";
    return false;
  }
  if (looks_like_capture(*content)) return replay_captured(options, *entry, *profile, *content, print, error);
  std::string framed;
  const bool serial = entry->facts->line.baud != 0;
  const auto chunks = serial ? serial_chunks(*content, entry->facts->line) : hl7_chunks(*content, framed);
  ReplayOptions with = options;
  find_transport(*entry, *content, with.options);
  if (serial) {
    OptionChoice choice = choose_options(*entry, with.options, chunks);
    with.options = std::move(choice.options);
    error = std::move(choice.note);
  } else {
    with.options.insert_or_assign("framing", "mllp");  // so these chunks are, whichever way the file is
  }
  Replay(with, *entry, *profile, print).run(chunks);
  return true;
}

}  // namespace tools
