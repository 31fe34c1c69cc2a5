// SunTech Advantage OEM blood pressure modules (Advantage Mini, Advantage A+ and what is built on them): a
// cuff and nothing else. 9600 8N1, no handshake, often TTL levels.
//
// The module answers and never speaks by itself. Asked are the pressure in the cuff (3A 79 05 00 48) and the
// last result (3A 79 03 00 4A). A cuff is never started, unless the option start_cuff says so.
//
// A result carries neither time nor age and is repeated for ever. A measurement is therefore recognised by
// the cuff: a pressure that rises above 20 mmHg and falls again, within 140 s, or nobody saw it end. The
// result that follows is the new one when it differs from the one before; when it still does not after half a
// minute, the same numbers were measured again, if the cuff was long enough under pressure and above the
// systolic one. When the module says itself that it is done (K), the next result is the new one, whatever it
// says. A result that changes without a cycle seen is new as well, unless we had been away: like the first
// one after the start, its age is unknown then, and it is marked as stale. So is the first one after a cycle
// without a K: a module that is about to report a failure still shows the reading before.
//
//   result, 24 bytes: 2 sys, 4 dia (low byte first), 7 status (1 valid), 16 rate, 18 mean, 20 error, 23 check
//
// The rate is one of this measurement, not a running pulse rate, and is only listed. Errors: 1 weak signal, 2
// erratic signal, 3 range, 4 time limit, 85 blockage, 86 aborted, 87 leak or loose cuff, 88 safety time-out,
// 89 overpressure, 90 hardware, 91 not permitted, 97 transducer, 99 memory. A failed measurement is a status
// and not a value.
//
// Sources: four unrelated open programs that agree (a C# provider of Appciton, a Java and a C program, an
// AtCor-related layer); the maker's manual was not available.
#include "drivers/suntech_nibp/suntech_nibp.hpp"

#include <array>
#include <charconv>

#include "drivers/oximetry/oximetry.hpp"
#include "drivers/suntech_nibp/suntech_frames.hpp"

namespace drivers::suntech_nibp {
namespace {

using vitals::Metric;
using vitals::Milliseconds;
using vitals::MonoTime;

// Received, done, aborted, busy; error, undefined, not recognised, asleep, time-out.
constexpr std::string_view known_letters = "OKABENDST";

using Command = Bytes;
constexpr std::array<std::uint8_t, 5> ask_pressure{0x3A, 0x79, 0x05, 0x00, 0x48};
constexpr std::array<std::uint8_t, 5> ask_result{0x3A, 0x79, 0x03, 0x00, 0x4A};
constexpr std::array<std::uint8_t, 3> start_adult{0x3A, 0x20, 0xA6};
constexpr std::array<std::uint8_t, 3> start_paediatric{0x3A, 0x87, 0x3F};
constexpr std::array<std::uint8_t, 3> start_neonatal{0x3A, 0x28, 0x9E};

constexpr Milliseconds reply_within{500};
constexpr unsigned tries_max = 3;
constexpr Milliseconds pressure_every_idle{1000};
constexpr Milliseconds pressure_every_measuring{500};
constexpr Milliseconds result_every_idle{5000};
constexpr Milliseconds result_every_awaited{1000};
// A result that has not changed so long after the cuff went empty was measured again. Long, because a leaking
// cuff is empty well before the module gives up and writes its error.
constexpr Milliseconds same_after{30000};
constexpr Milliseconds cycle_min{10000};    // shorter ones are leaks and aborts; a measurement takes 20-60 s
constexpr Milliseconds cycle_max{140'000};  // a module gives up after 130 s
constexpr Milliseconds residual_after{5000};   // below inflated_mmhg: what is left does not go any more
constexpr Milliseconds watched_within{15000};  // of one look at the result and the next: nothing was missed
constexpr Milliseconds late_after{60000};      // of the end of the cycle: the result is not published as new
constexpr Milliseconds gap_max{5000};          // between two looks at the cuff while it measures
constexpr Milliseconds start_pause{30000};     // IEC 80601-2-30: at least between two measurements
constexpr int inflated_mmhg = 20;
constexpr int empty_mmhg = 10;

// Follows the pressure in the cuff through a measurement.
class CuffCycle {
 public:
  enum class Edge : std::uint8_t { none, began, ended, lost };  // lost: nobody saw when it ended

  Edge take(int mmhg, MonoTime now) {
    const bool gap = heard_at_ && now - *heard_at_ > gap_max;
    mmhg_ = mmhg;
    heard_at_ = now;
    if (expire(now)) return Edge::lost;
    if (!measuring_) return rest(now);
    if (!gap) return follow(now);
    measuring_ = false;
    return Edge::lost;
  }

  // True: no measurement takes so long, whatever the cuff says, or does not say any more.
  bool expire(MonoTime now) {
    if (!measuring_ || now - began_at_ < cycle_max) return false;
    measuring_ = false;
    rest_mmhg_ = mmhg_;
    return true;
  }

  bool measuring() const { return measuring_; }
  // Of the last cycle: whether it can have measured a systolic pressure of that much.
  bool can_have_measured(unsigned sys_mmhg) const {
    return lasted_ >= cycle_min && peak_mmhg_ >= static_cast<int>(sys_mmhg);
  }
  bool known_empty(MonoTime now) const {
    return heard_at_ && now - *heard_at_ <= 2 * pressure_every_idle && mmhg_ < empty_mmhg;
  }

 private:
  Edge rest(MonoTime now) {
    rest_mmhg_ = std::min(rest_mmhg_, std::max(mmhg_, 0));
    if (mmhg_ < rest_mmhg_ + inflated_mmhg) return Edge::none;
    measuring_ = true;
    peak_mmhg_ = mmhg_;
    began_at_ = now;
    low_since_.reset();
    rest_mmhg_ = 0;
    return Edge::began;
  }

  Edge follow(MonoTime now) {
    peak_mmhg_ = std::max(peak_mmhg_, mmhg_);
    if (mmhg_ >= inflated_mmhg) low_since_.reset();
    if (mmhg_ < inflated_mmhg && !low_since_) low_since_ = now;
    const bool empty = mmhg_ < empty_mmhg;
    if (!empty && (!low_since_ || now - *low_since_ < residual_after)) return Edge::none;
    measuring_ = false;
    rest_mmhg_ = empty ? 0 : mmhg_;
    lasted_ = *low_since_ - began_at_;
    return Edge::ended;
  }

  bool measuring_ = false;
  int mmhg_ = 0;
  int peak_mmhg_ = 0;
  int rest_mmhg_ = 0;  // what has stayed in the cuff since the last cycle
  MonoTime began_at_{};
  std::optional<MonoTime> low_since_;
  Milliseconds lasted_{0};
  std::optional<MonoTime> heard_at_;
};

struct StartPlan {
  Command command;  // empty: never
  Milliseconds every{0};
};

class Module final : public Driver {
 public:
  explicit Module(const StartPlan& plan) : plan_(plan) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    framer_.feed(bytes, rx.mono, [&](const Found& found) { take(found, rx, out); });
  }

  // The request whose reply it belongs to is repeated when its time is over.
  void damaged(vitals::Stamp rx, Sink& out) override { report(damaged_byte(framer_.lose_byte(), rx), out); }

  void tick(vitals::Stamp now, Sink& out) override {
    framer_.expire(now.mono, [&](const Found& found) { take(found, now, out); });
    if (cycle_.expire(now.mono)) lose_cycle(now, out);
    if (!asked_.empty() && now.mono - asked_at_ >= reply_within) {
      if (tries_ < tries_max) return send(now.mono, out);
      asked_ = {};
    }
    if (asked_.empty()) ask_next(now.mono, out);
  }

 private:
  // ---- what comes in

  void take(const Found& found, vitals::Stamp rx, Sink& out) {
    if (!found.wrong.empty())
      return report({FaultKind::broken, found.wrong, {}, {}, {}, found.offset, rx}, out);
    switch (found.frame.size()) {
      case letter_bytes: return take_letter(found, rx, out);
      case pressure_bytes: return take_pressure(found, rx, out);
      case result_bytes: return take_result(found, rx, out);
      default: return report({FaultKind::not_mine, "frame", {}, {}, {}, found.offset, rx}, out);
    }
  }

  void take_letter(const Found& found, vitals::Stamp rx, Sink& out) {
    const char letter = static_cast<char>(found.frame[2]);
    if (known_letters.find(letter) == std::string_view::npos)
      return report({FaultKind::not_mine, "letter", {}, {}, {}, found.offset, rx}, out);
    const bool of_start = asked_.data() == plan_.command.data() && !plan_.command.empty();
    asked_ = {};
    out.on_frame_end(rx);
    note_progress(letter, rx);
    if (letter == 'O' || letter == 'K' || letter == 'A') return;
    if (of_start) start_at_ = std::min(*start_at_, rx.mono + start_pause);  // busy or refused: try again then
    if (letter != 'B') report({FaultKind::refused, "reply", {&letter, 1}, {}, {}, found.offset, rx}, out);
  }

  // O, then K when it is over. A module that says K to something else has not said O to a start, and no cuff
  // was seen.
  void note_progress(char letter, vitals::Stamp rx) {
    if (letter == 'K' && (started_ || awaited_ || cycle_.measuring())) {
      if (!awaited_) awaited_ = rx;
      done_ = true;
    }
    if (letter != 'B') started_ = letter == 'O';
  }

  void take_pressure(const Found& found, vitals::Stamp rx, Sink& out) {
    if (asked_.data() == ask_pressure.data()) asked_ = {};
    const auto mmhg = read_pressure(found.frame);
    if (!mmhg)
      return report({FaultKind::implausible, "range", "cuff-pressure", "mmHg", {}, found.offset, rx}, out);
    if (!start_at_) start_at_ = rx.mono + plan_.every;
    switch (cycle_.take(*mmhg, rx.mono)) {
      case CuffCycle::Edge::none: break;
      case CuffCycle::Edge::began:
        failed_.set(false, rx, out);
        measuring_.set(true, rx, out);
        awaited_.reset();
        done_ = told_ = false;
        break;
      case CuffCycle::Edge::lost: lose_cycle(rx, out); break;
      case CuffCycle::Edge::ended:
        measuring_.set(false, rx, out);
        if (!told_) awaited_ = rx;
        result_at_ = rx.mono;
        break;
    }
    out.on_frame_end(rx);
  }

  void lose_cycle(vitals::Stamp now, Sink& out) {
    measuring_.set(false, now, out);
    result_at_ = now.mono;
  }

  void take_result(const Found& found, vitals::Stamp rx, Sink& out) {
    if (asked_.data() == ask_result.data()) asked_ = {};
    ResultBytes bytes{};
    std::copy(found.frame.begin(), found.frame.end(), bytes.begin());
    // Until the cuff is empty it is the old one, if the module does not say otherwise. Looked at it was: when
    // nobody sees the cycle end, it is known since when it can have changed.
    if (!cycle_.measuring() || done_) {
      judge_result(bytes, {rx, found.offset}, out);
    } else if (seen_at_) {
      seen_at_ = rx.mono;
    }
    out.on_frame_end(rx);
  }

  void judge_result(const ResultBytes& bytes, const oximetry::Origin& origin, Sink& out) {
    const MonoTime now = origin.rx.mono;
    const bool first = !seen_at_;
    const bool watched = seen_at_ && now - *seen_at_ <= watched_within;
    seen_at_ = now;
    const Result result = read_result(bytes);
    if (awaited_) return judge_awaited(bytes, result, first, origin, out);
    if (!first && (bytes == last_ || !finished(result))) return;
    last_ = bytes;
    publish(result, watched ? std::optional(origin.rx) : std::nullopt, origin, out);
  }

  void judge_awaited(const ResultBytes& bytes, const Result& result, bool first,
                     const oximetry::Origin& origin, Sink& out) {
    const vitals::Stamp measured = *awaited_;
    const Milliseconds waited = origin.rx.mono - measured.mono;
    const bool changed = !first && bytes != last_;
    const bool is_it = changed || done_;
    if (waited < same_after && (!is_it || !finished(result))) {
      if (!first) return;
      last_ = bytes;  // perhaps still the one before
      return publish(result, std::nullopt, origin, out);
    }
    last_ = bytes;
    awaited_.reset();
    told_ = cycle_.measuring();
    done_ = false;
    if (waited > late_after) return publish(result, std::nullopt, origin, out);
    if (!is_it && !cycle_.can_have_measured(result.sys_mmhg))
      return report_reading(FaultKind::refused, "no-measurement", result, origin, out);
    publish(result, measured, origin, out);
  }

  // Neither valid nor failed: the module has not written it yet.
  static bool finished(const Result& result) { return result.valid() || result.error != 0; }

  // `measured` unknown: the module shows it, from whenever.
  void publish(const Result& result, std::optional<vitals::Stamp> measured, const oximetry::Origin& origin,
               Sink& out) {
    if (!finished(result)) return report_reading(FaultKind::refused, "no-result", result, origin, out);
    if (!result.valid()) {
      report_number(FaultKind::refused, "measurement-failed", "error", {}, result.error, origin, out);
      if (measured) failed_.set(true, origin.rx, out);
      return;
    }
    if (!result.plausible()) {
      report_reading(FaultKind::implausible, "range", result, origin, out);
      if (measured) failed_.set(true, origin.rx, out);
      return;
    }
    if (measured) failed_.set(false, origin.rx, out);
    publish_one(Metric::nibp_sys, result.sys_mmhg, measured, origin.rx, out);
    publish_one(Metric::nibp_dia, result.dia_mmhg, measured, origin.rx, out);
    if (result.map_mmhg != 0) publish_one(Metric::nibp_map, result.map_mmhg, measured, origin.rx, out);
    if (result.rate_per_min != 0)
      report_number(FaultKind::unmapped, "parameter", "rate", "/min", result.rate_per_min, origin, out);
  }

  // The time is what makes an equal reading a new one. It is ours, the module has no clock: not to be
  // compared with later ones after our clock was set, therefore not marked as trusted.
  static void publish_one(Metric metric, unsigned mmhg, std::optional<vitals::Stamp> measured,
                          vitals::Stamp rx, Sink& out) {
    vitals::Observation seen = vitals::measured(metric, mmhg, rx);
    if (measured) {
      seen.time_source = vitals::TimeSource::own;
      seen.t_src = measured->wall;
    } else {
      seen.quality = vitals::Quality::stale;
    }
    out.on_observation(seen);
  }

  // ---- what is asked

  // The result comes first: a module that does not answer about its cuff must not keep us from it.
  void ask_next(MonoTime now, Sink& out) {
    if (start_is_due(now)) return start(now, out);
    if (!result_at_ || now >= *result_at_) {
      result_at_ = now + (awaited_ ? result_every_awaited : result_every_idle);
      return ask(ask_result, now, out);
    }
    const auto pressure_every = cycle_.measuring() ? pressure_every_measuring : pressure_every_idle;
    if (pressure_asked_at_ && now - *pressure_asked_at_ < pressure_every) return;
    pressure_asked_at_ = now;
    ask(ask_pressure, now, out);
  }

  bool start_is_due(MonoTime now) const {
    return !plan_.command.empty() && start_at_ && now >= *start_at_ && !awaited_ && cycle_.known_empty(now);
  }

  void start(MonoTime now, Sink& out) {
    start_at_ = now + plan_.every;
    ask(plan_.command, now, out);
    tries_ = tries_max;  // never twice: the first may have been heard
  }

  void ask(Command command, MonoTime now, Sink& out) {
    asked_ = command;
    tries_ = 0;
    send(now, out);
  }

  void send(MonoTime now, Sink& out) {
    ++tries_;
    asked_at_ = now;
    out.on_send(asked_);
  }

  // ---- faults

  static void report(const DecodeFault& fault, Sink& out) { out.on_fault(fault); }

  static void report_number(FaultKind kind, std::string_view reason, std::string_view code,
                            std::string_view unit, unsigned value, const oximetry::Origin& origin,
                            Sink& out) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const std::string_view text{digits.data(), static_cast<std::size_t>(end - digits.data())};
    report({kind, reason, code, unit, text, origin.offset, origin.rx}, out);
  }

  static void report_reading(FaultKind kind, std::string_view reason, const Result& result,
                             const oximetry::Origin& origin, Sink& out) {
    std::array<char, 32> text{};
    char* end = std::to_chars(text.data(), text.data() + text.size(), result.sys_mmhg).ptr;
    *end++ = '/';
    end = std::to_chars(end, text.data() + text.size(), result.dia_mmhg).ptr;
    const std::string_view value{text.data(), static_cast<std::size_t>(end - text.data())};
    report({kind, reason, "nibp", "mmHg", value, origin.offset, origin.rx}, out);
  }

  const StartPlan plan_;
  Framer framer_;
  CuffCycle cycle_;
  oximetry::Level measuring_{Signal::nibp_measuring};
  oximetry::Level failed_{Signal::nibp_failed};

  ResultBytes last_{};
  std::optional<MonoTime> seen_at_;       // the last look at the result
  std::optional<vitals::Stamp> awaited_;  // the end of the cycle whose result is still to come
  bool started_ = false;                  // the last letter was O
  bool done_ = false;                     // of what is awaited the module said K
  bool told_ = false;                     // the result of the cycle that still runs has been taken

  Command asked_;  // that waits for its reply; empty: none
  MonoTime asked_at_{};
  unsigned tries_ = 0;
  std::optional<MonoTime> pressure_asked_at_;
  std::optional<MonoTime> result_at_;  // the next look; none: at once
  std::optional<MonoTime> start_at_;  // one interval after the first reply, so that restarts do not add cuffs
};

constexpr std::array<std::string_view, 3> models{"Advantage Mini", "Advantage A+", "monitors built on them"};
constexpr std::array<Metric, 3> metrics{Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map};

constexpr unsigned start_every_min_min = 2;
constexpr unsigned start_every_min_max = 240;
constexpr std::array<OptionFacts, 2> option_facts{{
    {"start_cuff", "never, adult, paediatric or neonatal", "never",
     "the only way to make this driver inflate a cuff on the patient; never: it only reads"},
    {"start_cuff_every_min", "2 to 240", "10",
     "minutes from one start to the next, when start_cuff is not never"},
}};

constexpr Facts suntech_facts{
    .name = "suntech-nibp",
    .title = "SunTech Advantage OEM blood pressure modules",
    .models = models,
    .line = {.baud = 9600},
    .integrity = Integrity::checksum,
    .maturity = Maturity::good,
    .streaming = true,  // we ask once a second by ourselves
    .silence_ms_max = Milliseconds{3000},
    .own_delay_ms = Milliseconds{0},  // a reading is judged when it comes
    .metrics = metrics,
    .options = option_facts,
};

std::optional<Command> start_command(std::string_view patient) {
  if (patient == "never") return Command{};
  if (patient == "adult") return Command{start_adult};
  if (patient == "paediatric") return Command{start_paediatric};
  if (patient == "neonatal") return Command{start_neonatal};
  return std::nullopt;
}

std::optional<Milliseconds> start_interval(std::string_view text) {
  unsigned minutes = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), minutes);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  if (minutes < start_every_min_min || minutes > start_every_min_max) return std::nullopt;
  return std::chrono::minutes{minutes};
}

}  // namespace

const Facts& facts() { return suntech_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(suntech_facts, options); !unknown.empty())
    return {nullptr, unknown};
  const std::string_view patient = option_value(suntech_facts, options, "start_cuff");
  const auto command = start_command(patient);
  if (!command) return {nullptr, refused_option(suntech_facts, "start_cuff", patient)};
  const std::string_view minutes = option_value(suntech_facts, options, "start_cuff_every_min");
  const auto every = start_interval(minutes);
  if (!every) return {nullptr, refused_option(suntech_facts, "start_cuff_every_min", minutes)};
  return {std::make_unique<Module>(StartPlan{*command, *every}), {}};
}

}  // namespace drivers::suntech_nibp
