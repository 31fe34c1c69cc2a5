// Commands and replies of DINAMAP host communication as text lines: unit, parameter letter, command letter,
// data, two check characters, CR.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::dinamap {

// What a line begins with; the reply repeats it.
struct Head {
  char unit = ' ';
  char parameter = 0;
  char command = 0;

  friend bool operator==(const Head&, const Head&) = default;
};

// The form of the data behind the head: 0 is a digit, # a digit or a minus.
inline constexpr std::string_view cuff_form = "0000000000000000";
inline constexpr std::string_view oximeter_form = "0000000";
inline constexpr std::string_view rate_form = "0###";

struct CuffReply {
  unsigned status = 0;
  unsigned age_s = 0;  // since the last measurement; 9999: none
  unsigned sys = 0;    // mmHg, 0: none
  unsigned dia = 0;
  unsigned mean = 0;
};

struct OximeterReply {
  unsigned status = 0;
  unsigned spo2_percent = 0;
  unsigned signal = 0;  // 0-9
};

struct RateReply {
  unsigned source = 0;
  std::optional<unsigned> rate_per_min;
};

using Command = std::array<char, 6>;  // with CR
Command command(const Head& head);

struct Rejected {
  FaultKind kind{};
  std::string_view reason;  // empty: nothing is wrong
};

// Is `line`, without its end, long enough, and are its check characters right? Without `check` they may be
// wrong or absent.
Rejected envelope(std::string_view line, bool check);

// For lines that envelope() let pass.
Head read_head(std::string_view line);
bool is_command(std::string_view line);  // a question: without data
Rejected examine(std::string_view line, std::string_view form, bool check);

// For lines that examine() let pass. A rate in another form than digits or -99 gives nothing.
CuffReply read_cuff(std::string_view line);
OximeterReply read_oximeter(std::string_view line);
std::optional<RateReply> read_rate(std::string_view line);

}  // namespace drivers::dinamap
