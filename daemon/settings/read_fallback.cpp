// [fallback]: what calls at the bed.
#include <unistd.h>

#include "daemon/settings/sections.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

// More lines than any chip has; what the chip itself has is known when it is opened.
constexpr std::int64_t line_max = 4095;

// A warning: who checks may be another user than who runs, and a device may be plugged in later.
void warn_unless(const Place& place, const std::string& path, int mode, std::string_view what,
                 Report& report) {
  if (::access(path.c_str(), mode) != 0)
    report.warning(place, path + " cannot be " + std::string(what) + " for the service's user");
}

void read_program(Reader& reader, Fallback& out, Report& report) {
  const auto limit = reader.seconds("limit_s", 1, 60);
  const auto repeat = reader.seconds("repeat_s", 5, 300);
  out.limit = limit.value_or(out.limit);
  out.repeat = repeat.value_or(out.repeat);
  const auto program = reader.texts("program");
  if (!program) {
    for (const std::string_view key : {"limit_s", "repeat_s"})
      if (reader.has(key) && !reader.has("program"))
        report.error(reader.place(key), std::string(key) + " is of the program, and there is none");
    return;
  }
  for (const Text& one : *program) out.program.push_back(one.text);
  if (program->empty()) {
    report.error(reader.place("program"),
                 "program must name a program with its arguments, as in [\"/usr/local/bin/bed-beeper\"]");
    return;
  }
  const std::string& path = out.program.front();
  const Place& place = program->front().place;
  if (path.empty() || path.front() != '/')
    report.error(place, "program " + in_quotes(path) + " must be an absolute path");
  else
    warn_unless(place, path, X_OK, "run by this user: it must be there and executable", report);
}

void read_gpio(Reader& fallback, Fallback& out, Report& report) {
  auto reader = fallback.table("gpio");
  if (!reader) return;
  Fallback::Gpio gpio;
  gpio.chip = reader->required_text("chip", "/dev/gpiochip0");
  if (!reader->has("line"))
    report.error(reader->place(), "gpio without line: its number at the chip, as gpioinfo shows it");
  gpio.line = static_cast<std::uint32_t>(reader->integer("line", 0, line_max).value_or(0));
  gpio.active_low = reader->flag("active_low").value_or(false);
  reader->finish();
  if (!gpio.chip.empty() && gpio.chip.front() != '/')
    report.error(reader->place("chip"),
                 "chip " + in_quotes(gpio.chip) + " must be the path of a device, as in \"/dev/gpiochip0\"");
  else if (!gpio.chip.empty())
    warn_unless(reader->place("chip"), gpio.chip, R_OK | W_OK,
                "opened by this user: it must be there, readable and writable", report);
  out.gpio = std::move(gpio);
}

void read_tone(Reader& fallback, Fallback& out, Report& report) {
  auto reader = fallback.table("tone");
  if (!reader) return;
  Fallback::Tone tone;
  tone.device = reader->text("device").value_or(tone.device);
  tone.volume_percent =
      static_cast<unsigned>(reader->integer("volume_percent", 1, 100).value_or(tone.volume_percent));
  reader->finish();
  if (tone.device.empty())
    report.error(reader->place("device"), "device must not be empty: `aplay -L` lists what there is");
  out.tone = std::move(tone);
}

}  // namespace

void read_fallback(Reader& root, Settings& out, Report& report) {
  auto reader = root.table("fallback");
  if (!reader) return;
  Fallback fallback;
  read_program(*reader, fallback, report);
  read_gpio(*reader, fallback, report);
  read_tone(*reader, fallback, report);
  reader->finish();
  if (!reader->has("program") && !reader->has("gpio") && !reader->has("tone"))
    report.error(reader->place(),
                 "[fallback] names nothing that calls: give program, gpio, tone, or several");
  out.fallback = std::move(fallback);
}

}  // namespace settings
