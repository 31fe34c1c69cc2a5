// HL7 v2 over MLLP from bedside monitors, gateways, pumps and the hospital's administration:
//
//   ORU^R01, ORF^R04  results: IHE PCD-01 with MDC codes, Philips MDIL, LOINC, Mindray PDS, Nihon Kohden,
//                     Comen, Welch Allyn words, Dräger's Infinity gateway, and the site's own codes; alarms
//                     that Philips writes between them; of a pump: its snapshot
//   ORU^R40           alarms of other systems (IHE PCD-04), also Mindray's lists
//   ORU^R42           pump events (IHE PCD-10)
//   ADT               who lies where
//
// Orders (RGV, RDE, ORM) and queries are refused: accepting one would claim that somebody acts on it.
//
// Answers: HL7 2.x original and enhanced mode. The driver builds the positive and the negative answer; which
// one goes out, and when, is its caller's business, because a positive one promises that everything is kept.
//
// A repeated message (same bytes, within ten minutes, with a time in it) is answered again and not read
// again; its Answer carries the text "duplicate". The caller must not send the positive answer for it while
// what the first one caused is not kept. What is needed to notice it outlives a connection: the owner of a
// source makes one memory and hands it to the driver of each connection.
#pragma once

#include <memory>

#include "drivers/registry.hpp"

namespace drivers::hl7 {

struct SourceMemory;

const Facts& facts();
std::shared_ptr<SourceMemory> make_memory();
Made make(const Options& options, std::shared_ptr<SourceMemory> memory);
Made make(const Options& options);  // with a memory of its own

}  // namespace drivers::hl7
