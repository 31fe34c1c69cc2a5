// A file through the very same driver, bed and engine as live, in virtual time; JSON lines out (promise P8).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/registry.hpp"

namespace tools {

struct ReplayOptions {
  std::string file;
  // With settings the file is one of `vitalsd capture`, and runs through the beds, profiles and the source
  // that they describe; without, raw bytes of `protocol`, or such a capture, run through a bed made for what
  // they carry.
  std::string settings;
  std::string
      source;  // in the settings; empty: the one that the capture names, or the only one of its protocol
  std::string protocol;
  drivers::Options options;
  bool accept_demo = false;  // without settings: values that a serial device marks as demo are taken
  std::string profile = "ketamine-adult";
  double tail_s = 0;                   // virtual time to go on after the last byte
  std::optional<std::uint64_t> split;  // seed: feed in random pieces; the output must not change
  bool bytewise = false;               // the same, byte by byte. Datagrams are never cut.
};

// Lines go to `print` without their line end. False: `error` says what could not be read. True: it may hold a
// note for the person who reads them, such as which option was chosen.
bool replay(const ReplayOptions& options, const std::function<void(std::string_view)>& print,
            std::string& error);

}  // namespace tools
