#include "drivers/philips_intellivue/data_export.hpp"

#include "daemon/vitals/check.hpp"

namespace drivers::philips {
namespace {

using Kind = ExportMessage::Kind;

constexpr std::uint16_t session_id = 0xE100;
constexpr std::uint16_t presentation_context = 0x0002;

constexpr std::uint16_t operation_invoke = 1;
constexpr std::uint16_t operation_result = 2;
constexpr std::uint16_t operation_error = 3;
constexpr std::uint16_t operation_linked_result = 5;

constexpr std::uint16_t command_event = 0;
constexpr std::uint16_t command_confirmed_event = 1;
constexpr std::uint16_t command_confirmed_action = 7;

constexpr std::uint16_t event_mds_create = 0x0D06;
constexpr std::uint16_t action_single_poll = 0x0C16;
constexpr std::uint16_t action_extended_poll = 0xF13B;
constexpr std::uint16_t attribute_active_period = 0xF13E;

constexpr std::size_t object_bytes = 6;           // class, context, handle
constexpr std::size_t command_header_bytes = 14;  // session to the length of the command

Part part_of(std::uint8_t state) {
  switch (state) {
    case 1: return Part::first;
    case 3: return Part::last;
    default: return Part::middle;
  }
}

Kind read_event(Reader body, ExportMessage& message) {
  body.skip(object_bytes);
  message.event_ticks = body.u32();
  const std::uint16_t event = body.u16();
  Reader data(body.take(body.u16()));
  if (!body.ok()) return Kind::broken;
  if (event != event_mds_create) return Kind::not_for_us;
  data.skip(object_bytes);
  message.attributes = take_list(data);
  const bool sound = data.ok() && each_attribute(message.attributes, [](std::uint16_t, Bytes) {});
  return sound ? Kind::create_event : Kind::broken;
}

Kind read_poll(Reader body, PollResult& poll) {
  body.skip(object_bytes);
  const std::uint16_t action = body.u16();
  Reader reply(body.take(body.u16()));
  if (!body.ok()) return Kind::broken;
  if (action != action_single_poll && action != action_extended_poll) return Kind::not_for_us;
  poll.extended = action == action_extended_poll;
  reply.skip(2);  // poll number
  if (poll.extended) poll.sequence = reply.u16();
  poll.ticks = reply.u32();
  reply.skip(8);  // absolute time: never set
  reply.skip(2);  // partition
  poll.object_class = reply.u16();
  poll.group = reply.u16();
  poll.contexts = take_list(reply);
  return reply.ok() && reply.empty() && is_sound(poll) ? Kind::poll_result : Kind::broken;
}

Kind read_error(Reader body, ExportMessage& message) {
  message.error = body.u16();
  body.skip(body.u16());
  return body.ok() ? Kind::error_result : Kind::broken;
}

}  // namespace

bool is_operation(std::uint16_t operation) {
  return operation == operation_invoke || operation == operation_result || operation == operation_error ||
         operation == operation_linked_result;
}

bool is_sound(const PollResult& poll) {
  bool sound = true;
  const bool whole = each_object(poll, [&](ObjectKey, const List& attributes) {
    sound = sound && each_attribute(attributes, [](std::uint16_t, Bytes) {});
  });
  return whole && sound;
}

ExportMessage parse_export(Bytes bytes) {
  ExportMessage message;
  Reader reader(bytes);
  const bool ours = reader.u16() == session_id && reader.u16() == presentation_context;
  const std::uint16_t operation = reader.u16();
  Reader rest(reader.take(reader.u16()));
  if (!reader.ok() || !ours || !is_operation(operation)) return message;
  if (operation == operation_linked_result) {
    message.poll.part = part_of(rest.u8());
    message.poll.part_count = rest.u8();
  }
  message.invoke_id = message.poll.invoke_id = rest.u16();
  if (operation == operation_error) {
    message.kind = read_error(rest, message);
    return message;
  }
  const std::uint16_t command = rest.u16();
  const Reader body(rest.take(rest.u16()));
  const bool event = command == command_event || command == command_confirmed_event;
  message.wants_answer = command == command_confirmed_event;
  if (!rest.ok()) return message;
  if (operation == operation_invoke) {
    message.kind = event ? read_event(body, message) : Kind::not_for_us;
  } else {
    message.kind = command == command_confirmed_action ? read_poll(body, message.poll) : Kind::not_for_us;
  }
  return message;
}

Request& Request::u16(std::uint16_t value) {
  CHECK(size_ + 2 <= bytes_.size());
  bytes_[size_++] = static_cast<std::uint8_t>(value >> 8U);
  bytes_[size_++] = static_cast<std::uint8_t>(value & 0xFFU);
  return *this;
}

Request& Request::u32(std::uint32_t value) {
  return u16(static_cast<std::uint16_t>(value >> 16U)).u16(static_cast<std::uint16_t>(value & 0xFFFFU));
}

void Request::begin(std::uint16_t operation, std::uint16_t invoke_id, std::uint16_t command,
                    std::uint16_t body_bytes) {
  u16(session_id).u16(presentation_context);
  u16(operation).u16(static_cast<std::uint16_t>(6 + object_bytes + body_bytes));
  u16(invoke_id).u16(command).u16(static_cast<std::uint16_t>(object_bytes + body_bytes));
  u16(class_mds).u16(0).u16(0);
  CHECK(size_ == command_header_bytes + object_bytes);
}

Request Request::single_poll(std::uint16_t invoke_id, std::uint16_t poll_number, std::uint16_t object_class,
                             std::uint16_t group) {
  Request out;
  out.begin(operation_invoke, invoke_id, command_confirmed_action, 16);
  out.u32(0).u16(action_single_poll).u16(8);
  out.u16(poll_number).u16(1).u16(object_class).u16(group);
  return out;
}

Request Request::extended_poll(std::uint16_t invoke_id, std::uint16_t poll_number, std::uint16_t object_class,
                               std::uint16_t group, std::uint32_t active_s) {
  Request out;
  out.begin(operation_invoke, invoke_id, command_confirmed_action, 28);
  out.u32(0).u16(action_extended_poll).u16(20);
  out.u16(poll_number).u16(1).u16(object_class).u16(group);
  out.u16(1).u16(8).u16(attribute_active_period).u16(4);
  out.u32(static_cast<std::uint32_t>(active_s * 1000 * ticks_per_ms));
  return out;
}

Request Request::create_event_answer(std::uint16_t invoke_id, std::uint32_t event_ticks) {
  Request out;
  out.begin(operation_result, invoke_id, command_confirmed_event, 8);
  out.u32(event_ticks).u16(event_mds_create).u16(0);
  return out;
}

}  // namespace drivers::philips
