// The list of protocols. A new one is one .cpp file, one line in registry.cpp, and captures with expected
// output; the tests find it here and refuse it without them.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"

namespace drivers {

enum class Integrity : std::uint8_t { none, parity, checksum, crc };
enum class Maturity : std::uint8_t { solid, good, usable, experimental };
enum class Parity : char { none = 'N', even = 'E', odd = 'O' };

struct LineSettings {
  unsigned baud = 0;  // 0: not a serial protocol
  unsigned data_bits = 8;
  Parity parity = Parity::none;
  unsigned stop_bits = 1;
  bool rts_cts = false;  // hardware flow control
};

struct OptionFacts {
  std::string_view name;      // key in the settings and after --option
  std::string_view accepted;  // "2, 7, 8 or 13"
  std::string_view standard;  // value when not given, empty: must be given
  std::string_view meaning;
  std::string_view without_integrity = {};  // the values with which Facts::integrity does not hold: "1 or 8"
  // Whether the bytes themselves can show it: how they are laid out. Never how something is wired at the
  // patient, nor what is permitted: that is said by people.
  bool in_the_bytes = false;
  std::string_view in_the_bytes_with = {};  // and that only with these values of the option "format"
};

// Facts are data: what `vitalsd drivers` prints and what the settings are checked against.
struct Facts {
  std::string_view name;  // as in the settings: "nonin"
  std::string_view title;
  std::span<const std::string_view> models;
  LineSettings line;
  std::uint16_t udp_port = 0;             // the device's own port where it also speaks datagrams, else 0
  Integrity integrity = Integrity::none;  // with the options that do not say otherwise
  Maturity maturity = Maturity::experimental;
  bool streaming = true;                      // unasked, about once a second or faster
  vitals::Milliseconds silence_ms_max{3000};  // longest normal silence; longer: the link is quiet
  vitals::Milliseconds own_delay_ms{0};       // what the device's averaging adds before we see a change
  std::span<const vitals::Metric> metrics;    // what it can carry
  std::span<const OptionFacts> options;
};

using Options = std::map<std::string, std::string, std::less<>>;

struct Made {
  std::unique_ptr<Driver> driver;  // null: `error` says which option is wrong and what it accepts
  std::string error;
};

struct Entry {
  const Facts* facts;
  Made (*make)(const Options& options);
};

std::span<const Entry> registry();
const Entry* find(std::string_view name);

std::string_view name(Integrity integrity);
std::string_view name(Maturity maturity);

// Refuses unknown option names; for make functions. Empty: all known.
std::string unknown_options(const Facts& facts, const Options& options);

// The value given for an option, else its standard one.
std::string_view option_value(const Facts& facts, const Options& options, std::string_view name);

// The error text for a value that an option does not accept.
std::string refused_option(const Facts& facts, std::string_view name, std::string_view value);

}  // namespace drivers
