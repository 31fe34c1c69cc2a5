// The subcommands besides `run`. Each returns what the process ends with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/tools/capture_file.hpp"
#include "daemon/vitals/time.hpp"
#include "drivers/registry.hpp"

namespace tools {

inline constexpr vitals::Milliseconds tick_ms{100};  // as the daemon ticks its drivers

struct ReplayOptions;

struct CaptureOptions {
  std::string settings, source;                 // one way to say what to listen to
  std::string protocol, port, connect, listen;  // the other
  std::vector<std::string> options;
  std::optional<unsigned> baud;
  std::string out;
  double seconds = 0;  // 0: until stopped
  bool with_identity = false;
  CaptureHeader header;
};

struct ProbeOptions {
  std::string target;
  double seconds = 6;  // on each line setting: three lines of the slowest, which speaks every two seconds
  std::vector<unsigned> bauds;
  bool poll = false;
};

struct TrendOptions {
  std::string file, bed;          // "unit/bed"
  std::string from, to;           // UTC; empty: the last 24 h that are there
  bool csv = false, svg = false;  // neither: lines as well
};

int capture(CaptureOptions options);
int check(const std::string& file);  // a settings file
// Made from a settings file. `out` is replaced as a whole, and only when they are whole; empty: printed.
int print_access_rules(const std::string& file, const std::string& out);
int verify_journal(const std::string& file);
int print_trend(const TrendOptions& options);
int list_drivers(bool json);
int list_ports(bool json);
int print_replay(const ReplayOptions& options);
int probe(const ProbeOptions& options);

std::string line_text(const drivers::LineSettings& line);  // "9600 8N1"; "network" without a speed

}  // namespace tools
