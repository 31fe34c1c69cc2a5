// A sound device of ALSA that never makes us wait. For one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

typedef struct _snd_pcm snd_pcm_t;  // NOLINT: as ALSA declares it

namespace outputs {

class SoundCard {
 public:
  explicit SoundCard(std::string device) : device_(std::move(device)) {}
  ~SoundCard() { close(); }
  SoundCard(const SoundCard&) = delete;
  SoundCard& operator=(const SoundCard&) = delete;

  // These return what is wrong, empty when nothing is. After a mistake: close, and open again.
  std::string open();   // at tone_rate_hz, mono; converted by ALSA where the device is another. Open: nothing
  std::string look();   // whether it is still there
  std::string begin();  // what still plays falls silent; what is written from here on is played
  // As much of `samples` as fits now; moves its beginning behind that.
  std::string write(std::span<const std::int16_t>& samples);
  std::string finish();  // all is written: also less than a buffer is to be played
  void close();

 private:
  std::string wrong(const char* what, int error) const;

  const std::string device_;
  snd_pcm_t* pcm_ = nullptr;
};

}  // namespace outputs
