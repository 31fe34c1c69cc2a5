// Blood pressure by cuff. The monitor repeats the last result in every record: here it becomes one reading
// per measurement.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "drivers/ge_s5/values.hpp"

namespace drivers::ge_s5 {

class Cuff {
 public:
  void take(Bytes basic, const Origin& origin, Sink& out);

  // Of an auxiliary subrecord: when the last measurement was and when the record was sent, both by the
  // monitor's clock; `measured_s` 0: not known. Only the difference is used.
  void take_time(std::uint32_t measured_s, std::uint32_t sent_s, const Origin& origin, Sink& out);

  // A reading waits whose age only an auxiliary record can tell.
  bool wants_time() const { return waiting_.has_value(); }

 private:
  using Raw = std::array<int, 3>;  // sys, dia, mean, as sent
  enum class Age : std::uint8_t { known, unknown };

  void note_record(vitals::MonoTime now);
  void take_result(const Raw& raw, bool ended, bool old, const Origin& origin, Sink& out);
  void fail(const Origin& origin, Sink& out);
  void publish(const Raw& raw, std::optional<vitals::WallTime> measured, const Origin& origin, Sink& out);
  static void tell(const Raw& raw, std::optional<vitals::WallTime> measured, Age age, const Origin& origin,
                   Sink& out);
  bool repeated(const Raw& raw, vitals::MonoTime now) const;

  oximetry::Level measuring_{Signal::nibp_measuring};
  oximetry::Level failed_{Signal::nibp_failed};
  std::optional<vitals::MonoTime> record_at_;  // the one before
  bool unheard_ = true;                        // records are missing since then, or there is none
  bool running_ = false;                       // a measurement, in the record before
  bool old_ = true;                            // label bit 8 of the last record outside a measurement
  std::optional<Raw> shown_;                   // the last numbers, told or not
  std::optional<Raw> told_;
  vitals::MonoTime told_measured_at_{};
  std::optional<Raw> waiting_;
};

}  // namespace drivers::ge_s5
