#include "daemon/alarms/spec_pool.hpp"

#include <tuple>
#include <utility>

#include "daemon/vitals/check.hpp"

namespace alarms {

bool SpecPool::ByContent::operator()(const std::shared_ptr<const ConditionSpec>& a,
                                     const std::shared_ptr<const ConditionSpec>& b) const {
  const auto content = [](const ConditionSpec& one) {
    return std::tie(one.name, one.label, one.advice, one.kind, one.side, one.source, one.origin,
                    one.src_code);
  };
  return content(*a) < content(*b);
}

std::shared_ptr<const ConditionSpec> SpecPool::keep(ConditionSpec spec) {
  CHECK(spec.device == DeviceWord{});
  return *kept_.insert(std::make_shared<const ConditionSpec>(std::move(spec))).first;
}

}  // namespace alarms
