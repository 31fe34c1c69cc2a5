// `vitalsd probe PORT|tcp://ADDRESS:PORT|udp://ADDRESS:PORT`: what is connected there. Listens only, unless
// told to ask.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <iostream>

#include "daemon/links/network_link.hpp"
#include "daemon/links/port_list.hpp"
#include "daemon/links/serial_link.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/settings/one_source.hpp"
#include "daemon/settings/words.hpp"
#include "daemon/tools/probe_score.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

using std::chrono_literals::operator""ms;

constexpr std::string_view tcp_scheme = "tcp://", udp_scheme = "udp://", pty_scheme = "pty:";

struct Target {
  std::string path;  // serial
  bool plain = false;
  bool tcp = false, udp = false;
  settings::Endpoint endpoint;

  bool network() const { return tcp || udp; }
};

// One listening: a line, and who reads what comes.
struct Pass {
  std::string what;
  drivers::LineSettings line;
  std::vector<Candidate> candidates;
  bool ask = false;    // what the driver sends goes out
  double seconds = 0;  // at most
};

std::optional<Target> target_of(std::string text) {
  Target out;
  const auto starts = [&](std::string_view scheme) { return text.compare(0, scheme.size(), scheme) == 0; };
  if (starts(tcp_scheme) || starts(udp_scheme)) {
    out.tcp = starts(tcp_scheme);
    out.udp = !out.tcp;
    text.erase(0, tcp_scheme.size());
  } else if (settings::endpoint_of(text)) {
    out.tcp = true;
  }
  if (out.network()) {
    const auto endpoint = settings::endpoint_of(text);
    if (!endpoint) return std::nullopt;
    out.endpoint = *endpoint;
    return out;
  }
  out.plain = starts(pty_scheme) || starts("/dev/pts/") || !starts("/dev/");
  out.path = starts(pty_scheme) ? text.substr(pty_scheme.size()) : text;
  return out;
}

bool same_line(const drivers::LineSettings& a, const drivers::LineSettings& b) {
  return a.baud == b.baud && a.data_bits == b.data_bits && a.parity == b.parity && a.stop_bits == b.stop_bits;
}

// Every line that a protocol uses, the most common first, or those with the speeds that were asked for.
std::vector<drivers::LineSettings> lines_of(const ProbeOptions& options) {
  std::vector<std::pair<drivers::LineSettings, unsigned>> counted;
  for (const drivers::Entry& entry : drivers::registry()) {
    drivers::LineSettings line = entry.facts->line;
    if (line.baud == 0) continue;
    line.rts_cts = false;  // listening needs none
    if (!options.bauds.empty()) line.baud = options.bauds.front();
    const auto known = std::find_if(counted.begin(), counted.end(),
                                    [&](const auto& one) { return same_line(one.first, line); });
    if (known == counted.end()) {
      counted.emplace_back(line, 1U);
    } else {
      ++known->second;
    }
  }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<drivers::LineSettings> out;
  out.reserve(counted.size());
  for (const auto& [line, count] : counted) out.push_back(line);
  const std::size_t shapes = out.size();
  for (std::size_t i = 1; i < options.bauds.size(); ++i)
    for (std::size_t shape = 0; shape < shapes; ++shape) {
      out.push_back(out[shape]);
      out.back().baud = options.bauds[i];
    }
  return out;
}

std::vector<Candidate> listeners(const Target& target) {
  std::vector<Candidate> out = serial_candidates();
  if (target.tcp)  // a monitor or gateway that sends HL7 to whoever connects
    if (const drivers::Entry* hl7 = drivers::find("hl7")) out.push_back({hl7, {}});
  return out;
}

// Long enough for the frames that prove a protocol, at the slowest that it may come.
double asking_s(const drivers::Facts& facts) {
  return std::chrono::duration<double>(facts.silence_ms_max * 5 / 2).count();
}

std::vector<Pass> passes_of(const ProbeOptions& options, const Target& target) {
  std::vector<Pass> out;
  const bool one_line = target.network() || target.plain;
  if (one_line && !target.udp) out.push_back({"listening", {}, listeners(target), false, options.seconds});
  if (!one_line)
    for (const drivers::LineSettings& line : lines_of(options))
      out.push_back({"listening at " + line_text(line), line, listeners(target), false, options.seconds});
  if (!options.poll) return out;
  for (const drivers::Entry& entry : drivers::registry()) {
    if (target.udp ? entry.facts->udp_port == 0 : entry.facts->line.baud == 0) continue;
    const Candidate candidate{&entry,
                              target.udp ? drivers::Options{{"transport", "lan"}} : drivers::Options{}};
    if (!entry.make(candidate.options).driver || !asks(candidate)) continue;
    out.push_back({fmt::format("asking as {}", entry.facts->name),
                   entry.facts->line,
                   {candidate},
                   true,
                   std::max(options.seconds, asking_s(*entry.facts))});
  }
  return out;
}

class Listening {
 public:
  Listening(const Target& target, const Pass& pass) : pass_(pass), probe_(pass.candidates) {
    const links::Handlers handlers{
        [this](links::Bytes bytes, vitals::Stamp rx) { probe_.feed(bytes, rx, sender()); },
        [this](links::State state, const std::string& detail) { on_state(state, detail); },
        [this](vitals::Stamp rx) { probe_.damaged(rx); }};
    if (target.udp) {
      links::DatagramSettings to;
      to.address = target.endpoint.address;
      to.port = target.endpoint.port;
      link_ = links::make_datagram_link(loop_, to, handlers);
    } else if (target.tcp) {
      links::ConnectSettings to;
      to.address = target.endpoint.address;
      to.port = target.endpoint.port;
      link_ = links::make_tcp_link(loop_, to, handlers);
    } else {
      link_ = links::make_serial_link(loop_, serial(target), handlers);
    }
  }

  // What was found; `trouble` says why nothing could be heard.
  Verdict run(std::string& trouble) {
    link_->start();
    tick();
    loop_.run();
    link_->stop();
    trouble = up_ ? "" : trouble_;
    return probe_.verdict();
  }
  std::uint64_t bytes() const { return probe_.bytes(); }

 private:
  links::SerialSettings serial(const Target& target) const {
    links::SerialSettings out;
    out.path = target.path;
    out.plain = target.plain;
    if (pass_.line.baud == 0) return out;
    out.baud = pass_.line.baud;
    out.data_bits = pass_.line.data_bits;
    out.parity = static_cast<char>(pass_.line.parity);
    out.stop_bits = pass_.line.stop_bits;
    out.rts_cts = pass_.line.rts_cts;
    return out;
  }

  void on_state(links::State state, const std::string& detail) {
    up_ = up_ || state == links::State::up;
    if (state != links::State::up) trouble_ = fmt::format("{}, {}", links::name(state), detail);
  }

  bool done() const {
    if (passed_ms_ >= 1000 && !up_) return true;
    if (static_cast<double>(passed_ms_) >= pass_.seconds * 1000) return true;
    if (pass_.ask && probe_.bytes() == 0 && passed_ms_ > answer_ms_max()) return true;
    const auto fits = probe_.verdict().fits;
    return passed_ms_ >= 3000 && fits.size() == 1 && fits.front().sureness == Sureness::sure;
  }

  // Nobody who is asked is silent for longer than what is normal, and a second to begin with.
  std::int64_t answer_ms_max() const {
    return (pass_.candidates.front().entry->facts->silence_ms_max + 1000ms).count();
  }

  void end() {
    probe_.close(service::now(), sender());
    link_->finish([this] { loop_.stop(); });
  }

  // None while we only listen.
  std::function<void(drivers::Bytes)> sender() {
    if (!pass_.ask || !up_) return {};
    return [this](drivers::Bytes bytes) { link_->send(bytes); };
  }

  void tick() {
    probe_.tick(service::now(), sender());
    if (passed_ms_ % 1000 == 0) {
      std::cerr << fmt::format("\r{}: {} s, {} bytes\x1b[K", pass_.what, passed_ms_ / 1000, probe_.bytes())
                << std::flush;
      if (done()) return end();
    }
    passed_ms_ += tick_ms.count();
    timer_.expires_after(tick_ms);
    timer_.async_wait([this](const boost::system::error_code&) { tick(); });
  }

  const Pass& pass_;
  boost::asio::io_context loop_;
  boost::asio::steady_timer timer_{loop_};
  Probe probe_;
  std::unique_ptr<links::Link> link_;
  std::int64_t passed_ms_ = 0;
  bool up_ = false;
  std::string trouble_ = "no connection";
};

// Where the line that was heard is not the usual one of the protocol.
void set_line(settings::SerialLink& link, const drivers::LineSettings& heard,
              const drivers::LineSettings& usual) {
  if (heard.baud != usual.baud) link.baud = heard.baud;
  if (heard.data_bits != usual.data_bits) link.data_bits = heard.data_bits;
  if (heard.stop_bits != usual.stop_bits) link.stop_bits = heard.stop_bits;
  if (heard.parity != usual.parity) link.parity = static_cast<char>(heard.parity);
}

// What to paste.
settings::Source source_of(const Target& target, const Pass& pass, const Finding& finding) {
  settings::Source out;
  out.name = "mon1";
  out.protocol = finding.candidate.entry->facts->name;
  out.options = finding.candidate.options;
  if (target.tcp) {
    out.link = settings::TcpConnect{target.endpoint.address, target.endpoint.port, std::nullopt};
  } else if (target.udp) {
    out.link = settings::UdpConnect{target.endpoint.address, target.endpoint.port};
    out.options.erase("transport");  // the link implies it
  } else {
    settings::SerialLink link;
    const std::string stable = links::stable_name_of(target.path, links::stable_name_folders());
    link.port = stable.empty() ? target.path : stable;
    link.plain = target.plain;
    if (!target.plain) set_line(link, pass.line, finding.candidate.entry->facts->line);
    out.link = link;
  }
  return out;
}

std::string options_text(const drivers::Options& options) {
  if (options.empty()) return "its standard options";
  std::string out;
  for (const auto& [key, value] : options) out += (out.empty() ? "" : ", ") + key + " = " + value;
  return out;
}

void print(const Target& target, const Pass& pass, const Finding& finding, bool alone) {
  const drivers::Facts& facts = *finding.candidate.entry->facts;
  std::cout << fmt::format("{}: {} ({}), {} frames, {} faults\n", facts.name, name(finding.sureness),
                           facts.title, finding.frames, finding.faults);
  std::string carried;
  for (const auto& metric : vitals::metrics)
    if (finding.metrics.contains(metric.metric)) carried += fmt::format(" {}", metric.name);
  std::cout << "  values of:" << (carried.empty() ? " nothing yet" : carried) << '\n';
  for (const std::string& code : finding.unmapped) std::cout << "  also sent, not known: " << code << '\n';
  for (const drivers::Options& options : finding.alike)
    std::cout << "  fits as well with " << options_text(options) << '\n';
  if (facts.line.baud != 0)  // HL7 has a page of them, none of a wiring
    for (const std::string& option : left_standard(facts)) std::cout << "  not guessed: " << option << '\n';
  if (!target.network() && !target.plain)
    std::cout << fmt::format(
        "  the line is {}{}\n", line_text(pass.line),
        same_line(pass.line, facts.line) ? ", as usual" : ", usual is " + line_text(facts.line));
  std::string stanza = settings::source_text(source_of(target, pass, finding));
  if (!alone) {  // not to be pasted unread
    for (std::size_t at = 0; at < stanza.size(); at = stanza.find('\n', at) + 1) stanza.insert(at, "# ");
  }
  std::cout << '\n' << stanza << '\n';
}

int report(const Target& target, const Pass& pass, const Verdict& verdict) {
  const bool alone = verdict.fits.size() == 1;
  if (!alone)
    std::cout << "ambiguous: the bytes fit each of these. What tells them apart: " << verdict.apart
              << ".\n\n";
  for (const Finding& finding : verdict.fits) print(target, pass, finding, alone);
  return alone ? 0 : 2;
}

}  // namespace

int probe(const ProbeOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto target = target_of(options.target);
  if (!target) {
    std::cerr << "vitalsd probe: " << options.target
              << " is neither a port nor ADDRESS:PORT with a numeric address\n";
    return 1;
  }
  if (target->udp && !options.poll) {
    std::cerr << "vitalsd probe: a monitor with datagrams speaks only when asked: add --poll\n";
    return 1;
  }
  std::optional<std::pair<Pass, Verdict>> best;
  std::uint64_t bytes = 0;
  for (const Pass& pass : passes_of(options, *target)) {
    Listening listening(*target, pass);
    std::string trouble;
    Verdict verdict = listening.run(trouble);
    bytes += listening.bytes();
    std::cerr << "\r\x1b[K";
    if (!trouble.empty()) {
      std::cerr << "vitalsd probe: " << options.target << ": " << trouble << '\n';
      return 1;
    }
    const auto sureness = [](const Verdict& one) {
      return one.fits.empty() ? Sureness::none : one.fits.front().sureness;
    };
    if (!verdict.fits.empty() && (!best || sureness(verdict) > sureness(best->second)))
      best.emplace(pass, std::move(verdict));
    if (best && sureness(best->second) >= Sureness::likely) break;
  }
  if (best) return report(*target, best->first, best->second);
  std::cerr << fmt::format("vitalsd probe: {}: {}\n", options.target,
                           bytes == 0
                               ? "nothing was sent. Is the output switched on at the device, the cable the "
                                 "right one? Polled devices need --poll"
                               : fmt::format("{} bytes, and no frame of any protocol known here", bytes));
  return 1;
}

}  // namespace tools
