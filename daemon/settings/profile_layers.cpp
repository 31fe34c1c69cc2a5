#include "daemon/settings/profile_layers.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "daemon/settings/reader.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view key = "extends";

// One file under two names is still one file.
std::string real_name(const std::string& path) {
  std::error_code failure;
  const fs::path real = fs::canonical(path, failure);
  return failure ? path : real.string();
}

class Stack {
 public:
  Stack(const std::vector<std::string>& folders, Fingerprint& read, Report& report)
      : folders_(folders), read_(read), report_(report) {}

  // The newest first.
  bool read(const std::string& path) {
    chain_.push_back(real_name(path));
    auto table = parse_file(path, read_, report_);
    if (!table) return false;
    layers_.push_back({std::move(*table), path});
    Reader reader(layers_.back().table, path, "", report_);
    const auto base = reader.text(key);
    if (!base) return !reader.has(key);
    const Place place = reader.place(key);
    const auto next = find(*base, path, place);
    if (!next) return false;
    if (std::find(chain_.begin(), chain_.end(), real_name(*next)) != chain_.end()) {
      report_.error(place, "extends goes in a circle: " + circle(*next));
      return false;
    }
    if (layers_.size() == profile_layers_max) {
      report_.error(place,
                    "more than " + std::to_string(profile_layers_max) + " profiles rest on each other");
      return false;
    }
    return read(*next);
  }

  std::vector<Layer> take() {
    std::reverse(layers_.begin(), layers_.end());
    return std::move(layers_);
  }

 private:
  std::string circle(const std::string& next) const {
    std::string out;
    for (const std::string& one : chain_) out += fs::path(one).stem().string() + " -> ";
    return out + fs::path(next).stem().string();
  }

  std::optional<std::string> find(const std::string& base, const std::string& from, const Place& place) {
    const fs::path beside = fs::path(from).parent_path();
    if (base.size() > 5 && base.compare(base.size() - 5, 5, ".toml") == 0) {
      const std::string file = (beside / base).string();
      const auto there = is_there(file, place, report_);
      if (there == true) return file;
      if (there == false) report_.error(place, "extends " + in_quotes(base) + ": there is no file " + file);
      return std::nullopt;
    }
    if (!is_id(base)) {
      report_.error(place, "extends " + in_quotes(base) +
                               " must be the name of a profile, as \"ketamine-adult\", or a file with .toml");
      return std::nullopt;
    }
    std::vector<fs::path> places{beside};
    for (const std::string& folder : folders_) places.emplace_back(folder);
    std::vector<std::string> known;
    for (const fs::path& folder : places) {
      const std::string file = (folder / (base + ".toml")).string();
      const auto there = is_there(file, place, report_);
      if (!there) return std::nullopt;
      if (*there) return file;
      std::error_code failure;
      for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
           entry.increment(failure))
        if (entry->path().extension() == ".toml") known.push_back(entry->path().stem().string());
    }
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    report_.error(place, "extends " + in_quotes(base) + ": no such profile" + suggestion(base, known));
    return std::nullopt;
  }

  const std::vector<std::string>& folders_;
  Fingerprint& read_;
  Report& report_;
  std::vector<Layer> layers_;
  std::vector<std::string> chain_;
};

std::string value_text(const toml::node& node) {
  if (const auto* one = node.as_integer()) return std::to_string(one->get());
  if (const auto* one = node.as_floating_point()) return number(one->get());
  if (const auto* one = node.as_boolean()) return one->get() ? "true" : "false";
  if (const auto* one = node.as_string()) return in_quotes(one->get());
  const auto* table = node.as_table();
  if (table == nullptr) return "...";
  std::string out;
  for (const auto& [name, value] : *table)
    out += (out.empty() ? "{ " : ", ") + std::string{name.str()} + " = " + value_text(value);
  return out + " }";
}

// A relative rule is one value: whoever says it anew says all of it.
bool is_leaf(std::string_view name, const toml::node& node) {
  return !node.is_table() || name.find("_relative") != std::string_view::npos;
}

using Origins = std::map<std::string, Origin>;

void collect(const toml::table& table, const std::string& prefix, const std::string& file, Origins& out) {
  for (const auto& [name, node] : table) {
    const std::string path = prefix + (prefix.empty() ? "" : ".") + std::string{name.str()};
    if (is_leaf(name.str(), node)) {
      out[path] = {path, value_text(node), file, name.source().begin.line};
    } else {
      collect(*node.as_table(), path, file, out);
    }
  }
}

}  // namespace

std::optional<bool> is_there(const std::string& path, const Place& place, Report& report) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(path, failure);  // a link that leads nowhere is there
  if (status.type() == fs::file_type::not_found) return false;
  if (status.type() != fs::file_type::none) return true;
  report.error(place, "whether there is a " + path + " cannot be seen: " + failure.message() +
                          "; its folder must be readable for this user");
  return std::nullopt;
}

std::optional<std::vector<Layer>> read_layers(const std::string& path,
                                              const std::vector<std::string>& folders, Fingerprint& read,
                                              Report& report) {
  Stack stack(folders, read, report);
  if (!stack.read(path)) return std::nullopt;
  return stack.take();
}

std::vector<Origin> origins_of(const std::vector<Layer>& layers) {
  if (layers.size() < 2) return {};
  Origins found;
  for (const Layer& layer : layers) collect(layer.table, "", fs::path(layer.file).filename().string(), found);
  // These are each file's own, and no numbers.
  for (const auto* own : {"title", "signed_off_by", "extends"}) found.erase(own);
  std::vector<Origin> out;
  out.reserve(found.size());
  for (auto& [path, origin] : found) out.push_back(std::move(origin));
  return out;
}

}  // namespace settings
