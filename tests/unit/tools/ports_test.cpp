// Goal: people see under which name a port goes into the settings, and programs read the same. Method:
// invented ports.
#include "daemon/tools/ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

links::PortInfo adapter() {
  links::PortInfo out;
  out.device = "/dev/ttyUSB0";
  out.stable = "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0";
  out.usb = true;
  out.vendor_id = 0x0403, out.product_id = 0x6001;
  out.vendor = "FTDI", out.product = "FT232R USB UART", out.serial = "A50285BI";
  out.holders = {"vitalsd (4711)"};
  return out;
}

links::PortInfo nameless() {
  links::PortInfo out = adapter();
  out.device = "/dev/ttyUSB1";
  out.stable = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0";
  out.serial.clear();
  out.product = "odd \xFF name";
  out.holders.clear();
  return out;
}

links::PortInfo built_in() {
  links::PortInfo out;
  out.device = "/dev/ttyS0";
  out.title = "ttyS0";
  return out;
}

TEST(Ports, AreListedUnderTheNameForTheSettings) {
  EXPECT_EQ(ports_text({adapter(), built_in()}),
            "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0\n"
            "  is /dev/ttyUSB0 now\n"
            "  USB 0403:6001 FTDI FT232R USB UART, serial number A50285BI\n"
            "  held by vitalsd (4711)\n"
            "/dev/ttyS0\n"
            "  ttyS0\n");
  EXPECT_EQ(ports_text({}), "");
}

TEST(Ports, AdaptersThatCannotBeToldApartAreNamed) {
  EXPECT_THAT(ports_text({nameless()}),
              HasSubstr("no serial number: two of these cannot be told apart by id"));
  EXPECT_THAT(ports_text({nameless()}), Not(HasSubstr("held by")));
}

TEST(Ports, ForPrograms) {
  const auto read = nlohmann::json::parse(ports_json({adapter(), nameless(), built_in()}));
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[0]["name"], adapter().stable);
  EXPECT_EQ(read[0]["device"], "/dev/ttyUSB0");
  EXPECT_EQ(read[0]["usb"]["id"], "0403:6001");
  EXPECT_EQ(read[0]["usb"]["serial"], "A50285BI");
  EXPECT_EQ(read[0]["held_by"], nlohmann::json::array({"vitalsd (4711)"}));
  EXPECT_EQ(read[1]["usb"]["product"], "odd \xEF\xBF\xBD name") << "not UTF-8 as it came";
  EXPECT_EQ(read[2]["name"], "/dev/ttyS0");
  EXPECT_FALSE(read[2].contains("usb"));
  EXPECT_EQ(nlohmann::json::parse(ports_json({})).size(), 0U);
}

}  // namespace
}  // namespace tools
