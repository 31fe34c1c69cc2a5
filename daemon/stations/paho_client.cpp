#include "daemon/stations/paho_client.hpp"

#include <MQTTAsync.h>
#include <mqtt/async_client.h>

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace stations {

namespace {

// At most this many QoS 1 messages on their way (the library's default is 10) ...
constexpr int inflight_max = 200;
// ... and this many given to it in all. The outbox in front keeps far below: where the library has none left
// it throws, and what waits inside it cannot be overtaken by an alarm.
constexpr int buffered_max = 1000;
constexpr std::chrono::seconds connect_timeout{5};

std::string uri_of(const BrokerAddress& to, bool tls) {
  const bool bare_ipv6 = to.host.find(':') != std::string::npos && to.host.front() != '[';
  const std::string host = bare_ipv6 ? "[" + to.host + "]" : to.host;
  return (tls ? "ssl://" : "tcp://") + host + ":" + std::to_string(to.port);
}

mqtt::create_options create_options() {
  mqtt::create_options out(MQTTVERSION_3_1_1);
  out.set_send_while_disconnected(false);
  out.set_max_buffered_messages(buffered_max);
  return out;
}

// TLS 1.2 is the least that OpenSSL 3 of Debian 12 and 13 offers; naming a version here would pin that one.
mqtt::ssl_options tls_options(const BrokerSettings& settings) {
  mqtt::ssl_options out;
  if (!settings.ca_file.empty()) out.set_trust_store(settings.ca_file);
  if (!settings.cert_file.empty()) out.set_key_store(settings.cert_file);
  if (!settings.key_file.empty()) out.set_private_key(settings.key_file);
  out.set_enable_server_cert_auth(true);
  out.set_verify(true);  // the certificate must name the host
  return out;
}

// Options are made anew for each connect: the library keeps pointers into copied ones.
mqtt::connect_options connect_options(const BrokerSettings& settings, const BrokerAddress& to,
                                      const Message* will) {
  mqtt::connect_options out;
  // One address at a time: given several, the library would try them all under one number and one time limit.
  out.set_servers(mqtt::string_collection::create({uri_of(to, settings.tls)}));
  out.set_mqtt_version(MQTTVERSION_3_1_1);
  out.set_clean_session(true);
  out.set_automatic_reconnect(false);  // the will is renewed for each connection, so we reconnect ourselves
  out.set_keep_alive_interval(std::chrono::duration_cast<std::chrono::seconds>(settings.keepalive));
  out.set_connect_timeout(connect_timeout);
  out.set_max_inflight(inflight_max);
  if (!settings.user.empty()) {
    out.set_user_name(settings.user);
    out.set_password(settings.password);
  }
  if (will != nullptr) out.set_will(mqtt::will_options(will->topic, will->payload, will->qos, will->retain));
  if (settings.tls) out.set_ssl(tls_options(settings));
  return out;
}

// The library carries our number along as an opaque pointer; nobody follows it.
void* as_context(Serial serial) {
  return reinterpret_cast<void*>(serial);  // NOLINT(performance-no-int-to-ptr)
}

// In words that help whoever sets it up; 1 to 5 are the broker's own, of its CONNACK.
std::string words_of(int code) {
  switch (code) {
    case 1: return "the broker does not speak MQTT 3.1.1";
    case 2: return "the broker refuses our client id";
    case 3: return "the broker is not available just now";
    case 4:
    case 5: return "the broker refuses our login: check user, password and access rules";
    case MQTTASYNC_FAILURE: return "cannot be reached, or the TLS handshake failed";
    default: return mqtt::exception::printable_error(code);
  }
}

// Runs a call of the library and turns its exception into a word.
template <typename Call>
Begun begin(Call call, std::string* trouble = nullptr) {
  try {
    call();
    return Begun::yes;
  } catch (const mqtt::exception& error) {
    if (trouble != nullptr) *trouble = error.what();
    const int code = error.get_return_code();
    const bool link_bad = code == MQTTASYNC_DISCONNECTED || code == MQTTASYNC_MAX_BUFFERED_MESSAGES ||
                          code == MQTTASYNC_NO_MORE_MSGIDS;
    return link_bad ? Begun::link_bad : Begun::no;
  } catch (const std::exception& error) {
    if (trouble != nullptr) *trouble = error.what();
    return Begun::no;
  }
}

}  // namespace

// The listener of every operation; which one it was travels in the user context.
struct PahoClient::Impl : mqtt::iaction_listener {
  Impl(const BrokerSettings& of, const std::string& client_id, PahoEvents to)
      : settings(of),
        events(std::move(to)),
        client(uri_of(of.brokers.front(), of.tls), client_id, create_options()) {}

  void on_success(const mqtt::token& token) override { done(token, true, {}); }
  void on_failure(const mqtt::token& token) override {
    done(token, false, words_of(token.get_return_code()));
  }
  void done(const mqtt::token& token, bool ok, std::string trouble) {
    const auto serial = reinterpret_cast<Serial>(token.get_user_context());
    if (serial != 0) events.on_done(serial, ok, std::move(trouble));
  }

  BrokerSettings settings;
  PahoEvents events;
  mqtt::async_client client;
};

PahoClient::PahoClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  // Set once and before the first connect: setting them later can deadlock against the receive thread.
  Impl* const own = impl_.get();
  own->client.set_connection_lost_handler(
      [own](const std::string& cause) { own->events.on_lost(cause.empty() ? "connection lost" : cause); });
  own->client.set_message_callback([own](const mqtt::const_message_ptr& message) {
    own->events.on_message(message->get_topic(), message->to_string(), message->is_retained());
  });
}

std::unique_ptr<PahoClient> PahoClient::make(const BrokerSettings& settings, const std::string& client_id,
                                             PahoEvents events) {
  // It keeps a trace of its last 400 steps, which nobody reads: a line of text under a lock for each.
  MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
  std::unique_ptr<PahoClient> out;
  begin([&] {
    out = std::unique_ptr<PahoClient>(
        new PahoClient(std::make_unique<Impl>(settings, client_id, std::move(events))));
  });
  return out;
}

PahoClient::~PahoClient() = default;

Begun PahoClient::connect(const BrokerAddress& to, const Message* will, Serial serial, std::string& trouble) {
  return begin(
      [&] { impl_->client.connect(connect_options(impl_->settings, to, will), as_context(serial), *impl_); },
      &trouble);
}

Begun PahoClient::publish(const Message& message, Serial serial) {
  return begin([&] {
    impl_->client.publish(mqtt::make_message(message.topic, message.payload, message.qos, message.retain),
                          as_context(serial), *impl_);
  });
}

Begun PahoClient::subscribe(const std::string& filter, int qos, Serial serial) {
  return begin([&] { impl_->client.subscribe(filter, qos, as_context(serial), *impl_); });
}

Begun PahoClient::unsubscribe(const std::string& filter, Serial serial) {
  return begin([&] { impl_->client.unsubscribe(filter, as_context(serial), *impl_); });
}

Begun PahoClient::disconnect(Serial serial) {
  return begin([&] { impl_->client.disconnect(0, as_context(serial), *impl_); });
}

void PahoClient::publish_tick(const std::string& topic) {
  begin([&] { impl_->client.publish(mqtt::make_message(topic, std::string("1"), 0, false)); });
}

// Kept where a leak checker finds them, and never destroyed: not at the end of the process either.
void PahoClient::abandon(std::unique_ptr<PahoClient> client) {
  static std::mutex mutex;
  static auto* const abandoned = new std::vector<std::unique_ptr<PahoClient>>;
  const std::lock_guard lock(mutex);
  abandoned->push_back(std::move(client));
}

}  // namespace stations
