// What an IntelliVue monitor says, as bytes: the data export protocol's messages and the frames of its serial
// port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulate {

using PhilipsBytes = std::vector<std::uint8_t>;

// C0 ... C1 with escapes and the check of RFC 1662.
PhilipsBytes philips_frame(const PhilipsBytes& data);

// The frames of what the host writes, opened again; damaged ones are dropped.
class PhilipsUnframer {
 public:
  // The user data, when this byte ends a frame.
  std::optional<PhilipsBytes> take(std::uint8_t byte);

 private:
  PhilipsBytes frame_;
  bool inside_ = false, escaped_ = false;
};

// Appends big endian numbers and lists.
class PhilipsWriter {
 public:
  PhilipsWriter& u8(unsigned value);
  PhilipsWriter& u16(unsigned value);
  PhilipsWriter& u32(std::uint32_t value);
  PhilipsWriter& put(const PhilipsBytes& bytes);
  PhilipsWriter& sized(const PhilipsBytes& bytes);              // length, bytes
  PhilipsWriter& list(const std::vector<PhilipsBytes>& parts);  // count, length, parts
  PhilipsBytes bytes;
};

// A number as the monitor sends it: mantissa and power of ten; no number when `value` is absent.
struct PhilipsNumber {
  unsigned code = 0, state = 0, unit = 0;
  std::optional<double> value;
  int decimals = 0;
};
PhilipsBytes philips_number(const PhilipsNumber& number);
PhilipsBytes philips_attribute(unsigned id, const PhilipsBytes& value);
PhilipsBytes philips_object(unsigned handle, const std::vector<PhilipsBytes>& attributes);
PhilipsBytes philips_time(std::int64_t unix_ms);  // eight BCD bytes

struct PhilipsAlert {
  unsigned source = 0, code = 0, type = 0, handle = 0;
  std::string text;
};
PhilipsBytes philips_alert(const PhilipsAlert& alert);

struct PhilipsContext {
  unsigned id = 0;
  std::vector<PhilipsBytes> objects;
};

// The reply to a poll. `part` of an answer in several messages: 1 first, 2, 3 last; 0: not in parts, or the
// message that closes them.
struct PhilipsReply {
  bool extended = false;
  unsigned invoke_id = 0, poll_number = 0, sequence = 0, object_class = 0, group = 0;
  std::uint32_t ticks = 0;
  unsigned part = 0, part_count = 0;
  std::vector<PhilipsContext> contexts;
};
PhilipsBytes philips_reply(const PhilipsReply& reply);

struct PhilipsMonitor {
  bool demo = false;
  std::int64_t unix_ms = 0;
  std::uint32_t ticks = 0;
};
std::vector<PhilipsBytes> philips_mds(const PhilipsMonitor& monitor);  // attributes of the monitor itself
PhilipsBytes philips_create_event(const PhilipsMonitor& monitor);
PhilipsBytes philips_accept();
PhilipsBytes philips_refuse();
PhilipsBytes philips_release_response();
PhilipsBytes philips_abort();

}  // namespace simulate
