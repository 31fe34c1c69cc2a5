// `vitalsd capture`: what comes over a link, into a file that `vitalsd replay` reads.
#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <random>

#include "daemon/service/version.hpp"
#include "daemon/settings/one_source.hpp"
#include "daemon/tools/recorder.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// The command line as a [[source]], so that the same checks give the same messages.
std::string as_settings(const CaptureOptions& options) {
  std::string out = "[[source]]\nname = \"capture\"\nprotocol = " + toml_text(options.protocol) + "\n";
  if (!options.port.empty()) out += "port = " + toml_text(options.port) + "\n";
  if (!options.connect.empty()) out += "connect = " + toml_text(options.connect) + "\n";
  if (!options.listen.empty()) out += "listen = " + toml_text(options.listen) + "\n";
  if (options.baud) out += "baud = " + std::to_string(*options.baud) + "\n";
  if (options.options.empty()) return out;
  out += "[source.options]\n";
  for (const std::string& pair : options.options) {
    const auto equals = pair.find('=');
    out += toml_text(pair.substr(0, equals)) + " = " +
           toml_text(equals == std::string::npos ? "" : pair.substr(equals + 1)) + "\n";
  }
  return out;
}

std::optional<settings::Source> find_source(const CaptureOptions& options) {
  if (options.settings.empty()) {
    const auto one = settings::parse_source(as_settings(options));
    if (!one.source) std::cerr << one.problems;
    return one.source;
  }
  const settings::Loaded loaded = settings::load(options.settings);
  if (!loaded.ok()) {
    std::cerr << settings::describe(loaded.problems);
    return std::nullopt;
  }
  if (const settings::Source* found = loaded.settings.source(options.source)) return *found;
  std::cerr << "vitalsd capture: " << options.settings << " has no source \"" << options.source << "\"\n";
  return std::nullopt;
}

std::string who() {
  const passwd* user = ::getpwuid(::getuid());
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}@{}", user == nullptr ? std::to_string(::getuid()) : user->pw_name, host.data());
}

// Of one capture; nobody can go back from its pseudonyms to the names.
std::string new_key() {
  std::random_device random;
  std::string out;
  for (int i = 0; i < 8; ++i) out += std::to_string(random());
  return out;
}

// Not over an older capture, and not readable for others: it may hold more than it should.
bool create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    std::cerr << "vitalsd capture: " << path << ": " << std::generic_category().message(errno) << '\n';
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

class Session {
 public:
  Session(const CaptureOptions& options, const settings::Source& source, std::ostream& out)
      : options_(options),
        recorder_(loop_, source, options.header, out, pseudonyms(options, source)),
        out_(out) {}

  int run() {
    const std::string trouble = recorder_.start();
    if (!trouble.empty()) return give_up(trouble);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) end();
    });
    every_second();
    loop_.run();
    if (!recorder_.ever_open()) return give_up(recorder_.state());
    recorder_.stop();
    std::cerr << fmt::format("\n{} bytes, {} frames in {}\n", recorder_.bytes(), recorder_.frames(),
                             options_.out);
    return out_ ? 0 : 1;
  }

 private:
  // The file holds nothing but its header, and would be in the way of the next try.
  int give_up(const std::string& trouble) {
    std::cerr << "\nvitalsd capture: nothing could be opened: " << trouble << '\n';
    recorder_.stop();
    ::unlink(options_.out.c_str());
    return 1;
  }

  static std::unique_ptr<Pseudonyms> pseudonyms(const CaptureOptions& options,
                                                const settings::Source& source) {
    if (options.with_identity || source.protocol != "hl7") return nullptr;
    return std::make_unique<Pseudonyms>(new_key());
  }

  void end() {
    timer_.cancel();
    recorder_.finish([this] { loop_.stop(); });
  }

  void every_second() {
    if (!out_ || (options_.seconds > 0 && passed_s_ >= options_.seconds)) {
      if (!out_) std::cerr << "\nvitalsd capture: " << options_.out << " cannot be written\n";
      return end();
    }
    std::cerr << fmt::format("\r{} s, {} bytes, {} frames; {}\x1b[K", passed_s_, recorder_.bytes(),
                             recorder_.frames(), recorder_.state())
              << std::flush;
    timer_.expires_after(std::chrono::seconds{1});
    timer_.async_wait([this](const boost::system::error_code& error) {
      ++passed_s_;
      if (!error) every_second();
    });
  }

  const CaptureOptions& options_;
  boost::asio::io_context loop_;
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  boost::asio::steady_timer timer_{loop_};
  Recorder recorder_;
  std::ostream& out_;
  unsigned passed_s_ = 0;
};

}  // namespace

int capture(CaptureOptions options) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error of its connection
  const auto source = find_source(options);
  if (!source || !create(options.out)) return 1;
  options.header.by = who();
  options.header.version = service::version;
  options.header.link = settings::source_text(*source);
  options.header.identity = source->protocol != "hl7" ? "as-is"
                            : options.with_identity   ? "kept"
                                                      : "pseudonyms";
  std::ofstream out(options.out, std::ios::binary);
  return Session(options, *source, out).run();
}

}  // namespace tools
