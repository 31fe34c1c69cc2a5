// Data export messages (E1 00 00 02): remote operations, their results, and the polls that we send.
//
//   session(4) | operation(2) length(2) | [part: state(1) count(1)] | invoke id(2) command(2) length(2)
//   | object(6) | event or action
//
// All numbers big endian, nothing padded.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "drivers/philips_intellivue/reader.hpp"

namespace drivers::philips {

inline constexpr std::uint16_t class_mds = 0x0021;
inline constexpr std::uint16_t class_numerics = 0x0006;
inline constexpr std::uint16_t class_alerts = 0x0036;

inline constexpr std::uint16_t group_all = 0x0000;
inline constexpr std::uint16_t group_observed = 0x0803;
inline constexpr std::uint16_t group_alerts = 0x0801;

inline constexpr double ticks_per_ms = 8;

// A large answer comes in parts, closed by a result that is none of them.
enum class Part : std::uint8_t { none, first, middle, last };

struct PollResult {
  bool extended = false;
  Part part = Part::none;
  std::uint8_t part_count = 0;  // 1, 2, ... within one answer
  std::uint16_t invoke_id = 0;  // of the poll that it answers
  std::uint16_t sequence = 0;   // of an extended poll: one more with each answer, from 0 when it is renewed
  std::uint32_t ticks = 0;      // the monitor's running time, 1/8 ms, wraps
  std::uint16_t object_class = 0;
  std::uint16_t group = 0;
  List contexts;
};

// What a message turned out to be. Views are into the message.
struct ExportMessage {
  enum class Kind : std::uint8_t { not_for_us, broken, create_event, poll_result, error_result };
  Kind kind = Kind::broken;
  std::uint16_t invoke_id = 0;
  std::uint16_t error = 0;        // of an error result
  std::uint32_t event_ticks = 0;  // of a create event
  bool wants_answer = false;      // create event
  List attributes;                // create event: of the monitor itself
  PollResult poll;
};

bool is_operation(std::uint16_t operation);  // invoke, result, error or linked result
ExportMessage parse_export(Bytes message);

// An object is known by these two during one association.
struct ObjectKey {
  std::uint16_t context = 0;
  std::uint16_t handle = 0;

  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};

// Calls on_object(ObjectKey, List attributes) for each object of a poll result. False: its lists do not fit.
template <class OnObject>
bool each_object(const PollResult& poll, OnObject&& on_object) {
  Reader contexts(poll.contexts.bytes);
  for (std::size_t i = 0; i < poll.contexts.count && contexts.ok(); ++i) {
    ObjectKey key;
    key.context = contexts.u16();
    const List objects = take_list(contexts);
    Reader reader(objects.bytes);
    for (std::size_t k = 0; k < objects.count && reader.ok(); ++k) {
      key.handle = reader.u16();
      const List attributes = take_list(reader);
      if (reader.ok()) on_object(key, attributes);
    }
    if (!reader.ok() || !reader.empty()) return false;
  }
  return contexts.ok() && contexts.empty();
}

// Every list in it is as long as it says.
bool is_sound(const PollResult& poll);

// The messages that we send, built in place.
class Request {
 public:
  static Request single_poll(std::uint16_t invoke_id, std::uint16_t poll_number, std::uint16_t object_class,
                             std::uint16_t group);
  // The monitor then answers about once a second for `active_s`.
  static Request extended_poll(std::uint16_t invoke_id, std::uint16_t poll_number, std::uint16_t object_class,
                               std::uint16_t group, std::uint32_t active_s);
  static Request create_event_answer(std::uint16_t invoke_id, std::uint32_t event_ticks);

  Bytes bytes() const { return {bytes_.data(), size_}; }

 private:
  Request& u16(std::uint16_t value);
  Request& u32(std::uint32_t value);
  void begin(std::uint16_t operation, std::uint16_t invoke_id, std::uint16_t command,
             std::uint16_t body_bytes);

  std::array<std::uint8_t, 64> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace drivers::philips
