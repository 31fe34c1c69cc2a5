// The five-byte stream that Contec and Berry oximeters share in form and not in meaning. The same bit says
// "saturation is dropping" on the one and "probe unplugged" on the other, and nothing in the stream says who
// is speaking: the device is configured, never guessed. What is noticed is a stream that the configured
// device cannot have sent; its values are then withheld until the stream has paused.
//
//   byte 1  1 beep b5 b4 strength(4)     byte 2  0 wave(7)     byte 3  0 rate7 search b4 bar(4)
//   byte 4  0 rate(7)                    byte 5  0 SpO2(7)
//
// The rate has its eighth bit in byte 3. Missing: rate 255 and 0, SpO2 127 and 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "drivers/framing/bit_seven.hpp"
#include "drivers/oximetry/finger_stream.hpp"

namespace drivers {

class FiveByteDriver : public Driver {
 public:
  void feed(Bytes bytes, vitals::Stamp rx, Sink& out) final;
  void damaged(vitals::Stamp rx, Sink& out) final;
  void tick(vitals::Stamp, Sink&) final {}

 protected:
  using Frame = framing::FiveByteFrames::Frame;

  struct Judged {
    oximetry::Sample sample;
    std::string_view impossible;  // which field cannot be what it is: the frame is dropped
    unsigned foreign = 0;         // weight of the evidence that another device is speaking
  };

  // Evidence fades by 1 with each frame that brings none.
  static constexpr unsigned foreign_weight = 10;
  static constexpr unsigned foreign_certain = 300;

  explicit FiveByteDriver(unsigned frames_per_s)
      : clean_frames_needed_(clean_s_needed * frames_per_s), reduced_(frames_per_s) {}

  virtual Judged judge(const Frame& frame) = 0;
  virtual void forget() = 0;  // what judge() remembers of earlier frames

  static oximetry::Reading reading(const Frame& frame);

 private:
  void take_byte(std::uint8_t byte, vitals::Stamp rx, Sink& out);
  void take_frame(const oximetry::Origin& origin, Sink& out);
  void watch_framing(std::uint8_t byte, const oximetry::Origin& origin, Sink& out);
  void add_evidence(const Judged& judged, const oximetry::Origin& origin, Sink& out);
  void count_clean(const Judged& judged, vitals::Stamp rx, Sink& out);
  void declare_wrong(std::string_view evidence, const oximetry::Origin& origin, Sink& out);
  void acquit(vitals::Stamp rx, Sink& out);
  void start_over(vitals::Stamp rx, Sink& out);
  void lose_step(std::string_view reason, const oximetry::Origin& origin, Sink& out);
  void damage(FaultKind kind, std::string_view reason, const oximetry::Origin& origin, Sink& out);

  // A look-alike hides for a while, with a weak signal or a flat wave, and a probe that is off proves
  // nothing.
  static constexpr unsigned clean_s_needed = 300;

  const unsigned clean_frames_needed_;
  framing::FiveByteFrames frames_;
  framing::BitSevenPattern pattern_;
  oximetry::OncePerSecond reduced_;
  oximetry::Level wrong_device_{Signal::wrong_device};
  std::optional<vitals::MonoTime> heard_at_;
  std::uint64_t offset_ = 0;
  unsigned frames_in_row_ = 0;
  unsigned unbroken_ = 0;  // frames with nothing between them, whatever they say
  unsigned foreign_ = 0;
  unsigned clean_frames_ = 0;  // with values and nothing foreign, since the wrong device was declared
  unsigned packets_55aa_ = 0;  // since the last two frames in a row
  std::uint8_t last_byte_ = 0;
  bool wrong_ = false;
};

}  // namespace drivers
