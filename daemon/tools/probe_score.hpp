// Which protocol do these bytes speak: every driver reads them, and what each finds is weighed. Pure: bytes
// and times in, findings out. For people who set a source up; never in production.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/registry.hpp"

namespace tools {

// A protocol with one choice of its options; those that are not here are standard.
struct Candidate {
  const drivers::Entry* entry = nullptr;
  drivers::Options options;
};

// `entry` with its standard options, then with each other choice of what the bytes can show. Which channel
// lies in an artery, or whether a cuff may be started, is in no byte: those options stay standard.
std::vector<Candidate> candidates_of(const drivers::Entry& entry);
// A line for each option that was left standard so: "arterial = none: the pressure channel ..."
std::vector<std::string> left_standard(const drivers::Facts& facts);
std::vector<Candidate> serial_candidates();

// Whether the driver speaks by itself: its device may have to be asked before it says anything.
bool asks(const Candidate& candidate);

// weak: some frames, or many faults. likely: frames throughout, of a protocol that cannot prove itself. sure:
// frames throughout, each with a checksum that fits; never with an option that leaves the checksum out.
enum class Sureness : std::uint8_t { none, weak, likely, sure };
std::string_view name(Sureness sureness);

struct Finding {
  Candidate candidate;
  std::uint64_t frames = 0, values = 0, faults = 0;
  vitals::MetricSet metrics;            // of which a value came
  std::vector<std::string> unmapped;    // what it carries and we do not know, a few of them
  std::vector<drivers::Options> alike;  // other options that fit as well
  Sureness sureness = Sureness::none;
};

struct Verdict {
  // Empty: nothing fits. One: found. More: the bytes cannot tell these apart, and nobody may guess.
  std::vector<Finding> fits;
  std::string apart;  // more than one: what does tell them apart
};

class Probe {
 public:
  explicit Probe(const std::vector<Candidate>& candidates);
  ~Probe();
  Probe(Probe&&) noexcept;
  Probe& operator=(Probe&&) noexcept;

  // What the drivers would send goes to `send`; null: nowhere. Some answer at once what they are fed.
  void feed(drivers::Bytes bytes, vitals::Stamp rx, const std::function<void(drivers::Bytes)>& send = {});
  void damaged(vitals::Stamp rx);  // a byte that the line damaged
  void tick(vitals::Stamp now, const std::function<void(drivers::Bytes)>& send = {});
  // What the drivers tell the device at the end.
  void close(vitals::Stamp now, const std::function<void(drivers::Bytes)>& send);
  Verdict verdict() const;
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Reader;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::uint64_t bytes_ = 0;
};

}  // namespace tools
