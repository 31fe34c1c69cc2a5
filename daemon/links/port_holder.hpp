// Who holds a busy port. For people: best effort.
#pragma once

#include <string>
#include <vector>

namespace links {

// "name (pid)" of a process that holds an flock on the device, or empty. Reads /proc/locks once.
std::string holder_of(const std::string& device);

// "name (pid)" of each process that has the device open, ourselves included; of other users' processes only
// root sees it. Walks /proc once: some milliseconds.
std::vector<std::string> openers_of(const std::string& device);

}  // namespace links
