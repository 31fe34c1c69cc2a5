#include "daemon/alarms/episode_id.hpp"

#include <algorithm>

namespace alarms {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint64_t fnv_offset = 14695981039346656037ULL;
constexpr std::uint64_t fnv_prime = 1099511628211ULL;

std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
  return (hash ^ 0xFFU) * fnv_prime;  // a separator, so that "ab","c" differs from "a","bc"
}

// The last step of SplitMix64: FNV alone leaves the high bits of short texts alike.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

void put_base32(char* out, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 5U) out[i] = alphabet[value & 31U];
}

}  // namespace

EpisodeId make_episode_id(std::string_view node, std::string_view scope, std::string_view condition,
                          vitals::WallTime t_on) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, unix_ms(t_on)));
  std::uint64_t hash = fnv1a(fnv1a(fnv1a(fnv_offset, node), scope), condition);
  hash = mix(hash + ms);
  EpisodeId id{};
  put_base32(id.data(), 10, ms);
  put_base32(id.data() + 10, 8, hash);
  put_base32(id.data() + 18, 8, mix(hash + fnv_prime));
  return id;
}

std::optional<EpisodeId> parse_episode_id(std::string_view text) {
  EpisodeId id{};
  if (text.size() != id.size() || text.find_first_not_of(alphabet) != std::string_view::npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), id.begin());
  return id;
}

}  // namespace alarms
