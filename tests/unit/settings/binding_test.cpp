// Which source and which quantity a bed ends up with.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

using vitals::Metric;
using vitals::MetricSet;

MetricSet set_of(std::initializer_list<Metric> metrics) {
  MetricSet out;
  for (const Metric metric : metrics) out.insert(metric);
  return out;
}

struct Binding : ::testing::Test {
  Folder folder;
  Loaded loaded;

  const Bed& bed(const std::string& settings) {
    loaded = folder.load(settings);
    EXPECT_TRUE(loaded.ok()) << describe(loaded.problems);
    static const Bed none;
    return loaded.settings.beds.empty() ? none : loaded.settings.beds.front();
  }
};

const std::string ward = "[[source]]\nname = \"ward\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\n";
const std::string oximeter =
    "[[source]]\nname = \"oxi\"\nprotocol = \"nonin\"\nport = \"/dev/serial/by-id/one\"\n";

std::string bed_with(const std::string& sources, const std::string& more = "",
                     const std::string& profile = "quiet") {
  return "[[bed]]\nunit = \"pain\"\nname = \"b1\"\nprofile = \"" + profile + "\"\nsources = [" + sources +
         "]\n" + more;
}

TEST_F(Binding, takes_the_only_rate_there_is) {
  EXPECT_EQ(bed(quiet_settings()).rate, Metric::pr);
  EXPECT_EQ(bed(quiet_head() + ward + bed_with("\"ward\"")).rate, Metric::hr);
}

TEST_F(Binding, an_hl7_feed_carries_hr_spo2_and_nibp_unless_told) {
  bed(quiet_head() + ward + bed_with("\"ward\""));
  EXPECT_EQ(loaded.settings.source("ward")->metrics,
            set_of({Metric::hr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}));
  bed(quiet_head() + ward + "metrics = [\"pr\", \"art\"]\n" + bed_with("\"ward\""));
  EXPECT_EQ(loaded.settings.source("ward")->metrics,
            set_of({Metric::pr, Metric::art_sys, Metric::art_dia, Metric::art_map}));
}

TEST_F(Binding, the_only_pressure_leads) {
  EXPECT_TRUE(
      bed(quiet_head() + ward + "metrics = [\"hr\", \"art\"]\n" + bed_with("\"ward\"")).arterial_pressure);
  EXPECT_FALSE(bed(quiet_head() + ward + bed_with("\"ward\"")).arterial_pressure);
}

TEST_F(Binding, expects_what_the_profile_watches_and_a_source_carries) {
  EXPECT_EQ(bed(quiet_settings()).expected, set_of({Metric::pr, Metric::spo2}));
  // The profile of this folder has no limit on a pressure.
  EXPECT_EQ(bed(quiet_head() + ward + bed_with("\"ward\"")).expected, set_of({Metric::hr, Metric::spo2}));

  folder.write_profile("full", content_of(std::string(VITALSD_CONFIG_DIR) + "/profiles/ketamine-adult.toml"));
  EXPECT_EQ(bed(quiet_head() + ward + bed_with("\"ward\"", "", "full")).expected,
            set_of({Metric::hr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}));
}

TEST_F(Binding, a_metric_of_two_sources_comes_from_the_named_one) {
  const Bed& both = bed(quiet_head() + ward + oximeter +
                        bed_with("\"ward\", \"oxi\"", "rate = \"hr\"\nfrom = { spo2 = \"oxi\" }\n"));
  EXPECT_EQ(both.rate, Metric::hr);
  EXPECT_EQ(loaded.settings.carrier(both, Metric::spo2)->name, "oxi");
  EXPECT_EQ(loaded.settings.carrier(both, Metric::hr)->name, "ward");
  EXPECT_EQ(loaded.settings.carrier(both, Metric::pr)->name, "oxi");
  EXPECT_EQ(loaded.settings.carrier(both, Metric::nibp_dia)->name, "ward");
  EXPECT_EQ(loaded.settings.carrier(both, Metric::temp), nullptr);
}

TEST_F(Binding, nibp_names_all_three_parts_of_a_cuff_reading) {
  const std::string second =
      "[[source]]\nname = \"gw\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:2576\"\n"
      "metrics = [\"nibp\"]\n";
  const Bed& both =
      bed(quiet_head() + ward + second + bed_with("\"ward\", \"gw\"", "from = { nibp = \"gw\" }\n"));
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map})
    EXPECT_EQ(loaded.settings.carrier(both, metric)->name, "gw");
}

TEST_F(Binding, locations_are_kept_as_they_are_compared) {
  bed(quiet_head() + ward + "beds = { \"  Bay ONE \" = \"pain/b1\" }\n" + bed_with("\"ward\""));
  const std::map<std::string, std::string, std::less<>> expected{{"bay one", "pain/b1"}};
  EXPECT_EQ(loaded.settings.source("ward")->beds, expected);
}

TEST_F(Binding, a_pseudo_terminal_is_a_plain_descriptor) {
  const auto link = [&](const std::string& port) {
    bed(changed("/dev/serial/by-id/one", port));
    return std::get<SerialLink>(loaded.settings.source("mon1")->link);
  };
  EXPECT_FALSE(link("/dev/serial/by-id/one").plain);
  EXPECT_TRUE(link("/dev/pts/7").plain);
  EXPECT_TRUE(link("/tmp/simulated").plain);
  EXPECT_TRUE(link("pty:/dev/simulated").plain);
  EXPECT_EQ(link("pty:/dev/simulated").port, "/dev/simulated");
}

TEST_F(Binding, one_port_under_two_names_is_one_port) {
  const auto device = std::filesystem::path(folder.file()).parent_path() / "device";
  std::ofstream(device) << "";
  std::filesystem::create_symlink(device, device.string() + "-link");
  const std::string port = "port = \"" + device.string();
  const std::string problems =
      folder.problems(quiet_head() + "[[source]]\nname = \"a\"\nprotocol = \"nonin\"\n" + port + "\"\n" +
                      "[[source]]\nname = \"b\"\nprotocol = \"nonin\"\n" + port + "-link\"\n" +
                      "[[bed]]\nunit = \"pain\"\nname = \"b1\"\nprofile = \"quiet\"\nsources = [\"a\"]\n" +
                      "[[bed]]\nunit = \"pain\"\nname = \"b2\"\nprofile = \"quiet\"\nsources = [\"b\"]\n");
  EXPECT_EQ(problems,
            "vitalsd.toml:13:1: error: port is the one of source \"a\" in line 9: a port has one source\n");
}

TEST_F(Binding, tls_follows_the_certificate_files_and_moves_the_port) {
  bed(changed("host = \"127.0.0.1\"", "host = \"127.0.0.1\"\nca_file = \"ca.pem\""));
  EXPECT_TRUE(loaded.settings.broker.tls);
  EXPECT_EQ(loaded.settings.broker.port, 8883);
  bed(quiet_settings());
  EXPECT_FALSE(loaded.settings.broker.tls);
  EXPECT_EQ(loaded.settings.broker.port, 1883);
}

}  // namespace
}  // namespace settings
