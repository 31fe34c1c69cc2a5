// A byte link to a device, for the loop thread only. Links open, read, back off and reopen; they know nothing
// of protocols.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/vitals/time.hpp"

namespace links {

enum class State : std::uint8_t { down, up, busy, wrong_device };

constexpr std::string_view name(State state) {
  switch (state) {
    case State::down: return "down";
    case State::up: return "up";
    case State::busy: return "busy";
    case State::wrong_device: return "wrong-device";
  }
  return "";
}

using Bytes = std::span<const std::uint8_t>;

struct Handlers {
  std::function<void(Bytes, vitals::Stamp)> on_bytes;
  std::function<void(State, const std::string& detail)> on_state = {};  // on change only; detail for people
  // A byte of a serial line that came with a parity or framing error, in its place between the others. What
  // it was nobody knows, so that it is not handed on.
  std::function<void(vitals::Stamp)> on_damage = {};
};

// An orderly end takes no longer, whatever the device does.
inline constexpr vitals::Milliseconds finish_ms_max{500};

class Link {
 public:
  virtual ~Link() = default;
  virtual void start() = 0;
  virtual void stop() = 0;  // idempotent; no handler is called after it
  // Stops when everything that was sent has left, at the latest after finish_ms_max; then `done`, perhaps at
  // once. No handler is called from now on.
  virtual void finish(std::function<void()> done) = 0;
  virtual void send(Bytes bytes) = 0;
  // Why a link that is up may bring nothing, for people; empty: nothing known. Not for the hot path.
  virtual std::string trouble() const { return {}; }
};

}  // namespace links
