#include "daemon/tools/replay_options.hpp"

#include <chrono>

#include "daemon/tools/probe_score.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

constexpr std::string_view layout_option = "format";
// Drivers that believe a frame once the line is silent do so within this.
constexpr vitals::Milliseconds silence_ms{1000};

const drivers::OptionFacts* layout_of(const drivers::Entry& entry) {
  for (const drivers::OptionFacts& option : entry.facts->options)
    if (option.name == layout_option) return &option;
  return nullptr;
}

// What was given, with each other layout.
std::vector<Candidate> layouts(const drivers::Entry& entry, const drivers::Options& given) {
  std::vector<Candidate> out{{&entry, given}};
  for (const Candidate& other : candidates_of(entry)) {
    const auto layout = other.options.find(layout_option);
    const std::size_t others = other.options.size() - (layout == other.options.end() ? 0 : 1);
    if (others != 0) continue;
    drivers::Options with = given;
    with[std::string{layout_option}] = drivers::option_value(*entry.facts, other.options, layout_option);
    out.push_back({&entry, std::move(with)});
  }
  return out;
}

std::vector<Finding> read_with(const std::vector<Candidate>& candidates, const std::vector<Chunk>& chunks) {
  Probe probe(candidates);
  vitals::Stamp last;
  for (const Chunk& chunk : chunks) {
    const auto next = chunk.at.mono;
    for (auto at = last.mono + tick_ms; last.mono != vitals::MonoTime{} && at < next; at += tick_ms) {
      probe.tick(vitals::stamp_at(last, at));
      if (at - last.mono > silence_ms) break;
    }
    probe.feed({reinterpret_cast<const std::uint8_t*>(chunk.bytes.data()), chunk.bytes.size()}, chunk.at);
    last = chunk.at;
  }
  probe.tick(vitals::stamp_at(last, last.mono + silence_ms));
  return probe.verdict().fits;
}

// Damage by noise looks like a few frames among many faults in a layout without a checksum.
bool believable(const Finding& finding) { return finding.faults < finding.frames; }

std::string nothing_fits(const drivers::Entry& entry) {
  std::string out = "nothing in the file could be read as ";
  out += entry.facts->name;
  const drivers::OptionFacts* layout = layout_of(entry);
  if (layout == nullptr) return out + "; is the protocol right, and are these raw bytes?";
  return out + "; is the protocol right? It takes --option " + std::string{layout_option} + "=" +
         std::string{layout->accepted};
}

}  // namespace

OptionChoice choose_options(const drivers::Entry& entry, const drivers::Options& given,
                            const std::vector<Chunk>& chunks) {
  if (chunks.empty()) return {given, {}};
  const bool one_layout = layout_of(entry) == nullptr;
  const bool asked = one_layout || given.contains(layout_option);
  if (asked && !read_with({{&entry, given}}, chunks).empty()) return {given, {}};
  if (one_layout) return {given, nothing_fits(entry)};
  const std::vector<Finding> fits = read_with(layouts(entry, given), chunks);
  if (fits.empty() || !believable(fits.front())) return {given, nothing_fits(entry)};
  const drivers::Options& best = fits.front().candidate.options;
  const std::string_view layout = drivers::option_value(*entry.facts, best, layout_option);
  if (layout == drivers::option_value(*entry.facts, given, layout_option)) return {given, {}};
  const std::string named = std::string{layout_option} + "=" + std::string{layout};
  if (asked) return {given, "nothing could be read as asked; the bytes fit --option " + named};
  return {best, "read with --option " + named + ", which was not given and fits"};
}

}  // namespace tools
