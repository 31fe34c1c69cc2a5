// The session as the journal keeps it: everything a restart needs, where the contract's document shows only
// what stations need.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/bed/attention.hpp"
#include "daemon/bed/patient_watch.hpp"
#include "daemon/infusion/session.hpp"

namespace app {

// Of the patient hashes and their salt alone. `last_cuff`: when the newest cuff reading with numbers was
// taken.
std::string write_session_record(const infusion::View& view, const bed::PatientRecord& patient = {},
                                 std::optional<vitals::WallTime> last_cuff = std::nullopt,
                                 const bed::Attention& attention = {});
// nullopt: not such a record (another version, damage).
std::optional<infusion::View> read_session_record(std::string_view json);
std::optional<bed::PatientRecord> read_patient_record(std::string_view json);
std::optional<vitals::WallTime> read_cuff_record(std::string_view json);
bed::Attention read_attention_record(std::string_view json);

}  // namespace app
