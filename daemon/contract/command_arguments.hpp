// What each verb may carry in "target" and "args", and how it becomes a typed request.
#pragma once

#include <string>
#include <string_view>

#include "daemon/contract/commands.hpp"
#include "daemon/contract/json_reader.hpp"

namespace contract {

// The verbs this version knows, as a sentence part: "ack, reset, ...".
std::string verb_list();
bool is_verb(std::string_view verb);

// Fills `out.request` and `out.reason` from the document. Returns what is wrong, empty when nothing is.
std::string read_request(std::string_view verb, const Fields& document, Command& out);

}  // namespace contract
