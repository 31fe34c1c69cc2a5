// Reads the big endian numbers and lists of the protocol, never past their end. After the first read that
// does not fit every further one gives zero or nothing and ok() stays false: check once, at the end.
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/driver.hpp"

namespace drivers::philips {

class Reader {
 public:
  explicit Reader(Bytes bytes) : left_(bytes) {}

  bool ok() const { return ok_; }
  bool empty() const { return left_.empty(); }
  std::size_t size() const { return left_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }

  Bytes take(std::size_t count) {
    if (!ok_ || count > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const Bytes taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  void skip(std::size_t count) { take(count); }

 private:
  std::uint32_t number(std::size_t bytes) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(bytes)) value = (value << 8U) | byte;
    return value;
  }

  Bytes left_;
  bool ok_ = true;
};

// Every list of the protocol: how many, how long, then the elements.
struct List {
  std::size_t count = 0;
  Bytes bytes;
};

inline List take_list(Reader& reader) {
  List list;
  list.count = reader.u16();
  list.bytes = reader.take(reader.u16());
  return list;
}

// Calls on_attribute(id, value) for each. False: the list is not as long as it says, or ends inside an
// element.
template <class OnAttribute>
bool each_attribute(const List& list, OnAttribute&& on_attribute) {
  Reader reader(list.bytes);
  for (std::size_t i = 0; i < list.count && reader.ok(); ++i) {
    const std::uint16_t id = reader.u16();
    const Bytes value = reader.take(reader.u16());
    if (reader.ok()) on_attribute(id, value);
  }
  return reader.ok() && reader.empty();
}

}  // namespace drivers::philips
