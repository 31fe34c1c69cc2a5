// Packages of the newer Contec protocol out of a byte stream, with bit 7 of their data put back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace drivers::contec {

struct Package {
  std::array<std::uint8_t, 9> bytes{};  // type, high byte, data
  std::size_t size = 0;

  std::uint8_t type() const { return bytes[0]; }
};

class PackageFramer {
 public:
  static constexpr bool documented(std::uint8_t type) { return type < lengths.size() && lengths[type] != 0; }

  // Calls on_package(const Package&) or on_damage(reason), each at most once. What comes before the first
  // whole package is no damage.
  template <class OnPackage, class OnDamage>
  void take(std::uint8_t byte, OnPackage&& on_package, OnDamage&& on_damage) {
    if (byte < 0x80) {  // the only byte that starts a package
      const bool cut = wire_.size != 0 && documented(wire_.type());
      begin(byte);
      if (cut && synchronised_) on_damage("short-package");
      return;
    }
    if (wire_.size == 0) {  // one word for a run of them
      if (!stray_ && synchronised_) on_damage("stray-bytes");
      stray_ = true;
      return;
    }
    wire_.bytes[wire_.size++] = byte;
    if (wire_.size < length_) return;
    synchronised_ = true;
    const Package package = rebuilt();
    wire_.size = 0;
    on_package(package);
  }

  // A byte was lost: everything up to the next start belongs to its package.
  void give_up() {
    wire_.size = 0;
    stray_ = true;
  }

 private:
  static constexpr std::size_t length_max = 9;

  // Total length by type; 0: not known, up to nine bytes or the next start. Of 02, 03, 06, 13 and 14 the
  // length has been seen and the meaning is unknown.
  static constexpr std::array<std::uint8_t, 0x16> lengths{0, 9, 9, 9, 9, 9, 4, 8, 8, 6, 4,
                                                          4, 2, 3, 3, 8, 3, 9, 8, 9, 9, 9};

  void begin(std::uint8_t type) {
    wire_.bytes[0] = type;
    wire_.size = 1;
    stray_ = false;
    length_ = documented(type) ? lengths[type] : length_max;
  }

  Package rebuilt() const {
    Package out = wire_;
    for (std::size_t i = 2; i < out.size; ++i) {
      const bool high = (wire_.bytes[1] >> (i - 2) & 1U) != 0;
      out.bytes[i] = static_cast<std::uint8_t>((wire_.bytes[i] & 0x7FU) | (high ? 0x80U : 0U));
    }
    return out;
  }

  Package wire_;
  std::size_t length_ = 0;
  bool stray_ = false;
  bool synchronised_ = false;
};

}  // namespace drivers::contec
