// Nonin formats 1 and 8: one frame a second, without checksum.
//
//   format 1   STATUS  RATE  SpO2            only STATUS has bit 7 set
//   format 8   STATUS  RATE  SpO2  STATUS2
//
//   STATUS    1 b6 OOT LOWP  MARGP ARTF r8 r7
//             b6     format 1: sensor disconnected; format 8: defined by an older model only, not used
//             OOT    out of track      LOWP  low perfusion     MARGP  marginal perfusion, not used
//             ARTF   bad pulse         r8 r7 upper bits of the rate
//   STATUS2   bit 3 SNSA finger out (the numbers are held for up to 10 s), bit 0 low battery. Bits 1 and
//             2 differ between models and are not used.
//
// With bit 7 as the only envelope a frame is believed at once only behind one that was exactly as long as it
// has to be. The first waits until the next one starts or the line is silent, as it is for most of a second:
// a device set to another format yields faults, and no values.
#include <array>
#include <optional>

#include "drivers/nonin/nonin_formats.hpp"

namespace drivers::nonin {
namespace {

using vitals::Quality;
using vitals::Reason;

// The bytes of one frame come within about 20 ms, frames are 1 s apart.
constexpr vitals::Milliseconds frame_gap_ms_max{200};

constexpr unsigned status_start = 0x80;
constexpr unsigned status_disconnected = 0x40;  // format 1
constexpr unsigned status_out_of_track = 0x20;
constexpr unsigned status_low_perfusion = 0x10;
constexpr unsigned status_artifact = 0x04;
constexpr unsigned status2_sensor_alarm = 0x08;
constexpr unsigned status2_low_battery = 0x01;

constexpr std::size_t format_1_bytes = 3;
constexpr std::size_t format_8_bytes = 4;

class Slow final : public Driver {
 public:
  explicit Slow(std::size_t frame_bytes) : frame_bytes_(frame_bytes) {}

  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) override {
    for (const std::uint8_t byte : bytes) {
      take_byte(byte, rx, out);
      last_rx_ = rx;
      ++offset_;
    }
  }

  void damaged(vitals::Stamp rx, Sink& out) override {
    lose(damaged_byte(offset_, rx).reason, rx, out);
    last_rx_ = rx;
    ++offset_;
  }

  void tick(vitals::Stamp now, Sink& out) override {
    if (waiting_ && state_ == State::frame_complete && now.mono - last_rx_.mono > frame_gap_ms_max)
      believe(out);
  }

 private:
  using Frame = std::array<std::uint8_t, format_8_bytes>;
  struct Waiting {
    Frame frame;
    vitals::Stamp rx;
  };

  // Where the next byte stands.
  enum class State : std::uint8_t { lost, in_frame, frame_complete };

  void take_byte(std::uint8_t byte, vitals::Stamp rx, Sink& out) {
    if (state_ == State::in_frame && rx.mono - last_rx_.mono > frame_gap_ms_max) lose("gap", rx, out);
    if ((byte & status_start) != 0) return start_frame(byte, rx, out);
    if (state_ == State::frame_complete) lose("frame-too-long", rx, out);
    if (state_ == State::lost) return;
    frame_[size_++] = byte;
    if (size_ < frame_bytes_) return;
    state_ = State::frame_complete;
    if (waiting_) believe(out);
    if (in_step_) return take_frame(frame_, rx, out);
    waiting_ = Waiting{frame_, rx};
  }

  void start_frame(std::uint8_t byte, vitals::Stamp rx, Sink& out) {
    if (state_ == State::in_frame) lose("frame-restarted", rx, out);
    state_ = State::in_frame;
    frame_[0] = byte;
    size_ = 1;
  }

  // The frame that waited was exactly as long as it has to be, and so is what follows it.
  void believe(Sink& out) {
    const Waiting first = *waiting_;
    waiting_.reset();
    in_step_ = true;
    take_frame(first.frame, first.rx, out);
  }

  void lose(std::string_view reason, vitals::Stamp rx, Sink& out) {
    out.on_fault(broken(reason, offset_, rx));
    state_ = State::lost;
    in_step_ = false;
    waiting_.reset();
  }

  void take_frame(const Frame& frame, vitals::Stamp rx, Sink& out) {
    const unsigned status = frame[0];
    const unsigned status2 = frame_bytes_ == format_8_bytes ? frame[3] : 0U;
    low_battery_.set((status2 & status2_low_battery) != 0, rx, out);
    if (const Reason sensor = sensor_state(status, status2); sensor != Reason::none) {
      oximetry::report_absent(sensor, Quality::invalid, rx, out);
    } else {
      oximetry::report(reading(rate_9_bit(status, frame[1]), frame[2]), doubt(status), {rx, offset_}, out);
    }
    out.on_frame_end(rx);
  }

  Reason sensor_state(unsigned status, unsigned status2) const {
    if (frame_bytes_ == format_1_bytes && (status & status_disconnected) != 0)
      return Reason::sensor_unplugged;
    return (status2 & status2_sensor_alarm) != 0 ? Reason::sensor_off : Reason::none;
  }

  static Reason doubt(unsigned status) {
    if ((status & (status_out_of_track | status_artifact)) != 0) return Reason::artifact;
    return (status & status_low_perfusion) != 0 ? Reason::weak_signal : Reason::none;
  }

  const std::size_t frame_bytes_;
  Frame frame_{};
  std::optional<Waiting> waiting_;
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;
  vitals::Stamp last_rx_;
  State state_ = State::lost;
  bool in_step_ = false;  // frames are believed at once
  oximetry::Level low_battery_{Signal::low_battery};
};

}  // namespace

std::unique_ptr<Driver> make_format_1() { return std::make_unique<Slow>(format_1_bytes); }
std::unique_ptr<Driver> make_format_8() { return std::make_unique<Slow>(format_8_bytes); }

}  // namespace drivers::nonin
