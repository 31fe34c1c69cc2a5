// HL7 v2 results (ORU^R01, ORF^R04) from bedside monitors and gateways over MLLP: IHE PCD-01 with MDC codes,
// Philips MDIL, LOINC, Mindray PDS, Nihon Kohden, Comen, Welch Allyn words.
//
// Answers: HL7 2.x original and enhanced mode. The driver builds the positive and the negative answer; which
// one goes out, and when, is its caller's business, because a positive one promises that everything is kept.
//
// A repeated message (same bytes, within ten minutes, with a time in it) is answered again and not read
// again; its Answer carries the text "duplicate". The caller must not send the positive answer for it while
// what the first one caused is not kept.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::hl7 {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::hl7
