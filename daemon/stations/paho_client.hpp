// The one place that knows the Eclipse Paho library. Exceptions end here; so do its habits, each named where
// it is worked round. All calls come from one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/stations/broker_link.hpp"
#include "daemon/stations/in_flight.hpp"

namespace stations {

// Called in the library's threads; must only hand over.
struct PahoEvents {
  std::function<void(Serial serial, bool ok, std::string trouble)> on_done;
  std::function<void(std::string reason)> on_lost;
  std::function<void(std::string topic, std::string payload, bool retained)> on_message;
};

// How a call went that is only begun: its end comes as on_done.
enum class Begun : std::uint8_t {
  yes,
  no,       // this one cannot be done
  link_bad  // nothing can be done on this connection any more
};

class PahoClient {
 public:
  // nullptr: the library accepts neither the address nor the client id.
  // `client_id`: that of the settings, or of one that only looks whether a broker is there.
  static std::unique_ptr<PahoClient> make(const BrokerSettings& settings, const std::string& client_id,
                                          PahoEvents events);
  ~PahoClient();
  PahoClient(const PahoClient&) = delete;
  PahoClient& operator=(const PahoClient&) = delete;

  Begun connect(const BrokerAddress& to, const Message* will, Serial serial, std::string& trouble);
  Begun publish(const Message& message, Serial serial);
  Begun subscribe(const std::string& filter, int qos, Serial serial);
  Begun unsubscribe(const std::string& filter, Serial serial);
  Begun disconnect(Serial serial);
  void publish_tick(const std::string& topic);  // its end is of no interest

  // Leaves the library's object to the end of the process. Destroying it while connected would send a
  // DISCONNECT and so suppress the will; while connecting it may hang for a minute.
  static void abandon(std::unique_ptr<PahoClient> client);

 private:
  struct Impl;
  explicit PahoClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stations
