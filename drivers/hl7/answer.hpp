// The answer to a message: which one the sender waits for, and its bytes.
//
// MSH-15 and MSH-16 say when the sender wants the accept answer (CA, CE, CR) and the application answer (AA,
// AE, AR). With both empty (original mode) it wants one application answer. What devices declare and what
// they wait for differs at times, hence the source's own setting.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/vitals/time.hpp"
#include "drivers/driver.hpp"
#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

inline constexpr std::size_t control_id_bytes_max = 199;  // MSH-10; the standard says 20, later 199

enum class AckRule : std::uint8_t { automatic, original, enhanced_accept, none };

enum class Outcome : std::uint8_t {
  accepted,  // AA, CA
  error,     // AE, CE: understood as HL7, the content is wrong
  rejected,  // AR, CR: not for us
};

// HL7 table 0357.
enum class ErrorCode : std::uint16_t {
  none = 0,
  segment_sequence = 100,
  required_field = 101,
  data_type = 102,
  table_value = 103,
  message_type = 200,
  event = 201,
  processing_id = 202,
  version = 203,
  internal = 207,
};

struct Judgement {
  Outcome outcome = Outcome::accepted;
  ErrorCode error = ErrorCode::none;
  std::string_view text;      // MSA-3: short ASCII of our own, never content of the message
  std::string_view location;  // ERR-2, `MSH^1^9`; may be empty
  std::string_view note;      // for our own side, not sent
};

class AnswerWriter {
 public:
  AnswerWriter(AckRule rule, bool framed, std::string_view application)
      : rule_(rule), framed_(framed), application_(application) {}

  // Hands the answer to `out`, unless the sender wants none at all. The header may be one whose separators
  // could not be told: then nothing of it is repeated.
  void answer(const Header& header, bool header_usable, const Judgement& verdict, vitals::Stamp rx,
              Sink& out);

 private:
  enum class Wish : std::uint8_t { never, always, on_error, on_success };
  struct Wishes {
    Wish accept = Wish::never;
    Wish application = Wish::never;
  };

  Wishes wishes_of(const Header& header, bool header_usable) const;
  void write(std::string& out, const Judgement& verdict, std::string_view tail);
  void write_frame(std::string& out, std::string_view code, std::string_view tail);
  void write_tail(std::string& out, const Judgement& verdict) const;
  void write_error(std::string& out, const Judgement& verdict) const;
  void prepare(const Header& header, bool header_usable);
  void prepare_type(const Header& header, bool header_usable, int minor);
  void put_clean(std::string& out, std::string_view text) const;

  AckRule rule_;
  bool framed_;
  std::string application_;
  std::uint32_t count_ = 0;

  // What follows from the sender's header, the same for all its messages.
  std::uint64_t sender_ = 0;  // whose, by Header::sender()
  Wishes wishes_;
  Separators by_;
  std::string before_time_;    // of the answer: all in front of MSH-7
  std::string before_id_;      // between it and MSH-10
  std::string after_id_;       // behind that, up to MSA-1
  std::string not_kept_tail_;  // behind MSA-2 where nothing was wrong but that it could not be kept
  bool has_error_segment_ = false;

  // Of the message being answered; buffers are reused.
  std::array<char, 19> now_{};
  std::string_view control_id_;
  std::string tail_;  // behind MSA-2
  std::string kept_;
  std::string not_kept_;
};

}  // namespace drivers::hl7
