#include "daemon/settings/binding.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "daemon/settings/bed_delays.hpp"
#include "daemon/settings/profile_file.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

using vitals::Metric;

// One port under two names is still one port.
std::string real_port(const std::string& port) {
  std::error_code failure;
  const auto path = std::filesystem::canonical(port, failure);
  return failure ? port : path.string();
}

std::string at_line(const Place& place) { return "line " + std::to_string(place.line); }

void check_names(const std::vector<SourceDraft>& sources, const std::vector<BedDraft>& beds, Report& report) {
  std::map<std::string, Place> seen;
  for (const auto& draft : sources) {
    if (draft.source.name.empty()) continue;
    const auto [first, fresh] = seen.emplace(draft.source.name, draft.name);
    if (!fresh)
      report.error(draft.name, "source " + in_quotes(draft.source.name) + " is there twice, first in " +
                                   at_line(first->second));
  }
  seen.clear();
  for (const auto& draft : beds) {
    if (draft.bed.unit.empty() || draft.bed.name.empty()) continue;
    const auto [first, fresh] = seen.emplace(draft.bed.scope(), draft.name);
    if (!fresh)
      report.error(draft.name,
                   "bed " + draft.bed.scope() + " is there twice, first in " + at_line(first->second));
  }
  seen.clear();
  for (const auto& draft : beds) {
    for (const Text& pump : draft.pumps) {
      const auto [first, fresh] = seen.emplace(trimmed_lower(pump.text), pump.place);
      if (!fresh && !pump.text.empty())
        report.error(pump.place, "pump " + in_quotes(pump.text) + " is tied to a bed already, in " +
                                     at_line(first->second) + ": a pump has one bed");
    }
  }
}

bool collide(const MllpListen& a, const MllpListen& b) {
  if (a.port != b.port || a.address.empty() || b.address.empty()) return false;
  return a.address == b.address || is_any_address(a.address) || is_any_address(b.address);
}

std::string peer_of(const Source& source) {
  if (const auto* tcp = std::get_if<TcpConnect>(&source.link))
    return "tcp " + tcp->address + " " + std::to_string(tcp->port);
  if (const auto* udp = std::get_if<UdpConnect>(&source.link))
    return "udp " + udp->address + " " + std::to_string(udp->port);
  return "";
}

void check_ports(const std::vector<SourceDraft>& sources, Report& report) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!sources[i].facts || !sources[j].facts) continue;
      const auto& other = sources[j].source;
      const auto* serial = std::get_if<SerialLink>(&sources[i].source.link);
      const auto* other_serial = std::get_if<SerialLink>(&other.link);
      if (serial && other_serial && !serial->port.empty() &&
          real_port(serial->port) == real_port(other_serial->port))
        report.error(sources[i].port, "port is the one of source " + in_quotes(other.name) + " in " +
                                          at_line(sources[j].port) + ": a port has one source");
      const auto* listen = std::get_if<MllpListen>(&sources[i].source.link);
      const auto* other_listen = std::get_if<MllpListen>(&other.link);
      if (listen && other_listen && collide(*listen, *other_listen))
        report.error(sources[i].port, "listen address is the one of source " + in_quotes(other.name) +
                                          " in " + at_line(sources[j].port) + ": give another port");
      const std::string peer = peer_of(sources[i].source);
      if (!peer.empty() && peer == peer_of(other))
        report.error(sources[i].port, "connect is the one of source " + in_quotes(other.name) + " in " +
                                          at_line(sources[j].port) + ": a device has one source");
    }
  }
}

class Binder {
 public:
  Binder(std::vector<SourceDraft>& sources, std::vector<BedDraft>& beds, std::string path, Settings& out,
         Fingerprint& read, Report& report)
      : sources_(sources), beds_(beds), path_(std::move(path)), out_(out), read_(read), report_(report) {}

  void run() {
    for (auto& bed : beds_) name_sources(bed);
    for (auto& source : sources_) place_source(source);
    for (auto& bed : beds_) {
      const alarms::Profile* profile = load_profile(bed);
      if (sources_sound(bed)) resolve(bed, profile);
    }
  }

 private:
  SourceDraft* find_source(std::string_view name) {
    for (auto& draft : sources_)
      if (!name.empty() && draft.source.name == name) return &draft;
    return nullptr;
  }
  BedDraft* find_bed(std::string_view scope) {
    for (auto& draft : beds_)
      if (draft.bed.scope() == scope) return &draft;
    return nullptr;
  }
  static bool names(const BedDraft& bed, std::string_view source) {
    const auto& list = bed.bed.sources;
    return std::find(list.begin(), list.end(), source) != list.end();
  }

  // The names in `sources` of a bed, each known and once.
  void name_sources(BedDraft& draft) {
    std::vector<std::string> known;
    for (const auto& source : sources_)
      if (!source.source.name.empty()) known.push_back(source.source.name);
    for (const Text& name : draft.sources) {
      if (!find_source(name.text))
        report_.error(name.place,
                      "no [[source]] is called " + in_quotes(name.text) + suggestion(name.text, known));
      else if (names(draft, name.text))
        report_.error(name.place, "source " + in_quotes(name.text) + " is named twice");
      else
        draft.bed.sources.push_back(name.text);
    }
  }

  std::vector<std::string> beds_naming(const std::string& source) const {
    std::vector<std::string> out;
    for (const auto& bed : beds_)
      if (names(bed, source) && std::find(out.begin(), out.end(), bed.bed.scope()) == out.end())
        out.push_back(bed.bed.scope());
    return out;
  }

  void place_source(SourceDraft& draft) {
    if (!draft.sound()) return;
    const auto beds = beds_naming(draft.source.name);
    const std::string source = "source " + in_quotes(draft.source.name);
    if (beds.empty()) {
      report_.error(draft.name, source + " belongs to no bed: name it in sources of a [[bed]]");
    } else if (draft.bed_locations.empty() && beds.size() > 1) {
      const std::string right = draft.listens() ? ": a `beds` table must say whose values are whose"
                                                : ": a serial source has exactly one bed";
      report_.error(draft.name, source + " is named by " + joined(beds) + right);
    }
    if (!draft.bed_locations.empty()) place_locations(draft, beds);
  }

  // The table from location text to bed, and the beds' own lists of sources, must tell the same story.
  void place_locations(SourceDraft& draft, const std::vector<std::string>& naming) {
    std::vector<std::string> scopes;
    scopes.reserve(beds_.size());
    for (const auto& bed : beds_) scopes.push_back(bed.bed.scope());
    std::set<std::string> placed;
    for (std::size_t i = 0; i < draft.bed_locations.size(); ++i) {
      const Text& target = draft.bed_targets[i];
      const BedDraft* bed = find_bed(target.text);
      if (!bed)
        report_.error(target.place, "no [[bed]] is " + in_quotes(target.text) + " (UNIT/NAME)" +
                                        suggestion(target.text, scopes));
      else if (!names(*bed, draft.source.name))
        report_.error(target.place, "bed " + target.text + " does not name source " +
                                        in_quotes(draft.source.name) + " in its sources");
      draft.source.beds[draft.bed_locations[i].text] = target.text;
      placed.insert(target.text);
    }
    for (const auto& scope : naming)
      if (placed.count(scope) == 0)
        report_.error(draft.beds, "bed " + scope + " names source " + in_quotes(draft.source.name) +
                                      ", but no location leads to it");
  }

  using Folders = std::array<std::filesystem::path, 2>;

  Folders profile_folders() const {
    return {std::filesystem::path(path_).parent_path() / "profiles", "/usr/share/vitalsd/profiles"};
  }

  static std::vector<std::string> profiles_in(const Folders& folders) {
    std::vector<std::string> out;
    for (const auto& folder : folders) {
      std::error_code failure;
      for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
           entry.increment(failure))
        if (entry->path().extension() == ".toml") out.push_back(entry->path().stem().string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  const alarms::Profile* read_profile(const std::string& name, const std::string& file) {
    const Folders folders = profile_folders();
    const auto layers = read_layers(file, {folders[0].string(), folders[1].string()}, read_, report_);
    if (!layers) {
      failed_profiles_.insert(name);
      return nullptr;
    }
    if (auto origins = origins_of(*layers); !origins.empty()) out_.origins[name] = std::move(origins);
    auto& files = out_.profile_files[name];
    for (auto layer = layers->rbegin(); layer != layers->rend(); ++layer) files.push_back(layer->file);
    return &out_.profiles.emplace(name, make_profile(*layers, name, report_)).first->second;
  }

  // Each profile file is read once, for however many beds.
  const alarms::Profile* load_profile(BedDraft& draft) {
    const std::string& name = draft.bed.profile;
    if (name.empty()) return nullptr;
    if (!is_id(name)) {
      report_.error(draft.profile, "profile " + in_quotes(name) + " must be " + std::string(id_rule) +
                                       ": it is the name of a file without .toml");
      return nullptr;
    }
    if (const auto at = out_.profiles.find(name); at != out_.profiles.end()) return &at->second;
    if (failed_profiles_.count(name) != 0) return nullptr;
    const Folders folders = profile_folders();
    for (const auto& folder : folders) {
      const std::string file = (folder / (name + ".toml")).string();
      const auto there = is_there(file, draft.profile, report_);
      if (there == false) continue;
      if (there == true) return read_profile(name, file);
      failed_profiles_.insert(name);
      return nullptr;
    }
    report_.error(draft.profile, "no " + name + ".toml in " + folders[0].string() + " or " +
                                     folders[1].string() + suggestion(name, profiles_in(folders)));
    return nullptr;
  }

  // With a source that is unknown or wrong, what the bed carries is not known: no second complaint about
  // that.
  bool sources_sound(const BedDraft& draft) {
    return !draft.sources.empty() &&
           std::all_of(draft.sources.begin(), draft.sources.end(), [&](const Text& name) {
             const SourceDraft* source = find_source(name.text);
             return source && source->sound();
           });
  }

  std::vector<std::string> carriers(const BedDraft& draft, Metric metric) {
    std::vector<std::string> out;
    for (const auto& name : draft.bed.sources)
      if (find_source(name)->source.metrics.contains(metric)) out.push_back(name);
    return out;
  }
  bool carries(const BedDraft& draft, Metric metric) { return !carriers(draft, metric).empty(); }

  const Source* carrier(const BedDraft& draft, Metric metric) {
    if (const auto named = draft.bed.metric_source.find(metric); named != draft.bed.metric_source.end())
      return &find_source(named->second)->source;
    const auto found = carriers(draft, metric);
    return found.empty() ? nullptr : &find_source(found.front())->source;
  }

  void resolve(BedDraft& draft, const alarms::Profile* profile) {
    take_from(draft);
    one_source_each(draft);
    choose(draft, "rate", draft.rate_said, draft.rate, {"hr", "pr"},
           draft.bed.rate == Metric::hr ? "hr" : "pr");
    choose(draft, "pressure", draft.pressure_said, draft.pressure, {"nibp", "art"},
           draft.bed.arterial_pressure ? "art" : "nibp");
    if (profile) {
      expect(draft, *profile);
      check_bed_delays(
          draft, *profile, [&](Metric metric) { return carrier(draft, metric); }, report_);
    }
  }

  void take_from(BedDraft& draft) {
    for (const auto& from : draft.from) {
      if (!names(draft, from.source.text)) {
        report_.error(from.source.place, "from names " + in_quotes(from.source.text) +
                                             ", which is not in sources of " + draft.bed.scope() +
                                             suggestion(from.source.text, draft.bed.sources));
        continue;
      }
      bool carried = false;
      for (const Metric metric : metrics_of_word(from.metric.text)) {
        if (!find_source(from.source.text)->source.metrics.contains(metric)) continue;
        draft.bed.metric_source[metric] = from.source.text;
        carried = true;
      }
      if (!carried)
        report_.error(from.source.place,
                      "source " + in_quotes(from.source.text) + " does not carry " + from.metric.text);
    }
  }

  static std::string group_of(Metric metric) {
    if (vitals::is_cuff(metric)) return "nibp";
    if (vitals::is_arterial(metric)) return "art";
    return std::string(vitals::name(metric));
  }

  void one_source_each(BedDraft& draft) {
    for (const auto& facts : vitals::metrics) {
      const auto found = carriers(draft, facts.metric);
      if (found.size() < 2 || draft.bed.metric_source.count(facts.metric) != 0) continue;
      const std::string word = group_of(facts.metric);
      report_.error(draft.place, word + " of bed " + draft.bed.scope() + " comes from " + joined(found) +
                                     ": name the one to use, from = { " + word + " = \"" + found.front() +
                                     "\" }");
    }
  }

  // `rate` or `pressure`: demanded when both are carried, taken from the sources when one is.
  void choose(BedDraft& draft, const std::string& key, bool said, const Place& place,
              const std::array<std::string, 2>& words, const std::string& chosen) {
    const auto carried = [&](const std::string& word) {
      return carries(draft, metrics_of_word(word).front());
    };
    const bool first = carried(words[0]), second = carried(words[1]);
    if (said) {
      if (!carried(chosen))
        report_.error(place, key + " is " + in_quotes(chosen) + ", but no source of bed " +
                                 draft.bed.scope() + " carries it");
      return;
    }
    if (first && second)
      report_.error(draft.place, "bed " + draft.bed.scope() + " has " + words[0] + " and " + words[1] +
                                     ": say which the limits watch, " + key + " = \"" + words[0] +
                                     "\" or \"" + words[1] + "\"");
    if (first == second) return;
    if (key == "rate") draft.bed.rate = first ? Metric::hr : Metric::pr;
    if (key == "pressure") draft.bed.arterial_pressure = second;
  }

  void expect(BedDraft& draft, const alarms::Profile& profile) {
    std::vector<std::string> unwatched;
    for (std::size_t i = 0; i < alarms::limit_count; ++i) {
      const auto watches = [i](const auto& rules) { return rules[i].watched; };
      if (!std::any_of(profile.limits.begin(), profile.limits.end(), watches)) continue;
      const Metric metric = watched_metric(static_cast<alarms::LimitId>(i), draft.bed);
      if (carries(draft, metric))
        draft.bed.expected.insert(metric);
      else if (metric != Metric::rr)  // wanted where it is to be had
        unwatched.emplace_back(alarms::limit_names[i]);
    }
    if (draft.bed.expected.empty())
      report_.error(draft.place, "bed " + draft.bed.scope() +
                                     " would not be watched: its sources carry nothing that "
                                     "profile " +
                                     profile.name + " has limits for");
    else if (!unwatched.empty())
      report_.warning(draft.place, "not watched at bed " + draft.bed.scope() +
                                       ", since no source of it carries them: " + joined(unwatched));
  }

  std::vector<SourceDraft>& sources_;
  std::vector<BedDraft>& beds_;
  std::string path_;
  Settings& out_;
  Fingerprint& read_;
  Report& report_;
  std::set<std::string> failed_profiles_;
};

}  // namespace

void bind(std::vector<SourceDraft> sources, std::vector<BedDraft> beds, const std::string& path,
          Settings& out, Fingerprint& read, Report& report) {
  check_names(sources, beds, report);
  check_ports(sources, report);
  Binder(sources, beds, path, out, read, report).run();
  for (auto& draft : sources) out.sources.push_back(std::move(draft.source));
  for (auto& draft : beds) out.beds.push_back(std::move(draft.bed));
}

}  // namespace settings
