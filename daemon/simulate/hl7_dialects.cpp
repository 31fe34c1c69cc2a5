// What simulated monitors of other makers send, written from the makers' descriptions and from captures:
// Mindray PDS, Philips (MDIL), Nihon Kohden, Comen, Welch Allyn and Dräger's Infinity gateway. One table
// each: the code and unit of every value, and how a missing one looks.
#include <array>
#include <ctime>

#include "daemon/simulate/hl7.hpp"

namespace simulate {
namespace {

enum Item : std::size_t { hr, pr, spo2, sys, dia, map, item_count };

struct Spoken {
  std::string_view code, unit;
};

// How a row looks: OBX-2, OBX-4, what stands before a number, and the same for a value that is missing.
struct Style {
  std::array<Spoken, item_count> items;
  std::string_view type, place, cuff_place, before_number, status;
  std::string_view missing_type, missing, missing_status;
};

constexpr Style mindray{.items = {{{"101^HR", ""},
                                   {"161^PR", ""},
                                   {"160^SpO2", ""},
                                   {"170^Sys", ""},
                                   {"171^Dia", ""},
                                   {"172^Mean", ""}}},
                        .type = "NM",
                        .place = "2101",
                        .cuff_place = "2105",
                        .before_number = "",
                        .status = "F",
                        .missing_type = "NM",
                        .missing = "-100",
                        .missing_status = "F"};
constexpr Style philips{.items = {{{"0002-4182^HR^MDIL", "0004-0aa0^bpm^MDIL"},
                                   {"0002-4822^Pulse^MDIL", "0004-0aa0^bpm^MDIL"},
                                   {"0002-4bb8^SpO2^MDIL", "0004-0220^%^MDIL"},
                                   {"0002-4a05^NBPs^MDIL", "0004-0f20^mmHg^MDIL"},
                                   {"0002-4a06^NBPd^MDIL", "0004-0f20^mmHg^MDIL"},
                                   {"0002-4a07^NBPm^MDIL", "0004-0f20^mmHg^MDIL"}}},
                        .type = "NM",
                        .place = "0",
                        .cuff_place = "0",
                        .before_number = "",
                        .status = "F",
                        .missing_type = "NM",
                        .missing = "",
                        .missing_status = "X"};
constexpr Style nihon_kohden{.items = {{{"001000^VITAL HR", "bpm"},
                                        {"007001^VITAL PR(spo2)", "bpm"},
                                        {"007000^VITAL SpO2", "%"},
                                        {"009000^NIBP SYS", "mmHg"},
                                        {"009001^NIBP DIAS", "mmHg"},
                                        {"009002^NIBP MEAN", "mmHg"}}},
                             .type = "NM",
                             .place = "1",
                             .cuff_place = "1",
                             .before_number = "",
                             .status = "F",
                             .missing_type = "NM",
                             .missing = "",
                             .missing_status = "F"};
constexpr Style comen{.items = {{{"147842^MDC_ECG_HEART_RATE^MDC", "264864^MDC_DIM_BEAT_PER_MIN^MDC"},
                                 {"149530^MDC_PULS_OXIM_PULS_RATE^MDC", "264864^MDC_DIM_BEAT_PER_MIN^MDC"},
                                 {"150456^MDC_PULS_OXIM_SAT_O2^MDC", "262688^MDC_DIM_PERCENT^MDC"},
                                 {"150301^MDC_PRESS_CUFF_SYS^MDC", "266016^MDC_DIM_MMHG^MDC"},
                                 {"150302^MDC_PRESS_CUFF_DIA^MDC", "266016^MDC_DIM_MMHG^MDC"},
                                 {"150303^MDC_PRESS_CUFF_MEAN^MDC", "266016^MDC_DIM_MMHG^MDC"}}},
                      .type = "NM",
                      .place = "1.3.1.0",
                      .cuff_place = "1.9.1.0",
                      .before_number = "",
                      .status = "R",
                      .missing_type = "NM",
                      .missing = "8388607",
                      .missing_status = "R"};
constexpr Style welch_allyn{.items = {{{"Heart Rate^Heart Rate^WAP", "^BPM"},
                                       {"Pulse Rate^Pulse Rate^WAP", "^BPM"},
                                       {"SpO2^SpO2^WAP", "^%"},
                                       {"Systolic^Systolic^WAP", "^mmHg"},
                                       {"Diastolic^Diastolic^WAP", "^mmHg"},
                                       {"MAP^MAP^WAP", "^mmHg"}}},
                            .type = "ST",
                            .place = "",
                            .cuff_place = "",
                            .before_number = "",
                            .status = "",
                            .missing_type = "ST",
                            .missing = "---",
                            .missing_status = ""};
constexpr Style draeger{.items = {{{"HR^^local^8867-4&1^^LOINC", "/min^^ISO+"},
                                   {"PLS^^local^8889-8&1^^LOINC", "/min^^ISO+"},
                                   {"SpO2^^local^2710-2&1^^LOINC", "%^^ISO+"},
                                   {"NBP S^^local^8508-4&1^^LOINC", "mm(hg)^^ISO+"},
                                   {"NBP D^^local^8496-2&1^^LOINC", "mm(hg)^^ISO+"},
                                   {"NBP M^^local^8502-7&1^^LOINC", "mm(hg)^^ISO+"}}},
                        .type = "SN",
                        .place = "",
                        .cuff_place = "",
                        .before_number = "=^",
                        .status = "R",
                        .missing_type = "ST",
                        .missing = "***",
                        .missing_status = "R"};

const Style& style_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::mindray_pds: return mindray;
    case Dialect::philips: return philips;
    case Dialect::nihon_kohden: return nihon_kohden;
    case Dialect::comen: return comen;
    case Dialect::welch_allyn: return welch_allyn;
    default: return draeger;
  }
}

struct Place {
  std::string ward, bed;
};
Place place_of(const std::string& bed) {
  const auto slash = bed.find('/');
  return slash == std::string::npos ? Place{"", bed} : Place{bed.substr(0, slash), bed.substr(slash + 1)};
}

// Monitors of these makers write their local time and do not say which; the simulated ones stand beside this
// machine.
std::string local_time(std::int64_t unix_s) {
  const std::time_t time{unix_s};
  std::tm local{};
  ::localtime_r(&time, &local);
  std::array<char, 32> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y%m%d%H%M%S", &local)};
}

class Writer {
 public:
  Writer(Dialect dialect, const Hl7Sample& sample)
      : dialect_(dialect), style_(style_of(dialect)), sample_(sample), place_(place_of(sample.bed)) {}

  std::vector<std::string> messages() {
    if (dialect_ == Dialect::mindray_pds) return mindray_messages();
    begin_message();
    begin_group(false, sample_.unix_s);
    continuous_rows();
    if (dialect_ == Dialect::philips && alarm_stands())
      out_ += "OBX||TX|2^Yellow Alarm^MDIL-ALERT||** " + escaped(sample_.alarm->text) + "||||||F\r";
    if (sample_.cuff) {
      begin_group(true, sample_.cuff->taken_unix_s);
      cuff_rows();
    }
    return {out_};
  }

 private:
  bool alarm_stands() const { return sample_.alarm && sample_.alarm->phase != Hl7Alarm::Phase::end; }

  // MSH-10 is the class of the message: who and where, what runs on, what is measured now and then, and the
  // whole list of alarms, which is empty when there are none.
  std::vector<std::string> mindray_messages() {
    std::vector<std::string> out;
    const auto begin = [&](std::string_view message_class) {
      out_ = "MSH|^~\\&|||||||ORU^R01|" + std::string(message_class) + "|P|2.3.1|\r";
    };
    begin("103");
    out_ += "PID|||14140f00-0000-0000-0000000000000000\rPV1||I|^^" + place_.ward +
            "&1&2130706433&4601&&1\rOBX||ST|2301^||SIM-0001||||||F\rOBX||ST|2308^BedNoStr||" + place_.bed +
            "||||||F\r";
    out.push_back(out_);
    begin("204");
    continuous_rows();
    out.push_back(out_);
    if (sample_.cuff) {
      begin("503");
      cuff_rows();
      out.push_back(out_);
    }
    begin("54");
    if (alarm_stands())
      out_ += "OBX||CE|2|1|10000^**" + escaped(sample_.alarm->text) + "||||||F|||" +
              local_time(sample_.unix_s) + "|\r";
    out.push_back(out_);
    return out;
  }

  void begin_message() {
    const std::string now = local_time(sample_.unix_s);
    const std::string& id = sample_.control_id;
    std::string bed = place_.bed;
    switch (dialect_) {
      case Dialect::philips:
        out_ = "MSH|^~\\&|||||||ORU^R01|" + id + "|P|2.2||||||8859/1\r";
        bed += "&0&0";
        break;
      case Dialect::nihon_kohden:
        out_ = "MSH|^~\\&|NIHON KOHDEN|NIHON KOHDEN|||" + now + "||ORU^R01|" + id + "|P|2.4|||NE|AL||ASCII\r";
        bed += "^127.0.0.1:1";
        break;
      case Dialect::comen:
        out_ = "MSH|^~\\&|NC_Monitor|KC0001|||" + now + "||ORU^R01^ORU_R01|" + id + "|P|2.6\r";
        bed.insert(0, "&");
        break;
      case Dialect::welch_allyn: out_ = "MSH|^~\\&|WACS||||" + now + "||ORU^R01|" + id + "|P|2.4\r"; break;
      default: out_ = "MSH|^~\\&|Infinity||NUR||" + now.substr(0, 12) + "||ORU^R01|" + id + "|P|2.3\r"; break;
    }
    out_ += "PID|||SIM-0001\rPV1||I|" + place_.ward + "^^" + bed + '\r';
    if (dialect_ == Dialect::nihon_kohden) out_ += "ORC|RE\r";
  }

  // Where the rows themselves tell no time, that of a cuff reading stands in a group of its own.
  void begin_group(bool cuff, std::int64_t unix_s) {
    if (cuff && (dialect_ == Dialect::draeger || dialect_ == Dialect::welch_allyn)) return;
    std::string_view what;
    if (dialect_ == Dialect::nihon_kohden) what = cuff ? "NIBP" : "VITAL";
    if (dialect_ == Dialect::comen) what = cuff ? "2^MON_SPOT_DATA^99COMEN" : "1^MON_PARAM^99COMEN";
    out_ += "OBR||||" + std::string(what) + "|||" + local_time(unix_s) + '\r';
  }

  void continuous_rows() {
    const std::string now = dialect_ == Dialect::draeger ? local_time(sample_.unix_s) : std::string{};
    if (sample_.hr) row(hr, sample_.leads_on ? sample_.hr : std::nullopt, style_.place, now);
    if (sample_.pr) row(pr, sample_.probe_on ? sample_.pr : std::nullopt, style_.place, now);
    if (sample_.spo2) row(spo2, sample_.probe_on ? sample_.spo2 : std::nullopt, style_.place, now);
  }

  void cuff_rows() {
    std::string taken;
    if (dialect_ == Dialect::welch_allyn) taken = time_text(sample_.cuff->taken_unix_s).insert(14, ".000");
    if (dialect_ == Dialect::draeger || dialect_ == Dialect::mindray_pds || dialect_ == Dialect::comen)
      taken = local_time(sample_.cuff->taken_unix_s);
    row(sys, sample_.cuff->sys, style_.cuff_place, taken);
    row(dia, sample_.cuff->dia, style_.cuff_place, taken);
    row(map, sample_.cuff->map, style_.cuff_place, taken);
  }

  void row(Item item, std::optional<int> value, std::string_view place, const std::string& time) {
    const Spoken& spoken = style_.items[item];
    const auto add = [&](std::string_view text) { out_.append("|").append(text); };
    out_ += "OBX|";
    add(value ? style_.type : style_.missing_type);
    add(spoken.code);
    add(place);
    add(value ? std::string(style_.before_number) + std::to_string(*value) : std::string(style_.missing));
    add(spoken.unit);
    out_ += "||||";
    add(value ? style_.status : style_.missing_status);
    const bool aperiodic = dialect_ == Dialect::mindray_pds && !time.empty();
    if (!time.empty()) out_ += (aperiodic ? "||APERIODIC|" : "|||") + time;
    out_ += '\r';
  }

  Dialect dialect_;
  const Style& style_;
  const Hl7Sample& sample_;
  Place place_;
  std::string out_;
};

}  // namespace

std::vector<std::string> encode_maker(Dialect dialect, const Hl7Sample& sample) {
  return Writer(dialect, sample).messages();
}

}  // namespace simulate
