// The load program: plays the monitors of many beds over MLLP, listens as a station, and prints one line of
// JSON.
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/bench/load/generator.hpp"

namespace {

nlohmann::ordered_json latency(const bench::Histogram& histogram) {
  return {{"count", histogram.count()},
          {"p50_us", histogram.quantile_us(0.5)},
          {"p90_us", histogram.quantile_us(0.9)},
          {"p99_us", histogram.quantile_us(0.99)},
          {"max_us", histogram.max_us()}};
}

nlohmann::ordered_json document(const bench::LoadResult& result) {
  const auto answered = static_cast<double>(result.answers.positive);
  return {{"seconds", result.seconds},
          {"sent", result.sent},
          {"acked", result.answers.positive},
          {"wrong", result.answers.wrong},
          {"acked_per_s", result.seconds > 0 ? answered / result.seconds : 0},
          {"cpu_s", result.cpu_s},
          {"cpu_s_per_100k", answered > 0 ? result.cpu_s * 1e5 / answered : 0},
          {"generator_cpu_s", result.generator_cpu_s},
          {"answer", latency(result.answers.latency)},
          {"alarm", latency(result.alarm_latency)},
          {"alarms_sent", result.alarms_sent},
          {"lateness", latency(result.lateness)},
          {"rss_kb", result.rss_kb},
          {"rss_peak_kb", result.rss_peak_kb},
          {"wake_ups", result.wake_ups},
          {"written_bytes", result.written_bytes}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"plays many monitors against a receiver of HL7 messages"};
  bench::LoadSettings settings;
  app.require_subcommand(1);
  CLI::App* const flood = app.add_subcommand("flood", "as fast as answers come");
  CLI::App* const steady = app.add_subcommand("steady", "each bed in its rhythm, alarms among them");
  CLI::App* const storm = app.add_subcommand("storm", "an alarm at every bed at once");
  CLI::App* const idle = app.add_subcommand("idle", "connections that say nothing");
  for (CLI::App* const one : {flood, steady, storm, idle}) {
    one->add_option("--port", settings.port)->required();
    one->add_option("--pid", settings.pid, "of the receiver")->required();
    one->add_option("--connections", settings.connections);
    one->add_option("--beds", settings.beds);
    one->add_option("--seconds", settings.seconds);
    one->add_option("--warm-up", settings.warm_up_seconds);
  }
  flood->add_option("--window", settings.window, "messages under way on each connection");
  steady->add_option("--hz", settings.per_bed_hz, "messages of a bed a second");
  steady->add_option("--alarm-every", settings.alarm_every);
  for (CLI::App* const one : {steady, storm}) {
    one->add_option("--broker", settings.broker_port);
    one->add_option("--topic", settings.topic);
    one->add_option("--match", settings.match, "what an alarm that begins contains");
  }
  CLI11_PARSE(app, argc, argv);
  try {
    bench::Generator generator(settings);
    const bench::LoadResult result = *flood    ? generator.flood()
                                     : *steady ? generator.steady()
                                     : *storm  ? generator.storm()
                                               : generator.idle();
    std::cout << document(result).dump() << '\n';
    return result.answers.wrong == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << '\n';
    return 2;
  }
}
