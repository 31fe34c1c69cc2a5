// Which beds have something to do: those that were touched, and those whose time has come. With a thousand
// beds a message for one of them must not look at the other ones.
#pragma once

#include <cstddef>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace app {

class BedDesk;

// Numbers from 0 on, each with a time; the earliest first (a binary heap that knows where each number
// stands).
class Deadlines {
 public:
  void add(vitals::MonoTime when);  // the next number
  void set(std::size_t number, vitals::MonoTime when);
  vitals::MonoTime earliest() const { return heap_.empty() ? vitals::MonoTime::max() : when_[heap_.front()]; }
  std::size_t first() const { return heap_.front(); }  // not when there is none

 private:
  void place(std::size_t at, std::size_t number);
  void rise(std::size_t at);
  void sink(std::size_t at);

  std::vector<vitals::MonoTime> when_;  // by number
  std::vector<std::size_t> place_of_;   // by number, in the heap
  std::vector<std::size_t> heap_;       // numbers
};

class Agenda {
 public:
  // The desk tells from now on when it is touched, and must not outlive the agenda's use.
  void add(BedDesk& desk);
  // Lets happen what is due, gives out documents that became due, and knows the new deadlines.
  void settle(vitals::Stamp now);
  // Settle is due then: at once where something was touched.
  vitals::MonoTime deadline() const {
    return touched_.empty() ? deadlines_.earliest() : vitals::MonoTime::min();
  }

 private:
  void settle(std::size_t number, vitals::Stamp now);

  std::vector<BedDesk*> desks_;
  std::vector<std::size_t> touched_, settling_;
  Deadlines deadlines_;
};

}  // namespace app
