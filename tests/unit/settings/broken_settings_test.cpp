// Promise P12: every error of a settings file is named, with its place, before anything starts.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

TEST(BrokenSettings, quiet_ones_have_no_problem) { expect_problems({{quiet_settings(), ""}}); }

TEST(BrokenSettings, files_that_cannot_be_read) {
  const Folder folder;
  const Loaded loaded = load(folder.file() + ".not-there");
  EXPECT_FALSE(loaded.ok());
  EXPECT_EQ(folder.described(loaded),
            "vitalsd.toml.not-there: error: cannot be read: check the name and that it is readable for this "
            "user\n");
}

TEST(BrokenSettings, a_folder_or_a_device_is_no_file) {
  EXPECT_EQ(describe(load("/dev/null").problems),
            "/dev/null: error: is not a file: a folder, a pipe or a device\n");
  EXPECT_EQ(describe(load("/dev").problems), "/dev: error: is not a file: a folder, a pipe or a device\n");
}

TEST(BrokenSettings, syntax_has_a_place) {
  const Folder folder;
  const Loaded loaded = folder.load("[broker]\nhost = \"127.0.0.1\nport = 1883\n");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.problems[0].line, 2U);
  EXPECT_GT(loaded.problems[0].column, 8U);
}

TEST(BrokenSettings, empty_file_lacks_everything) {
  expect_problems({
      {R"()",
       R"(vitalsd.toml: error: no [[bed]]: nobody would be watched
vitalsd.toml: error: no [[source]]: nothing would be read
vitalsd.toml:1:1: warning: no [broker]: it is taken to run on this machine, at 127.0.0.1 port 1883
vitalsd.toml:1:1: warning: no [stations]: no login may acknowledge or command anything
vitalsd.toml:1:1: warning: no required stations: nobody notices when the station at the nurses' desk is off, as long as any other listens
)"},
  });
}

TEST(BrokenSettings, unknown_keys_get_the_nearest_known_one) {
  expect_problems({
      {changed("host =", "hots ="),
       R"(vitalsd.toml:2:1: error: unknown key "hots" in [broker], did you mean "host"?
)"},
      {changed("port =", "prot ="),
       R"(vitalsd.toml:6:1: error: [[source]] without port: add port = "/dev/serial/by-id/..."
vitalsd.toml:9:1: error: unknown key "prot" in [[source]], did you mean "port"?
)"},
      {changed("sources =", "source ="),
       R"(vitalsd.toml:7:1: error: source "mon1" belongs to no bed: name it in sources of a [[bed]]
vitalsd.toml:10:1: error: [[bed]] without sources: add sources = ["mon1"]
vitalsd.toml:14:1: error: unknown key "source" in [[bed]], did you mean "sources"?
)"},
      {changed("[broker]", R"(colour = 1
[broker])"),
       R"(vitalsd.toml:1:1: error: unknown key "colour", known are: service, node, journal, broker, stations, metrics, fallback, source, bed
)"},
      {changed("[broker]", "[brokr]"),
       R"(vitalsd.toml:1:1: warning: no [broker]: it is taken to run on this machine, at 127.0.0.1 port 1883
vitalsd.toml:1:2: error: unknown key "brokr", did you mean "broker"?
)"},
  });
}

TEST(BrokenSettings, metrics_have_no_login_and_so_stay_on_this_machine) {
  const Folder folder;
  const auto with = [&](const std::string& text) {
    return folder.load(quiet_settings() + "[metrics]\n" + text);
  };
  const Loaded fine = with("listen = \"[::1]:9464\"\n");
  EXPECT_TRUE(fine.ok()) << folder.described(fine);
  ASSERT_TRUE(fine.settings.metrics.has_value());
  EXPECT_EQ(fine.settings.metrics->address, "::1");
  EXPECT_EQ(fine.settings.metrics->port, 9464);
  EXPECT_TRUE(with("listen = \"0.0.0.0:9464\"\nnetwork = true\n").ok());
  EXPECT_FALSE(folder.load(quiet_settings()).settings.metrics.has_value()) << "off unless asked for";
  expect_problems({
      {quiet_settings() + "[metrics]\nlisten = \"0.0.0.0:9464\"\n",
       R"(vitalsd.toml:16:1: error: listen "0.0.0.0:9464" is on the network, and the figures have no login: take 127.0.0.1, or say network = true
)"},
      {quiet_settings() + "[metrics]\nlisten = \"9464\"\nport = 1\n",
       R"(vitalsd.toml:16:1: error: listen "9464" must be ADDRESS:PORT, as in "127.0.0.1:9464"
vitalsd.toml:17:1: error: unknown key "port" in [metrics], known are: listen, network
)"},
      {quiet_settings() + "[metrics]\n",
       R"(vitalsd.toml:15:1: error: [metrics] without listen: add listen = "127.0.0.1:9464"
)"},
  });
}

TEST(BrokenSettings, further_brokers_are_addresses_with_their_port_and_qos_is_0_or_1) {
  const Folder folder;
  const Loaded fine = folder.load(changed("[broker]",
                                          "[broker]\nalternates = [\"127.0.0.1:1884\", "
                                          "\"[::1]:1885\"]\nsubscribe_qos = 0\nvalues = \"per-bed\""));
  EXPECT_TRUE(fine.ok()) << folder.described(fine);
  ASSERT_EQ(fine.settings.broker.alternates.size(), 2U);
  EXPECT_EQ(fine.settings.broker.alternates[1].host, "::1");
  EXPECT_EQ(fine.settings.broker.alternates[1].port, 1885);
  EXPECT_EQ(fine.settings.broker.subscribe_qos, 0);
  EXPECT_TRUE(fine.settings.broker.values_together);
  EXPECT_FALSE(
      folder.load(changed("[broker]", "[broker]\nvalues = \"per-metric\"")).settings.broker.values_together);
  expect_problems({
      {changed("[broker]", "[broker]\nalternates = [\"127.0.0.1\", \"broker:1883\"]\nsubscribe_qos = 2"),
       R"(vitalsd.toml:2:15: error: alternate "127.0.0.1" must be ADDRESS:PORT, as in "192.0.2.1:8883"
vitalsd.toml:2:28: error: alternate "broker:1883" must be ADDRESS:PORT, as in "192.0.2.1:8883"
vitalsd.toml:3:1: error: subscribe_qos in [broker] must be 0 to 1
)"},
  });
}

TEST(BrokenSettings, the_fallback_is_a_program_by_its_full_path) {
  const Folder folder;
  const Loaded fine =
      folder.load(quiet_settings() + "[fallback]\nprogram = [\"/bin/true\", \"-x\"]\nlimit_s = 2\n");
  EXPECT_TRUE(fine.ok()) << folder.described(fine);
  ASSERT_TRUE(fine.settings.fallback.has_value());
  EXPECT_EQ(fine.settings.fallback->program, (std::vector<std::string>{"/bin/true", "-x"}));
  EXPECT_EQ(fine.settings.fallback->limit, Milliseconds{2'000});
  expect_problems({
      {quiet_settings() + "[fallback]\nprogram = [\"beep\"]\nrepeat_s = 1\n",
       R"(vitalsd.toml:16:12: error: program "beep" must be an absolute path
vitalsd.toml:17:1: error: repeat_s in [fallback] must be 5 to 300
)"},
      {quiet_settings() + "[fallback]\nprogram = [\"/no/beep\"]\n",
       R"(vitalsd.toml:16:12: warning: /no/beep cannot be run by this user: it must be there and executable for the service's user
)"},
      {quiet_settings() + "[fallback]\nprogram = []\n",
       R"(vitalsd.toml:16:1: error: program must name a program with its arguments, as in ["/usr/local/bin/bed-beeper"]
)"},
      {quiet_settings() + "[fallback]\n",
       R"(vitalsd.toml:15:1: error: [fallback] names nothing that calls: give program, gpio, tone, or several
)"},
      {quiet_settings() + "[fallback]\ntone = {}\nlimit_s = 3\n",
       R"(vitalsd.toml:17:1: error: limit_s is of the program, and there is none
)"},
  });
}

TEST(BrokenSettings, the_fallback_may_be_a_gpio_line_and_a_tone) {
  const Folder folder;
  const Loaded fine =
      folder.load(quiet_settings() +
                  "[fallback]\ngpio = { chip = \"/dev/null\", line = 17, active_low = true }\n"
                  "tone = { device = \"plughw:0\", volume_percent = 35 }\n");
  EXPECT_TRUE(fine.ok()) << folder.described(fine);
  ASSERT_TRUE(fine.settings.fallback.has_value());
  EXPECT_TRUE(fine.settings.fallback->program.empty());
  ASSERT_TRUE(fine.settings.fallback->gpio.has_value());
  EXPECT_EQ(fine.settings.fallback->gpio->chip, "/dev/null");
  EXPECT_EQ(fine.settings.fallback->gpio->line, 17U);
  EXPECT_TRUE(fine.settings.fallback->gpio->active_low);
  ASSERT_TRUE(fine.settings.fallback->tone.has_value());
  EXPECT_EQ(fine.settings.fallback->tone->device, "plughw:0");
  EXPECT_EQ(fine.settings.fallback->tone->volume_percent, 35U);
  expect_problems({
      {quiet_settings() + "[fallback.gpio]\nchip = \"gpiochip0\"\n",
       R"(vitalsd.toml:15:1: error: gpio without line: its number at the chip, as gpioinfo shows it
vitalsd.toml:16:1: error: chip "gpiochip0" must be the path of a device, as in "/dev/gpiochip0"
)"},
      {quiet_settings() + "[fallback.gpio]\nline = 5000\npull = true\n",
       R"(vitalsd.toml:15:1: error: [fallback] gpio without chip: add chip = "/dev/gpiochip0"
vitalsd.toml:16:1: error: line in [fallback] gpio must be 0 to 4095
vitalsd.toml:17:1: error: unknown key "pull" in [fallback] gpio, known are: chip, line, active_low
)"},
      {quiet_settings() + "[fallback.gpio]\nchip = \"/dev/no-chip\"\nline = 1\n",
       R"(vitalsd.toml:16:1: warning: /dev/no-chip cannot be opened by this user: it must be there, readable and writable for the service's user
)"},
      {quiet_settings() + "[fallback.tone]\ndevice = \"\"\nvolume_percent = 0\n",
       R"(vitalsd.toml:16:1: error: device must not be empty: `aplay -L` lists what there is
vitalsd.toml:17:1: error: volume_percent in [fallback] tone must be 1 to 100
)"},
  });
}

TEST(BrokenSettings, values_of_a_wrong_type) {
  expect_problems({
      {changed(R"(host = "127.0.0.1")", R"(host = 5
port = "x"
tls = 1)"),
       R"(vitalsd.toml:2:1: error: host in [broker] must be text in quotes, not a whole number
vitalsd.toml:3:1: error: port in [broker] must be a whole number, not text
vitalsd.toml:4:1: error: tls in [broker] must be true or false, not a whole number
)"},
      {changed(R"(["ns-1"])", R"("ns-1")"),
       R"(vitalsd.toml:4:1: error: required in [stations] must be a list of texts in quotes, not text
vitalsd.toml:4:1: warning: no required stations: nobody notices when the station at the nurses' desk is off, as long as any other listens
)"},
      {changed(R"(["ns-1"])", R"(["ns-1", 5])"),
       R"(vitalsd.toml:4:21: error: required must be a list of texts in quotes, this is a whole number
)"},
      {changed("[[bed]]", "[bed]"),
       R"(vitalsd.toml:7:1: error: source "mon1" belongs to no bed: name it in sources of a [[bed]]
vitalsd.toml:10:2: error: bed must be written as [[bed]], not a table
)"},
      {changed("[broker]", R"(broker = 1
[node])"),
       R"(vitalsd.toml:1:1: error: broker must be a table, not a whole number
vitalsd.toml:3:1: error: unknown key "host" in [node]; host belongs under [broker]
)"},
  });
}

TEST(BrokenSettings, values_out_of_range) {
  expect_problems({
      {changed(R"(host = "127.0.0.1")", R"(host = "127.0.0.1"
port = 70000)"),
       R"(vitalsd.toml:3:1: error: port in [broker] must be 1 to 65535
)"},
      {changed("[broker]", R"([service]
log_level = "loud"
[broker])"),
       R"(vitalsd.toml:2:1: error: log_level in [service] is one of trace, debug, info, warning, error, not "loud"
)"},
      {changed("[broker]", R"([node]
name = "Gateway 1"
[journal]
path = ""
[broker])"),
       R"(vitalsd.toml:2:1: error: name "Gateway 1" must be 1 to 32 of a-z, 0-9 and -: it is part of topics
vitalsd.toml:4:1: error: path must not be empty
)"},
      {changed("[broker]", R"([journal]
trend_seconds_days = 0
trend_days = 40000
keep_days = "ever"
size_mb_max = 1
[broker])"),
       R"(vitalsd.toml:2:1: error: trend_seconds_days in [journal] must be 1 to 36500
vitalsd.toml:3:1: error: trend_days in [journal] must be 1 to 36500
vitalsd.toml:4:1: error: keep_days in [journal] must be a whole number, not text
vitalsd.toml:5:1: error: size_mb_max in [journal] must be 64 to 1000000
)"},
      {changed("[broker]", R"([journal]
trend_seconds_days = 8
trend_days = 7
keep_days = 90
kep_days = 9
[broker])"),
       R"(vitalsd.toml:2:1: error: trend_seconds_days must not be more than trend_days, which is 7
vitalsd.toml:4:1: warning: the infusions of a year are counted for each series; sessions older than 90 days will not be known
vitalsd.toml:5:1: error: unknown key "kep_days" in [journal], did you mean "keep_days"?
)"},
  });
}

TEST(BrokenSettings, broker_that_cannot_be_reached_safely) {
  expect_problems({
      {changed(R"(host = "127.0.0.1")", R"(host = "")"),
       R"(vitalsd.toml:2:1: error: host must not be empty: give the broker's address
)"},
      {changed(R"(host = "127.0.0.1")", R"(host = "broker.lan")"),
       R"(vitalsd.toml:2:1: warning: host "broker.lan" is a name: looking it up can block for 40 s, give an address
vitalsd.toml:2:1: warning: no TLS to a broker on the network: alarms and commands can be read and forged, give ca_file and port 8883
)"},
      {changed(R"(host = "127.0.0.1")", R"(host = "192.0.2.1")"),
       R"(vitalsd.toml:2:1: warning: no TLS to a broker on the network: alarms and commands can be read and forged, give ca_file and port 8883
)"},
      {changed(R"(host = "127.0.0.1")", R"(host = "192.0.2.1"
ca_file = "/dev/null")"),
       ""},
      {changed(R"(host = "127.0.0.1")", R"(host = "127.0.0.1"
password_file = "p")"),
       R"(vitalsd.toml:3:1: error: password_file without user: MQTT 3.1.1 has no password without a user
)"},
      {changed(R"(host = "127.0.0.1")", R"(host = "127.0.0.1"
cert_file = "/dev/null")"),
       R"(vitalsd.toml:3:1: error: cert_file and key_file belong together: give both
)"},
      {changed(R"(host = "127.0.0.1")", R"(host = "127.0.0.1"
tls = false
ca_file = "/dev/null")"),
       R"(vitalsd.toml:3:1: error: tls is false, but certificate files are given: set tls = true or remove them
)"},
  });
}

TEST(BrokenSettings, stations_that_nobody_may_act_from) {
  expect_problems({
      {changed(R"(required = ["ns-1"]
)",
               ""),
       R"(vitalsd.toml:3:1: warning: no required stations: nobody notices when the station at the nurses' desk is off, as long as any other listens
)"},
      {changed(R"(["ns-1"])", R"(["ns-2"])"),
       R"(vitalsd.toml:4:13: error: required station "ns-2" has no role in [stations] roles, did you mean "ns-1"?
)"},
      {changed(R"("nurse")", R"("doctor")"),
       R"(vitalsd.toml:5:11: error: ns-1 in [stations] roles is one of viewer, nurse, charge, admin, not "doctor"
)"},
      {changed(R"(ns-1 = "nurse")", ""),
       R"(vitalsd.toml:4:13: error: required station "ns-1" has no role in [stations] roles
vitalsd.toml:5:1: warning: no roles: no login may acknowledge or command anything
)"},
  });
}

TEST(BrokenSettings, sources_by_themselves) {
  expect_problems({
      {changed(R"(name = "mon1"
)",
               ""),
       R"(vitalsd.toml:6:1: error: [[source]] without name: add name = "mon1"
vitalsd.toml:13:12: error: no [[source]] is called "mon1"
)"},
      {changed(R"(name = "mon1")", R"(name = "Mon 1")"),
       R"(vitalsd.toml:7:1: error: name "Mon 1" must be 1 to 32 of a-z, 0-9 and -: it is part of topics
vitalsd.toml:7:1: error: source "Mon 1" belongs to no bed: name it in sources of a [[bed]]
vitalsd.toml:14:12: error: no [[source]] is called "mon1", known are: Mon 1
)"},
      {changed(R"("nonin")", R"("nonim")"),
       R"(vitalsd.toml:8:1: error: unknown protocol "nonim", did you mean "nonin"?
)"},
      {changed(R"(port = "/dev/serial/by-id/one"
)",
               ""),
       R"(vitalsd.toml:6:1: error: [[source]] without port: add port = "/dev/serial/by-id/..."
)"},
      {changed(R"("/dev/serial/by-id/one")", R"("/dev/ttyUSB0")"),
       R"(vitalsd.toml:9:1: warning: port "/dev/ttyUSB0" may name another adapter after a restart: use its name in /dev/serial/by-id or /dev/serial/by-path
)"},
      {changed("port =", R"(listen = "127.0.0.1:1"
port =)"),
       R"(vitalsd.toml:9:1: error: listen is for protocols that listen on the network, nonin is serial
)"},
      {changed("port =", R"(metrics = ["hr", "spo", "pr"]
port =)"),
       R"(vitalsd.toml:9:12: error: protocol nonin does not carry hr
vitalsd.toml:9:18: error: unknown metric "spo", did you mean "spo2"?
vitalsd.toml:11:1: warning: not watched at bed pain/b1, since no source of it carries them: spo2-low
)"},
      {changed("port =", R"(period_s = 5
baud = 1
port =)"),
       R"(vitalsd.toml:9:1: warning: period_s has no effect: nonin streams
vitalsd.toml:10:1: error: baud in [[source]] must be 50 to 4000000
)"},
  });
}

TEST(BrokenSettings, listeners_by_themselves) {
  expect_problems({
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "ward:2575"
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:9:1: error: listen "ward:2575" must be ADDRESS:PORT, as in "192.0.2.10:2575"
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "192.0.2.1:2575"
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:9:1: warning: no peers: every machine on the network may send values, name the addresses of the monitors or gateways
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
port = "/dev/x"
listen = "127.0.0.1:2575"
peers = ["gateway"]
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:9:1: error: port is for serial protocols, hl7 takes listen = "ADDRESS:PORT"
vitalsd.toml:11:10: error: peer "gateway" must be an address
)"},
  });
}

TEST(BrokenSettings, beds_by_themselves) {
  expect_problems({
      {changed(R"(profile = "quiet"
)",
               ""),
       R"(vitalsd.toml:10:1: error: [[bed]] without profile: add profile = "ketamine-adult"
)"},
      {changed(R"("quiet")", R"("quite")"),
       R"(vitalsd.toml:13:1: error: no quite.toml in profiles or /usr/share/vitalsd/profiles, did you mean "quiet"?
)"},
      {changed(R"("quiet")", R"("../quiet")"),
       R"(vitalsd.toml:13:1: error: profile "../quiet" must be 1 to 32 of a-z, 0-9 and -: it is the name of a file without .toml
)"},
      {changed(R"(sources = ["mon1"]
)",
               ""),
       R"(vitalsd.toml:7:1: error: source "mon1" belongs to no bed: name it in sources of a [[bed]]
vitalsd.toml:10:1: error: [[bed]] without sources: add sources = ["mon1"]
)"},
      {changed(R"(["mon1"])", R"(["mon2"])"),
       R"(vitalsd.toml:7:1: error: source "mon1" belongs to no bed: name it in sources of a [[bed]]
vitalsd.toml:14:12: error: no [[source]] is called "mon2", did you mean "mon1"?
)"},
      {changed(R"(["mon1"])", "[]"),
       R"(vitalsd.toml:7:1: error: source "mon1" belongs to no bed: name it in sources of a [[bed]]
vitalsd.toml:14:1: error: sources is empty: name at least one [[source]]
)"},
      {changed(R"(["mon1"])", R"(["mon1", "mon1"])"),
       R"(vitalsd.toml:14:20: error: source "mon1" is named twice
)"},
      {quiet_settings() + R"(rate = "rr"
)",
       R"(vitalsd.toml:15:1: error: rate in [[bed]] is one of hr, pr, not "rr"
)"},
      {quiet_settings() + R"(idle = "sleep"
)",
       R"(vitalsd.toml:15:1: error: idle in [[bed]] is one of watch, off, not "sleep"
)"},
  });
}

TEST(BrokenSettings, all_of_them_in_one_run) {
  expect_problems({
      {R"(broker = 1
[node]
name = "A"
[[source]]
protocol = "nonim"
baud = "fast"
[[bed]]
name = "b 1"
sources = ["s"]
[journal]
path = ""
[service]
log_level = "loud"
)",
       R"(vitalsd.toml:1:1: error: broker must be a table, not a whole number
vitalsd.toml:1:1: warning: no [stations]: no login may acknowledge or command anything
vitalsd.toml:1:1: warning: no required stations: nobody notices when the station at the nurses' desk is off, as long as any other listens
vitalsd.toml:3:1: error: name "A" must be 1 to 32 of a-z, 0-9 and -: it is part of topics
vitalsd.toml:4:1: error: [[source]] without name: add name = "mon1"
vitalsd.toml:5:1: error: unknown protocol "nonim", did you mean "nonin"?
vitalsd.toml:7:1: error: [[bed]] without profile: add profile = "ketamine-adult"
vitalsd.toml:7:1: error: [[bed]] without unit: add unit = "pain"
vitalsd.toml:8:1: error: name "b 1" must be 1 to 32 of a-z, 0-9 and -: it is part of topics
vitalsd.toml:9:12: error: no [[source]] is called "s"
vitalsd.toml:11:1: error: path must not be empty
vitalsd.toml:13:1: error: log_level in [service] is one of trace, debug, info, warning, error, not "loud"
)"},
  });
}

// The texts are the drivers' own: only the place is ours.
TEST(BrokenSettings, options_are_judged_by_their_driver) {
  const Folder folder;
  for (const std::string options : {"{ format = \"3\" }", "{ fromat = 2 }"}) {
    const std::string problems = folder.problems(changed("port =", "options = " + options + "\nport ="));
    EXPECT_EQ(problems.rfind("vitalsd.toml:9:1: error: ", 0), 0U) << problems;
    EXPECT_NE(problems.find("nonin"), std::string::npos) << problems;
  }
  const std::string both =
      folder.problems(changed("port =", "options = { format = 3, fromat = 2, model = \"x\" }\nport ="));
  for (const char* wrong : {"'format' cannot be '3'", "no option 'fromat'", "'model' cannot be 'x'"})
    EXPECT_NE(both.find(wrong), std::string::npos) << "every mistake at once: " << wrong << " in\n" << both;
  EXPECT_EQ(folder.problems(changed("port =", "options = { format = 7, model = \"wireless\" }\nport =")), "");
}

// A password is nobody's business, not even that of the person who reads the messages.
TEST(BrokenSettings, a_password_is_never_repeated) {
  const Folder folder;
  const std::string host = "host = \"127.0.0.1\"";
  EXPECT_EQ(
      folder.problems(changed(host, host + "\npassword = \"hunter2\"")),
      "vitalsd.toml:3:1: error: a password does not belong in this file: password_file names the file that "
      "holds it\n");
  for (const std::string text :
       {"\npassword = \"hunter2", "\npassword = hunter2", "\npassword_ = \"hunter2\""}) {
    const std::string problems = folder.problems(changed(host, host + text));
    EXPECT_EQ(problems.find("hunter2"), std::string::npos) << problems;
    EXPECT_NE(problems, "");
  }
}

}  // namespace
}  // namespace settings
