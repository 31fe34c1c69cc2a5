// By jaj42/intellipy and mdpnp/mdpnp, the two open readings of the protocol; layouts in one line each.
#include "daemon/simulate/philips_message.hpp"

#include <array>
#include <chrono>
#include <cmath>

namespace simulate {
namespace {

// Session and presentation headers are always these. Granted: a poll each second, messages of 1000 bytes both
// ways, periodic numerics every second.
constexpr std::array<std::uint8_t, 208> accept_bytes{
    0x0E, 0xCE, 0x05, 0x08, 0x13, 0x01, 0x00, 0x16, 0x01, 0x02, 0x80, 0x00, 0x14, 0x02, 0x00, 0x02,
    0xC1, 0xBE, 0x31, 0x80, 0xA0, 0x80, 0x80, 0x01, 0x01, 0x00, 0x00, 0xA2, 0x80, 0xA0, 0x03, 0x00,
    0x00, 0x01, 0xA5, 0x80, 0x30, 0x80, 0x80, 0x01, 0x00, 0x81, 0x02, 0x51, 0x01, 0x00, 0x00, 0x30,
    0x80, 0x80, 0x01, 0x00, 0x81, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00,
    0x02, 0x01, 0x00, 0x00, 0x00, 0x00, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x61,
    0x80, 0xA1, 0x80, 0x06, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x03,
    0x01, 0x00, 0x00, 0xA2, 0x03, 0x02, 0x01, 0x00, 0xA3, 0x05, 0xA1, 0x03, 0x02, 0x01, 0x00, 0xBE,
    0x80, 0x28, 0x80, 0x02, 0x01, 0x02, 0x81, 0x48, 0x80, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x2C, 0x00, 0x01, 0x00, 0x28, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1F, 0x40,
    0x00, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x03, 0xE8, 0xFF, 0xFF, 0xFF, 0xFF, 0x60, 0x00, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x0C, 0xF0, 0x01, 0x00, 0x08, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

unsigned check_of(const PhilipsBytes& bytes) {
  unsigned check = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    check ^= byte;
    for (int bit = 0; bit < 8; ++bit) check = (check & 1U) != 0 ? (check >> 1U) ^ 0x8408U : check >> 1U;
  }
  return check ^ 0xFFFFU;
}

bool is_marked(std::uint8_t byte) { return byte == 0xC0 || byte == 0xC1 || byte == 0x7D; }

unsigned size_of(const PhilipsBytes& bytes) { return static_cast<unsigned>(bytes.size()); }

std::uint8_t bcd(unsigned value) { return static_cast<std::uint8_t>(value / 10 % 10 << 4U | value % 10); }

// session and context, operation, length, body
PhilipsBytes operation(unsigned kind, const PhilipsBytes& body) {
  return PhilipsWriter{}.u32(0xE1000002).u16(kind).sized(body).bytes;
}

PhilipsBytes text16(std::string_view text) {
  PhilipsWriter wide;
  for (const char c : text) wide.u16(static_cast<unsigned char>(c));
  wide.u16(0);
  return wide.bytes;
}

PhilipsBytes variable_label(std::string_view text) {
  PhilipsBytes padded(text.begin(), text.end());
  padded.push_back(0);
  if (padded.size() % 2 != 0) padded.push_back(0);
  return PhilipsWriter{}.sized(padded).bytes;
}

}  // namespace

PhilipsBytes philips_frame(const PhilipsBytes& data) {
  PhilipsBytes inner = PhilipsWriter{}.u8(0x11).u8(0x01).sized(data).bytes;
  const unsigned check = check_of(inner);
  inner.push_back(static_cast<std::uint8_t>(check & 0xFFU));
  inner.push_back(static_cast<std::uint8_t>(check >> 8U));
  PhilipsBytes out{0xC0};
  for (const std::uint8_t byte : inner) {
    if (is_marked(byte)) out.push_back(0x7D);
    out.push_back(is_marked(byte) ? static_cast<std::uint8_t>(byte ^ 0x20U) : byte);
  }
  out.push_back(0xC1);
  return out;
}

std::optional<PhilipsBytes> PhilipsUnframer::take(std::uint8_t byte) {
  if (byte == 0xC0) {
    frame_.clear();
    inside_ = true;
    escaped_ = false;
  } else if (byte == 0xC1) {
    const bool given_up = escaped_ || !inside_ || frame_.size() < 6;
    inside_ = escaped_ = false;
    if (given_up) return std::nullopt;
    const unsigned check = frame_[frame_.size() - 2] + 256U * frame_.back();
    frame_.resize(frame_.size() - 2);
    if (check != check_of(frame_) || frame_[0] != 0x11) return std::nullopt;
    return PhilipsBytes(frame_.begin() + 4, frame_.end());
  } else if (byte == 0x7D) {
    escaped_ = true;
  } else if (inside_ && frame_.size() < 4096) {
    frame_.push_back(escaped_ ? static_cast<std::uint8_t>(byte ^ 0x20U) : byte);
    escaped_ = false;
  }
  return std::nullopt;
}

PhilipsWriter& PhilipsWriter::u8(unsigned value) {
  bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
  return *this;
}
PhilipsWriter& PhilipsWriter::u16(unsigned value) { return u8(value >> 8U).u8(value); }
PhilipsWriter& PhilipsWriter::u32(std::uint32_t value) { return u16(value >> 16U).u16(value & 0xFFFFU); }
PhilipsWriter& PhilipsWriter::put(const PhilipsBytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
  return *this;
}
PhilipsWriter& PhilipsWriter::sized(const PhilipsBytes& more) { return u16(size_of(more)).put(more); }
PhilipsWriter& PhilipsWriter::list(const std::vector<PhilipsBytes>& parts) {
  PhilipsWriter body;
  for (const PhilipsBytes& part : parts) body.put(part);
  return u16(static_cast<unsigned>(parts.size())).sized(body.bytes);
}

// code, state, unit, exponent (8 bits), mantissa (24 bits)
PhilipsBytes philips_number(const PhilipsNumber& number) {
  std::uint32_t raw = 0x007FFFFF;
  if (number.value) {
    const auto mantissa = std::lround(*number.value * std::pow(10.0, number.decimals));
    raw = static_cast<std::uint32_t>(-number.decimals) << 24U |
          (static_cast<std::uint32_t>(mantissa) & 0xFFFFFFU);
  }
  return PhilipsWriter{}.u16(number.code).u16(number.state).u16(number.unit).u32(raw).bytes;
}

PhilipsBytes philips_attribute(unsigned id, const PhilipsBytes& value) {
  return PhilipsWriter{}.u16(id).sized(value).bytes;
}

PhilipsBytes philips_object(unsigned handle, const std::vector<PhilipsBytes>& attributes) {
  return PhilipsWriter{}.u16(handle).list(attributes).bytes;
}

PhilipsBytes philips_time(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{unix_ms}};
  const year_month_day date{floor<days>(at)};
  const hh_mm_ss time{floor<seconds>(at - floor<days>(at))};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  return {bcd(year / 100),
          bcd(year % 100),
          bcd(unsigned{date.month()}),
          bcd(unsigned{date.day()}),
          bcd(static_cast<unsigned>(time.hours().count())),
          bcd(static_cast<unsigned>(time.minutes().count())),
          bcd(static_cast<unsigned>(time.seconds().count())),
          0};
}

// source, code, type, state, object(6), information id, length, [instance, text id, priority, flags, text]
PhilipsBytes philips_alert(const PhilipsAlert& alert) {
  const PhilipsBytes block =
      PhilipsWriter{}.u16(0).u32(0x20000U + alert.source).u16(0).u16(0x6000).sized(text16(alert.text)).bytes;
  return PhilipsWriter{}
      .u16(alert.source)
      .u16(alert.code)
      .u16(alert.type)
      .u16(0x0008)
      .u16(0x0006)
      .u16(0)
      .u16(alert.handle)
      .u16(516)
      .sized(block)
      .bytes;
}

PhilipsBytes philips_reply(const PhilipsReply& reply) {
  PhilipsWriter body;
  body.u16(reply.poll_number);
  if (reply.extended) body.u16(reply.sequence);
  body.u32(reply.ticks).put(PhilipsBytes(8, 0xFF)).u16(1).u16(reply.object_class).u16(reply.group);
  std::vector<PhilipsBytes> contexts;
  contexts.reserve(reply.contexts.size());
  for (const PhilipsContext& context : reply.contexts)
    contexts.push_back(PhilipsWriter{}.u16(context.id).list(context.objects).bytes);
  body.list(contexts);

  PhilipsWriter action;
  action.u16(0x0021).u32(0).u16(reply.extended ? 0xF13B : 0x0C16).sized(body.bytes);
  PhilipsWriter result;
  if (reply.part != 0) result.u8(reply.part).u8(reply.part_count);
  result.u16(reply.invoke_id).u16(7).sized(action.bytes);
  return operation(reply.part != 0 ? 5 : 2, result.bytes);
}

// System type, association, model, mode, both clocks, operating.
std::vector<PhilipsBytes> philips_mds(const PhilipsMonitor& monitor) {
  const PhilipsBytes model =
      PhilipsWriter{}.put(variable_label("Philips")).put(variable_label("M8000")).bytes;
  return {philips_attribute(0x0986, {0x00, 0x01, 0x11, 0x4D}),
          philips_attribute(0x091D, {0x00, 0x07}),
          philips_attribute(0x0928, model),
          philips_attribute(0x0946, PhilipsWriter{}.u16(monitor.demo ? 0x2000 : 0x4000).bytes),
          philips_attribute(0x0987, philips_time(monitor.unix_ms)),
          philips_attribute(0x098F, PhilipsWriter{}.u32(monitor.ticks).bytes),
          philips_attribute(0x09A7, {0x00, 0x06})};
}

PhilipsBytes philips_create_event(const PhilipsMonitor& monitor) {
  const PhilipsBytes data = PhilipsWriter{}.u16(0x0021).u32(0).list(philips_mds(monitor)).bytes;
  const PhilipsBytes event =
      PhilipsWriter{}.u16(0x0021).u32(0).u32(monitor.ticks).u16(0x0D06).sized(data).bytes;
  return operation(1, PhilipsWriter{}.u16(1).u16(1).sized(event).bytes);
}

PhilipsBytes philips_accept() { return {accept_bytes.begin(), accept_bytes.end()}; }

PhilipsBytes philips_refuse() { return {0x0C, 0x02, 0x00, 0x00}; }

PhilipsBytes philips_release_response() {
  return {0x0A, 0x18, 0xC1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80,
          0x63, 0x80, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
}

PhilipsBytes philips_abort() {
  return {0x19, 0x2E, 0x11, 0x01, 0x03, 0xC1, 0x29, 0xA0, 0x80, 0xA0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01,
          0x06, 0x02, 0x51, 0x01, 0x00, 0x00, 0x00, 0x00, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0,
          0x80, 0x64, 0x80, 0x80, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
}

}  // namespace simulate
