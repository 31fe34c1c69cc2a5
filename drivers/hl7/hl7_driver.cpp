#include "drivers/hl7/hl7_driver.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "drivers/hl7/answer.hpp"
#include "drivers/hl7/duplicates.hpp"
#include "drivers/hl7/fault_text.hpp"
#include "drivers/hl7/mllp_framer.hpp"
#include "drivers/hl7/oru.hpp"

namespace drivers::hl7 {

namespace {

constexpr int poison_repeats = 3;  // identical refused messages in a row

struct Settings {
  Framing framing = Framing::mllp;
  std::size_t frame_bytes_max = frame_bytes_max_standard;
  AckRule ack = AckRule::automatic;
  ReadingRules reading;
  bool accept_poison = false;
  std::string application;
};

enum class Use : std::uint8_t {
  values,     // results: read them
  heartbeat,  // keep-alive: no answer
  harmless,   // known and of no use to us: accepted
  foreign,    // not for us: rejected
};

struct Judged {
  Use use = Use::values;
  Judgement judgement;
  bool streamed = false;  // Mindray PDS sends without waiting and expects no answer
};

Judged rejected(ErrorCode error, std::string_view text, std::string_view location) {
  return {Use::foreign, {Outcome::rejected, error, text, location, {}}, false};
}

constexpr std::array<std::string_view, 4> device_management{"IHE_PCD_015", "IHE PCD DMC", "IHE_PCD_DMC",
                                                            "1.3.6.1.4.1.19376.1.6.4.15"};

bool is_device_management(const Header& header) {
  for (std::size_t c = 1; c <= 3; ++c)
    for (const std::string_view name : device_management)
      if (header.component(21, c) == name) return true;
  return false;
}

// The classes of Mindray PDS that are no values: alarm limits and levels, alarm lists, module states. 106:
// heartbeat.
std::optional<Use> mindray_class(const Header& header) {
  if (!trim(header.field(3)).empty() || !trim(header.field(4)).empty()) return std::nullopt;
  const std::string_view id = trim(header.field(10));
  if (id == "106") return Use::heartbeat;
  if (id == "101" || id == "103" || id == "204" || id == "503") return Use::values;
  if (id == "51" || id == "53" || id == "54" || id == "56" || id == "57" || id == "58") return Use::harmless;
  return std::nullopt;
}

// MSH-9: which messages may feed vital signs. Alarms, pump events and waveforms are known and not read;
// orders and queries are not for us, and accepting one would claim that somebody acts on it.
Judged judge_type(const Header& header) {
  const std::string_view type = header.component(9, 1);
  const std::string_view event = header.component(9, 2);
  if (type == "ADT") return {Use::harmless, {}, false};
  if (type == "ORF")
    return event.empty() || event == "R04" ? Judged{}
                                           : rejected(ErrorCode::event, "event not supported", "MSH^1^9");
  if (type != "ORU") return rejected(ErrorCode::message_type, "message type not supported", "MSH^1^9");
  if (event.empty() || event == "R01")
    return is_device_management(header) ? Judged{Use::harmless, {}, false} : Judged{};
  if (event == "R40" || event == "R41" || event == "R42" || event == "W01") return {Use::harmless, {}, false};
  return rejected(ErrorCode::event, "event not supported", "MSH^1^9");
}

Judged judge(const Header& header) {
  const std::string_view version = header.component(12, 1);
  if (header.component(9, 1).empty())
    return {Use::foreign,
            {Outcome::error, ErrorCode::required_field, "message type missing", "MSH^1^9", {}},
            false};
  if (!version.empty() && version.substr(0, 2) != "2.")
    return rejected(ErrorCode::version, "version not supported", "MSH^1^12");
  const std::string_view processing = header.component(11, 1);
  if (!processing.empty() && processing != "P" && processing != "T" && processing != "D")
    return rejected(ErrorCode::processing_id, "processing id not supported", "MSH^1^11");
  if (const auto use = mindray_class(header)) return {*use, {}, true};
  return judge_type(header);
}

class Hl7Driver final : public Driver, private Framer::Events {
 public:
  explicit Hl7Driver(const Settings& settings)
      : framer_(settings.framing, settings.frame_bytes_max),
        reader_(settings.reading),
        answers_(settings.ack, settings.framing == Framing::mllp, settings.application),
        ack_(settings.ack),
        accept_poison_(settings.accept_poison) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    out_ = &out;
    framer_.feed(bytes, rx, *this);
  }

  void tick(vitals::Stamp now, Sink& out) override {
    out_ = &out;
    framer_.tick(now, *this);
  }

 private:
  using Lines = std::span<const std::string_view>;

  void on_frame(std::string_view frame, std::uint64_t offset, vitals::Stamp rx) override;
  void on_framing_fault(std::string_view reason, std::uint64_t offset, vitals::Stamp rx) override;
  void on_framing_lost(std::string_view reason) override { out_->on_close(reason); }

  std::string_view skip_leading(std::string_view frame);
  void read_batch(std::size_t first);
  void read_message(Lines segments);
  void use_message(Lines segments, bool streamed);
  void refuse(std::string_view reason, const Judgement& judgement, bool header_usable,
              std::string_view message);
  bool is_poison(std::string_view message);
  void accept(const Judgement& judgement, bool streamed);
  void report(FaultKind kind, std::string_view reason, std::string_view code = {});

  Framer framer_;
  OruReader reader_;
  AnswerWriter answers_;
  Duplicates duplicates_;
  AckRule ack_;
  bool accept_poison_;
  std::uint64_t refused_digest_ = 0;
  int refused_repeats_ = 0;

  Sink* out_ = nullptr;
  std::vector<std::string_view> lines_;  // reused
  Header header_;
  std::string_view frame_;
  std::uint64_t frame_offset_ = 0;
  vitals::Stamp rx_;
};

// All bytes of a message, from its MSH to its last segment.
std::string_view whole(std::span<const std::string_view> segments) {
  const char* const begin = segments.front().data();
  const char* const end = segments.back().data() + segments.back().size();
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool carries(SegmentId wanted, std::span<const std::string_view> segments, char field_separator) {
  return std::any_of(segments.begin(), segments.end(),
                     [&](std::string_view segment) { return id_of(segment, field_separator) == wanted; });
}

// A message without any time of its own may repeat a steady value: then equal bytes are new data.
bool carries_time(const Header& header, std::span<const std::string_view> segments) {
  if (!stated(header.field(7)).empty()) return true;
  return std::any_of(segments.begin(), segments.end(), [&](std::string_view segment) {
    const Separators& by = header.separators();
    return id_of(segment, by.field) == obr && !stated(part(segment, by.field, 8, by.double_byte)).empty();
  });
}

bool is_batch_header(std::string_view line) {
  const SegmentId id = header_id(line);
  return id == segment_id('F', 'H', 'S') || id == segment_id('B', 'H', 'S');
}

// MLLP release 2 confirms on the transport itself, with one byte in a frame.
bool is_transport_confirmation(std::string_view frame) {
  const std::string_view text = frame.substr(0, frame.find('\r'));
  return text == "\x06" || text == "\x15";
}

// "Hybrid" framing puts block type and version in front: `D23`, CR, data.
bool is_hllp(std::string_view frame) {
  const auto digit = [&](std::size_t i) { return frame[i] >= '0' && frame[i] <= '9'; };
  return frame.size() > 4 && frame[0] == 'D' && digit(1) && digit(2) && frame[3] == '\r';
}

void Hl7Driver::on_framing_fault(std::string_view reason, std::uint64_t offset, vitals::Stamp rx) {
  DecodeFault fault;
  fault.kind = FaultKind::broken;
  fault.reason = reason;
  fault.offset = offset;
  fault.rx = rx;
  out_->on_fault(fault);
}

void Hl7Driver::report(FaultKind kind, std::string_view reason, std::string_view code) {
  FaultText text;
  DecodeFault fault;
  fault.kind = kind;
  fault.reason = reason;
  fault.code = text.printable(code);
  fault.offset = frame_offset_;
  fault.rx = rx_;
  out_->on_fault(fault);
}

// Byte order mark, line separator U+2028, blanks and NULs in front of the first segment.
std::string_view Hl7Driver::skip_leading(std::string_view frame) {
  constexpr std::string_view skippable("\xEF\xBB\xBF\xE2\x80\xA8 \t\r\n\0", 11);
  const std::size_t at = frame.find_first_not_of(skippable);
  if (at == std::string_view::npos || at == 0 || at > leading_bytes_max) return frame;
  if (frame.substr(0, at).find_first_not_of(" \t\r\n") != std::string_view::npos)
    report(FaultKind::broken, "leading-bytes");
  return frame.substr(at);
}

void Hl7Driver::on_frame(std::string_view frame, std::uint64_t offset, vitals::Stamp rx) {
  frame_ = frame;
  frame_offset_ = offset;
  rx_ = rx;
  if (is_transport_confirmation(frame)) return report(FaultKind::not_mine, "mllp-release-2");
  if (is_hllp(frame)) return report(FaultKind::not_mine, "hllp");
  const bool complete = split_lines(skip_leading(frame), lines_);
  std::size_t first = 0;
  while (first < lines_.size() && is_batch_header(lines_[first])) ++first;
  if (first == lines_.size() || header_id(lines_[first]) != msh) {
    if (carries(msa, lines_, '|')) return report(FaultKind::not_mine, "answer");
    return refuse("no-msh", {Outcome::error, ErrorCode::segment_sequence, "no MSH segment", {}, {}}, false,
                  frame);
  }
  if (!complete) {
    const bool usable = header_.parse(lines_[first]) != HeaderState::unusable;
    return refuse("too-many-segments", {Outcome::error, ErrorCode::internal, "too many segments", {}, {}},
                  usable, frame);
  }
  read_batch(first);
}

// Each MSH at the start of a segment begins a message of its own, answered on its own: a broken one in the
// middle does not spoil its neighbours.
void Hl7Driver::read_batch(std::size_t first) {
  for (std::size_t begin = first, end = 0; begin < lines_.size(); begin = end) {
    for (end = begin + 1; end < lines_.size() && header_id(lines_[end]) != msh;) ++end;
    read_message(Lines(lines_).subspan(begin, end - begin));
  }
}

void Hl7Driver::read_message(Lines segments) {
  const HeaderState state = header_.parse(segments.front());
  if (state == HeaderState::unusable) {
    return refuse("separators",
                  {Outcome::error, ErrorCode::data_type, "separators not usable", "MSH^1^2", {}}, false,
                  whole(segments));
  }
  if (state == HeaderState::repaired) report(FaultKind::broken, "separators-repaired");
  const bool one_line =
      frame_.size() > unterminated_bytes_max && frame_.find_first_of("\r\n") == std::string_view::npos;
  if (one_line) {
    return refuse("no-segment-ends",
                  {Outcome::error, ErrorCode::segment_sequence, "segment ends missing", {}, {}}, true,
                  whole(segments));
  }
  const Judged judged = judge(header_);
  if (carries(msa, segments, header_.separators().field)) {
    // Never answer an answer. One to a query may carry values, as Mindray's do.
    if (header_.component(9, 1) == "ORF" && judged.use == Use::values) {
      reader_.read(header_, segments.subspan(1), frame_, frame_offset_, rx_, *out_);
    } else {
      report(FaultKind::not_mine, "answer");
    }
    return;
  }
  switch (judged.use) {
    case Use::heartbeat: return;
    case Use::values: use_message(segments, judged.streamed); return;
    case Use::harmless:
      report(FaultKind::not_mine, "message-type", header_.field(9));
      accept(judged.judgement, judged.streamed);
      return;
    case Use::foreign: refuse("message-type", judged.judgement, true, whole(segments)); return;
  }
}

void Hl7Driver::use_message(Lines segments, bool streamed) {
  if (stated(header_.field(10)).empty() || header_.field(10).size() > control_id_bytes_max) {
    // Its values count; but no answer of ours could tell the sender which message it is for.
    reader_.read(header_, segments.subspan(1), frame_, frame_offset_, rx_, *out_);
    return refuse("control-id",
                  {Outcome::error, ErrorCode::required_field, "control id not usable", "MSH^1^10", {}}, true,
                  whole(segments));
  }
  if (carries_time(header_, segments) && duplicates_.seen(digest(whole(segments)), rx_.mono)) {
    report(FaultKind::not_mine, answer_duplicate);
    return accept({Outcome::accepted, ErrorCode::none, {}, {}, answer_duplicate}, streamed);
  }
  reader_.read(header_, segments.subspan(1), frame_, frame_offset_, rx_, *out_);
  accept({}, streamed);
}

void Hl7Driver::accept(const Judgement& judgement, bool streamed) {
  if (streamed && ack_ == AckRule::automatic) return;
  answers_.answer(header_, true, judgement, rx_, *out_);
}

void Hl7Driver::refuse(std::string_view reason, const Judgement& judgement, bool header_usable,
                       std::string_view message) {
  const FaultKind kind = judgement.outcome == Outcome::rejected ? FaultKind::not_mine : FaultKind::broken;
  report(kind, reason, header_usable ? header_.field(9) : std::string_view{});
  const bool poison = is_poison(message);
  if (poison) report(FaultKind::broken, "poison-message");
  const Judgement accepted{Outcome::accepted, ErrorCode::none, {}, {}, "poison message accepted"};
  answers_.answer(header_, header_usable, poison && accept_poison_ ? accepted : judgement, rx_, *out_);
}

// A sender that repeats a refused message for ever blocks everything behind it.
bool Hl7Driver::is_poison(std::string_view message) {
  const std::uint64_t fingerprint = digest(message);
  refused_repeats_ = fingerprint == refused_digest_ ? refused_repeats_ + 1 : 1;
  refused_digest_ = fingerprint;
  return refused_repeats_ >= poison_repeats;
}

constexpr std::array<std::string_view, 12> models{"IHE PCD-01 reporters",
                                                  "GE B-series and CARESCAPE Gateway",
                                                  "Mindray eGateway",
                                                  "Mindray PDS (BeneView, uMEC)",
                                                  "Philips IntelliVue Information Center",
                                                  "Philips PIIC iX",
                                                  "Philips Efficia CM",
                                                  "Philips SureSigns",
                                                  "Nihon Kohden gateway",
                                                  "Comen NC",
                                                  "Welch Allyn Connex",
                                                  "LOINC senders"};

constexpr std::array<vitals::Metric, vitals::metric_count> carried{
    vitals::Metric::hr,       vitals::Metric::pr,       vitals::Metric::spo2,    vitals::Metric::nibp_sys,
    vitals::Metric::nibp_dia, vitals::Metric::nibp_map, vitals::Metric::art_sys, vitals::Metric::art_dia,
    vitals::Metric::art_map,  vitals::Metric::rr,       vitals::Metric::temp};

constexpr std::array<OptionFacts, 7> options_known{{
    {"framing", "mllp or raw", "mllp",
     "raw: bare messages without VT and FS, each starting with MSH on a new line"},
    {"ack", "auto, original, enhanced-accept or none", "auto",
     "auto: what MSH-15 and MSH-16 of the message ask for"},
    {"location", "bed, room, bed-or-room, msh-4 or fixed", "bed",
     "where the bed is named: PV1-3.3, PV1-3.2, PV1-3.3 or else PV1-3.2, MSH-4; fixed: the link has one bed"},
    {"zone", "+HHMM or -HHMM", "+0000", "offset of times that carry none, when MSH-7 carries none either"},
    {"name", "1 to 20 letters, digits, - or _", "vitalsd",
     "our MSH-3 in answers, when the sender does not name us"},
    {"frame_max", "65536 to 16777216", "1048576", "longest message in bytes; a longer one closes the link"},
    {"accept_poison", "yes or no", "no",
     "yes: a refused message that comes a third time is accepted, to free the queue"},
}};

constexpr Facts hl7_facts{
    .name = "hl7",
    .title = "HL7 v2 results over MLLP",
    .models = models,
    .line = {},
    .integrity = Integrity::none,
    .maturity = Maturity::good,
    .streaming = false,
    .silence_ms_max = vitals::Milliseconds{70'000},  // gateways send every 10 s to once a minute
    .own_delay_ms = vitals::Milliseconds{0},
    .metrics = carried,
    .options = options_known,
};

template <class Value, std::size_t n>
bool choose(std::string_view text, const std::array<std::pair<std::string_view, Value>, n>& choices,
            Value& out) {
  for (const auto& [word, value] : choices) {
    if (word != text) continue;
    out = value;
    return true;
  }
  return false;
}

constexpr std::array<std::pair<std::string_view, Framing>, 2> framings{
    {{"mllp", Framing::mllp}, {"raw", Framing::raw}}};
constexpr std::array<std::pair<std::string_view, AckRule>, 4> ack_rules{
    {{"auto", AckRule::automatic},
     {"original", AckRule::original},
     {"enhanced-accept", AckRule::enhanced_accept},
     {"none", AckRule::none}}};
constexpr std::array<std::pair<std::string_view, LocationRule>, 5> location_rules{
    {{"bed", LocationRule::bed},
     {"room", LocationRule::room},
     {"bed-or-room", LocationRule::bed_or_room},
     {"msh-4", LocationRule::msh_4},
     {"fixed", LocationRule::fixed}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> yes_or_no{{{"yes", true}, {"no", false}}};

bool set_frame_max(std::string_view text, std::size_t& out) {
  std::size_t bytes = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return false;
  out = bytes;
  return bytes >= 65536 && bytes <= 16777216;
}

bool set_zone(std::string_view text, int& out) {
  const auto zone = parse_zone(text);
  out = zone.value_or(0);
  return zone.has_value();
}

bool set_name(std::string_view text, std::string& out) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  out.assign(text);
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), plain);
}

bool set_option(std::string_view name, std::string_view text, Settings& settings) {
  if (name == "framing") return choose(text, framings, settings.framing);
  if (name == "ack") return choose(text, ack_rules, settings.ack);
  if (name == "location") return choose(text, location_rules, settings.reading.location);
  if (name == "zone") return set_zone(text, settings.reading.zone_minutes);
  if (name == "name") return set_name(text, settings.application);
  if (name == "frame_max") return set_frame_max(text, settings.frame_bytes_max);
  if (name == "accept_poison") return choose(text, yes_or_no, settings.accept_poison);
  return false;
}

}  // namespace

const Facts& facts() { return hl7_facts; }

Made make(const Options& options) {
  if (std::string error = unknown_options(hl7_facts, options); !error.empty())
    return {nullptr, std::move(error)};
  Settings settings;
  for (const OptionFacts& option : hl7_facts.options) {
    const std::string_view text = option_value(hl7_facts, options, option.name);
    if (!set_option(option.name, text, settings))
      return {nullptr, refused_option(hl7_facts, option.name, text)};
  }
  return {std::make_unique<Hl7Driver>(settings), {}};
}

}  // namespace drivers::hl7
