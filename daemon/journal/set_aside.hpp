// Moving an unusable journal out of the way, kept for whoever examines it.
#pragma once

#include <string>

namespace journal {

// So many broken files are kept beside the journal. Beyond that the newest of them is replaced: the first
// ones hold the history, the later ones come from a disk that is known to be broken by then.
inline constexpr int broken_files_max = 16;

struct SetAside {
  bool ok = false;
  std::string detail;  // the new name, or why it could not be moved
};

// Renames PATH and what belongs to it to PATH.broken-N. A missing file counts as moved.
SetAside set_aside(const std::string& path);

}  // namespace journal
