// Goal: no bytes crash the driver, any split of a stream says the same, and what leaves is bounded and clean.
// Method: streams of real messages with damage, cut at random (RapidCheck; the seed is printed on failure).
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <rapidcheck/gtest.h>  // wants the two above

#include <algorithm>
#include <cmath>

#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

const std::vector<std::string>& samples() {
  static const std::vector<std::string> all{
      framed(oru(hr("72") + "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.1|97|262688^MDC_DIM_PERCENT^MDC||"
                            "QUES|||R|||20260308235959.5+0100\r")),
      framed("MSH|^~&|M|B|||20260309000000||ORU^R01|1|P|2.4\r\nPID|||P\\E\\1\r\nPV1||I|^^&24\r\n" + hr("--")),
      framed(
          "MSH|^~\\&|||||||ORU^R01|103|P|2.3.1|\rPID|||g\rPV1||I|^^ICU&1&2&3&&1\rOBX||ST|2301^||7||||||F\r"),
      framed("MSH|^~\\&|||||||ORU^R01|503|P|2.3.1|\rOBX||NM|170^Sys|2105|120||||||F||APERIODIC|"
             "20070106191915\r"),
      framed("MSH@~&#\\@M@B@@@20260309000000@@ORU~R01@9@P@2.8@@@AL@AL\rOBX@1@SN@8867-4~HR~LN@@>~250@/"
             "min@@@@@F\r"),
      framed(
          "MSH|^~\\&|N|N|||20260309000000||ORU^R01|1|P|2.4||||||GB 18030-2000\rPID|||1||\x90\x7C\x90\x5E\r" +
          hr("72")),
      framed("FHS|^~\\&\rMSH|^~\\&|A|B|||20260309||ADT^A01|1|P|2.5\rMSH|^~\\&|A|B|||20260309||QRY^A19|2|P|2."
             "5\r"),
      std::string("noise\r\n\x1C\x0B\x1C\r"),
  };
  return all;
}

std::string random_stream() {
  std::string stream;
  const auto pieces =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, samples().size()));
  for (const std::size_t piece : pieces) stream += samples()[piece];
  const auto edits = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, stream.size() + 1),
                    rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                   rc::gen::elementOf(std::string("|^~\\&\r\n\x0B\x1C.-0<>")))));
  for (const auto& [place, c] : edits) {
    if (place < stream.size() && *rc::gen::arbitrary<bool>()) {
      stream[place] = c;
    } else if (place <= stream.size()) {
      stream.insert(place, 1, c);
    }
  }
  return stream;
}

std::vector<std::string> said(const std::string& stream, const std::vector<std::size_t>& lengths,
                              const Options& options) {
  Lab lab(options);
  std::size_t at_byte = 0;
  for (std::size_t i = 0; at_byte < stream.size(); ++i) {
    const std::size_t length = lengths.empty() ? stream.size() : lengths[i % lengths.size()];
    lab.feed(std::string_view(stream).substr(at_byte, length), 1000);
    at_byte += length;
  }
  lab.tick(2000);
  for (const auto& seen : lab.sink.observations)
    if (seen.has_value()) RC_ASSERT(std::isfinite(seen.value));
  for (const auto& line : lab.sink.lines)
    for (const char c : line) RC_ASSERT(c >= ' ');
  return lab.sink.lines;
}

RC_GTEST_PROP(Hl7Property, AnySplitSaysTheSame, ()) {
  const std::string stream = random_stream();
  const std::vector<Options> choices{{}, {{"framing", "raw"}}, {{"ack", "original"}, {"location", "room"}}};
  const Options options = *rc::gen::elementOf(choices);
  const auto lengths =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 200)));
  const auto whole = said(stream, {}, options);
  RC_ASSERT(said(stream, lengths, options) == whole);
  RC_ASSERT(said(stream, {1}, options) == whole);
}

RC_GTEST_PROP(Hl7Property, RandomBytesInAFrameAreSurvived, (const std::string& noise)) {
  said(framed(noise), {}, {});
  said(framed("MSH|^~\\&|" + noise), {}, {});
  said(framed(oru("OBX|1|NM|8867-4^HR^LN||" + noise)), {}, {});
}

// Whatever is done to one message of a stream, the next intact one is read.
RC_GTEST_PROP(Hl7Property, AnIntactMessageAfterDamageIsRead, ()) {
  std::string damage = random_stream().substr(0, 3000);
  const std::string whole = framed(oru(hr("123"), "intact-" + std::to_string(damage.size())));
  const auto lines = said(damage + whole, {}, {});
  const bool closed =
      std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("close"); });
  const bool read = std::any_of(lines.begin(), lines.end(), [](const auto& line) {
    return line.find("obs hr 123 valid") != std::string::npos;
  });
  RC_ASSERT(closed || read);
}

}  // namespace
}  // namespace drivers::hl7::test
