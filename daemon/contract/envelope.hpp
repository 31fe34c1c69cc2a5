// The members that every state, alarm, event, link, limits and summary document ends in.
#pragma once

#include "daemon/contract/documents.hpp"
#include "daemon/contract/json_writer.hpp"

namespace contract {

inline void write_bed(JsonWriter& writer, const Envelope& envelope) {
  if (envelope.bed.empty()) return;
  writer.text("bed", envelope.bed);
  writer.text("unit", envelope.unit);
}

inline void write_common(JsonWriter& writer, const Envelope& envelope) {
  writer.text("node", envelope.node);
  writer.text("boot", envelope.boot);
  writer.count("seq", envelope.seq);
  writer.time("ts", envelope.ts);
  writer.flag("sim", envelope.sim);
  writer.text("clk", envelope.clock_synced ? "sync" : "unsync");
  if (envelope.history) writer.flag("hist", true);
}

}  // namespace contract
