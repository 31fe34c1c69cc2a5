#include "tests/bench/pcd01.hpp"

#include <algorithm>

#include "drivers/hl7/values.hpp"

namespace bench {
namespace {

// Runs of one letter that stands nowhere else in such a run are what is written over: I the number of the
// message, B that of the bed, T the time, R the rate, S the saturation.
constexpr std::string_view text =
    "\x0B"
    "MSH|^~\\&|BEDMON^00091EFFFF0B3C01^EUI-64|BAY|VITALSD|CLINIC|TTTTTTTTTTTTTT+0000||ORU^R01^ORU_R01|"
    "MSG-IIIIIIIIIIIIIIII|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_001^IHE "
    "PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r"
    "PID|||P-BBBBB^^^CLINIC^MR||Nobody^Bed BBBBB^^^^^L||19570412|M\r"
    "PV1||I|PAIN^R1^bed-BBBBB^CLINIC\r"
    "OBR|1|MSG-IIIIIIIIIIIIIIII^BEDMON^00091EFFFF0B3C01^EUI-64|MSG-IIIIIIIIIIIIIIII^BEDMON^00091EFFFF0B3C01^"
    "EUI-64|"
    "182777000^monitoring of patient^SCT|||TTTTTTTTTTTTTT+0000\r"
    "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||TTTTTTTTTTTTTT+0000||||"
    "bed-BBBBB^^00091EFFFF0B3C01^EUI-64\r"
    "OBX|2||69855^MDC_DEV_ECG_VMD^MDC|1.1.0.0|||||||X\r"
    "OBX|3||70770^MDC_DEV_ECG_CHAN^MDC|1.1.1.0|||||||X\r"
    "OBX|4|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.147842|RR|264864^MDC_DIM_BEAT_PER_MIN^MDC|50-120||||R|||"
    "TTTTTTTTTTTTTT+0000\r"
    "OBX|5||69643^MDC_DEV_ANALY_SAT_O2_VMD^MDC|1.2.0.0|||||||X\r"
    "OBX|6|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.150456|SS|262688^MDC_DIM_PERCENT^MDC|92-100||||R|||"
    "TTTTTTTTTTTTTT+0000\r"
    "OBX|7|NM|149530^MDC_PULS_OXIM_PULS_RATE^MDC|1.2.1.149530|RR|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||"
    "TTTTTTTTTTTTTT+0000\r"
    "OBX|8||69854^MDC_DEV_METER_PRESS_BLD_VMD^MDC|1.3.0.0|||||||X\r"
    "OBX|9|NM|150021^MDC_PRESS_BLD_NONINV_SYS^MDC|1.3.1.150021|121|266016^MDC_DIM_MMHG^MDC|90-160||||R|||"
    "TTTTTTTTTTTTTT+0000\r"
    "OBX|10|NM|150022^MDC_PRESS_BLD_NONINV_DIA^MDC|1.3.1.150022|79|266016^MDC_DIM_MMHG^MDC|50-100||||R|||"
    "TTTTTTTTTTTTTT+0000\r"
    "OBX|11|NM|150023^MDC_PRESS_BLD_NONINV_MEAN^MDC|1.3.1.150023|93|266016^MDC_DIM_MMHG^MDC|||||R|||"
    "TTTTTTTTTTTTTT+0000\r"
    "\x1C\r";

constexpr std::size_t message_digits = 16, bed_digits = 5, value_digits = 2, time_digits = 14;

void write_digits(char* end, std::uint64_t number, std::size_t digits) {
  for (; digits > 0; --digits, number /= 10) *--end = static_cast<char>('0' + number % 10);
}

}  // namespace

Pcd01::Pcd01()
    : frame_(text),
      ids_(places_of("MSG-IIIIIIIIIIIIIIII")),
      beds_(places_of("BBBBB")),
      times_(places_of("TTTTTTTTTTTTTT")),
      rates_(places_of("|RR|")),
      spo2_(places_of("|SS|")) {
  for (std::size_t& place : rates_) ++place;
  for (std::size_t& place : spo2_) ++place;
  set_id(0);
  set_bed(1);
  set_time({});
  set_rate(72);
  set_spo2(97);
}

Pcd01::Places Pcd01::places_of(std::string_view mark) const {
  Places out;
  for (std::size_t at = frame_.find(mark); at != std::string::npos; at = frame_.find(mark, at + 1))
    out.push_back(at);
  return out;
}

void Pcd01::write(const Places& places, std::uint64_t number, std::size_t digits) {
  for (const std::size_t place : places) write_digits(frame_.data() + place + digits, number, digits);
}

void Pcd01::set_id(std::uint64_t number) {
  for (const std::size_t place : ids_) write_digits(frame_.data() + place + id_size, number, message_digits);
}

void Pcd01::set_bed(unsigned number) { write(beds_, number, bed_digits); }
void Pcd01::set_rate(unsigned per_min) { write(rates_, per_min, value_digits); }
void Pcd01::set_spo2(unsigned percent) { write(spo2_, percent, value_digits); }

void Pcd01::set_time(vitals::WallTime now) {
  const auto text_now = drivers::hl7::format_time(now);
  for (const std::size_t place : times_)
    std::copy_n(text_now.begin(), time_digits, frame_.begin() + static_cast<std::ptrdiff_t>(place));
}

std::string bed_name(unsigned number) {
  std::string out = "bed-00000";
  write_digits(out.data() + out.size(), number, bed_digits);
  return out;
}

}  // namespace bench
