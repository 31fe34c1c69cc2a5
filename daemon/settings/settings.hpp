// The settings of one daemon, read and checked. What each key means stands in config/vitalsd.toml.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/alarms/profile.hpp"
#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/time.hpp"

namespace settings {

using vitals::Milliseconds;

struct Node {
  std::string name = "vitalsd";
  std::string root = "vitals";  // first topic level
  bool clock_trusted = false;   // right although the kernel does not know it (virtual machine, container)
};

struct Journal {
  std::string path = "/var/lib/vitalsd/journal.db";
  std::int64_t trend_seconds_days = 30;  // then a summary of each minute
  std::int64_t trend_days = 730;
  std::int64_t keep_days = 730;  // events, notes, commands, ended sessions
  std::int64_t size_mb_max = 1'024;
};

struct Broker {
  std::string host = "127.0.0.1";  // an address: names cost a DNS wait
  std::uint16_t port = 1883;
  struct Address {
    std::string host;
    std::uint16_t port = 1883;
  };
  std::vector<Address> alternates;  // tried in this order when the one above does not answer
  // 0 or 1. A cluster may withhold every PUBACK while a QoS 1 subscription of what is published stands at a
  // dead node (RabbitMQ 4.0); the session is clean, so 0 loses no more than 1 does.
  int subscribe_qos = 1;
  bool values_together = false;  // one document for those of a bed that are due together; else one for each
  std::string user;
  std::string password_file;                 // first line; also $CREDENTIALS_DIRECTORY/NAME
  std::string ca_file, cert_file, key_file;  // any set: TLS
  bool tls = false;
};

enum class Role : std::uint8_t { viewer, nurse, charge, admin };
std::string_view name(Role role);

struct Metrics {
  std::string address;  // loopback, unless the settings open it to the network
  std::uint16_t port = 9464;
};

// What calls at the bed when no station hears: outputs/fallback.hpp. At least one of the three.
struct Fallback {
  std::vector<std::string> program;  // absolute path and arguments; empty: none
  Milliseconds limit{10'000};        // of one run
  Milliseconds repeat{30'000};
  struct Gpio {
    std::string chip;  // /dev/gpiochipN
    std::uint32_t line = 0;
    bool active_low = false;
  };
  std::optional<Gpio> gpio;
  struct Tone {
    std::string device = "default";  // of ALSA
    unsigned volume_percent = 80;
  };
  std::optional<Tone> tone;
};

struct Stations {
  std::vector<std::string> required;               // empty: any station
  std::map<std::string, Role, std::less<>> roles;  // login -> role; a login that is not here is unauthorised
};

// MLLP over TLS. A file name without a slash is looked for in $CREDENTIALS_DIRECTORY.
struct Tls {
  std::string cert_file, key_file;  // ours; a client may have none
  std::string ca_file;              // who signs the certificates of the peers
  bool require_client_cert = true;  // listening: a peer without one is refused
  // The peer's certificate must carry one of these as host name, address or common name. Empty: a client
  // demands the address it connects to, a listener takes any that ca_file has signed.
  std::vector<std::string> peer_names;
};

struct SerialLink {
  std::string
      port;  // /dev/serial/by-id/...; "pty:PATH" or a plain path of a pseudo terminal: plain descriptor
  bool plain = false;
  // The line, where the device is set to another one than its protocol's usual (the driver's facts).
  std::optional<unsigned> baud, data_bits, stop_bits;
  std::optional<char> parity;  // 'N', 'E' or 'O'
  std::optional<bool> rts_cts;
};
struct MllpListen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 2575;
  unsigned connections_max = 256;
  unsigned connections_per_peer_max = 4;
  bool single = false;             // one monitor per address: a second connection replaces the first
  std::vector<std::string> peers;  // allowed addresses, empty: loopback only when listening on loopback
  std::optional<Tls> tls;
};
// connect = "tcp://ADDRESS:PORT": an HL7 sender that listens, or a serial device server.
struct TcpConnect {
  std::string address;
  std::uint16_t port = 0;
  std::optional<Tls> tls;  // HL7
};
// connect = "udp://ADDRESS:PORT": a monitor that speaks datagrams.
struct UdpConnect {
  std::string address;
  std::uint16_t port = 0;
};

struct Source {
  std::string name;
  std::string protocol;
  std::map<std::string, std::string, std::less<>> options;  // checked against the driver's facts
  std::variant<SerialLink, MllpListen, TcpConnect, UdpConnect> link;
  Milliseconds period{10'000};  // HL7 and polled: expected interval of values
  vitals::MetricSet
      metrics;  // resolved: what it carries here; `metrics` of the settings, else the driver's facts
  bool sim = false;
  bool accept_demo = false;
  Milliseconds clock_tolerance{120'000};  // a monitor's clock further from ours is an alarm
  // HL7: location text (trimmed, lower case) -> "unit/bed". Empty: exactly one bed names this source.
  std::map<std::string, std::string, std::less<>> beds;
};

enum class Idle : std::uint8_t { watch, off };

struct Bed {
  std::string unit;
  std::string name;
  std::string profile;
  std::vector<std::string> sources;
  vitals::Metric rate = vitals::Metric::pr;             // what the rate limits watch
  bool arterial_pressure = false;                       // pressure = "art": limits watch the arterial line
  std::map<vitals::Metric, std::string> metric_source;  // where two sources carry one metric: the one named
  vitals::MetricSet expected;  // resolved: what its sources carry and its profile watches
  Idle idle = Idle::watch;
  bool cuff_on_oximeter_arm = false;  // the oximeter's sensor alarms wait up to 60 s for the cuff
  std::vector<std::string> pumps;     // tied to this bed, as they name themselves; in no other bed

  std::string scope() const { return unit + "/" + name; }
};

// Where a value of a profile that extends another was written.
struct Origin {
  std::string key, value;  // "limits.spo2-low.warn", "94"
  std::string file;        // without its folder
  unsigned line = 0;
};

struct Settings {
  Node node;
  Journal journal;
  Broker broker;
  Stations stations;
  std::optional<Metrics> metrics;    // none: not served
  std::optional<Fallback> fallback;  // none: nothing calls at the bed
  std::vector<Source> sources;
  std::vector<Bed> beds;
  std::map<std::string, alarms::Profile, std::less<>> profiles;
  std::map<std::string, std::vector<Origin>, std::less<>> origins;  // of profiles that extend another
  // What each profile was read from: its own file, then those that it rests on.
  std::map<std::string, std::vector<std::string>, std::less<>> profile_files;
  // Of the bytes of all these files, hexadecimal: stations see in `info` whether two boxes run the same.
  std::string hash;
  std::string log_level = "info";

  const Source* source(std::string_view name) const;  // null: no such
  const alarms::Profile& profile(const Bed& bed) const;
  // The one source whose values of this metric are judged at the bed; null: none of its sources carries it.
  const Source* carrier(const Bed& bed, vitals::Metric metric) const;
};

// From the first value beyond a limit of a continuous measurement to the alarm: the delay, or the values that
// have to confirm it, whichever takes longer.
Milliseconds begin_delay(const alarms::LimitRule& rule, const alarms::Threshold& threshold,
                         const Source& source);

// What a limit watches at this bed: its one rate, its one leading pressure.
vitals::Metric watched_metric(alarms::LimitId limit, const Bed& bed);

struct Problem {
  std::string file;
  unsigned line = 0, column = 0;
  bool warning = false;
  std::string text;  // what is wrong, and what would be right
};

struct Loaded {
  Settings settings;
  std::vector<Problem> problems;
  bool ok() const;  // no errors (warnings allowed)
};

// Reads the file and its profiles (profile files are looked for in `profiles/` beside it and in
// /usr/share/vitalsd/profiles). Finds every error, not the first.
Loaded load(const std::string& path);

// "file:line:column: error: text", one per line.
std::string describe(const std::vector<Problem>& problems);

// The effective alarm table: a line per bed, phase and condition, with the monitor's own delay added to ours.
std::string alarm_table(const Settings& settings);

}  // namespace settings
