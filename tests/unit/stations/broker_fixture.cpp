#include "tests/unit/stations/broker_fixture.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fixture {

namespace {

constexpr const char* mosquitto_path = "/usr/sbin/mosquitto";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, generic, length) != 0 || ::getsockname(socket, generic, &length) != 0) std::abort();
  ::close(socket);
  return ntohs(address.sin_port);
}

bool listens(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

bool poll_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);  // another process moves on meanwhile: there is nothing to wait on
  }
  return true;
}

std::filesystem::path project_dir() { return VITALSD_PROJECT_DIR; }

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::filesystem::path make_temp_dir() {
  std::string name = (std::filesystem::temp_directory_path() / "vitalsd-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

int run_tool(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += "'" + argument + "' ";
  return std::system((line + "> /dev/null 2>&1").c_str());
}

void Process::start(const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const std::string log_name = log.string();
  pid_ = ::fork();
  if (pid_ != 0) return;
  // In the child only calls that are safe between fork and exec.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = ::open(log_name.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void Process::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Process::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool Process::running() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

Mosquitto::Mosquitto()
    : Mosquitto(make_temp_dir(), read_file(project_dir() / "config/mosquitto/loopback.conf.in")) {}

Mosquitto::Mosquitto(std::filesystem::path dir, const std::string& config)
    : dir_(std::move(dir)), port_(free_port()) {
  std::string filled = config;
  replace(filled, "@PORT@", std::to_string(port_));
  replace(filled, "@DIR@", dir_.string());
  std::ofstream(dir_ / "mosquitto.conf") << filled;
  start();
}

Mosquitto::~Mosquitto() {
  process_.kill();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void Mosquitto::start() {
  process_.start({mosquitto_path, "-c", (dir_ / "mosquitto.conf").string()}, dir_ / "log");
  const bool up = poll_until([this] { return !process_.running() || listens(port_); });
  if (!up || !process_.running()) {
    ADD_FAILURE() << "mosquitto does not start:\n" << read_file(dir_ / "log");
    std::abort();
  }
}

void Mosquitto::freeze() const { process_.signal(SIGSTOP); }
void Mosquitto::thaw() const { process_.signal(SIGCONT); }

bool Mosquitto::logged(const std::vector<std::string>& parts) const {
  return poll_until([&] {
    std::ifstream log(dir_ / "log");
    for (std::string line; std::getline(log, line);) {
      bool all = true;
      for (const std::string& part : parts) all = all && line.find(part) != std::string::npos;
      if (all) return true;
    }
    return false;
  });
}

Watcher::Watcher(std::uint16_t port, const std::string& filter, const Login* login)
    : client_((login != nullptr ? "ssl://127.0.0.1:" : "tcp://127.0.0.1:") + std::to_string(port),
              login != nullptr ? login->user : "watcher", mqtt::create_options(MQTTVERSION_3_1_1)) {
  client_.set_message_callback([this](const mqtt::const_message_ptr& message) {
    const std::lock_guard lock(mutex_);
    seen_.push_back({message->get_topic(), message->to_string(), message->is_retained()});
    changed_.notify_all();
  });
  mqtt::connect_options options;
  options.set_mqtt_version(MQTTVERSION_3_1_1);
  options.set_clean_session(true);
  if (login != nullptr) {
    options.set_user_name(login->user);
    options.set_password(login->password);
    mqtt::ssl_options tls;
    tls.set_trust_store(login->ca_file);
    options.set_ssl(tls);
  }
  client_.connect(options)->wait();
  client_.subscribe(filter, 1)->wait();
}

Watcher::~Watcher() {
  try {
    client_.disconnect()->wait_for(std::chrono::seconds{5});
  } catch (const mqtt::exception&) {  // the test has killed the broker
  }
}

void Watcher::publish(const std::string& topic, const std::string& payload, bool retain) {
  client_.publish(topic, payload.data(), payload.size(), 1, retain)->wait();
}

bool Watcher::wait(const std::function<bool(const std::vector<Seen>&)>& enough) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return enough(seen_); });
}

bool Watcher::wait_payload(const std::string& payload) {
  return wait([&](const std::vector<Seen>& seen) {
    for (const Seen& one : seen)
      if (one.payload == payload) return true;
    return false;
  });
}

std::vector<Seen> Watcher::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

stations::BrokerHandlers Recorder::handlers() {
  stations::BrokerHandlers out;
  out.make_will = [this](std::uint64_t connection) {
    note([&] { wills.push_back(connection); });
    if (will_topic.empty()) return stations::Message{};
    return message(will_topic, "offline/will/" + std::to_string(connection), stations::Lane::state, 0, true);
  };
  out.on_connected = [this](std::uint64_t connection) { note([&] { connections.push_back(connection); }); };
  out.on_lost = [this](const std::string& reason) { note([&] { losses.push_back(reason); }); };
  out.on_connect_failed = [this](const std::string& reason) { note([&] { failures.push_back(reason); }); };
  out.on_message = [this](std::string topic, std::string payload, bool retained) {
    note([&] { messages.push_back({std::move(topic), std::move(payload), retained}); });
  };
  out.on_delivered = [this](std::uint64_t token, bool outcome) {
    note([&] { delivered[token].push_back(outcome); });
  };
  out.on_subscribed = [this](const std::string& filter, bool granted) {
    note([&] { subscribed[filter] = granted; });
  };
  return out;
}

bool Recorder::wait(const std::function<bool(const Recorder&)>& enough) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return enough(*this); });
}

std::size_t Recorder::count(bool outcome) const {
  std::size_t out = 0;
  for (const auto& [token, outcomes] : delivered) out += outcomes.front() == outcome ? 1U : 0U;
  return out;
}

bool Recorder::none_twice() const {
  for (const auto& [token, outcomes] : delivered)
    if (outcomes.size() != 1) return false;
  return true;
}

stations::BrokerSettings settings(const Mosquitto& broker) {
  stations::BrokerSettings out;
  out.brokers.push_back({"127.0.0.1", broker.port()});
  out.client_id = "link";
  out.tick_topic = "tick/link";  // as in the daemon; without it the library now and then sleeps for a second
  return out;
}

stations::Message message(std::string topic, std::string payload, stations::Lane lane, std::uint64_t token,
                          bool retain) {
  stations::Message out;
  out.topic = std::move(topic);
  out.payload = std::move(payload);
  out.lane = lane;
  out.token = token;
  out.retain = retain;
  return out;
}

}  // namespace fixture
