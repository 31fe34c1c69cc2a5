// Opening a device: by name, exclusively, raw. The one place that knows libserialport and its versions.
#pragma once

#include <memory>
#include <string>

#include "daemon/links/serial_link.hpp"

namespace links {

// Keeps the device open and locked as long as it lives.
class Port {
 public:
  virtual ~Port() = default;
  // Another descriptor of the same open device, for the caller to close; -1 with errno on failure.
  virtual int duplicate() const = 0;
  // What is read carries the marks of damage_marks.hpp.
  virtual bool marks_damage() const = 0;
  // Bytes that were written have not left yet.
  virtual bool is_sending() const = 0;
};

struct OpenedPort {
  std::unique_ptr<Port> port;  // null: see state and detail
  State state = State::down;
  std::string device;  // what the name points to now
  std::string detail;  // why not; empty when busy
};

// Never blocks and never throws. A symbolic link is resolved anew at every call.
OpenedPort open_port(const SerialSettings& settings);

}  // namespace links
