// The broker profile that we ship, as it is but for its paths and its port: it starts, it encrypts, and its
// access rules tie a command to the login that sends it.
#include <gtest/gtest.h>

#include <fstream>

#include "daemon/stations/broker_link.hpp"
#include "tests/unit/stations/broker_fixture.hpp"

namespace {

using namespace fixture;
using stations::BrokerLink;
using stations::Lane;

// A throw-away authority and a server certificate for one address.
void make_certificates(const std::filesystem::path& dir, const std::string& address = "127.0.0.1") {
  const auto file = [&dir](const char* name) { return (dir / name).string(); };
  ASSERT_EQ(run_tool({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                      "/CN=test-ca", "-keyout", file("ca.key"), "-out", file("ca.crt")}),
            0);
  ASSERT_EQ(run_tool({"openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=broker", "-keyout",
                      file("server.key"), "-out", file("server.csr")}),
            0);
  std::ofstream(dir / "san") << "subjectAltName=IP:" << address << "\n";
  ASSERT_EQ(run_tool({"openssl", "x509", "-req", "-days", "2", "-in", file("server.csr"), "-CA",
                      file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial", "-extfile", file("san"),
                      "-out", file("server.crt")}),
            0);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  ASSERT_NE(text.find(from), std::string::npos) << from;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

class BrokerProfileTest : public testing::Test {
 protected:
  void SetUp() override { start_broker("127.0.0.1"); }

  void start_broker(const std::string& certified_address) {
    const auto dir = make_temp_dir();
    make_certificates(dir, certified_address);
    std::ofstream(dir / "passwd").flush();
    for (const char* name : {"gw1", "ns-1", "hallway"})
      ASSERT_EQ(run_tool({"mosquitto_passwd", "-b", (dir / "passwd").string(), name, "secret"}), 0);
    std::filesystem::copy_file(project_dir() / "config/mosquitto/acl.example", dir / "acl");
    std::string config = read_file(project_dir() / "config/mosquitto/vitalsd.conf");
    replace_all(config, "listener 8883", "listener @PORT@ 127.0.0.1");
    replace_all(config, "/etc/mosquitto/certs/", "@DIR@/");
    replace_all(config, "password_file /etc/mosquitto/vitalsd.passwd", "password_file @DIR@/passwd");
    replace_all(config, "acl_file /etc/mosquitto/vitalsd.acl", "acl_file @DIR@/acl");
    // What Debian's mosquitto.conf has, and the user who may read the temporary directory.
    config += "\npersistence_location @DIR@/\nlog_dest stderr\nuser root\n";
    broker = std::make_unique<Mosquitto>(dir, config);
    login = {"ns-1", "secret", (dir / "ca.crt").string()};
  }

  stations::BrokerSettings daemon_settings() const {
    auto out = settings(*broker);
    out.client_id = out.user = "gw1";
    out.password = "secret";
    out.tls = true;
    out.ca_file = login.ca_file;
    return out;
  }

  std::unique_ptr<Mosquitto> broker;
  Watcher::Login login;
  Recorder recorder;
};

TEST_F(BrokerProfileTest, the_daemon_connects_over_tls_and_a_station_reads_it) {
  BrokerLink link(daemon_settings(), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
  Watcher station(broker->port(), "vitals/1/bed/pain/+/alarm/+", &login);
  link.publish(message("vitals/1/bed/pain/b3/alarm/spo2-low", "alarm", Lane::alarm, 1, true));
  EXPECT_TRUE(station.wait_payload("alarm"));
  link.stop({}, stop_limit);
}

// The broker would disconnect whoever sends more than it takes, again and again.
TEST_F(BrokerProfileTest, the_list_of_ten_thousand_beds_fits_into_a_packet) {
  BrokerLink link(daemon_settings(), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
  const std::string beds(10'000 * std::string_view{"\"pain/bed-00001\","}.size(), '-');
  link.publish(message("vitals/1/node/gw1/info", beds, Lane::state, 1, true));
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.delivered.empty(); }));
  EXPECT_EQ(recorder.delivered.at(1), std::vector<bool>{true});
  link.stop({}, stop_limit);
}

TEST_F(BrokerProfileTest, a_broker_that_another_authority_vouches_for_is_refused) {
  const auto other = make_temp_dir();
  make_certificates(other);
  auto with = daemon_settings();
  with.ca_file = (other / "ca.crt").string();
  BrokerLink link(with, recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.failures.empty(); }));
  EXPECT_TRUE(recorder.connections.empty());
  link.stop({}, stop_limit);
  std::filesystem::remove_all(other);
}

TEST_F(BrokerProfileTest, a_certificate_of_another_host_is_refused) {
  start_broker("127.0.0.9");
  BrokerLink link(daemon_settings(), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.failures.empty(); }));
  EXPECT_TRUE(recorder.connections.empty());
  link.stop({}, stop_limit);
}

TEST_F(BrokerProfileTest, a_wrong_password_is_refused) {
  auto with = daemon_settings();
  with.password = "guess";
  BrokerLink link(with, recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.failures.empty(); }));
  EXPECT_TRUE(recorder.connections.empty());
  link.stop({}, stop_limit);
}

// P11: commands only from the login that the topic names.
TEST_F(BrokerProfileTest, a_station_commands_in_its_own_name_only) {
  BrokerLink link(daemon_settings(), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
  link.subscribe("vitals/1/bed/pain/b3/cmd/#", 1);
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.subscribed.empty(); }));
  Watcher station(broker->port(), "vitals/1/bed/+/+/rsp/ns-1", &login);
  station.publish("vitals/1/bed/pain/b3/cmd/ack/ns-3", "in another name");
  station.publish("vitals/1/bed/pain/b3/cmd/shelve/ns-1", "beyond its role");
  station.publish("vitals/1/bed/pain/b3/alarm/spo2-low", "an alarm of its own");
  station.publish("vitals/1/bed/pain/b3/cmd/ack/ns-1", "in its own name");
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.messages.empty(); }));
  EXPECT_EQ(recorder.messages[0].payload, "in its own name");
  link.publish(message("vitals/1/bed/pain/b3/rsp/ns-3", "for another", Lane::answer, 1));
  link.publish(message("vitals/1/bed/pain/b3/rsp/ns-1", "for it", Lane::answer, 2));
  ASSERT_TRUE(station.wait_payload("for it"));
  EXPECT_EQ(station.seen().size(), 1U);
  link.stop({}, stop_limit);
}

}  // namespace
