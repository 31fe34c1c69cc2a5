#include "drivers/hl7/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "drivers/hl7/mllp_framer.hpp"
#include "drivers/hl7/values.hpp"

namespace drivers::hl7 {

namespace {

constexpr std::string_view frame_end = "\x1C\r";
constexpr std::size_t header_field_bytes_max = 227;  // the longest that HL7 allows MSH-3 to MSH-6
constexpr Judgement not_kept_judgement{Outcome::rejected, ErrorCode::internal, "not kept", {}, {}};

std::string_view application_code(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return "AA";
    case Outcome::error: return "AE";
    case Outcome::rejected: return "AR";
  }
  return "";
}

// A message that could not be kept is an error of the commit, not a refusal: CE.
std::string_view accept_code(const Judgement& judgement) {
  if (judgement.error == ErrorCode::internal) return "CE";
  switch (judgement.outcome) {
    case Outcome::accepted: return "CA";
    case Outcome::error: return "CE";
    case Outcome::rejected: return "CR";
  }
  return "";
}

void put_number(std::string& out, std::uint32_t number) {
  std::array<char, 10> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

// Minor version of MSH-12, `2.6` -> 6; 0 when it is not told.
int minor_version(std::string_view version) {
  if (version.size() < 3 || version.substr(0, 2) != "2." || version[2] < '0' || version[2] > '9') return 0;
  return version[2] - '0';
}

}  // namespace

void AnswerWriter::answer(const Header& header, bool header_usable, const Judgement& judgement,
                          vitals::Stamp rx, Sink& out) {
  if (!header_usable || header.sender() != sender_) prepare(header, header_usable);
  if (wishes_.accept == Wish::never && wishes_.application == Wish::never) return;
  now_ = format_time(rx.wall);
  control_id_ = header_usable ? header.field(10).substr(0, control_id_bytes_max) : std::string_view{};
  const bool accepted = judgement.outcome == Outcome::accepted;
  kept_.clear();
  not_kept_.clear();
  tail_.clear();
  write_tail(tail_, judgement);
  write(kept_, judgement, tail_);
  if (accepted) {
    write(not_kept_, not_kept_judgement, not_kept_tail_);
  } else {
    write(not_kept_, judgement, tail_);
  }
  const auto bytes = [](const std::string& text) {
    return Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  const bool accept_only = wishes_.application == Wish::never;
  Answer answer;
  if (!kept_.empty())
    answer.code = accept_only ? accept_code(judgement) : application_code(judgement.outcome);
  answer.text = judgement.note.empty() ? judgement.text : judgement.note;
  answer.control_id = control_id_;
  answer.kept = bytes(kept_);
  answer.not_kept = bytes(not_kept_);
  out.on_answer(answer);
}

AnswerWriter::Wishes AnswerWriter::wishes_of(const Header& header, bool header_usable) const {
  switch (rule_) {
    case AckRule::none: return {};
    case AckRule::original: return {Wish::never, Wish::always};
    case AckRule::enhanced_accept: return {Wish::always, Wish::never};
    case AckRule::automatic: break;
  }
  if (!header_usable) return {Wish::never, Wish::always};
  const auto word = [&](std::size_t n) {
    const std::string_view text = header.component(n, 1);
    return text == "AL" || text == "NE" || text == "ER" || text == "SU" ? text : std::string_view{};
  };
  const auto wish = [](std::string_view text) {
    if (text == "AL") return Wish::always;
    if (text == "ER") return Wish::on_error;
    if (text == "SU") return Wish::on_success;
    return Wish::never;
  };
  if (word(15).empty() && word(16).empty()) return {Wish::never, Wish::always};
  return {wish(word(15)), wish(word(16))};
}

// With both answers wanted the accept answer goes first, as a frame of its own.
void AnswerWriter::write(std::string& out, const Judgement& judgement, std::string_view tail) {
  const bool accepted = judgement.outcome == Outcome::accepted;
  const auto wanted = [&](Wish wish) {
    return wish == Wish::always || wish == (accepted ? Wish::on_success : Wish::on_error);
  };
  if (wanted(wishes_.accept)) write_frame(out, accept_code(judgement), tail);
  if (wanted(wishes_.application)) write_frame(out, application_code(judgement.outcome), tail);
}

void AnswerWriter::write_frame(std::string& out, std::string_view code, std::string_view tail) {
  out += before_time_;
  out.append(now_.data(), now_.size());
  out += before_id_;
  out.append(now_.data(), 14);
  put_number(out, count_++ % 100'000);
  out += after_id_;
  out += code;
  out += by_.field;
  out += control_id_;
  out += tail;
}

// MSA-3, the error segment, the end of the frame.
void AnswerWriter::write_tail(std::string& out, const Judgement& judgement) const {
  if (!judgement.text.empty()) {
    out += by_.field;
    out += judgement.text;
  }
  out += '\r';
  if (judgement.outcome != Outcome::accepted && has_error_segment_) write_error(out, judgement);
  if (framed_) out += frame_end;
}

// ERR||location|code^text^HL70357|E|||text
void AnswerWriter::write_error(std::string& out, const Judgement& judgement) const {
  const char component = by_.component == 0 ? '^' : by_.component;
  out += "ERR";
  out.append(2, by_.field);
  for (const char c : judgement.location) out += c == '^' ? component : c;
  out += by_.field;
  put_number(out, static_cast<std::uint32_t>(judgement.error));
  out += component;
  out += judgement.text;
  out += component;
  out += "HL70357";
  out += by_.field;
  out += 'E';
  out.append(3, by_.field);
  out += judgement.text;
  out += '\r';
}

// Everything of an answer that does not depend on time, id and judgement.
void AnswerWriter::prepare(const Header& header, bool header_usable) {
  sender_ = header_usable ? header.sender() : 0;
  wishes_ = wishes_of(header, header_usable);
  by_ = header_usable ? header.separators() : Separators{};
  const auto field = [&](std::size_t n) { return header_usable ? header.field(n) : std::string_view{}; };
  const int minor = header_usable ? minor_version(header.component(12, 1)) : 0;
  has_error_segment_ = minor >= 5;

  before_time_.clear();
  if (framed_) before_time_ += vt;
  before_time_ += "MSH";
  before_time_ += by_.field;
  before_time_ += header_usable ? header.encoding() : "^~\\&";
  const auto add_field = [&](std::string_view text) {
    before_time_ += by_.field;
    put_clean(before_time_, text);
  };
  add_field(trim(field(5)).empty() ? application_ : field(5));
  add_field(field(6));
  add_field(field(3));
  add_field(field(4));
  before_time_ += by_.field;
  prepare_type(header, header_usable, minor);

  after_id_.assign(1, by_.field);
  put_clean(after_id_, field(11).empty() ? "P" : field(11));
  after_id_ += by_.field;
  put_clean(after_id_, field(12).empty() ? "2.6" : field(12));
  after_id_ += "\rMSA";
  after_id_ += by_.field;

  not_kept_tail_.clear();
  write_tail(not_kept_tail_, not_kept_judgement);
}

// MSH-8 stays empty; MSH-9 is ACK^trigger^ACK since 2.4, ACK^trigger before.
void AnswerWriter::prepare_type(const Header& header, bool header_usable, int minor) {
  const char component = by_.component == 0 ? '^' : by_.component;
  const std::string_view trigger = header_usable ? header.component(9, 2) : std::string_view{};
  before_id_.assign(2, by_.field);
  before_id_ += "ACK";
  if (!trigger.empty()) {
    before_id_ += component;
    put_clean(before_id_, trigger);
    if (minor >= 4) {
      before_id_ += component;
      before_id_ += "ACK";
    }
  }
  before_id_ += by_.field;
}

void AnswerWriter::put_clean(std::string& out, std::string_view text) const {
  text = text.substr(0, header_field_bytes_max);
  const auto clean = [](char c) { return c >= ' ' && c < 0x7F; };
  const std::size_t start = out.size();
  out += text;
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), std::not_fn(clean), '?');
}

}  // namespace drivers::hl7
