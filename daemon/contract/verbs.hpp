// How what a command carries becomes a typed request: a reader for each verb. It gets the whole document
// for the sake of `target`; what is wrong it tells `arguments`, and then `out` is of no use.
#pragma once

#include "daemon/contract/arguments.hpp"
#include "daemon/contract/commands.hpp"

namespace contract {

// alarm_verbs.cpp
void read_ack(const Fields& document, Arguments& arguments, Request& out);
void read_reset(const Fields& document, Arguments& arguments, Request& out);
void read_unack(const Fields& document, Arguments& arguments, Request& out);
void read_audio_pause(const Fields& document, Arguments& arguments, Request& out);
void read_audio_resume(const Fields& document, Arguments& arguments, Request& out);
void read_respond(const Fields& document, Arguments& arguments, Request& out);
void read_shelve(const Fields& document, Arguments& arguments, Request& out);
void read_unshelve(const Fields& document, Arguments& arguments, Request& out);
void read_limits_set(const Fields& document, Arguments& arguments, Request& out);
void read_received(const Fields& document, Arguments& arguments, Request& out);
void read_replay(const Fields& document, Arguments& arguments, Request& out);

// session_verbs.cpp
void read_checklist(const Fields& document, Arguments& arguments, Request& out);
void read_session_start(const Fields& document, Arguments& arguments, Request& out);
void read_baseline(const Fields& document, Arguments& arguments, Request& out);
void read_infusion_start(const Fields& document, Arguments& arguments, Request& out);
void read_infusion_rate(const Fields& document, Arguments& arguments, Request& out);
void read_infusion_bolus(const Fields& document, Arguments& arguments, Request& out);
void read_patient_confirm(const Fields& document, Arguments& arguments, Request& out);
void read_observe(const Fields& document, Arguments& arguments, Request& out);
void read_note(const Fields& document, Arguments& arguments, Request& out);

}  // namespace contract
