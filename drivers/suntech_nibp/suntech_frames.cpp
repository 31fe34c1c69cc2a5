#include "drivers/suntech_nibp/suntech_frames.hpp"

namespace drivers::suntech_nibp {
namespace {

unsigned little_endian(const std::uint8_t* at) { return at[0] + 256U * at[1]; }

// An adult cuff is limited to 300 mmHg (IEC 80601-2-30) and the transducer to a little more.
constexpr int cuff_mmhg_max = 330;
constexpr int cuff_mmhg_min = -20;
constexpr unsigned pressure_mmhg_max = 300;
constexpr unsigned pressure_mmhg_min = 10;

}  // namespace

Result read_result(const ResultBytes& frame) {
  Result result;
  result.sys_mmhg = little_endian(&frame[2]);
  result.dia_mmhg = little_endian(&frame[4]);
  result.status = frame[7];
  result.rate_per_min = little_endian(&frame[16]);
  result.map_mmhg = little_endian(&frame[18]);
  result.error = frame[20];
  return result;
}

bool Result::plausible() const {
  const bool in_span = sys_mmhg <= pressure_mmhg_max && dia_mmhg >= pressure_mmhg_min;
  const bool mean_between = map_mmhg == 0 || (map_mmhg >= dia_mmhg && map_mmhg <= sys_mmhg);
  return in_span && sys_mmhg > dia_mmhg && mean_between;
}

std::optional<int> read_pressure(Bytes frame) {
  const auto mmhg = static_cast<std::int16_t>(little_endian(&frame[2]));
  if (mmhg < cuff_mmhg_min || mmhg > cuff_mmhg_max) return std::nullopt;
  return mmhg;
}

}  // namespace drivers::suntech_nibp
