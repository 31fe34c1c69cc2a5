#include "daemon/app/agenda.hpp"

#include <utility>

#include "daemon/app/bed_desk.hpp"

namespace app {

using vitals::MonoTime;

void Deadlines::add(MonoTime when) {
  when_.push_back(when);
  place_of_.push_back(heap_.size());
  heap_.push_back(when_.size() - 1);
  rise(heap_.size() - 1);
}

void Deadlines::set(std::size_t number, MonoTime when) {
  const MonoTime before = std::exchange(when_[number], when);
  if (when < before) {
    rise(place_of_[number]);
  } else {
    sink(place_of_[number]);
  }
}

void Deadlines::place(std::size_t at, std::size_t number) {
  heap_[at] = number;
  place_of_[number] = at;
}

void Deadlines::rise(std::size_t at) {
  const std::size_t number = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (when_[heap_[parent]] <= when_[number]) break;
    place(at, heap_[parent]);
    at = parent;
  }
  place(at, number);
}

void Deadlines::sink(std::size_t at) {
  const std::size_t number = heap_[at];
  for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
    if (child + 1 < heap_.size() && when_[heap_[child + 1]] < when_[heap_[child]]) ++child;
    if (when_[number] <= when_[heap_[child]]) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, number);
}

void Agenda::add(BedDesk& desk) {
  const std::size_t number = desks_.size();
  desks_.push_back(&desk);
  deadlines_.add(desk.deadline());
  desk.set_on_touched([this, number] { touched_.push_back(number); });
}

void Agenda::settle(vitals::Stamp now) {
  while (deadlines_.earliest() <= now.mono) {
    BedDesk& due = *desks_[deadlines_.first()];
    due.advance(now);  // which touches it
    deadlines_.set(deadlines_.first(), due.deadline());
  }
  while (!touched_.empty()) {
    settling_.swap(touched_);
    for (const std::size_t number : settling_) settle(number, now);
    settling_.clear();
  }
}

void Agenda::settle(std::size_t number, vitals::Stamp now) {
  BedDesk& desk = *desks_[number];
  if (desk.deadline() <= now.mono) desk.advance(now);
  desk.flush(now);
  desk.settled();
  deadlines_.set(number, desk.deadline());
}

}  // namespace app
