#include "daemon/tools/probe_score.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace tools {
namespace {

constexpr std::uint64_t frames_proven = 5;
constexpr std::size_t unmapped_max = 8;
constexpr vitals::Milliseconds asks_within{1000}, ask_tick{100};

// Protocols that read each other's bytes without a fault. Whoever guesses here takes a falling saturation for
// a pulled probe.
struct LookAlikes {
  std::string_view a, b, apart;
};
constexpr std::array<LookAlikes, 1> look_alikes{{
    {"contec-5", "berry-bci",
     "the maker on the label. A CONTEC sends 60 frames of 5 bytes a second, a Berry 100; one bit means "
     "\"saturation falls\" in the one and \"no probe\" in the other"},
}};

const LookAlikes* look_alike(std::string_view a, std::string_view b) {
  for (const LookAlikes& pair : look_alikes)
    if ((pair.a == a && pair.b == b) || (pair.a == b && pair.b == a)) return &pair;
  return nullptr;
}

// "2, 7, 8 or 13" and "cable or wireless" are lists of words; what is not a value is refused by the driver.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" ,");
    const std::string word{text.substr(0, end)};
    if (!word.empty() && word != "or") out.push_back(word);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string_view name_of(const Finding& finding) { return finding.candidate.entry->facts->name; }

// Chosen is an option with which the protocol's checksum is missing.
bool is_bare(const Candidate& candidate) {
  const drivers::Facts& facts = *candidate.entry->facts;
  return std::any_of(facts.options.begin(), facts.options.end(), [&](const drivers::OptionFacts& option) {
    const auto bare = words_of(option.without_integrity);
    return std::find(bare.begin(), bare.end(), option_value(facts, candidate.options, option.name)) !=
           bare.end();
  });
}

// Whether the bytes can show this option beside the choices made before.
bool shows(const drivers::OptionFacts& option, const Candidate& candidate) {
  if (option.in_the_bytes_with.empty()) return true;
  const auto formats = words_of(option.in_the_bytes_with);
  return std::find(formats.begin(), formats.end(),
                   option_value(*candidate.entry->facts, candidate.options, "format")) != formats.end();
}

bool proves_itself(const Finding& finding) {
  if (is_bare(finding.candidate)) return false;
  const drivers::Integrity integrity = finding.candidate.entry->facts->integrity;
  return integrity == drivers::Integrity::checksum || integrity == drivers::Integrity::crc;
}

Sureness weigh(const Finding& finding) {
  if (finding.frames < frames_proven || finding.faults * 5 > finding.frames)
    return finding.frames > 0 ? Sureness::weak : Sureness::none;
  // Also without a value: a cuff that has not measured has none, and its frames carry a checksum all the
  // same.
  if (proves_itself(finding)) return Sureness::sure;
  return finding.values > 0 ? Sureness::likely : Sureness::weak;
}

// Better first; of equal ones the one with fewer options. Frames with values before frames without: these may
// be more of them, as a sensor that goes off is told in a frame of its own.
bool better(const Finding& a, const Finding& b) {
  const auto key = [](const Finding& f) {
    const auto good = static_cast<std::int64_t>(f.frames) - 4 * static_cast<std::int64_t>(f.faults);
    return std::tuple{f.sureness, f.values > 0, good, f.values};
  };
  if (key(a) != key(b)) return key(a) > key(b);
  return a.candidate.options.size() < b.candidate.options.size();
}

bool equally_good(const Finding& a, const Finding& b) {
  return a.sureness == b.sureness && a.frames == b.frames && a.faults == b.faults && a.values == b.values;
}

// The best of each protocol, with the other options that fit as well.
std::vector<Finding> one_per_protocol(std::vector<Finding> all) {
  std::stable_sort(all.begin(), all.end(), better);
  std::vector<Finding> out;
  for (Finding& finding : all) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Finding& one) {
      return one.candidate.entry == finding.candidate.entry;
    });
    if (same == out.end()) {
      out.push_back(std::move(finding));
    } else if (equally_good(*same, finding)) {
      same->alike.push_back(finding.candidate.options);
    }
  }
  return out;
}

}  // namespace

std::string_view name(Sureness sureness) {
  switch (sureness) {
    case Sureness::none: return "none";
    case Sureness::weak: return "weak";
    case Sureness::likely: return "likely";
    case Sureness::sure: return "sure";
  }
  return "";
}

std::vector<Candidate> candidates_of(const drivers::Entry& entry) {
  std::vector<Candidate> out;
  if (entry.make({}).driver) out.push_back({&entry, {}});
  for (const drivers::OptionFacts& option : entry.facts->options) {
    if (!option.in_the_bytes) continue;
    const std::vector<Candidate> so_far = out;
    for (const std::string& word : words_of(option.accepted))
      for (const Candidate& before : so_far) {
        if (word == option.standard || !shows(option, before)) continue;
        drivers::Options options = before.options;
        options[std::string{option.name}] = word;
        if (entry.make(options).driver) out.push_back({&entry, std::move(options)});
      }
  }
  return out;
}

std::vector<std::string> left_standard(const drivers::Facts& facts) {
  std::vector<std::string> out;
  for (const drivers::OptionFacts& option : facts.options) {
    if (option.in_the_bytes || option.name == "transport") continue;  // the link says that one
    std::string line{option.name};
    line.append(" = ").append(option.standard).append(": ").append(option.meaning);
    out.push_back(std::move(line));
  }
  return out;
}

std::vector<Candidate> serial_candidates() {
  std::vector<Candidate> out;
  for (const drivers::Entry& entry : drivers::registry()) {
    if (entry.facts->line.baud == 0) continue;
    for (Candidate& candidate : candidates_of(entry)) out.push_back(std::move(candidate));
  }
  return out;
}

// One driver and what it found.
struct Probe::Reader final : drivers::Sink {
  explicit Reader(const Candidate& candidate) : driver(candidate.entry->make(candidate.options).driver) {
    found.candidate = candidate;
    driver->overhear();
  }

  void on_subject(const drivers::Subject&) override {}
  void on_observation(const vitals::Observation& observation) override {
    if (!observation.has_value()) return;
    ++found.values;
    found.metrics.insert(observation.metric);
  }
  void on_frame_end(vitals::Stamp) override { ++found.frames; }
  void on_status(const drivers::DeviceStatus& status) override {
    if (status.signal == drivers::Signal::wrong_device) stranger = status.on;
  }
  void on_device_alarm(const drivers::DeviceAlarm&) override {}
  void on_pump(const drivers::PumpReport&) override {}
  void on_patient(const drivers::PatientEvent&) override {}
  void on_fault(const drivers::DecodeFault& fault) override {
    if (fault.kind == drivers::FaultKind::broken || fault.kind == drivers::FaultKind::implausible)
      ++found.faults;
    if (fault.kind != drivers::FaultKind::unmapped || found.unmapped.size() >= unmapped_max) return;
    const std::string code{fault.code};
    if (std::find(found.unmapped.begin(), found.unmapped.end(), code) == found.unmapped.end())
      found.unmapped.push_back(code);
  }
  void on_send(drivers::Bytes bytes) override {
    if (send != nullptr && *send) (*send)(bytes);
  }
  void on_answer(const drivers::Answer&) override {}
  void on_close(std::string_view) override { ++found.faults; }

  std::unique_ptr<drivers::Driver> driver;
  Finding found;
  bool stranger = false;  // the driver says that the bytes are not of its device
  const std::function<void(drivers::Bytes)>* send = nullptr;
};

Probe::Probe(const std::vector<Candidate>& candidates) {
  for (const Candidate& candidate : candidates) readers_.push_back(std::make_unique<Reader>(candidate));
}
Probe::~Probe() = default;
Probe::Probe(Probe&&) noexcept = default;
Probe& Probe::operator=(Probe&&) noexcept = default;

void Probe::feed(drivers::Bytes bytes, vitals::Stamp rx, const std::function<void(drivers::Bytes)>& send) {
  bytes_ += bytes.size();
  for (auto& reader : readers_) {
    reader->send = &send;
    reader->driver->feed(bytes, rx, *reader);
    reader->send = nullptr;
  }
}

void Probe::damaged(vitals::Stamp rx) {
  ++bytes_;
  for (auto& reader : readers_) reader->driver->damaged(rx, *reader);
}

void Probe::tick(vitals::Stamp now, const std::function<void(drivers::Bytes)>& send) {
  for (auto& reader : readers_) {
    reader->send = &send;
    reader->driver->tick(now, *reader);
    reader->send = nullptr;
  }
}

void Probe::close(vitals::Stamp now, const std::function<void(drivers::Bytes)>& send) {
  for (auto& reader : readers_) {
    reader->send = &send;
    reader->driver->close(now, *reader);
    reader->send = nullptr;
  }
}

bool asks(const Candidate& candidate) {
  bool sent = false;
  Probe probe({candidate});
  for (vitals::Milliseconds at{0}; at <= asks_within; at += ask_tick)
    probe.tick({vitals::MonoTime{at}, vitals::wall_from_unix_ms(at.count())},
               [&sent](drivers::Bytes) { sent = true; });
  return sent;
}

Verdict Probe::verdict() const {
  std::vector<Finding> all, strangers;
  for (const auto& reader : readers_) {
    Finding finding = reader->found;
    finding.sureness = weigh(finding);
    if (finding.frames > 0) (reader->stranger ? strangers : all).push_back(std::move(finding));
  }
  Verdict out;
  std::vector<Finding> rest = one_per_protocol(std::move(strangers));
  for (Finding& finding : one_per_protocol(std::move(all))) {
    const bool best = out.fits.empty() || finding.sureness == out.fits.front().sureness;
    (best ? out.fits : rest).push_back(std::move(finding));
  }
  if (out.fits.empty()) return out;
  // Its twin is named too, however it fared, even where its driver believes to know better.
  for (Finding& finding : rest)
    if (look_alike(name_of(out.fits.front()), name_of(finding)) != nullptr)
      out.fits.push_back(std::move(finding));
  if (out.fits.size() < 2) return out;
  out.apart = "the label on the device, or its menu";
  if (const auto* pair =
          look_alike(out.fits[0].candidate.entry->facts->name, out.fits[1].candidate.entry->facts->name))
    out.apart = pair->apart;
  return out;
}

}  // namespace tools
