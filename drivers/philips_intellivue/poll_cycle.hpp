// Whether an answer in parts has come whole, so that what is not in it can be said to be gone.
#pragma once

#include <cstdint>

#include "drivers/philips_intellivue/data_export.hpp"

namespace drivers::philips {

class PollCycle {
 public:
  struct Step {
    bool begins = false;  // this message is the first of its answer that came
    bool whole = false;   // with it the answer is complete
  };

  Step take(const PollResult& poll) {
    return poll.part == Part::none ? close(answer_of(poll)) : take_part(poll);
  }

 private:
  // Which answer a part belongs to. Only a single poll has no sequence number, and an id of its own.
  struct Answer {
    std::uint16_t invoke_id = 0;
    std::uint16_t sequence = 0;

    friend bool operator==(const Answer&, const Answer&) = default;
  };

  static Answer answer_of(const PollResult& poll) { return {poll.invoke_id, poll.sequence}; }

  Step take_part(const PollResult& poll) {
    const bool begins = !open_ || answer_of(poll) != answer_;
    if (begins) {
      whole_ = poll.part == Part::first && poll.part_count == 1;
    } else {
      whole_ = whole_ && poll.part != Part::first && poll.part_count == next_ && !last_came_;
    }
    open_ = in_parts_ = true;
    answer_ = answer_of(poll);
    next_ = static_cast<std::uint8_t>(poll.part_count + 1);
    last_came_ = poll.part == Part::last;
    return {begins, false};
  }

  Step close(Answer answer) {
    const bool closes = open_ && answer == answer_;
    open_ = false;
    if (closes) return {false, whole_ && last_came_};
    // Alone, although the last answer came in parts: it can be the end of one whose parts were lost.
    const bool alone = !in_parts_;
    in_parts_ = false;
    return {true, alone};
  }

  bool open_ = false;
  bool whole_ = false;
  bool last_came_ = false;
  bool in_parts_ = false;  // the last answer
  std::uint8_t next_ = 0;
  Answer answer_;
};

}  // namespace drivers::philips
