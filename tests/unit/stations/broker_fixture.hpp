// A real Mosquitto on loopback, a second client that watches it, and a recorder for the link's handlers.
#pragma once

#include <mqtt/async_client.h>
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/stations/broker_link.hpp"

namespace fixture {

inline constexpr std::chrono::seconds patience{30};             // far above what anything here takes
inline constexpr std::chrono::milliseconds stop_limit{10'000};  // for a link to hand over what it has

std::filesystem::path project_dir();
// For what another process does, which cannot notify us. False after `patience`.
bool poll_until(const std::function<bool()>& condition);
std::string read_file(const std::filesystem::path& path);
int run_tool(const std::vector<std::string>& arguments);  // its exit status

// A program of ours: it dies with the test.
class Process {
 public:
  ~Process() { kill(); }
  void start(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  void signal(int number) const;
  void kill();  // SIGKILL, and waits
  bool running();

 private:
  pid_t pid_ = -1;
};

class Mosquitto {
 public:
  Mosquitto();  // config/mosquitto/loopback.conf.in
  // A configuration of the test's own; @PORT@ and @DIR@ are filled in.
  Mosquitto(std::filesystem::path dir, const std::string& config);
  ~Mosquitto();

  void start();  // returns when it listens
  void kill() { process_.kill(); }
  void freeze() const;
  void thaw() const;
  std::uint16_t port() const { return port_; }
  const std::filesystem::path& dir() const { return dir_; }
  // Waits for a line of its log that contains all of `parts`; false after `patience`.
  bool logged(const std::vector<std::string>& parts) const;

 private:
  std::filesystem::path dir_;
  std::uint16_t port_ = 0;
  Process process_;
};

std::filesystem::path make_temp_dir();

struct Seen {
  std::string topic, payload;
  bool retained = false;
};

// Another client, straight on the library.
class Watcher {
 public:
  struct Login {
    std::string user, password, ca_file;
  };
  Watcher(std::uint16_t port, const std::string& filter, const Login* login = nullptr);
  ~Watcher();

  void publish(const std::string& topic, const std::string& payload, bool retain = false);
  bool wait(const std::function<bool(const std::vector<Seen>&)>& enough);
  bool wait_payload(const std::string& payload);
  std::vector<Seen> seen() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
  mqtt::async_client client_;
};

// Handlers that write down what they are told.
class Recorder {
 public:
  stations::BrokerHandlers handlers();
  bool wait(const std::function<bool(const Recorder&)>& enough);

  std::vector<std::uint64_t> connections, wills;
  std::vector<std::string> losses, failures;
  std::vector<Seen> messages;
  std::map<std::uint64_t, std::vector<bool>> delivered;  // by token
  std::map<std::string, bool> subscribed;
  std::string will_topic;

  std::size_t count(bool outcome) const;
  bool none_twice() const;
  std::mutex& mutex() { return mutex_; }

 private:
  template <typename Change>
  void note(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
};

stations::BrokerSettings settings(const Mosquitto& broker);
stations::Message message(std::string topic, std::string payload, stations::Lane lane,
                          std::uint64_t token = 0, bool retain = false);

}  // namespace fixture
