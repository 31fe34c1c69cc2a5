// Writes one JSON object into a caller's buffer, member by member, in the order of the calls. Deterministic:
// the same calls give the same bytes. After warm-up of the buffer nothing is allocated.
//
// Numbers: integers without ".0", others in the shortest form that reads back alike; what JSON cannot say
// (NaN, infinity) becomes null. Strings: escaped; control characters become a space and bytes that are not
// UTF-8 become U+FFFD, since texts come from monitors and people and one bad byte must not make a whole alarm
// unreadable for a station. Names of members are our own words and go out as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/vitals/time.hpp"

namespace contract {

class JsonWriter {
 public:
  // Replaces what is in `out` and opens the object. `out` must outlive the writer.
  explicit JsonWriter(std::string& out);

  void text(std::string_view key, std::string_view value);
  void text_or_null(std::string_view key, std::string_view value);  // empty: null
  void number(std::string_view key, double value);
  void number(std::string_view key, const std::optional<double>& value);  // none: null
  void integer(std::string_view key, std::int64_t value);
  void count(std::string_view key, std::uint64_t value);
  void flag(std::string_view key, bool value);
  void null(std::string_view key);
  void time(std::string_view key, vitals::WallTime value);  // milliseconds since 1970, UTC
  void time(std::string_view key, const std::optional<vitals::WallTime>& value);
  void seconds(std::string_view key, vitals::Milliseconds value);

  void open_object(std::string_view key);
  void open_array(std::string_view key);
  void open_element();                        // an object in an array
  void text_element(std::string_view value);  // a string in an array
  void close_object() { out_ += '}'; }
  void close_array() { out_ += ']'; }

 private:
  void separate();
  void name(std::string_view key);

  std::string& out_;
};

// Rounded to `decimals` places: for figures that people read and nobody calculates on.
double rounded(double value, int decimals);
std::optional<double> rounded(const std::optional<double>& value, int decimals);

}  // namespace contract
