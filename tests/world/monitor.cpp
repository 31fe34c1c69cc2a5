#include "tests/world/monitor.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace world {
namespace {

using vitals::Reason;

constexpr Milliseconds answer_wait{5'000};  // then the sender repeats its message
constexpr unsigned tries_max = 4;
// The daemon believes another difference of the clocks after 20 s of times at one pace (docs/alarms.md).
constexpr unsigned believed_after = 8;
constexpr WallTime true_wall = vitals::wall_from_unix_ms(1'764'000'000'000);

std::string hl7_time(WallTime time) {
  const std::time_t seconds = vitals::unix_ms(time) / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> out{};
  const std::size_t size = std::strftime(out.data(), out.size(), "%Y%m%d%H%M%S+0000", &parts);
  return {out.data(), size};
}

std::string obx(int row, std::string_view code, double value, std::string_view unit) {
  return "OBX|" + std::to_string(row) + "|NM|" + std::string{code} + "|1.1.1.1|" +
         std::to_string(static_cast<int>(value)) + "|" + std::string{unit} + "|||||R\r";
}

}  // namespace

void Monitor::begin(app::Node& node) {
  node_ = &node;
  told_.clear();
  told_before_.clear();
  up_ = false;
  intake_ = std::make_unique<app::Intake>(node.routes_of(source_), handlers());
}

void Monitor::end() {
  intake_.reset();
  node_ = nullptr;
  up_ = false;
}

app::IntakeHandlers Monitor::handlers() {
  app::IntakeHandlers out;
  out.on_observation = [this](const vitals::Observation& observation, const app::Route*) {
    const auto [place, first] = told_.try_emplace(observation.metric);
    Told& told = place->second;
    if (!first && told.at < ground_.now()) told_before_[observation.metric] = told;
    told.at = ground_.now();
    told.measured_at = measured_at();
    told.value = observation.value;
    told.quality = observation.quality;
    if (observation.has_value()) told.number_at = told.at;
  };
  return out;
}

std::optional<Told> Monitor::told_before(Metric metric) const {
  const auto newest = told_.find(metric);
  if (newest == told_.end()) return std::nullopt;
  if (newest->second.at < ground_.now()) return newest->second;
  const auto before = told_before_.find(metric);
  return before == told_before_.end() ? newest->second : before->second;
}

void Monitor::set_link(bool up) {
  if (up_ == up) return;
  up_ = up;
  const Stamp now = ground_.stamp();
  app::LinkView view;
  view.source = source_.name;
  view.protocol = source_.protocol;
  view.state = up ? "up" : "down";
  view.since = now.wall;
  for (const app::Route& route : intake_->beds()) {
    route.bed->link(route.source, up, now);
    if (app::BedDesk* desk = node_->desk_of(*route.bed)) desk->link_changed(view, now);
  }
  node_->settle(now);
}

void CableMonitor::begin(app::Node& node) {
  Monitor::begin(node);
  cable();
}

void CableMonitor::cable() {
  if (node_ == nullptr) return;
  ground_.tell(scope_ + ": cable " + (shown.cable ? "in" : "out"));
  if (up_ && !shown.cable) intake_->driver_gone(ground_.stamp());
  set_link(shown.cable);
}

void CableMonitor::say() {
  if (node_ == nullptr || !up_ || !shown.talks) return;
  const Stamp now = ground_.stamp();
  const Reason doubt = shown.doubtful ? Reason::weak_signal : Reason::none;
  const auto tell = [&](Metric metric, double value) {
    intake_->on_observation(shown.probe ? vitals::measured(metric, value, now, doubt)
                                        : vitals::absent(metric, Reason::sensor_off, now));
  };
  tell(Metric::pr, shown.pr);
  tell(Metric::spo2, shown.spo2);
  intake_->on_frame_end(now);
  node_->settle(now);
}

app::IntakeHandlers Hl7Monitor::handlers() {
  app::IntakeHandlers out = Monitor::handlers();
  out.on_answer = [this](const drivers::Answer& answer) { on_answer(answer); };
  return out;
}

void Hl7Monitor::begin(app::Node& node) {
  memory_ = drivers::hl7::make_memory();
  at_pace_ = 0;
  Monitor::begin(node);
  if (shown.cable) open();
}

void Hl7Monitor::end() {
  if (open_) *open_ = false;
  open_.reset();
  driver_.reset();
  Monitor::end();
}

void Hl7Monitor::open() {
  driver_ = drivers::hl7::make(source_.options, memory_).driver;
  open_ = std::make_shared<bool>(true);
  heard_at_ = ground_.now();
  set_link(true);
  if (!waiting_.empty()) send();
}

void Hl7Monitor::close() {
  if (!open_) return;
  *open_ = false;
  open_.reset();
  intake_->driver_gone(ground_.stamp());
  driver_.reset();
}

void Hl7Monitor::cable() {
  if (node_ == nullptr) return;
  ground_.tell(scope_ + ": connection " + (shown.cable ? "opened" : "closed"));
  if (!shown.cable) return close();
  if (!open_) open();
}

// As the hub of the daemon does it: a source without a connection is lost after twice its period.
void Hl7Monitor::tick() {
  if (node_ == nullptr) return;
  if (driver_) driver_->tick(ground_.stamp(), *intake_);
  if (!open_ && ground_.now() - heard_at_ > std::max(Milliseconds{15s}, 2 * source_.period)) set_link(false);
  if (open_ && !waiting_.empty() && ground_.now() - sent_at_ >= answer_wait) send();
}

bool Hl7Monitor::clock_believed() const {
  return at_pace_ >= believed_after || (clock_by_ == 0ms && ground_.wall_base == true_wall);
}

void Hl7Monitor::set_clock(Milliseconds by) {
  clock_by_ = by;
  at_pace_ = 0;
}

std::string Hl7Monitor::message() const {
  const std::string time = hl7_time(true_wall + ground_.now() + clock_by_);
  std::string out = "\x0bMSH|^~\\&|M|H|||" + time + "||ORU^R01^ORU_R01|" + scope_ + "-" +
                    std::to_string(number_) + "|P|2.6\rPID|||" + std::string{patient_id} +
                    "^^^H||DOE^SECRET-4711\rPV1||I|W^1^B4\rOBR|1|||X|||" + time + "\r";
  if (shown.probe) {
    out += obx(1, "150456^MDC_PULS_OXIM_SAT_O2^MDC", shown.spo2, "262688^MDC_DIM_PERCENT^MDC");
    out += obx(2, "149530^MDC_PULS_OXIM_PULS_RATE^MDC", shown.pr, "264864^MDC_DIM_BEAT_PER_MIN^MDC");
  }
  return out + "\x1c\r";
}

void Hl7Monitor::say() {
  if (node_ == nullptr || !shown.talks) return;
  if (!waiting_.empty() && tries_ < tries_max) return;  // the one before is still unanswered
  ++number_;
  tries_ = 0;
  waiting_ = message();
  written_at_ = ground_.now();
  if (open_) send();
}

void Hl7Monitor::send() {
  ++tries_;
  at_pace_ = tries_ == 1 ? at_pace_ + 1 : 0;
  sent_at_ = heard_at_ = ground_.now();
  watch_.fed();
  const std::string bytes = waiting_;  // an answer may come from within
  driver_->feed({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, ground_.stamp(),
                *intake_);
  node_->settle(ground_.stamp());
}

// As the hub of the daemon does it: the answer waits for what the message caused.
void Hl7Monitor::on_answer(const drivers::Answer& answer) {
  const bool accepts = answer.code == "AA" || answer.code == "CA";
  const auto then = [this, open = open_, accepts, id = std::string{answer.control_id}](bool kept, Stamp) {
    if (!*open || !kept || !accepts) return;
    watch_.positive(id);
    if (waiting_.find("|" + id + "|") != std::string::npos) waiting_.clear();
  };
  const bool again = answer.text == drivers::answer_duplicate;
  if (again) {
    node_->when_all_kept(then);
  } else {
    node_->when_kept(then, ground_.stamp());
    watch_.caused(std::string{answer.control_id});
  }
}

}  // namespace world
