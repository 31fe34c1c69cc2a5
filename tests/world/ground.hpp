// What everything in the world stands on: one calendar in virtual time, one source of chance, and the story
// of what happened, so that a broken promise can be told. The same seed gives the same world, on every
// machine and library.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace world {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Stamp;
using vitals::WallTime;

// SplitMix64: small, and the same everywhere, which std's distributions are not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t roll() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::size_t below(std::size_t count) { return roll() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  Milliseconds between(Milliseconds least, Milliseconds most) {
    return least + Milliseconds{static_cast<std::int64_t>(
                       below(static_cast<std::size_t>((most - least).count()) + 1))};
  }
  template <typename T, std::size_t count>
  const T& pick(const std::array<T, count>& from) {
    return from[below(count)];
  }
  template <typename T>
  T& pick(std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

// What happens when. At one instant, in the order in which it was entered.
class Calendar {
 public:
  using Act = std::function<void()>;

  Milliseconds now() const { return now_; }
  void at(Milliseconds when, Act act) {
    entries_.push_back({std::max(when, now_), ++serial_, std::move(act)});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }
  void in(Milliseconds time, Act act) { at(now_ + time, std::move(act)); }
  Milliseconds next() const { return entries_.empty() ? Milliseconds::max() : entries_.front().when; }

  void step() {
    std::pop_heap(entries_.begin(), entries_.end(), later);
    Entry entry = std::move(entries_.back());
    entries_.pop_back();
    now_ = entry.when;
    entry.act();
  }

 private:
  struct Entry {
    Milliseconds when{};
    std::uint64_t serial = 0;
    Act act;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.serial > b.serial;
  }

  std::vector<Entry> entries_;
  Milliseconds now_{0};
  std::uint64_t serial_ = 0;
};

// A promise that does not hold.
struct Broken {
  std::string promise, how;
};

// The newest steps, for whoever has to understand a broken promise; and a fingerprint of all of them.
class Story {
 public:
  static constexpr std::size_t lines_max = 80;

  void tell(Milliseconds at, std::string line) {
    for (const char c : line) fingerprint_ = (fingerprint_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    fingerprint_ ^= static_cast<std::uint64_t>(at.count());
    lines_.emplace_back(at, std::move(line));
    if (lines_.size() > lines_max) lines_.pop_front();
  }
  std::string text() const {
    std::string out;
    for (const auto& [at, line] : lines_) out += "  " + std::to_string(at.count()) + " ms  " + line + "\n";
    return out;
  }
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  std::deque<std::pair<Milliseconds, std::string>> lines_;
  std::uint64_t fingerprint_ = 0xcbf29ce484222325U;
};

struct Ground {
  explicit Ground(std::uint64_t seed) : dice(seed) {}

  Calendar calendar;
  Dice dice;
  Story story;
  // The clocks of the daemon's machine. The monotonic one begins anew with each boot of the machine.
  MonoTime mono_base{Milliseconds{1'000'000}};
  WallTime wall_base = vitals::wall_from_unix_ms(1'764'000'000'000);

  Milliseconds now() const { return calendar.now(); }
  Stamp stamp() const { return {mono_base + now(), wall_base + now()}; }
  void tell(std::string line) { story.tell(now(), std::move(line)); }
};

}  // namespace world
