// What the beds of a node say in their conditions, each text once: a thousand beds have the same forty
// conditions.
#pragma once

#include <memory>
#include <set>

#include "daemon/alarms/condition.hpp"

namespace alarms {

class SpecPool {
 public:
  // One of this content, made now or before. What a device names itself does not belong here: nothing is ever
  // let go.
  std::shared_ptr<const ConditionSpec> keep(ConditionSpec spec);
  std::size_t size() const { return kept_.size(); }

 private:
  struct ByContent {
    bool operator()(const std::shared_ptr<const ConditionSpec>& a,
                    const std::shared_ptr<const ConditionSpec>& b) const;
  };
  std::set<std::shared_ptr<const ConditionSpec>, ByContent> kept_;
};

}  // namespace alarms
