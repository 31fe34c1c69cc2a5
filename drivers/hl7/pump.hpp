// Infusion pumps: a snapshot (PCD-01 of a pump, ORU^R01) or one event with the snapshot of its time (PCD-10,
// ORU^R42). One report for each channel of a pump. Nothing of it is a vital sign, and nothing is ever sent to
// a pump.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/hl7/events.hpp"
#include "drivers/hl7/pump_codes.hpp"
#include "drivers/hl7/received.hpp"
#include "drivers/hl7/result_row.hpp"
#include "drivers/hl7/subject.hpp"

namespace drivers::hl7 {

class PumpReader {
 public:
  explicit PumpReader(const ReadingRules& rules) : rules_(rules) {}

  void read(const Received& message);

 private:
  static constexpr std::size_t sources_max = 8;  // of one channel; more are not read

  // One source of fluid: primary, secondary, clinician's dose, ...
  struct Source {
    std::string_view name;  // PRIMARY
    std::string_view stem;  // OBX-4 of its row without the last level
    std::string_view delivery, reason, drug;
    std::optional<double> rate, dose_rate_mg_h, dose_rate_mg_kg_h, concentration, to_infuse, remaining,
        volume, dose, seconds, weight;
  };

  // One channel, as views of the message.
  struct Channel {
    bool any = false;
    std::string_view device, path, infusing, active, alarm;
    std::optional<double> rate_now;
    std::array<Source, sources_max> sources;
    std::size_t source_count = 0;
  };

  void read_segment(std::string_view segment);
  void begin_patient(std::string_view segment);
  void begin_results(std::string_view segment);
  void read_row(std::string_view segment);
  void begin_channel();
  void begin_source(std::string_view name);
  Source& source_here();
  void read_item(tables::PumpItem item);
  bool accept_row();
  bool read_word(tables::PumpItem item);
  Reading read_reading() const;
  void refuse(std::string_view reason);
  void read_number(tables::PumpItem item, double number, const PumpUnitFound& unit);
  void end_channel();
  const Source& leading_source() const;
  bool event_is_here() const;
  PumpReport reported(const Source& source);
  void judge_state(PumpReport& report, const Source& source) const;
  void add_up(PumpReport& report, const Source& leading) const;
  std::string_view lower_words(std::string_view text);
  void announce();

  const ReadingRules& rules_;

  // Of the message being read.
  const Received* message_ = nullptr;
  Zone zone_;
  Scratch scratch_;
  Subject subject_;
  PlaceOrder places_;
  std::string_view pump_;          // OBX-18.1 of the MDS row
  std::string_view ordered_drug_;  // OBR-4
  std::string_view event_, event_stem_;
  std::optional<vitals::WallTime> time_, sent_;
  bool any_reported_ = false;
  Channel channel_;
  Fields fields_;
};

}  // namespace drivers::hl7
