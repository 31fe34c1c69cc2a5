#include "daemon/service/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace service {
namespace {

// "<4>" and the like (sd-daemon(3)).
class JournalPriority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    out.push_back('<');
    out.push_back(priority(message.level));
    out.push_back('>');
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JournalPriority>();
  }

 private:
  static char priority(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::critical: return '2';
      case spdlog::level::err: return '3';
      case spdlog::level::warn: return '4';
      case spdlog::level::info: return '6';
      default: return '7';
    }
  }
};

}  // namespace

void start_log(const std::string& level) {
  auto logger =
      std::make_shared<spdlog::logger>("vitalsd", std::make_shared<spdlog::sinks::stderr_sink_st>());
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  // journald stamps and names the line itself; a terminal gets the time.
  const bool to_journal = std::getenv("JOURNAL_STREAM") != nullptr && isatty(STDERR_FILENO) == 0;
  formatter->add_flag<JournalPriority>('J').set_pattern(to_journal ? "%J%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_lines(bool warning, std::string_view lines) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    spdlog::log(warning ? spdlog::level::warn : spdlog::level::err, "{}", lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

}  // namespace service
