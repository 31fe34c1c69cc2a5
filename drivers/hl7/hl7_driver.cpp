#include "drivers/hl7/hl7_driver.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "drivers/hl7/alerts.hpp"
#include "drivers/hl7/answer.hpp"
#include "drivers/hl7/mllp_framer.hpp"
#include "drivers/hl7/options.hpp"
#include "drivers/hl7/oru.hpp"
#include "drivers/hl7/patient_events.hpp"
#include "drivers/hl7/pump.hpp"
#include "drivers/hl7/routing.hpp"
#include "drivers/hl7/source_memory.hpp"
#include "drivers/hl7/values.hpp"

namespace drivers::hl7 {

namespace {

using Lines = std::span<const std::string_view>;

// Mindray PDS: each side says once a second or so that it is there (class 106).
constexpr std::string_view mindray_heartbeat = "\x0BMSH|^~\\&|||||||ORU^R01|106|P|2.3.1|\r\x1C\r";
constexpr vitals::Milliseconds heartbeat_ms{1'000};

// What must be known of a message's segments before one is read.
struct Contents {
  bool answer = false;     // MSA
  bool continued = false;  // DSC, ADD: a message cut into several
  bool patient = false;    // PID
  bool glued = false;      // two segments in one line, the end of the first was lost
};

// A reader is made when the first message of its kind comes: hundreds of connections that say nothing yet, or
// one kind of message alone, hold no memory for the others.
template <typename Reader>
class OnFirstUse {
 public:
  explicit OnFirstUse(const ReadingRules& rules) : rules_(rules) {}
  Reader& get() {
    if (!reader_) reader_ = std::make_unique<Reader>(rules_);
    return *reader_;
  }

 private:
  const ReadingRules& rules_;
  std::unique_ptr<Reader> reader_;
};

class Hl7Driver final : public Driver, private Framer::Events {
 public:
  Hl7Driver(DriverSettings settings, std::shared_ptr<SourceMemory> memory)
      : settings_(std::move(settings)),
        memory_(std::move(memory)),
        framer_(settings_.framing, settings_.frame_bytes_max),
        results_(settings_.reading),
        alerts_(settings_.reading),
        pumps_(settings_.reading),
        patients_(settings_.reading),
        answers_(settings_.ack, settings_.framing == Framing::mllp, settings_.application) {}
  Hl7Driver(const Hl7Driver&) = delete;  // the readers look at its settings
  Hl7Driver& operator=(const Hl7Driver&) = delete;
  ~Hl7Driver() override = default;

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    out_ = &out;
    framer_.feed(bytes, rx, *this);
  }

  // A network brings none. Whoever hears of one cannot trust what came before and comes behind.
  void damaged(vitals::Stamp rx, Sink& out) override {
    const DecodeFault fault = damaged_byte(0, rx);
    out.on_fault(fault);
    out.on_close(fault.reason);
  }

  void tick(vitals::Stamp now, Sink& out) override {
    out_ = &out;
    framer_.tick(now, *this);
    if (!settings_.mindray_heartbeat || now.mono < heartbeat_at_) return;
    heartbeat_at_ = now.mono + heartbeat_ms;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(mindray_heartbeat.data());
    out.on_send({bytes, mindray_heartbeat.size()});
  }

 private:
  void on_frame(std::string_view frame, std::uint64_t offset, vitals::Stamp rx) override;
  void on_framing_fault(std::string_view reason, std::uint64_t offset, vitals::Stamp rx) override;
  void on_framing_lost(std::string_view reason) override { out_->on_close(reason); }

  std::string_view skip_leading(std::string_view frame);
  void read_batch(std::size_t first);
  void check_count(std::string_view trailer, std::size_t messages);
  void read_message(Lines segments);
  void read_answer(const Received& message, const Routed& routed);
  void use_message(const Received& message, const Routed& routed, std::string_view bytes, bool timed);
  Judgement read(const Received& message, Use use);
  bool is_repeated(std::uint64_t fingerprint, const Routed& routed);
  void refuse(std::string_view reason, const Judgement& judgement, bool header_usable,
              std::string_view message);
  void accept(const Judgement& judgement, bool streamed);
  void report(FaultKind kind, std::string_view reason, std::string_view code = {});

  const DriverSettings settings_;
  std::shared_ptr<SourceMemory> memory_;
  Framer framer_;
  OnFirstUse<OruReader> results_;
  OnFirstUse<AlertReader> alerts_;
  OnFirstUse<PumpReader> pumps_;
  OnFirstUse<PatientEventReader> patients_;
  AnswerWriter answers_;

  Sink* out_ = nullptr;
  std::vector<std::string_view> lines_;  // reused
  Header header_;
  std::uint64_t routed_sender_ = 0;  // whose, by Header::sender(); what follows holds for all its messages
  Routed routed_;
  bool is_answer_ = false;
  std::string_view frame_;
  std::uint64_t frame_offset_ = 0;
  vitals::Stamp rx_;
  vitals::MonoTime heartbeat_at_;
};

// All bytes of a message, from its MSH to its last segment.
std::string_view whole(Lines segments) {
  const char* const begin = segments.front().data();
  const char* const end = segments.back().data() + segments.back().size();
  return {begin, static_cast<std::size_t>(end - begin)};
}

Contents survey(Lines segments, const Separators& by) {
  Contents found;
  for (const std::string_view segment : segments) {
    found.glued = found.glued || holds_another_segment(segment, by.field);
    if (segment[0] == 'O') continue;  // OBR and OBX, nearly all of them
    switch (id_of(segment, by.field)) {
      case msa: found.answer = true; break;
      case pid: found.patient = true; break;
      case add:
      case dsc: found.continued = true; break;
      default: break;
    }
  }
  return found;
}

// OBR-7 of any.
bool holds_results_time(Lines segments, const Separators& by) {
  return std::any_of(segments.begin(), segments.end(), [&](std::string_view segment) {
    return id_of(segment, by.field) == obr && tells_moment(part(segment, by.field, 8, by.double_byte));
  });
}

// A PID that stands behind the last field of the MSH, as in `...^ISOPID|||P1`.
bool holds_patient(const Header& header) {
  constexpr std::size_t version = 12;  // always there: no PID can stand before it
  for (std::size_t n = version; n < Fields::capacity; ++n)
    if (header.field(n).ends_with("PID")) return true;
  return false;
}

bool is_batch_header(std::string_view line) {
  const SegmentId id = header_id(line);
  return id == fhs || id == bhs;
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
  hl7::report({header_, {}, frame_, frame_offset_, rx_, *out_}, kind, reason, code);
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
  if (first == lines_.size() || !is_message_header(lines_[first])) {
    if (survey(lines_, Separators{}).answer) return report(FaultKind::not_mine, "answer");
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
// middle does not spoil its neighbours. Several without a batch around them are taken the same way.
void Hl7Driver::read_batch(std::size_t first) {
  std::size_t in_batch = 0;
  std::size_t in_frame = 0;
  for (std::size_t begin = first, end = 0; begin < lines_.size(); begin = end) {
    for (end = begin + 1; end < lines_.size() && !is_message_header(lines_[end]);) ++end;
    const Lines segments = Lines(lines_).subspan(begin, end - begin);
    ++in_batch;
    if (++in_frame == 2 && first == 0) report(FaultKind::broken, "several-messages");
    read_message(segments);
    for (const std::string_view segment : first > 0 ? segments : Lines{}) {
      const SegmentId id = header_id(segment);
      if (id == bts) check_count(segment, in_batch);
      if (id == bhs) in_batch = 0;
    }
  }
}

// BTS-1 may be wrong; the messages are all read, and it is said.
void Hl7Driver::check_count(std::string_view trailer, std::size_t messages) {
  const std::string_view text = trim(part(trailer, trailer[3], 2));
  std::size_t said = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), said);
  if (result.ec == std::errc{} && said != messages) report(FaultKind::broken, "batch-count");
}

void Hl7Driver::read_message(Lines segments) {
  if (memory_->rate.exceeded(rx_.mono)) report(FaultKind::broken, "message-rate");
  const HeaderState state = header_.parse(segments.front(), settings_.reading.double_byte);
  const std::string_view bytes = whole(segments);
  if (state == HeaderState::unusable) {
    if (survey(segments, Separators{}).answer) return report(FaultKind::not_mine, "answer");
    return refuse("separators",
                  {Outcome::error, ErrorCode::data_type, "separators not usable", "MSH^1^2", {}}, false,
                  bytes);
  }
  if (state == HeaderState::repaired) report(FaultKind::broken, "separators-repaired");
  if (routed_sender_ != header_.sender()) {
    routed_ = route(header_);
    is_answer_ = is_answer(header_);
    routed_sender_ = header_.sender();
  }
  const bool one_line = lines_.size() == 1 && frame_.size() > unterminated_bytes_max &&
                        frame_.find_first_of("\r\n") == std::string_view::npos;
  if (one_line && !is_answer_) {
    return refuse("no-segment-ends",
                  {Outcome::error, ErrorCode::segment_sequence, "segment ends missing", {}, {}}, true, bytes);
  }
  const Received message{header_, segments.subspan(1), frame_, frame_offset_, rx_, *out_};
  const Routed& routed = routed_;
  Contents contents = survey(message.segments, header_.separators());
  contents.glued = contents.glued || holds_another_segment(segments.front(), header_.separators().field);
  if (is_answer_ || contents.answer) return read_answer(message, routed);
  if (contents.continued) {
    return refuse("continued-message",
                  {Outcome::error, ErrorCode::internal, "continuation not supported", {}, {}}, true, bytes);
  }
  switch (routed.use) {
    case Use::heartbeat: return;
    case Use::foreign: return refuse("message-type", routed.judgement, true, bytes);
    case Use::harmless:
      report(FaultKind::not_mine, "message-type", header_.field(9));
      return accept(routed.judgement, routed.streamed);
    default: {
      if (contents.glued || (!contents.patient && holds_patient(header_))) {
        // Where one ends and the other begins cannot be told safely, and what is behind it would be missed.
        return refuse("glued-segments",
                      {Outcome::error, ErrorCode::segment_sequence, "segment end missing", {}, {}}, true,
                      bytes);
      }
      const bool timed =
          tells_moment(header_.field(7)) || holds_results_time(message.segments, header_.separators());
      return use_message(message, routed, bytes, timed);
    }
  }
}

// Never answer an answer. One to a query may carry values, as Mindray's do.
void Hl7Driver::read_answer(const Received& message, const Routed& routed) {
  if (header_.component(9, 1) == "ORF" && routed.use == Use::results) {
    results_.get().read(message, *memory_, this);
  } else {
    report(FaultKind::not_mine, "answer");
  }
}

// `timed`: a message without any time of its own, or with a date alone, may repeat a steady value; then equal
// bytes are new data.
void Hl7Driver::use_message(const Received& message, const Routed& routed, std::string_view bytes,
                            bool timed) {
  if (stated(header_.field(10)).empty() || header_.field(10).size() > control_id_bytes_max) {
    // What it says counts; but no answer of ours could tell the sender which message it is for.
    read(message, routed.use);
    return refuse("control-id",
                  {Outcome::error, ErrorCode::required_field, "control id not usable", "MSH^1^10", {}}, true,
                  bytes);
  }
  const std::uint64_t fingerprint = timed ? digest(bytes) : 0;
  if (timed && is_repeated(fingerprint, routed)) {
    report(FaultKind::not_mine, answer_duplicate);
    return accept({Outcome::accepted, ErrorCode::none, {}, {}, answer_duplicate}, routed.streamed);
  }
  const Judgement judgement = read(message, routed.use);
  if (judgement.outcome != Outcome::accepted) {
    if (timed) memory_->duplicates.forget(fingerprint);
    return refuse("content", judgement, true, bytes);
  }
  accept(judgement, routed.streamed);
}

bool Hl7Driver::is_repeated(std::uint64_t fingerprint, const Routed& routed) {
  const Repetition seen = memory_->duplicates.note(fingerprint, digest(header_.field(10)), rx_.mono);
  if (seen == Repetition::reused_id && !routed.streamed) report(FaultKind::broken, "control-id-reused");
  return seen == Repetition::duplicate;
}

Judgement Hl7Driver::read(const Received& message, Use use) {
  switch (use) {
    case Use::results:
      if (!results_.get().read(message, *memory_, this)) pumps_.get().read(message);
      return {};
    case Use::pump_event: pumps_.get().read(message); return {};
    case Use::alert: alerts_.get().read(message, memory_->alarms); return {};
    case Use::mindray_alarms:
    case Use::mindray_faults:
      read_mindray_alarms(
          message, use == Use::mindray_faults ? AlarmList::technical : AlarmList::physiological,
          results_.get().remembered_subject(header_), settings_.reading.zone, memory_->alarms, &alerts_);
      return {};
    case Use::patient: return patients_.get().read(message);
    case Use::heartbeat:
    case Use::harmless:
    case Use::foreign: break;
  }
  return {};
}

void Hl7Driver::accept(const Judgement& judgement, bool streamed) {
  if (streamed && settings_.ack == AckRule::automatic) return;
  answers_.answer(header_, true, judgement, rx_, *out_);
}

// A refused message that keeps coming blocks what is behind it; a site may want it accepted then.
void Hl7Driver::refuse(std::string_view reason, const Judgement& judgement, bool header_usable,
                       std::string_view message) {
  const FaultKind kind = judgement.outcome == Outcome::rejected ? FaultKind::not_mine : FaultKind::broken;
  report(kind, reason, header_usable ? header_.field(9) : std::string_view{});
  const bool poison = memory_->refusals.note(digest(message)) >= poison_repeats;
  if (poison) report(FaultKind::broken, "poison-message");
  const Judgement accepted{Outcome::accepted, ErrorCode::none, {}, {}, "poison message accepted"};
  answers_.answer(header_, header_usable, poison && settings_.accept_poison ? accepted : judgement, rx_,
                  *out_);
}

}  // namespace

std::shared_ptr<SourceMemory> make_memory() { return std::make_shared<SourceMemory>(); }

Made make(const Options& options, std::shared_ptr<SourceMemory> memory) {
  DriverSettings settings;
  if (std::string error = read_options(options, settings); !error.empty()) return {nullptr, std::move(error)};
  return {std::make_unique<Hl7Driver>(std::move(settings), std::move(memory)), {}};
}

Made make(const Options& options) { return make(options, make_memory()); }

}  // namespace drivers::hl7
