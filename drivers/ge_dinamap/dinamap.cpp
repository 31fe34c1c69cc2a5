// GE / Critikon DINAMAP host communication, ASCII: ProCare, PRO 100-400, CARESCAPE V100, Compact, Dash 2500
// with "ASCII cmd" on. 9600 8N1, no flow control. The monitor speaks when asked only; one request at a time.
//
//   NA  blood pressure   unit N A  status patient mode  age(4)  sys(3) dia(3) mean(3)  check(2) CR
//   OA  oximeter         unit O A  status  SpO2(3) signal averaging(2)  check(2) CR
//   RA  pulse rate       unit R A  source  rate(3)  check(2) CR      some PRO 200 answer to RC instead
//
// Check characters: dinamap_line.cpp. Cuff status: 0 busy, 1 done, 3 to 9 failed (dinamap_cuff.cpp). Oximeter
// status: 0 standby, 1 good, 3 no data (sensor off on ProCare), 6 sensor unplugged (or off, on PRO). Source
// of the rate: 2 oximeter, 3 the last cuff measurement. 000 and -99 are no rate, 9999 no age.
//
// A rate of the cuff is as old as its reading and never passed on as a pulse. Commands that inflate or stop
// the cuff (NC, ND) exist and are not sent. The monitor's alarms cannot be read: their commands are in no
// public paper.
//
// Sources: titles and commands of the Host Communications Reference Manual 2010566; replies by three public
// programs for V100 and PRO 200 that agree. No recording of a reply is public, hence the option to go without
// the check. The signal strength from which a value is doubted is our choice.
#include "drivers/ge_dinamap/dinamap.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "drivers/framing/line_splitter.hpp"
#include "drivers/ge_dinamap/dinamap_cuff.hpp"
#include "drivers/ge_dinamap/dinamap_line.hpp"
#include "drivers/ge_dinamap/dinamap_poll.hpp"

namespace drivers::dinamap {
namespace {

using oximetry::Origin;
using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

constexpr std::size_t line_bytes_max = 64;

// After silence or damage the line is listened to, and not believed without check characters, for this long.
constexpr vitals::Milliseconds listen_ms{100};

// What was damaged may have said that the sensor is off: a pulse waits for the oximeter's next word, which is
// asked for once a second. When none can be read again and again, the pulse is passed on with a doubt.
constexpr vitals::Milliseconds rate_doubted_ms{2000};

constexpr unsigned rate_per_min_max = 350;  // of this monitor; the others' oximeters end earlier
constexpr unsigned weak_signal_max = 2;

constexpr unsigned source_oximeter = 2;
constexpr unsigned source_cuff = 3;

struct Settings {
  char unit = ' ';
  char rate_command = 'A';
  bool check = true;
};

// What an oximeter status other than "good" means for its values.
struct Absence {
  Reason reason{};
  Quality quality{};
};
constexpr unsigned oximeter_good = 1;
std::optional<Absence> absence_of(unsigned status) {
  switch (status) {
    case 0: return Absence{Reason::missing, Quality::unavailable};
    case oximeter_good: return std::nullopt;
    case 3: return Absence{Reason::sensor_off, Quality::invalid};
    case 6: return Absence{Reason::sensor_unplugged, Quality::invalid};
    default: return Absence{Reason::status, Quality::invalid};
  }
}

class Digits {
 public:
  explicit Digits(unsigned value)
      : end_(std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr) {}
  std::string_view view() const { return {text_.data(), static_cast<std::size_t>(end_ - text_.data())}; }

 private:
  std::array<char, 12> text_{};
  char* end_;
};

class Dinamap final : public Driver {
 public:
  explicit Dinamap(const Settings& settings) : settings_(settings) {}

  void overhear() override { overhears_ = true; }

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    if (!deaf(rx.mono)) {
      lines_.feed(bytes, [&](const framing::Line& line) {
        if (!deaf(rx.mono)) take_line(line, {rx, line.offset + lines_begin_}, out);
      });
    }
    offset_ += bytes.size();
    if (deaf(rx.mono)) start_lines();
  }

  // A request whose reply it belongs to is repeated when its time is over.
  void damaged(vitals::Stamp rx, Sink& out) override {
    lines_.give_up_line();
    rate_doubted_until_ = rx.mono + rate_doubted_ms;
    out.on_fault(damaged_byte(offset_++, rx));
  }

  void tick(vitals::Stamp now, Sink& out) override {
    if (const auto asked = poll_.waiting(); asked && poll_.timed_out(now.mono)) {
      listen(now.mono);
      if (deaf(now.mono)) start_lines();
      report_unanswered(*asked, now, out);
    }
    if (listening(now.mono)) return;
    if (const auto ask = poll_.next(now.mono)) send(head_of(*ask), out);
  }

 private:
  // Whatever arrives now may be the rest of something.
  bool listening(vitals::MonoTime now) const { return listen_until_ && now < *listen_until_; }
  // Then only the check characters can tell a whole reply from such a rest.
  bool deaf(vitals::MonoTime now) const { return !settings_.check && listening(now); }

  void listen(vitals::MonoTime now) {
    listen_until_ = now + listen_ms;
    flush_ = true;
  }

  void start_lines() {
    lines_ = {};
    lines_begin_ = offset_;
    noise_ = false;
  }

  Head head_of(Ask ask) const {
    switch (ask) {
      case Ask::cuff: return {settings_.unit, 'N', 'A'};
      case Ask::oximeter: return {settings_.unit, 'O', 'A'};
      case Ask::rate: break;
    }
    return {settings_.unit, 'R', settings_.rate_command};
  }

  // What a line is a reply to, by its letters.
  std::optional<Ask> ask_of(const Head& head) const {
    for (const Ask ask : {Ask::cuff, Ask::oximeter})
      if (head == head_of(ask)) return ask;
    const bool rate = head.unit == settings_.unit && head.parameter == 'R';
    return rate && (head.command == 'A' || head.command == 'C') ? std::optional(Ask::rate) : std::nullopt;
  }

  static std::string_view form_of(Ask ask) {
    switch (ask) {
      case Ask::cuff: return cuff_form;
      case Ask::oximeter: return oximeter_form;
      case Ask::rate: break;
    }
    return rate_form;
  }

  // A CR in front clears the monitor's own line buffer.
  void send(const Head& head, Sink& out) {
    std::array<std::uint8_t, 1 + std::tuple_size_v<Command>> bytes{'\r'};
    const Command text = command(head);
    std::copy(text.begin(), text.end(), bytes.begin() + 1);
    const std::size_t begin = flush_ ? 0 : 1;
    flush_ = false;
    if (noise_) start_lines();
    out.on_send(Bytes{bytes}.subspan(begin));
  }

  // Only what we wait for is of now. Everything else may have waited somewhere on the way, for a minute too.
  bool believes(Ask ask) const { return overhears_ || poll_.waiting() == ask; }

  void take_line(const framing::Line& line, const Origin& origin, Sink& out) {
    noise_ = line.too_long;
    if (line.too_long) return spoilt({FaultKind::broken, "line-too-long"}, line, origin, out);
    const Rejected damage = envelope(line.text, settings_.check);
    if (!damage.reason.empty()) return spoilt(damage, line, origin, out);
    const auto ask = ask_of(read_head(line.text));
    if (!ask) return strange(line, origin, out);
    if (is_command(line.text)) return;  // an echo, or the question of another host
    const Rejected rejected = examine(line.text, form_of(*ask), settings_.check);
    if (!rejected.reason.empty()) return spoilt(rejected, line, origin, out);
    if (!believes(*ask)) return fault({FaultKind::not_mine, "unasked"}, line.text, origin, out);
    if (!take_reply(*ask, line.text, origin, out))
      return spoilt({FaultKind::broken, "form"}, line, origin, out);
    poll_.heard(*ask);
    out.on_frame_end(origin.rx);
  }

  // The first line after opening may be the rest of one: that is no fault.
  bool cut(const framing::Line& line) const { return line.first && lines_begin_ == 0; }

  void strange(const framing::Line& line, const Origin& origin, Sink& out) {
    if (settings_.check || !cut(line)) fault({FaultKind::not_mine, "other-reply"}, line.text, origin, out);
  }

  void spoilt(const Rejected& why, const framing::Line& line, const Origin& origin, Sink& out) {
    if (!cut(line)) fault(why, line.text, origin, out);
    rate_doubted_until_ = origin.rx.mono + rate_doubted_ms;
    if (listening(origin.rx.mono)) return;
    const auto asked = poll_.waiting();
    poll_.spoilt();
    listen(origin.rx.mono);
    if (asked) report_unanswered(*asked, origin.rx, out);
  }

  static void fault(const Rejected& why, std::string_view line, const Origin& origin, Sink& out) {
    std::array<char, line_bytes_max> shown{};
    for (std::size_t i = 0; i < line.size(); ++i) shown[i] = line[i] >= ' ' && line[i] <= '~' ? line[i] : '?';
    const std::string_view text{shown.data(), line.size()};
    out.on_fault({why.kind, why.reason, text.substr(0, 3), {}, text, origin.offset, origin.rx});
  }

  bool take_reply(Ask ask, std::string_view line, const Origin& origin, Sink& out) {
    switch (ask) {
      case Ask::cuff: cuff_.take(read_cuff(line), origin, out); return true;
      case Ask::oximeter: take_oximeter(read_oximeter(line), origin, out); return true;
      case Ask::rate: break;
    }
    const auto rate = read_rate(line);
    if (rate) take_rate(*rate, origin, out);
    return rate.has_value();
  }

  void take_oximeter(const OximeterReply& reply, const Origin& origin, Sink& out) {
    absence_ = absence_of(reply.status);
    oximeter_silent_ = false;
    rate_doubted_until_.reset();
    doubt_ = reply.signal <= weak_signal_max ? Reason::weak_signal : Reason::none;
    if (absence_ && absence_->reason == Reason::status)
      value_fault({FaultKind::unmapped, "oximeter-status"}, "OA", reply.status, origin, out);
    report({Metric::spo2, reply.spo2_percent, oximetry::spo2_percent_max, doubt_}, origin, out);
  }

  void take_rate(const RateReply& reply, const Origin& origin, Sink& out) {
    if (reply.source == source_oximeter) return take_pulse(reply.rate_per_min.value_or(0), origin, out);
    if (reply.source != source_cuff) {
      value_fault({FaultKind::unmapped, "rate-source"}, "RA", reply.source, origin, out);
    } else if (reply.rate_per_min && reply.rate_per_min != cuff_rate_) {
      value_fault({FaultKind::unmapped, "rate-source"}, "NIBP rate", *reply.rate_per_min, origin, out);
    }
    if (reply.source == source_cuff) cuff_rate_ = reply.rate_per_min;
    report_absent(Metric::pr, origin.rx, out);
  }

  // A pulse stands without the oximeter's status too, but then nobody says that its sensor is on.
  void take_pulse(unsigned rate_per_min, const Origin& origin, Sink& out) {
    const bool waits = rate_doubted_until_ && origin.rx.mono < *rate_doubted_until_;
    if (waits && !oximeter_silent_)
      return value_fault({FaultKind::refused, "oximeter-unread"}, "pr", rate_per_min, origin, out);
    const Reason doubt = oximeter_silent_ ? Reason::status : doubt_;
    report({Metric::pr, rate_per_min, rate_per_min_max, doubt}, origin, out);
  }

  struct Number {
    Metric metric{};
    unsigned value = 0;
    unsigned max = 0;
    Reason doubt{};
  };

  // The oximeter's status wins over digits; zero is none.
  void report(const Number& number, const Origin& origin, Sink& out) {
    const auto [metric, value, max, doubt] = number;
    if (absence_ || value == 0) return report_absent(metric, origin.rx, out);
    if (value <= max) return out.on_observation(vitals::measured(metric, value, origin.rx, doubt));
    value_fault({FaultKind::implausible, "range"}, vitals::name(metric), value, origin, out);
    out.on_observation(vitals::absent(metric, Reason::implausible, origin.rx));
  }

  void report_absent(Metric metric, vitals::Stamp rx, Sink& out) const {
    const Absence why = absence_.value_or(Absence{Reason::missing, Quality::unavailable});
    out.on_observation(vitals::absent(metric, why.reason, rx, why.quality));
  }

  static void value_fault(const Rejected& why, std::string_view code, unsigned value, const Origin& origin,
                          Sink& out) {
    out.on_fault({why.kind, why.reason, code, {}, Digits(value).view(), origin.offset, origin.rx});
  }

  // Three tries without an answer: what was last told is not the present any more. A cuff reading keeps its
  // own time and is left to age.
  void report_unanswered(Ask ask, vitals::Stamp now, Sink& out) {
    const auto silent = [&](Ask one) { return poll_.offline() || (one == ask && poll_.unanswered(one)); };
    if (silent(Ask::cuff)) cuff_.lost(now, out);
    if (silent(Ask::oximeter)) {
      oximeter_silent_ = true;
      absence_.reset();  // only a status that was read speaks against a pulse
      doubt_ = Reason::none;
      report_absent(Metric::spo2, now, out);
    }
    if (silent(Ask::rate)) report_absent(Metric::pr, now, out);
  }

  const Settings settings_;
  bool overhears_ = false;
  framing::LineSplitter<line_bytes_max> lines_;
  std::uint64_t offset_ = 0;
  std::uint64_t lines_begin_ = 0;
  std::optional<vitals::MonoTime> listen_until_;
  bool flush_ = true;
  bool noise_ = false;  // the line is longer than any: the next reply is not to be its end
  Poll poll_;
  Cuff cuff_;
  std::optional<vitals::MonoTime> rate_doubted_until_;  // or until the oximeter answers
  bool oximeter_silent_ = false;                        // it was asked in vain
  std::optional<Absence> absence_;                      // by the oximeter's last status
  Reason doubt_ = Reason::none;                         // likewise
  std::optional<unsigned> cuff_rate_;
};

constexpr std::array<std::string_view, 5> models{"DINAMAP ProCare", "DINAMAP PRO 100-400", "CARESCAPE V100",
                                                 "DINAMAP Compact", "Dash 2500"};
constexpr std::array<Metric, 5> metrics{Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia,
                                        Metric::nibp_map};
constexpr std::array<OptionFacts, 3> options{
    {{"check", "yes or no", "yes",
      "whether replies must carry right check characters; without them damage is not found"},
     {"rate", "ra or rc", "ra", "the command for the pulse rate; some PRO 200 know rc only"},
     {"unit", "space or one character", "space", "unit id, where several monitors share a line"}}};

constexpr Facts dinamap_facts{
    .name = "ge-dinamap",
    .title = "GE / Critikon DINAMAP monitors, host communication in ASCII",
    .models = models,
    .line = {.baud = 9600},
    .integrity = Integrity::checksum,
    .maturity = Maturity::usable,
    // Asked for by the driver once a second: to those who watch the values that is a stream.
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    // The pace of the questions, and 16 s: no oximeter that we know averages longer.
    .own_delay_ms = vitals::Milliseconds{17'000},
    .metrics = metrics,
    .options = options,
};

bool read_unit(std::string_view text, char& unit) {
  if (text == "space") text = " ";
  if (text.size() != 1 || text[0] < ' ' || text[0] > '~') return false;
  unit = text[0];
  return true;
}

}  // namespace

const Facts& facts() { return dinamap_facts; }

Made make(const Options& given) {
  if (std::string unknown = unknown_options(dinamap_facts, given); !unknown.empty())
    return {nullptr, unknown};
  Settings settings;
  const auto value = [&](std::string_view name) { return option_value(dinamap_facts, given, name); };
  const auto refused = [&](std::string_view name) {
    return Made{nullptr, refused_option(dinamap_facts, name, value(name))};
  };
  if (value("check") != "yes" && value("check") != "no") return refused("check");
  if (value("rate") != "ra" && value("rate") != "rc") return refused("rate");
  if (!read_unit(value("unit"), settings.unit)) return refused("unit");
  settings.check = value("check") == "yes";
  settings.rate_command = value("rate") == "ra" ? 'A' : 'C';
  return {std::make_unique<Dinamap>(settings), {}};
}

}  // namespace drivers::dinamap
