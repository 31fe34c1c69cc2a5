// What went wrong with the bytes of one source: counted by kind and reason, and said in the log so that a
// biomedical engineer sees why a monitor gives nothing, and a noisy cable does not fill the disk. No thread,
// no clock; noting a reason that is known allocates nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/unmapped.hpp"
#include "daemon/vitals/time.hpp"

namespace app {

// Reasons are words of the drivers' own, some 20 each.
inline constexpr std::size_t fault_reasons_max = 64;
// A summary comes at most this often, and less and less often while the same goes on.
inline constexpr vitals::Milliseconds fault_summary_ms_min{60'000}, fault_summary_ms_max{3'600'000};

struct FaultCount {
  drivers::FaultKind kind{};
  std::string reason;
  std::uint64_t count = 0;
  std::uint64_t said = 0;  // of them, in the log
};

class FaultBook {
 public:
  using Say = std::function<void(bool warning, const std::string& line)>;

  explicit FaultBook(std::string source, Say say = {});

  // The first of a kind and reason, and of an unmapped code and unit, is said at once.
  void note(const drivers::DecodeFault& fault);
  // Says how many more there were, when that is due.
  void tick(vitals::MonoTime now);

  const std::vector<FaultCount>& counts() const { return counts_; }
  std::uint64_t overflow() const { return overflow_; }  // of reasons beyond the limit
  const UnmappedTable& unmapped() const { return unmapped_; }

 private:
  FaultCount* count_of(const drivers::DecodeFault& fault);
  void say_first(const drivers::DecodeFault& fault) const;
  void say_unmapped(const Unmapped& parameter) const;
  bool say_more();
  void say(bool warning, const std::string& line) const;

  std::string source_;
  Say say_;
  std::vector<FaultCount> counts_;
  std::uint64_t overflow_ = 0;
  UnmappedTable unmapped_;
  vitals::Milliseconds summary_after_ = fault_summary_ms_min;
  vitals::MonoTime summary_at_ = vitals::MonoTime::max();  // max: nothing new since the last
};

}  // namespace app
