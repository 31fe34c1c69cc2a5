// An IHE PCD-01 message of a bedside monitor, 1.5 KB with eleven OBX: five rows of the device tree, then
// heart rate, SpO2, pulse rate and a cuff reading. Made from the published message structure; no device, no
// patient. What changes from one message to the next is written over in place, so that making one costs
// nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace bench {

class Pcd01 {
 public:
  static constexpr unsigned observations = 6;

  Pcd01();

  void set_id(std::uint64_t number);    // MSH-10, twenty characters
  void set_bed(unsigned number);        // PV1-3.3, "bed-00001", and what is named after it
  void set_time(vitals::WallTime now);  // MSH-7, OBR-7 and OBX-14, to the second
  void set_rate(unsigned per_min);      // HR and PR, two digits
  void set_spo2(unsigned percent);      // two digits

  std::string_view id() const { return std::string_view{frame_}.substr(ids_.front(), id_size); }
  std::string_view frame() const { return frame_; }  // with its MLLP envelope

 private:
  static constexpr std::size_t id_size = 20;
  using Places = std::vector<std::size_t>;

  Places places_of(std::string_view mark) const;
  void write(const Places& places, std::uint64_t number, std::size_t digits);

  std::string frame_;
  Places ids_, beds_, times_, rates_, spo2_;
};

std::string bed_name(unsigned number);  // as in the message: "bed-00001"

}  // namespace bench
