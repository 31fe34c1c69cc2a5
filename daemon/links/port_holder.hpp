// Who holds a busy port. For people: best effort.
#pragma once

#include <string>

namespace links {

// "name (pid)" of a process that holds an flock on the device, or empty. Reads /proc/locks once.
std::string holder_of(const std::string& device);

}  // namespace links
