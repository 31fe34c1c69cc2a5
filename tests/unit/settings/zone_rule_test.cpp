// From the name of a time zone, or from this machine, to the rule that a driver computes with.
#include "daemon/settings/zone_rule.hpp"

#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

constexpr const char* berlin = "CET-1CEST,M3.5.0,M10.5.0/3";

// A machine of the test's own: a database with Europe/Berlin, and a zone file.
class Machine {
 public:
  Machine() {
    std::string name = (std::filesystem::temp_directory_path() / "zones-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = name;
    std::filesystem::create_directory(path_ / "Europe");
    places.database = path_.string();
    places.machine = (path_ / "localtime").string();
    write("Europe/Berlin", file_with(berlin));
  }
  ~Machine() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
  }
  static std::string file_with(const std::string& rule) {
    return std::string("TZif2\0\0\nold changes\n", 20) + "\n" + rule + "\n";
  }
  // The rule, or what is wrong without this folder's name.
  std::string operator()(const std::string& name) const {
    ZoneRule found = zone_rule(name, places);
    const auto at = found.trouble.find(path_.string() + "/");
    if (at != std::string::npos) found.trouble.erase(at, path_.string().size() + 1);
    return found.trouble.empty() ? found.rule : found.trouble;
  }

  ZonePlaces places;

 private:
  std::filesystem::path path_;
};

TEST(ZoneRule, is_looked_up_by_name) {
  const Machine machine;
  EXPECT_EQ(machine("Europe/Berlin"), berlin);
  EXPECT_EQ(machine("+0530"), "+0530");
  EXPECT_EQ(machine("EST5EDT,M3.2.0,M11.1.0"), "EST5EDT,M3.2.0,M11.1.0");
}

TEST(ZoneRule, of_this_machine_is_that_of_its_file) {
  const Machine machine;
  EXPECT_EQ(machine("local"), "UTC0");  // a machine that was never told
  machine.write("localtime", Machine::file_with(berlin));
  EXPECT_EQ(machine("local"), berlin);
}

TEST(ZoneRule, of_the_environment_goes_before_the_file) {
  Machine machine;
  machine.write("localtime", Machine::file_with("JST-9"));
  for (const std::string said : {"Europe/Berlin", ":Europe/Berlin", berlin}) {
    machine.places.environment = said;
    EXPECT_EQ(machine("local"), berlin) << said;
  }
  machine.places.environment = machine.places.database + "/Europe/Berlin";
  EXPECT_EQ(machine("local"), berlin);
}

TEST(ZoneRule, that_cannot_be_found_is_named) {
  const Machine machine;
  EXPECT_EQ(machine("Europe/Bonn"), "Europe/Bonn cannot be read (package tzdata)");
  EXPECT_EQ(machine("../etc/passwd"),
            "zone \"../etc/passwd\" must be local, a name as Europe/Berlin, or an offset as +0100");
  machine.write("Text", "CET-1\n");
  machine.write("Empty", "");
  machine.write("Cut", "TZif");
  machine.write("Endless", Machine::file_with(""));
  for (const std::string name : {"Text", "Empty", "Cut", "Endless"})
    EXPECT_EQ(machine(name), name + " has no rule for the time to come: write the offset, as in +0100");
}

TEST(ZoneRule, reaches_the_driver) {
  const Folder folder;
  const auto zone_of = [&](const std::string& line) {
    const Loaded loaded = folder.load(changed("protocol = \"nonin\"\nport = \"/dev/serial/by-id/one\"",
                                              "protocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\n" + line));
    EXPECT_TRUE(loaded.ok()) << folder.described(loaded);
    return loaded.settings.source("mon1")->options.at("zone");
  };
  EXPECT_EQ(zone_of("options = { zone = \"-0330\" }"), "-0330");
  const std::string here = zone_rule("local", machine_zone_places()).rule;
  EXPECT_EQ(zone_of(""), here);
  EXPECT_EQ(zone_of("options = { zone = \"local\" }"), here);
  EXPECT_EQ(folder.problems(
                changed("protocol = \"nonin\"\nport = \"/dev/serial/by-id/one\"",
                        "protocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\noptions = { zone = \"CET+\" }")),
            "vitalsd.toml:10:1: error: /usr/share/zoneinfo/CET+ cannot be read (package tzdata)\n");
}

}  // namespace
}  // namespace settings
