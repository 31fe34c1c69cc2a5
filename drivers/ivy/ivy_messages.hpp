// What an Ivy monitor writes beside its values, passed on word for word as alarms of the monitor: one per
// line of the record and place in it, told when it changes.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "drivers/driver.hpp"
#include "drivers/ivy/ivy_text.hpp"

namespace drivers::ivy {

// Whether the text of a further item is about the sensor and not about the patient. The patient's alarms
// stand in that place too: "NO PULSE" is none of the equipment.
bool names_equipment(std::string_view message);

class Messages {
 public:
  enum class Place : std::uint8_t { label, message };  // instead of a value; in the item behind it

  // An empty text ends it. Texts are cut to 48 bytes.
  void tell(Name line, Place place, std::string_view text, vitals::Stamp rx, Sink& out);

 private:
  static constexpr std::size_t text_bytes_max = 48;
  struct Slot {
    std::array<char, text_bytes_max> bytes{};
    std::size_t size = 0;
    std::string_view text() const { return {bytes.data(), size}; }
  };
  static_assert(2 * name_count <= device_alarms_max);

  std::array<Slot, 2 * name_count> slots_;
};

}  // namespace drivers::ivy
