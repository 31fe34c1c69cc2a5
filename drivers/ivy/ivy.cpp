// Ivy Biomedical 450C monitor with its serial output set to "Ansar-B": one record a second, unasked. Nothing
// is sent to the monitor.
//
//   FF  "ANSAR-B "  400 bytes of waves  lines of text, each ended by CR  FE
//
//   HR=1;80;ECG-II-DIAG;           ECG heart rate; the text names the lead
//   RR=1;35;APNEA: 20 SEC;         respiration; the text is a setting
//   SPO2=1;100;PR=80 ;             SpO2, and in the text the pulse rate counted on light
//   NIBP=4;121;75;92;80;;          systolic, diastolic, mean, pulse of the last cuff reading
//   P1=3;111;73;88;;               a pressure channel: systolic, diastolic, mean
//   ETCO2=1;;;  T1=1;;;  T2=1;;;   their units are not published: listed, not used
//
// An empty field is no value. There is no checksum: the text must begin at once with one of the nine names
// (wave bytes can be printable), hold nothing but printable characters and CR, have both an HR and an SPO2
// line, and each line must have the number of values of its name. A wave byte may be FE or FF, so the waves
// are skipped by their length; after any failure the search goes on behind the record's first byte.
//
// Which channel lies in an artery, the option `arterial` says. A cuff reading is new when one of its numbers
// changes and the next record repeats it: a digit may have been lost. The first one after the start, or after
// more than 3 s without a cuff line, is passed on as stale. The monitor's rate source is a setting: a
// heart rate without an ECG label is doubtful. Apart from NO TRANSDUCER no text of trouble has been seen.
//
// Source: an open reader (MD PnP) and its recording of 27 records of a real monitor.
#include "drivers/ivy/ivy.hpp"

#include <array>

#include "drivers/framing/byte_window.hpp"
#include "drivers/ivy/ivy_report.hpp"
#include "drivers/ivy/ivy_text.hpp"

namespace drivers::ivy {
namespace {

constexpr std::array<std::uint8_t, 9> signature{0xFF, 'A', 'N', 'S', 'A', 'R', '-', 'B', ' '};
constexpr std::size_t wave_bytes = 400;
constexpr std::size_t text_at = signature.size() + wave_bytes;
constexpr std::size_t text_bytes_max = 1024;
constexpr std::uint8_t record_end = 0xFE;
constexpr vitals::Milliseconds pause_ms_max{1000};  // a record lasts 0.6 s

constexpr bool belongs_into_text(std::uint8_t byte) { return (byte >= 0x20 && byte <= 0x7E) || byte == '\r'; }

class Monitor final : public Driver {
 public:
  explicit Monitor(std::optional<Name> arterial) : reporter_(arterial) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    if (bytes.empty()) return;
    if (rx.mono - heard_at_.mono > pause_ms_max) end_pause(out);
    heard_at_ = rx;
    while (!bytes.empty()) {
      bytes = window_.fill(bytes);
      while (step(rx, out)) {
      }
    }
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    out.on_fault(damaged_byte(window_.offset() + window_.size(), rx));
    window_.give_up();
    text_size_ = 0;
    skipping_ = true;  // the rest of the record is no fault of its own
  }

  void tick(vitals::Stamp, Sink&) override {}

 private:
  // What would complete a record after a pause is of another one: its values would be of two moments.
  void end_pause(Sink& out) {
    while (window_.size() != 0) {
      search_on("gap", heard_at_, out);
      while (step(heard_at_, out)) {
      }
    }
  }

  // One decision about the front of the window; false when it needs more bytes.
  bool step(vitals::Stamp rx, Sink& out) {
    const std::size_t known = std::min(window_.size(), signature.size());
    if (known == 0) return false;
    if (!std::equal(signature.begin(), signature.begin() + known, window_.data()))
      return search_on("resync", rx, out);
    if (known < signature.size()) return false;
    in_step_ = true;
    for (; text_at + text_size_ < window_.size(); ++text_size_) {
      const std::uint8_t byte = window_.data()[text_at + text_size_];
      if (byte == record_end) return end_record(rx, out);
      if (!belongs_into_text(byte)) return search_on("text-byte", rx, out);
      if (text_size_ == name_bytes_max && !begins_with_a_name(text()))
        return search_on("text-start", rx, out);
      if (text_size_ == text_bytes_max) return search_on("text-too-long", rx, out);
    }
    return false;
  }

  std::string_view text() const {
    return {reinterpret_cast<const char*>(window_.data()) + text_at, text_size_};
  }

  bool end_record(vitals::Stamp rx, Sink& out) {
    if (!begins_with_a_name(text())) return search_on("text-start", rx, out);
    const Origin origin{rx, window_.offset()};
    const Record record = parse_record(
        text(),
        [&](std::string_view name, std::string_view rest) {
          DecodeFault fault = fault_of(FaultKind::unmapped, "no-metric", origin);
          fault.code = name.substr(0, fault_text_max);
          fault.value = rest.substr(0, fault_text_max);
          out.on_fault(fault);
        },
        [&](std::string_view) { out.on_fault(fault_of(FaultKind::broken, "line", origin)); });
    if (!record.wrong.empty()) return search_on(record.wrong, rx, out);
    skipping_ = false;
    reporter_.report(record, origin, out);
    window_.drop(text_at + text_size_ + 1);
    text_size_ = 0;
    return true;
  }

  // From the byte behind the front, so that a record that begins inside a broken one is found. One fault for
  // all that is skipped; what comes before the first signature is none.
  bool search_on(std::string_view reason, vitals::Stamp rx, Sink& out) {
    if (in_step_ && !skipping_) out.on_fault(fault_of(FaultKind::broken, reason, {rx, window_.offset()}));
    skipping_ = true;
    text_size_ = 0;
    window_.drop(1);
    return true;
  }

  static constexpr std::size_t fault_text_max = 64;

  framing::ByteWindow<2048> window_;
  Reporter reporter_;
  vitals::Stamp heard_at_;     // the last byte
  std::size_t text_size_ = 0;  // of the text looked at so far
  bool in_step_ = false;       // a signature has been seen
  bool skipping_ = false;
};

constexpr std::array<std::string_view, 1> models{"Ivy 450C"};
constexpr std::array<vitals::Metric, 10> metrics{
    vitals::Metric::hr,       vitals::Metric::pr,       vitals::Metric::spo2,    vitals::Metric::nibp_sys,
    vitals::Metric::nibp_dia, vitals::Metric::nibp_map, vitals::Metric::art_sys, vitals::Metric::art_dia,
    vitals::Metric::art_map,  vitals::Metric::rr};

constexpr std::array<OptionFacts, 1> option_facts{{
    {"arterial", "P1, P2 or none", "none", "the pressure channel that is connected to an arterial line"},
}};

constexpr Facts monitor_facts{
    .name = "ivy-450c",
    .title = "Ivy Biomedical 450C monitor, Ansar-B output",
    .models = models,
    .line = {.baud = 9600},
    .integrity = Integrity::none,
    .maturity = Maturity::good,
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    // The averaging is not published. Assumed: 8 beats at 60 per minute, and the second between records.
    .own_delay_ms = vitals::Milliseconds{9000},
    .metrics = metrics,
    .options = option_facts,
};

}  // namespace

const Facts& facts() { return monitor_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(monitor_facts, options); !unknown.empty())
    return {nullptr, unknown};
  const std::string_view channel = option_value(monitor_facts, options, "arterial");
  if (channel == "none") return {std::make_unique<Monitor>(std::nullopt), {}};
  if (channel == "P1") return {std::make_unique<Monitor>(Name::p1), {}};
  if (channel == "P2") return {std::make_unique<Monitor>(Name::p2), {}};
  return {nullptr, refused_option(monitor_facts, "arterial", channel)};
}

}  // namespace drivers::ivy
