#include "daemon/app/sources.hpp"

#include <spdlog/spdlog.h>

namespace app {

void say_fault(bool warning, const std::string& line) {
  spdlog::log(warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
}

SourceSample make_sample(const settings::Source& source, const LinkCounts& link, const Counters& counters,
                         const FaultBook& faults, Stamp now) {
  SourceSample out;
  out.name = source.name;
  out.protocol = source.protocol;
  out.bytes = link.bytes;
  out.opened = link.opened;
  if (link.received_at) out.received_ago = now.mono - *link.received_at;
  out.frames = counters.frames;
  out.unknown_bed = counters.unknown_bed;
  out.faults = faults.counts();
  out.fault_overflow = faults.overflow();
  out.unmapped = faults.unmapped().entries();
  out.unmapped_overflow = faults.unmapped().overflow();
  return out;
}

}  // namespace app
