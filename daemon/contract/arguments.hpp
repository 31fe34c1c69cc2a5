// The members of a command's "args", read one by one.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/contract/json_reader.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/infusion/session.hpp"

namespace contract {

// Above this a figure is a slip of the keyboard whatever it counts; what is right for a patient is judged by
// the infusion session, which knows weight and concentration.
inline constexpr double figure_max = 1e6;
inline constexpr std::int64_t unix_ms_max = 4'102'444'800'000;  // 2100-01-01
inline constexpr std::array<std::string_view, 3> common_keys{"note", "reason",
                                                             "confirm"};  // allowed with every verb

// Reads arguments one by one and keeps the first complaint, so that a verb's reader is a plain list.
class Arguments {
 public:
  explicit Arguments(const Json& args) : args_(&args), fields_(args) {}

  const std::string& error() const { return error_; }
  const Fields& fields() const { return fields_; }

  void complain(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }

  // An argument that the verb does not have is a misspelt one more often than a needless one: never ignored.
  void allow(std::span<const std::string_view> keys) {
    for (const auto& [key, value] : args_->items()) {
      const auto names = [name = std::string_view{key}](std::string_view known) { return known == name; };
      if (std::none_of(keys.begin(), keys.end(), names) &&
          std::none_of(common_keys.begin(), common_keys.end(), names))
        complain("args." + key.substr(0, id_length_max) + " is not an argument of this verb");
    }
  }

  std::optional<double> positive(std::string_view key, double most = figure_max) {
    if (!fields_.has(key)) return std::nullopt;
    const auto value = fields_.number(key);
    if (value && *value > 0 && *value <= most) return value;
    complain("args." + std::string(key) + " must be a number above 0");
    return std::nullopt;
  }

  // In seconds on the wire.
  std::optional<vitals::Milliseconds> duration(std::string_view key, vitals::Milliseconds least,
                                               vitals::Milliseconds most) {
    if (!fields_.has(key)) return std::nullopt;
    const double secs = std::clamp(fields_.number(key).value_or(0), 0.0, figure_max);
    const vitals::Milliseconds time{std::llround(secs * 1000)};
    if (time >= least && time <= most) return time;
    complain("args." + std::string(key) + " must be " + std::to_string(least.count() / 1000) + " to " +
             std::to_string(most.count() / 1000));
    return std::nullopt;
  }

  std::string text(std::string_view key) {
    if (!fields_.has(key)) return {};
    const auto value = fields_.text(key);
    if (!value) complain("args." + std::string(key) + " must be a string");
    return std::string{value.value_or(std::string_view{})};
  }

  bool flag(std::string_view key) {
    if (!fields_.has(key)) return false;
    const auto value = fields_.flag(key);
    if (!value) complain("args." + std::string(key) + " must be true or false");
    return value.value_or(false);
  }

  std::optional<vitals::WallTime> time(std::string_view key) {
    if (!fields_.has(key)) return std::nullopt;
    const auto ms = fields_.integer(key);
    if (ms && *ms >= 0 && *ms <= unix_ms_max) return vitals::wall_from_unix_ms(*ms);
    complain("args." + std::string(key) + " must be milliseconds since 1970 (UTC)");
    return std::nullopt;
  }

  std::optional<infusion::Rate> rate() {
    const auto value = positive("rate");
    const std::string unit = text("rate_unit");
    if (!value && unit.empty()) return std::nullopt;
    const auto known = infusion::rate_unit_named(unit);
    if (!value || !known) {
      complain("args.rate needs a number above 0 and args.rate_unit one of mg/h, mg/kg/h, mcg/kg/min, mL/h");
      return std::nullopt;
    }
    return infusion::Rate{*value, *known};
  }

 private:
  const Json* args_;
  Fields fields_;
  std::string error_;
};

}  // namespace contract
