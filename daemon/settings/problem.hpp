// Where in a file something stands, and the list of what is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/settings/settings.hpp"

namespace settings {

struct Place {
  std::string file;
  unsigned line = 0, column = 0;  // from 1; 0: the file as a whole
};

// FNV-1a over whole files, one after the other.
class Fingerprint {
 public:
  void add(std::string_view file);
  std::string text() const;  // hexadecimal

 private:
  void add_byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 1099511628211ULL; }
  std::uint64_t hash_ = 14695981039346656037ULL;
};

class Report {
 public:
  void error(const Place& place, std::string text) { add(place, false, std::move(text)); }
  void warning(const Place& place, std::string text) { add(place, true, std::move(text)); }

  // In order of place, each once: one cause can be found on several ways.
  std::vector<Problem> take();

 private:
  void add(const Place& place, bool warning, std::string text) {
    problems_.push_back({place.file, place.line, place.column, warning, std::move(text)});
  }
  std::vector<Problem> problems_;
};

}  // namespace settings
