// HL7 bytes without patient identity: the identifying fields become pseudonyms, everything else stays as it
// came, byte for byte. The same field gives the same pseudonym within one run and another one in the next,
// since the key is thrown away.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tools {

class Pseudonyms {
 public:
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}

  // Bytes of one direction of one connection. What can be judged by now is appended to `out`: whole segments,
  // so the rest of a torn one comes with the bytes that complete it.
  void feed(std::uint64_t stream, std::string_view bytes, std::string& out);
  // The stream has ended: what is left of it is an unfinished segment, and goes as one pseudonym.
  void end(std::uint64_t stream, std::string& out);

  // A longer segment without an end is replaced piece by piece.
  static constexpr std::size_t segment_bytes_max = std::size_t{1} << 20U;

 private:
  void put_segment(std::string_view segment, std::string& out) const;
  std::string pseudonym(std::string_view text) const;

  std::string key_;
  std::map<std::uint64_t, std::string> held_;  // by stream
};

}  // namespace tools
