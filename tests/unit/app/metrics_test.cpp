// Figures as Prometheus reads them: complete, bounded, current or not there at all.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <prometheus/text_serializer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <set>
#include <thread>

#include "daemon/app/metrics_page.hpp"

namespace app::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const Snapshot& snapshot) {
  return prometheus::TextSerializer{}.Serialize(metrics_page(snapshot));
}

Snapshot one_of_each() {
  Snapshot out;
  out.node = "gw1";
  out.version = "0.1.0";
  out.started = vitals::wall_from_unix_ms(1'764'000'000'500);
  out.clock_synchronised = true;
  for (const int lag_ms : {0, 1, 3, 700, 60'000}) out.lag.add(lag_ms);
  out.journal.commits = 4;
  out.journal.commit_seconds = 0.25;
  out.broker.connected = true;
  out.broker.waiting[4] = 17;
  out.node_active[static_cast<std::size_t>(alarms::Priority::medium)] = 1;
  SourceSample source;
  source.name = "ward";
  source.protocol = "hl7";
  source.state = "up";
  source.bytes = 12'345'678'901;
  source.received_ago = vitals::Milliseconds{1'500};
  source.refusals[static_cast<std::size_t>(Refusal::bad_peer)] = 3;
  source.answers[1] = 9;
  source.faults.push_back({drivers::FaultKind::broken, "frame-too-long", 2, 0});
  source.unmapped.push_back({"4711^PVC^99X", "/min", "5", 6});
  source.unmapped.push_back({"352^\"Q\\", "", "0x1F", 1});
  out.sources.push_back(source);
  BedSample bed;
  bed.name = "pain/b1";
  bed.observations[vitals::index_of(vitals::Metric::spo2)][0] = 42;
  bed.active[static_cast<std::size_t>(alarms::Priority::high)] = 2;
  bed.transitions[static_cast<std::size_t>(alarms::Change::start)] = 5;
  bed.avoided = 6;
  bed.clocks = {{"ward", vitals::Milliseconds{-3'600'250}}};
  bed.load.last_10min = 11;
  bed.load.flood = true;
  bed.load.chattering = {"spo2-low"};
  bed.load.answered = 3;
  bed.load.answered_sum = vitals::Milliseconds{60'500};
  bed.load.answered_median = vitals::Milliseconds{20'000};
  bed.load.answered_p95 = vitals::Milliseconds{30'500};
  bed.load.paused = vitals::Milliseconds{120'000};
  out.beds.push_back(bed);
  UnitSample unit{"pain", bed.load};
  unit.load.last_hour = 14;
  out.units.push_back(unit);
  return out;
}

TEST(MetricsPage, SaysWhatWasCounted) {
  const std::string text = text_of(one_of_each());
  for (const char* line :
       {"vitalsd_build_info{version=\"0.1.0\",node=\"gw1\"} 1\n",
        "process_start_time_seconds 1764000000.5\n",
        "vitalsd_clock_synchronised 1\n",
        "vitalsd_journal_commit_seconds_count 4\n",
        "vitalsd_journal_commit_seconds_sum 0.25\n",
        "vitalsd_broker_connected 1\n",
        "vitalsd_broker_outbox_messages{lane=\"observation\"} 17\n",
        "vitalsd_node_alarms_active{priority=\"medium\"} 1\n",
        "vitalsd_source_state{source=\"ward\",protocol=\"hl7\",state=\"up\"} 1\n",
        "vitalsd_source_state{source=\"ward\",protocol=\"hl7\",state=\"down\"} 0\n",
        "vitalsd_source_received_bytes_total{source=\"ward\"} 12345678901\n",
        "vitalsd_source_last_receive_age_seconds{source=\"ward\"} 1.5\n",
        "vitalsd_source_refused_connections_total{source=\"ward\",reason=\"bad-peer\"} 3\n",
        "vitalsd_hl7_answers_total{source=\"ward\",code=\"CA\"} 9\n",
        "vitalsd_source_faults_total{source=\"ward\",kind=\"broken\",reason=\"frame-too-long\"} 2\n",
        "vitalsd_unmapped_parameter_total{source=\"ward\",code=\"4711^PVC^99X\",unit=\"/min\"} 6\n",
        "vitalsd_unmapped_parameter_last_value{source=\"ward\",code=\"4711^PVC^99X\",unit=\"/min\"} 5\n",
        "vitalsd_unmapped_parameter_total{source=\"ward\",code=\"352^\\\"Q\\\\\",unit=\"\"} 1\n",
        "vitalsd_observations_total{bed=\"pain/b1\",metric=\"spo2\",quality=\"valid\"} 42\n",
        "vitalsd_alarms_active{bed=\"pain/b1\",priority=\"high\"} 2\n",
        "vitalsd_alarm_transitions_total{bed=\"pain/b1\",phase=\"start\"} 5\n",
        "vitalsd_alarms_begun_last_10min{bed=\"pain/b1\"} 11\n",
        "vitalsd_source_clock_offset_seconds{bed=\"pain/b1\",source=\"ward\"} -3600.25\n",
        "vitalsd_alarm_flood{bed=\"pain/b1\"} 1\n",
        "vitalsd_alarms_chattering{bed=\"pain/b1\"} 1\n",
        "vitalsd_alarms_avoided_total{bed=\"pain/b1\"} 6\n",
        "vitalsd_alarm_acknowledge_seconds_count{bed=\"pain/b1\"} 3\n",
        "vitalsd_alarm_acknowledge_seconds_sum{bed=\"pain/b1\"} 60.5\n",
        "vitalsd_alarm_acknowledge_seconds{bed=\"pain/b1\",quantile=\"0.95\"} 30.5\n",
        "vitalsd_alarm_audio_paused_seconds_total{bed=\"pain/b1\"} 120\n",
        "vitalsd_unit_alarms_begun_last_hour{unit=\"pain\"} 14\n",
        "vitalsd_unit_alarm_flood{unit=\"pain\"} 1\n",
        "vitalsd_unit_alarms_chattering{unit=\"pain\"} 1\n",
        "vitalsd_unit_alarm_acknowledge_seconds{unit=\"pain\",quantile=\"0.5\"} 20\n"})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_THAT(text, Not(HasSubstr("last_value{source=\"ward\",code=\"352"))) << "a code is no figure";
}

TEST(MetricsPage, TheLagIsAHistogramThatAddsUp) {
  const std::string text = text_of(one_of_each());
  for (const char* line :
       {"vitalsd_loop_lag_seconds_bucket{le=\"0.001\"} 2\n",
        "vitalsd_loop_lag_seconds_bucket{le=\"0.005\"} 3\n",
        "vitalsd_loop_lag_seconds_bucket{le=\"0.5\"} 3\n", "vitalsd_loop_lag_seconds_bucket{le=\"2\"} 4\n",
        "vitalsd_loop_lag_seconds_bucket{le=\"+Inf\"} 5\n", "vitalsd_loop_lag_seconds_count 5\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(MetricsPage, EveryNameIsOursHasHelpAndOneType) {
  std::set<std::string> names;
  for (const auto& family : metrics_page(one_of_each())) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name << " twice";
    EXPECT_TRUE(family.name.rfind("vitalsd_", 0) == 0 || family.name == "process_start_time_seconds")
        << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
    const bool total = family.name.size() > 6 && family.name.substr(family.name.size() - 6) == "_total";
    EXPECT_EQ(total, family.type == prometheus::MetricType::Counter) << family.name;
  }
}

// GET over a plain socket; the answer with its headers, empty when there was none.
std::string get(std::uint16_t port, const std::string& path) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out;
  if (::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (::send(client, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      std::array<char, 4096> buffer{};
      for (ssize_t size = 0; (size = ::recv(client, buffer.data(), buffer.size(), 0)) > 0;)
        out.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }
  ::close(client);
  return out;
}

class MetricsServerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    server_ = service::MetricsServer::open("127.0.0.1", 0, error);
    ASSERT_NE(server_, nullptr) << error;
  }
  static service::MetricFamilies families(double value) {
    prometheus::MetricFamily family{"x", "help", prometheus::MetricType::Gauge, {}};
    family.metric.emplace_back().gauge.value = value;
    return {family};
  }
  // The loop's part, until the scrape has its page.
  std::string scrape(double value) {
    auto page = std::async(std::launch::async, get, server_->port(), "/metrics");
    while (page.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready)
      if (server_->wanted()) server_->answer([value] { return families(value); });
    return page.get();
  }

  std::unique_ptr<service::MetricsServer> server_;
};

TEST_F(MetricsServerTest, AScrapeAsksAndGetsTheFiguresOfItsMoment) {
  EXPECT_FALSE(server_->wanted());
  for (const double value : {1.0, 2.0}) {
    EXPECT_THAT(scrape(value),
                testing::AllOf(HasSubstr("200 OK"), HasSubstr(value == 1 ? "\nx 1\n" : "\nx 2\n")));
    EXPECT_FALSE(server_->wanted());
  }
}

TEST_F(MetricsServerTest, WhatTheLoopDoesNotAnswerIsNotAnsweredWithOldFigures) {
  EXPECT_THAT(scrape(1), HasSubstr("\nx 1\n"));
  EXPECT_THAT(get(server_->port(), "/metrics"), testing::AllOf(HasSubstr("200 OK"), Not(HasSubstr("\nx "))));
}

TEST_F(MetricsServerTest, NothingElseIsServed) {
  for (const char* path : {"/", "/etc/passwd", "/../../etc/passwd", "/metrics/..", "//"})
    EXPECT_THAT(get(server_->port(), path), Not(HasSubstr("200 OK"))) << path;
}

TEST_F(MetricsServerTest, EndsWhileAScrapeWaits) {
  auto scrape = std::async(std::launch::async, get, server_->port(), "/metrics");
  while (!server_->wanted()) std::this_thread::yield();
  server_.reset();
  scrape.get();
}

TEST_F(MetricsServerTest, APortThatIsTakenIsAReasonAndNoException) {
  std::string error;
  EXPECT_EQ(service::MetricsServer::open("127.0.0.1", server_->port(), error), nullptr);
  EXPECT_THAT(error, HasSubstr("cannot listen"));
}

}  // namespace
}  // namespace app::test
