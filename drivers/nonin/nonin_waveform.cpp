// Nonin formats 2 and 7: 75 five-byte frames a second, 25 of them make a packet.
//
//   format 2   START=01  STATUS  PLETH      FLOAT  CHK
//   format 7   STATUS    PLETH   PLETH LSB  FLOAT  CHK
//
//   STATUS  1 SNSD ARTF OOT  SNSA RPRF GPRF SYNC
//           SNSD  cable devices: sensor unplugged or not working; wireless ones: undefined
//           ARTF  this pulse was an artifact        OOT   out of track: artifact for a longer time
//           SNSA  finger out, data not usable       RPRF, GPRF  pulse colour: red weak, green strong, both
//           yellow SYNC  frame 1 of a packet
//   CHK     low 8 bits of the sum of the four bytes before it. It finds every single bit error; it does not
//           find swapped bytes, nor two errors that cancel each other in the sum.
//   FLOAT   by frame number: 8 STAT2 (bit 0 low battery, wireless only), 9 SpO2-D, 20 and 21 HR-D. Other
//           frames carry other averages, which are not used.
//
// The maker's tools set the format by commands; their answers (06, 15, or 02 Fx length ... 03) stand between
// frames and are skipped.
//
// Of the averages the display values (4 beats, steady under artifact) are passed on, three times a second.
// They are held for up to 10 s after the finger has left, so the sensor bits of every single frame decide
// over them.
#include <array>

#include "drivers/framing/byte_window.hpp"
#include "drivers/nonin/nonin_formats.hpp"

namespace drivers::nonin {
namespace {

using vitals::Quality;
using vitals::Reason;

constexpr std::size_t frame_bytes = 5;
constexpr std::size_t packet_frames = 25;
constexpr std::size_t float_at = 3;
constexpr std::size_t checksum_at = 4;

// Indices of the float byte, counted from 0.
constexpr std::size_t stat2_frame = 7;
constexpr std::size_t spo2_d_frame = 8;
constexpr std::size_t hr_d_msb_frame = 19;
constexpr std::size_t hr_d_lsb_frame = 20;

namespace status {
constexpr unsigned always = 0x80;
constexpr unsigned sensor_unplugged = 0x40;
constexpr unsigned artifact = 0x20;
constexpr unsigned out_of_track = 0x10;
constexpr unsigned sensor_alarm = 0x08;
constexpr unsigned red = 0x04;
constexpr unsigned green = 0x02;
constexpr unsigned sync = 0x01;
}  // namespace status

constexpr unsigned stat2_low_battery = 0x01;

// A packet lasts a third of a second. Over a longer pause in its middle it would mix two moments.
constexpr vitals::Milliseconds packet_gap_ms_max{1000};

// Answers to commands: the longest is that with the serial number.
constexpr std::uint8_t answer_accepted = 0x06;
constexpr std::uint8_t answer_refused = 0x15;
constexpr std::uint8_t answer_start = 0x02;
constexpr std::uint8_t answer_end = 0x03;
constexpr std::size_t answer_data_bytes_max = 11;

struct Layout {
  std::size_t status_at = 0;
  bool has_start = false;
  std::size_t frames_to_align = 0;  // that must fit in a row before an alignment is believed
};
// Format 7 has no start byte, so it takes one frame more.
constexpr Layout format_2{1, true, 3};
constexpr Layout format_7{0, false, 4};

// How the pulses of the last 10 s were. A pulse is a run of frames with a colour or the artifact bit set.
class PulseHistory {
 public:
  void take(unsigned status) {
    if ((status & pulse_bits) != 0) {
      seen_ |= status;
      if (++pulse_frames_ == pulse_frames_max) close();
    } else if (pulse_frames_ != 0) {
      close();
    }
    if (++bucket_frames_ == packet_frames) rotate();
  }

  // More than half of the pulses bad: the values are doubtful, by the more frequent cause.
  Reason doubt() const {
    if (2 * (total_.artifact + total_.weak) <= total_.pulses) return Reason::none;
    return total_.artifact >= total_.weak ? Reason::artifact : Reason::weak_signal;
  }

 private:
  static constexpr unsigned pulse_bits = status::artifact | status::red | status::green;
  // No pulse lasts a second: bits that never clear count anew, so that they do not hide as one long pulse.
  static constexpr unsigned pulse_frames_max = 75;
  static constexpr std::size_t buckets_in_10_s = 30;

  struct Counts {
    unsigned pulses = 0;
    unsigned artifact = 0;
    unsigned weak = 0;
  };

  void close() {
    const bool artifact = (seen_ & status::artifact) != 0;
    const bool weak = !artifact && (seen_ & status::green) == 0;
    for (Counts* counts : {&buckets_[current_], &total_}) {
      counts->pulses += 1;
      counts->artifact += artifact ? 1 : 0;
      counts->weak += weak ? 1 : 0;
    }
    seen_ = 0;
    pulse_frames_ = 0;
  }

  void rotate() {
    bucket_frames_ = 0;
    current_ = (current_ + 1) % buckets_in_10_s;
    Counts& oldest = buckets_[current_];
    total_.pulses -= oldest.pulses;
    total_.artifact -= oldest.artifact;
    total_.weak -= oldest.weak;
    oldest = {};
  }

  std::array<Counts, buckets_in_10_s> buckets_{};
  Counts total_;
  std::size_t current_ = 0;
  std::size_t bucket_frames_ = 0;
  unsigned pulse_frames_ = 0;
  unsigned seen_ = 0;
};

class Waveform final : public Driver {
 public:
  Waveform(const Layout& layout, Model model) : layout_(layout), model_(model) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    if (frames_ != 0 && rx.mono - last_rx_ > packet_gap_ms_max) {
      out.on_fault(broken("gap", window_.offset(), rx));
      frames_ = 0;
    }
    last_rx_ = rx.mono;
    while (!bytes.empty()) {
      bytes = window_.fill(bytes);
      decode(rx, out);
    }
  }

  // Its packet is lost with it, and the alignment is found anew.
  void damaged(vitals::Stamp rx, Sink& out) override {
    out.on_fault(damaged_byte(window_.offset() + window_.size(), rx));
    window_.give_up();
    aligned_ = false;
    bad_frames_ = 0;
    frames_ = 0;
    sync_due_ = false;
  }

  // Silence is judged by whoever watches the values; a frame cut in the middle fails its checksum later.
  void tick(vitals::Stamp, Sink&) override {}

 private:
  void decode(vitals::Stamp rx, Sink& out) {
    while (aligned_ || find_alignment()) {
      if (window_.size() < frame_bytes) return;
      if (const std::string_view wrong = what_is_wrong(window_.data()); wrong.empty()) {
        bad_frames_ = 0;
        take_frame(window_.data(), rx, out);
        window_.drop(frame_bytes);
      } else if (const std::size_t answer = answer_bytes(window_.data()); answer != 0) {
        if (window_.size() < answer + frame_bytes) return;
        if (is_answer(window_.data(), answer)) {
          window_.drop(answer);
        } else {
          take_bad_frame(wrong, rx, out);
        }
      } else {
        take_bad_frame(wrong, rx, out);
      }
    }
  }

  // How long an answer would be that starts here; 0: none does. Neither format has a frame that starts so.
  static std::size_t answer_bytes(const std::uint8_t* bytes) {
    if (bytes[0] == answer_accepted || bytes[0] == answer_refused) return 1;
    const bool long_form =
        bytes[0] == answer_start && (bytes[1] & 0xF0U) == 0xF0U && bytes[2] <= answer_data_bytes_max;
    return long_form ? bytes[2] + 4U : 0;
  }

  // Only with a whole frame behind it: one byte of a frame may be damaged into anything.
  bool is_answer(const std::uint8_t* bytes, std::size_t size) const {
    return (size == 1 || bytes[size - 1] == answer_end) && what_is_wrong(bytes + size).empty();
  }

  // The start byte occurs as waveform, float and checksum too: only several frames in a row are proof.
  bool find_alignment() {
    const std::size_t needed = layout_.frames_to_align * frame_bytes;
    for (; window_.size() >= needed; window_.drop(1)) {
      std::size_t fitting = 0;
      while (fitting < layout_.frames_to_align &&
             what_is_wrong(window_.data() + fitting * frame_bytes).empty())
        ++fitting;
      if (fitting == layout_.frames_to_align) return aligned_ = true;
    }
    return false;
  }

  std::string_view what_is_wrong(const std::uint8_t* frame) const {
    if (layout_.has_start && frame[0] != 0x01) return "start";
    if ((frame[layout_.status_at] & status::always) == 0) return "fixed-bits";
    const unsigned sum = 0U + frame[0] + frame[1] + frame[2] + frame[3];
    if ((sum & 0xFFU) != frame[checksum_at]) return "checksum";
    return {};
  }

  // One bad frame costs its packet; two in a row mean that the alignment is lost, and the search starts with
  // the second of them.
  void take_bad_frame(std::string_view wrong, vitals::Stamp rx, Sink& out) {
    frames_ = 0;
    sync_due_ = false;
    if (++bad_frames_ < 2) {
      out.on_fault(broken(wrong, window_.offset(), rx));
      window_.drop(frame_bytes);
      return;
    }
    out.on_fault(broken("resync", window_.offset(), rx));
    bad_frames_ = 0;
    aligned_ = false;
  }

  void take_frame(const std::uint8_t* frame, vitals::Stamp rx, Sink& out) {
    const unsigned status = frame[layout_.status_at];
    const Reason sensor = sensor_state(status);
    if (sensor != sensor_ && sensor != Reason::none) {
      oximetry::report_absent(sensor, Quality::invalid, rx, out);
      out.on_frame_end(rx);
    }
    sensor_ = sensor;
    pulses_.take(status);
    if (!place_in_packet(status, rx, out)) return;
    floats_[frames_++] = frame[float_at];
    packet_status_ |= status;
    if (sensor != Reason::none) packet_sensor_ = sensor;
    if (frames_ == packet_frames) end_packet(rx, out);
  }

  // False while there is no packet to put the frame into.
  bool place_in_packet(unsigned status, vitals::Stamp rx, Sink& out) {
    if ((status & status::sync) != 0) {
      if (frames_ != 0) out.on_fault(broken("frame-restarted", window_.offset(), rx));
      start_packet();
      return true;
    }
    if (sync_due_) out.on_fault(broken("sync-missing", window_.offset(), rx));
    sync_due_ = false;
    return frames_ != 0;
  }

  void start_packet() {
    frames_ = 0;
    packet_status_ = 0;
    packet_sensor_ = Reason::none;
    sync_due_ = false;
  }

  void end_packet(vitals::Stamp rx, Sink& out) {
    if (model_ == Model::wireless) low_battery_.set((floats_[stat2_frame] & stat2_low_battery) != 0, rx, out);
    if (packet_sensor_ != Reason::none) {
      oximetry::report_absent(packet_sensor_, Quality::invalid, rx, out);
    } else {
      oximetry::report(
          reading(rate_9_bit(floats_[hr_d_msb_frame], floats_[hr_d_lsb_frame]), floats_[spo2_d_frame]),
          doubt(), {rx, window_.offset()}, out);
    }
    out.on_frame_end(rx);
    frames_ = 0;
    sync_due_ = true;
  }

  Reason sensor_state(unsigned status) const {
    if (model_ == Model::cable && (status & status::sensor_unplugged) != 0) return Reason::sensor_unplugged;
    return (status & status::sensor_alarm) != 0 ? Reason::sensor_off : Reason::none;
  }

  Reason doubt() const {
    return (packet_status_ & status::out_of_track) != 0 ? Reason::artifact : pulses_.doubt();
  }

  const Layout layout_;
  const Model model_;
  framing::ByteWindow<1024> window_;
  PulseHistory pulses_;
  oximetry::Level low_battery_{Signal::low_battery};
  Reason sensor_ = Reason::none;  // as of the last good frame
  vitals::MonoTime last_rx_{};
  bool aligned_ = false;
  unsigned bad_frames_ = 0;  // in a row
  // The packet under assembly.
  std::array<std::uint8_t, packet_frames> floats_{};
  std::size_t frames_ = 0;
  unsigned packet_status_ = 0;           // every bit that any of its frames had
  Reason packet_sensor_ = Reason::none;  // the last sensor trouble in it
  bool sync_due_ = false;                // a packet has just ended, the next frame must start one
};

}  // namespace

std::unique_ptr<Driver> make_format_2(Model model) { return std::make_unique<Waveform>(format_2, model); }
std::unique_ptr<Driver> make_format_7(Model model) { return std::make_unique<Waveform>(format_7, model); }

}  // namespace drivers::nonin
