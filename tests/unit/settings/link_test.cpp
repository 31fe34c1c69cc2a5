// How a source is connected: a port, a device server, datagrams, MLLP both ways, TLS.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

const std::string port_line = R"(port = "/dev/serial/by-id/one")";

// The quiet settings with the source's port replaced; it stands in line 9.
std::string linked(const std::string& lines) { return changed(port_line, lines); }

// An HL7 source of the one bed, whose lines from 9 on are these.
std::string hl7(const std::string& lines) {
  return changed("protocol = \"nonin\"\n" + port_line, "protocol = \"hl7\"\n" + lines);
}

template <typename Link>
Link link_of(const std::string& text) {
  const Folder folder;
  const Loaded loaded = folder.load(text);
  EXPECT_TRUE(loaded.ok()) << folder.described(loaded);
  return std::get<Link>(loaded.settings.source("mon1")->link);
}

TEST(Links, a_device_server_stands_for_a_port) {
  const auto link = link_of<TcpConnect>(linked(R"(connect = "tcp://192.0.2.10:4001")"));
  EXPECT_EQ(link.address, "192.0.2.10");
  EXPECT_EQ(link.port, 4001);
  EXPECT_FALSE(link.tls);
  EXPECT_EQ(link_of<TcpConnect>(linked(R"(connect = "tcp://[::1]:4001")")).address, "::1");
}

TEST(Links, hl7_connects_where_the_monitor_listens) {
  const auto link = link_of<TcpConnect>(hl7(R"(connect = "tcp://192.0.2.10:4601")"));
  EXPECT_EQ(link.address, "192.0.2.10");
  EXPECT_EQ(link.port, 4601);
}

// The link says what the driver has to know; who says it twice must not say it differently.
TEST(Links, datagrams_imply_the_transport_and_refuse_another) {
  const auto philips = [](const std::string& lines) {
    return changed("protocol = \"nonin\"\n" + port_line,
                   "protocol = \"philips-intellivue\"\nmetrics = [\"spo2\"]\n" + lines);
  };
  const auto transport_of = [&](const std::string& lines) {
    const Folder folder;
    const Loaded loaded = folder.load(philips(lines));
    EXPECT_TRUE(loaded.ok()) << folder.described(loaded);
    return loaded.settings.source("mon1")->options.at("transport");
  };
  EXPECT_EQ(transport_of(R"(connect = "udp://192.0.2.40:24105")"), "lan");
  EXPECT_EQ(transport_of(R"(connect = "tcp://192.0.2.40:4001")"), "serial");
  EXPECT_EQ(transport_of(port_line), "serial");
  const Folder folder;
  EXPECT_THAT(
      folder.problems(philips("options = { transport = \"serial\" }\nconnect = \"udp://192.0.2.40:24105\"")),
      testing::HasSubstr("vitalsd.toml:10:1: error: transport is \"serial\", but connect = \"udp://...\" is "
                         "the network: write transport = \"lan\" or leave it out\n"));
  EXPECT_THAT(folder.problems(philips("options = { transport = \"lan\" }\n" + port_line)),
              testing::HasSubstr(
                  "vitalsd.toml:10:1: error: transport is \"lan\", but this link is a serial line: "
                  "write transport = \"serial\", or connect = \"udp://ADDRESS:24105\" or leave it out\n"));
}

TEST(Links, broken_addresses_and_mixtures) {
  const std::string example = " with a numeric address, as in \"tcp://192.0.2.10:4001\"\n";
  expect_problems({
      {linked(R"(connect = "192.0.2.10:4001")"),
       "vitalsd.toml:9:1: error: connect \"192.0.2.10:4001\" must be tcp://ADDRESS:PORT" + example},
      {linked(R"(connect = "tcp://server.lan:4001")"),
       "vitalsd.toml:9:1: error: connect \"tcp://server.lan:4001\" must be tcp://ADDRESS:PORT" + example},
      {linked(R"(connect = "tcp://0.0.0.0:4001")"),
       "vitalsd.toml:9:1: error: connect \"tcp://0.0.0.0:4001\" must be tcp://ADDRESS:PORT" + example},
      {linked(R"(connect = "udp://192.0.2.10:24105")"),
       "vitalsd.toml:9:1: error: protocol nonin does not speak datagrams: tcp:// is wanted\n"},
      {linked(R"(connect = "tcp://192.0.2.10:4001"
port = "/dev/x"
baud = 9600)"),
       R"(vitalsd.toml:10:1: error: port and connect: a source has one of the two
vitalsd.toml:11:1: error: baud is for a port of this box: a device server has its own setting
)"},
      {hl7(R"(connect = "tcp://192.0.2.10:4601"
listen = "127.0.0.1:2575"
single = true)"),
       R"(vitalsd.toml:10:1: error: listen is for listening: connect opens one connection itself
vitalsd.toml:11:1: error: single is for listening: connect opens one connection itself
)"},
      {linked(R"(connect = "tcp://192.0.2.10:4001"
tls = { ca_file = "ca.pem" })"),
       "vitalsd.toml:10:1: error: tls is for HL7, nonin has none\n"},
  });
}

// A device answers one source; two would tear its frames apart.
TEST(Links, one_device_has_one_source) {
  expect_problems({
      {linked(R"(connect = "tcp://192.0.2.10:4001")") + R"([[source]]
name = "mon2"
protocol = "masimo"
connect = "tcp://192.0.2.10:4001"
[[bed]]
unit = "pain"
name = "b2"
profile = "quiet"
sources = ["mon2"]
)",
       "vitalsd.toml:18:1: error: connect is the one of source \"mon1\" in line 9: a device has one "
       "source\n"},
  });
}

// A MEDIBUS port, for one, is set on the device.
TEST(Links, a_line_is_as_the_device_is_set) {
  const auto usual = link_of<SerialLink>(linked(port_line));
  EXPECT_FALSE(usual.baud || usual.data_bits || usual.parity || usual.stop_bits || usual.rts_cts);
  const auto link = link_of<SerialLink>(linked(port_line + R"(
baud = 38400
data_bits = 7
parity = "odd"
stop_bits = 2
flow = "rts-cts")"));
  EXPECT_EQ(link.baud, 38'400U);
  EXPECT_EQ(link.data_bits, 7U);
  EXPECT_EQ(link.parity, 'O');
  EXPECT_EQ(link.stop_bits, 2U);
  EXPECT_EQ(link.rts_cts, true);
}

TEST(Links, broken_lines) {
  expect_problems({
      {linked(port_line + R"(
data_bits = 9
stop_bits = 1.5
parity = "E"
flow = "xon")"),
       R"(vitalsd.toml:10:1: error: data_bits in [[source]] must be 7 to 8
vitalsd.toml:11:1: error: stop_bits in [[source]] must be a whole number, not a number
vitalsd.toml:12:1: error: parity in [[source]] is one of none, even, odd, not "E"
vitalsd.toml:13:1: error: flow in [[source]] is one of none, rts-cts, not "xon"
)"},
      {linked(R"(connect = "tcp://192.0.2.10:4001"
parity = "even")"),
       "vitalsd.toml:10:1: error: parity is for a port of this box: a device server has its own setting\n"},
      {hl7(R"(listen = "127.0.0.1:2575"
flow = "none")"),
       "vitalsd.toml:10:1: error: flow is for serial protocols, hl7 has none\n"},
      {changed("protocol = \"nonin\"\n" + port_line,
               "protocol = \"contec-5\"\n" + port_line + "\nparity = \"none\""),
       "vitalsd.toml:10:1: warning: parity is the only check that contec-5 has: without it damaged bytes "
       "become values\n"},
  });
}

TEST(Links, tls_of_a_listener) {
  const auto tls = link_of<MllpListen>(hl7(R"(listen = "192.0.2.1:2575"
tls = { cert_file = "box.pem", key_file = "box.key", ca_file = "ca.pem", peer_names = ["monitor-7"] })"))
                       .tls;
  ASSERT_TRUE(tls);
  EXPECT_EQ(tls->cert_file, "box.pem");
  EXPECT_EQ(tls->key_file, "box.key");
  EXPECT_EQ(tls->ca_file, "ca.pem");
  EXPECT_TRUE(tls->require_client_cert);
  EXPECT_EQ(tls->peer_names, std::vector<std::string>{"monitor-7"});
}

// A client certificate says who it is; without one, and without addresses, anybody may send values.
TEST(Links, tls_alone_does_not_say_who_the_peer_is) {
  const std::string listen =
      "listen = \"192.0.2.1:2575\"\ntls = { cert_file = \"box.pem\", key_file = \"box.key\", ";
  expect_problems({
      {hl7(listen + "ca_file = \"ca.pem\" }"), ""},
      {hl7(listen + "require_client_cert = false }"),
       "vitalsd.toml:9:1: warning: no peers: every machine on the network may send values, name the "
       "addresses of "
       "the monitors or gateways\n"},
  });
}

TEST(Links, broken_tls) {
  expect_problems({
      {hl7(R"(listen = "127.0.0.1:2575"
tls = { })"),
       R"(vitalsd.toml:10:7: error: tls without ca_file: it says whose client certificates are taken
vitalsd.toml:10:7: error: tls without cert_file: the certificate that this box shows
vitalsd.toml:10:7: error: tls without key_file: the key of cert_file
)"},
      {hl7(R"(listen = "127.0.0.1:2575"
tls = { cert_file = "", key_file = "/nowhere/box.key", require_client_cert = 1, ca = "ca.pem" })"),
       R"(vitalsd.toml:10:7: error: tls without ca_file: it says whose client certificates are taken
vitalsd.toml:10:9: error: cert_file must not be empty: name the file
vitalsd.toml:10:25: warning: key_file "/nowhere/box.key" cannot be read by this user: it must be there and readable for vitalsd when it starts
vitalsd.toml:10:56: error: require_client_cert in [[source]] tls must be true or false, not a whole number
vitalsd.toml:10:81: error: unknown key "ca" in [[source]] tls, known are: cert_file, key_file, ca_file, require_client_cert, peer_names
)"},
      {hl7(R"(connect = "tcp://127.0.0.1:2575"
tls = { cert_file = "box.pem", require_client_cert = true })"),
       R"(vitalsd.toml:10:7: error: tls without ca_file: it says which server certificates are taken
vitalsd.toml:10:9: error: cert_file and key_file belong together: give both
vitalsd.toml:10:32: error: require_client_cert is for listening
)"},
      {hl7(R"(listen = "127.0.0.1:2575"
tls = { cert_file = "box.pem", key_file = "box.key", require_client_cert = false, peer_names = ["m"] })"),
       "vitalsd.toml:10:83: error: peer_names need require_client_cert = true\n"},
      {hl7(R"(connect = "tcp://127.0.0.1:2575"
tls = { ca_file = "ca.pem", key = "secret" })"),
       "vitalsd.toml:10:29: error: a key does not belong in this file: key_file names the file that holds "
       "it\n"},
  });
}

TEST(Links, connections_that_the_unit_has_no_descriptors_for_are_a_warning) {
  const Folder folder;
  const auto said = [&](unsigned most) {
    return folder.described(
        folder.load(hl7("listen = \"127.0.0.1:2575\"\nconnections_max = " + std::to_string(most))));
  };
  EXPECT_THAT(said(4'096), testing::HasSubstr(
                               "vitalsd.toml:9:1: warning: the sources may have 4096 connections together"));
  EXPECT_THAT(said(3'500), testing::Not(testing::HasSubstr("connections together")));
}

}  // namespace
}  // namespace settings
