#include "daemon/outputs/sound_card.hpp"

#include <alsa/asoundlib.h>

#include <cerrno>

#include "daemon/outputs/tone_burst.hpp"

namespace outputs {
namespace {

// Of sound in the card: long enough for a thread that is late, short enough for an end that comes at once.
constexpr unsigned buffer_us = 300'000;

// The library would print each mistake to standard error; what matters of them we say ourselves.
void say_nothing(const char* /*file*/, int /*line*/, const char* /*function*/, int /*error*/,
                 const char* /*format*/, ...) {}

}  // namespace

std::string SoundCard::wrong(const char* what, int error) const {
  return "sound device \"" + device_ + "\" " + what + ": " + snd_strerror(error);
}

std::string SoundCard::open() {
  if (pcm_ != nullptr) return {};
  snd_lib_error_set_handler(say_nothing);
  if (const int error = snd_pcm_open(&pcm_, device_.c_str(), SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
      error < 0) {
    pcm_ = nullptr;
    return wrong("cannot be opened", error);
  }
  const int error = snd_pcm_set_params(pcm_, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED, 1,
                                       tone_rate_hz, 1, buffer_us);
  return error < 0 ? wrong("cannot play our samples", error) : std::string{};
}

std::string SoundCard::look() {
  // A look at the state alone does not notice every device that was pulled.
  if (snd_pcm_state(pcm_) == SND_PCM_STATE_DISCONNECTED) return wrong("is gone", -ENODEV);
  const snd_pcm_sframes_t error = snd_pcm_avail(pcm_);
  return error == -ENODEV ? wrong("is gone", -ENODEV) : std::string{};
}

std::string SoundCard::begin() {
  snd_pcm_drop(pcm_);  // fails when nothing was played yet
  const int error = snd_pcm_prepare(pcm_);
  return error < 0 ? wrong("cannot be made ready", error) : std::string{};
}

std::string SoundCard::write(std::span<const std::int16_t>& samples) {
  while (!samples.empty()) {
    const snd_pcm_sframes_t written = snd_pcm_writei(pcm_, samples.data(), samples.size());
    if (written == -EAGAIN || written == 0) return {};
    if (written > 0) {
      samples = samples.subspan(static_cast<std::size_t>(written));
    } else if (const int error = snd_pcm_recover(pcm_, static_cast<int>(written), 1); error < 0) {
      return wrong("does not play", error);  // else it ran dry or slept, and plays again
    }
  }
  return {};
}

std::string SoundCard::finish() {
  if (snd_pcm_state(pcm_) != SND_PCM_STATE_PREPARED) return {};
  const int error = snd_pcm_start(pcm_);
  return error < 0 ? wrong("does not start", error) : std::string{};
}

void SoundCard::close() {
  if (pcm_ != nullptr) snd_pcm_close(pcm_);
  pcm_ = nullptr;
}

}  // namespace outputs
