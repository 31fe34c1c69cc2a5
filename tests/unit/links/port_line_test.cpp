// Goal: parity and stop bits of the settings reach libserialport. No pseudo terminal can do them, so this is
// what is shown without hardware.
#include "daemon/links/port_line.hpp"

#include <gtest/gtest.h>

namespace links {
namespace {

TEST(PortLine, EverySettingReachesTheLibrary) {
  SerialSettings settings;
  settings.baud = 19'200;
  settings.data_bits = 7;
  settings.parity = 'E';
  settings.stop_bits = 2;
  const LineConfig config = line_config(settings);
  ASSERT_TRUE(config);
  int baud = 0, bits = 0, stop = 0;
  sp_parity parity = SP_PARITY_INVALID;
  sp_xonxoff xon = SP_XONXOFF_INVALID;
  sp_get_config_baudrate(config.get(), &baud);
  sp_get_config_bits(config.get(), &bits);
  sp_get_config_parity(config.get(), &parity);
  sp_get_config_stopbits(config.get(), &stop);
  sp_get_config_xon_xoff(config.get(), &xon);
  EXPECT_EQ(baud, 19'200);
  EXPECT_EQ(bits, 7);
  EXPECT_EQ(parity, SP_PARITY_EVEN);
  EXPECT_EQ(stop, 2);
  EXPECT_EQ(xon, SP_XONXOFF_DISABLED);  // DC1 and DC3 are data, or the protocol's own
}

// The kernel switches RTS and DTR on when a port is opened, for monitors that want to see somebody and
// adapters that live on these wires. To be left alone: an adapter without these wires would refuse to be
// told. The handshake is set beside the library, which does not know where it stands.
TEST(PortLine, TheLibraryNeverTouchesTheWires) {
  SerialSettings settings;
  settings.rts_cts = true;
  const LineConfig config = line_config(settings);
  sp_rts rts = SP_RTS_OFF;
  sp_cts cts = SP_CTS_INVALID;
  sp_dtr dtr = SP_DTR_OFF;
  sp_get_config_rts(config.get(), &rts);
  sp_get_config_cts(config.get(), &cts);
  sp_get_config_dtr(config.get(), &dtr);
  EXPECT_EQ(rts, SP_RTS_INVALID);  // as it is
  EXPECT_EQ(cts, SP_CTS_IGNORE);
  EXPECT_EQ(dtr, SP_DTR_INVALID);
}

TEST(PortLine, WhatWasReadBackIsComparedInFull) {
  const SerialSettings wanted;
  const auto differs = [&](auto change) {
    SerialSettings other = wanted;
    change(other);
    return !is_line(line_config(other).get(), wanted);
  };
  EXPECT_TRUE(is_line(line_config(wanted).get(), wanted));
  EXPECT_TRUE(differs([](SerialSettings& s) { s.baud = 19'200; }));
  EXPECT_TRUE(differs([](SerialSettings& s) { s.data_bits = 7; }));
  EXPECT_TRUE(differs([](SerialSettings& s) { s.parity = 'O'; }));
  EXPECT_TRUE(differs([](SerialSettings& s) { s.stop_bits = 2; }));
  EXPECT_FALSE(differs([](SerialSettings& s) { s.rts_cts = true; })) << "the library cannot read it";
  EXPECT_FALSE(is_line(new_line_config().get(), wanted));
}

}  // namespace
}  // namespace links
