// The monitor's own alarms: forwarded as told, never judged, and never ended by a cable.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using drivers::AlarmLevel;

const std::string low = monitor_condition("mon1", "196670", "SPO2");

struct MonitorAlarmsTest : OneBed {
  const int other_teller = 0;
  std::vector<Alarm> kept;
  std::vector<std::string> texts;

  void SetUp() override {
    linked();
    stay(97, 1);
  }
  // A restart: what the journal has is restored into a new bed.
  void restart() {
    std::vector<Alarm> stored;
    std::vector<std::pair<std::string, std::string>> words;
    for (const auto& one : bed().conditions())
      if (one.alarm() != nullptr) {
        stored.push_back(*one.alarm());
        words.emplace_back(one.spec().name, one.spec().src_code);
      }
    bed_.reset();
    out = {};
    for (std::size_t i = 0; i < stored.size(); ++i) {
      stored[i].condition = words[i].first;
      stored[i].src_code = words[i].second;
      EXPECT_TRUE(bed().restore_alarm(stored[i], now)) << stored[i].condition;
    }
  }
  drivers::DeviceAlarm word() const {
    drivers::DeviceAlarm told;
    told.code = "196670";
    told.source = "SPO2";
    told.text = "** SpO2 LOW";
    told.level = AlarmLevel::medium;
    told.on = true;
    told.rx = now;
    return told;
  }
  void say_alarm(const drivers::DeviceAlarm& told) { bed().device_alarm(0, told, &default_teller); }
  const Alarm& shown() {
    const Alarm* one = alarm(low);
    EXPECT_NE(one, nullptr);
    static const Alarm none;
    return one == nullptr ? none : *one;
  }
  bool present() {
    const auto names = active();
    return std::count(names.begin(), names.end(), low) == 1;
  }
};

TEST_F(MonitorAlarmsTest, the_condition_is_named_by_source_and_crc) {
  // CRC-32 of "196670", a zero byte, "SPO2", as zlib computes it.
  EXPECT_EQ(low, "mon-mon1-6b807fa7");
  EXPECT_NE(monitor_condition("mon1", "ab", "c"), monitor_condition("mon1", "a", "bc"));
}

drivers::DeviceAlarm of_training(Stamp now, bool on) {
  drivers::DeviceAlarm alarm;
  alarm.code = "196670", alarm.source = "SPO2", alarm.text = "** SpO2 LOW";
  alarm.level = AlarmLevel::medium, alarm.on = on, alarm.test = true, alarm.rx = now;
  return alarm;
}

TEST_F(MonitorAlarmsTest, of_a_training_none_begins_and_one_in_earnest_may_end) {
  bed().device_alarm(0, of_training(now, true), this);
  stay(97, 16);
  EXPECT_EQ(active(), Names{"demo-mode-mon1"});
  device_alarm("196670", true);
  EXPECT_TRUE(present());
  bed().device_alarm(0, of_training(now, false), this);
  EXPECT_FALSE(present());
}

TEST_F(MonitorAlarmsTest, of_a_training_that_the_settings_accept_is_forwarded_and_marked) {
  bed_.reset();
  out = {};
  settings.sources[0].accept_demo = true;
  linked();
  bed().device_alarm(0, of_training(now, true), this);
  EXPECT_TRUE(present());
  EXPECT_TRUE(shown().sim);
  EXPECT_EQ(alarm("demo-mode-mon1"), nullptr);
}

TEST_F(MonitorAlarmsTest, a_technical_one_is_technical_and_one_without_a_text_shows_its_code) {
  drivers::DeviceAlarm told = word();
  told.technical = true;
  told.text = {};
  say_alarm(told);
  EXPECT_EQ(shown().kind, alarms::Kind::technical);
  EXPECT_EQ(shown().text, "196670/SPO2");
  told.code = "77";
  told.source = {};
  say_alarm(told);
  const Alarm* bare = alarm(monitor_condition("mon1", "77", ""));
  ASSERT_NE(bare, nullptr);
  EXPECT_EQ(bare->src_code, "77");
  EXPECT_EQ(bare->text, "77");
}

TEST_F(MonitorAlarmsTest, one_that_turns_out_to_be_technical_is_another_episode_and_stays_so) {
  drivers::DeviceAlarm told = word();
  std::vector<std::string> ids;
  for (const bool technical : {false, true, false}) {  // a driver that starts anew does not know it yet
    told.technical = technical;
    say_alarm(told);
    ids.emplace_back(view(shown().id));
    EXPECT_EQ(shown().kind, ids.size() == 1 ? alarms::Kind::physiological : alarms::Kind::technical);
  }
  EXPECT_TRUE(ids[0] != ids[1] && ids[1] == ids[2]);
}

TEST_F(MonitorAlarmsTest, P9_a_long_text_is_cut_between_two_characters) {
  std::string longest(monitor_text_bytes_max - 1, 'x');
  drivers::DeviceAlarm told = word();
  const std::string text = longest + "\u00b5 and more";  // two bytes, of which one would fit
  told.text = text;
  say_alarm(told);
  EXPECT_EQ(shown().text, longest);
  const std::string code(500, 'c'), odd(200, '\x80');  // continuation bytes and nothing that they continue
  told.code = code;
  told.source = odd;
  told.text = {};
  say_alarm(told);
  const Alarm* cut = alarm(monitor_condition("mon1", code, odd));
  ASSERT_NE(cut, nullptr);
  EXPECT_EQ(cut->src_code, std::string(monitor_code_bytes_max, 'c') + "/");
}

TEST_F(MonitorAlarmsTest, a_shelf_outlives_its_alarm_while_there_is_room) {
  device_alarm("196670", true);
  EXPECT_EQ(bed().shelve(low, seconds(600), "charge-1/rn-2", now).verdict, alarms::AckVerdict::applied);
  device_alarm("196670", false);
  device_alarm("7", true);
  EXPECT_TRUE(condition(low).shelf());
  device_alarm("196670", true);
  EXPECT_EQ(shown().shown(), Priority::info);
}

TEST_F(MonitorAlarmsTest, P9_of_a_record_of_very_many_those_beyond_the_most_are_not_adopted) {
  Alarm stored;
  stored.origin = alarms::Origin::monitor;
  stored.state = State::active;
  stored.priority = stored.priority_initial = Priority::medium;
  std::size_t adopted = 0;
  for (std::size_t i = 0; i <= drivers::device_alarms_max; ++i) {
    const std::string name = monitor_condition("mon1", std::to_string(i), "SPO2");
    stored.condition = name;
    adopted += bed().restore_alarm(stored, now) ? 1U : 0U;
  }
  EXPECT_EQ(adopted, drivers::device_alarms_max);
}

TEST_F(MonitorAlarmsTest, of_a_second_monitor_they_carry_its_name_and_its_colour) {
  bed_.reset();
  out = {};
  settings.sources.push_back({"mon2"});
  settings.sources[1].sim = true;
  linked();
  bed().link(1, true, now);
  drivers::DeviceAlarm told = word();
  bed().device_alarm(1, told, &default_teller);
  ASSERT_FALSE(out.alarms.empty());
  EXPECT_EQ(out.alarms.back().source, "mon2");
  EXPECT_TRUE(out.alarms.back().sim);
}

TEST_F(MonitorAlarmsTest, on_a_bed_that_rests_without_a_session_they_come_with_the_session) {
  bed_.reset();
  out = {};
  settings.idle_off = true;
  linked();
  device_alarm("196670", true);
  device_alarm("7", true, AlarmLevel::low, "gone", &other_teller);
  device_alarm("7", false, AlarmLevel::low, "gone", &other_teller);
  device_alarm("8", true, AlarmLevel::low, "left", &other_teller);
  bed().teller_gone(0, &other_teller, now);
  EXPECT_TRUE(active().empty());
  bed().session_start({}, now);
  EXPECT_EQ(active(), Names{low}) << "what is over, or nobody stands for, does not begin";
  bed().session_end(now);
  EXPECT_TRUE(active().empty());
}

TEST_F(MonitorAlarmsTest, a_device_that_was_silent_has_a_cycle_of_frames_anew) {
  device_alarm("196670", true);
  restart();
  linked();
  stay(97, 30);
  wait(300);  // nothing is heard
  stay(97, 59);
  EXPECT_TRUE(present());
  stay(97, 3);
  EXPECT_FALSE(present());
}

TEST_F(MonitorAlarmsTest, the_end_of_one_that_nobody_has_told_is_no_news) {
  const std::size_t before = out.alarms.size();
  device_alarm("196670", false);
  device_alarm("196670", true);
  device_alarm("196670", false);
  device_alarm("196670", false);
  EXPECT_EQ(out.alarms.size(), before + 2);
}

TEST_F(MonitorAlarmsTest, a_teller_that_goes_takes_only_its_own_word_with_it) {
  device_alarm("196670", true);
  device_alarm("7", true, AlarmLevel::low, "other", &other_teller);
  device_alarm("8", true, AlarmLevel::low, "over", &other_teller);
  device_alarm("8", false, AlarmLevel::low, "over", &other_teller);
  bed().teller_gone(0, &other_teller, now);
  wait(1);
  EXPECT_EQ(shown().data, Data::fresh);
  stay(97, 600);
  EXPECT_EQ(shown().data, Data::fresh) << "the one who told it is still there";
  EXPECT_EQ(alarm(monitor_condition("mon1", "7", "SPO2")), nullptr) << "nobody has told it again";
}

TEST_F(MonitorAlarmsTest, a_record_of_another_source_or_of_ours_is_not_adopted) {
  device_alarm("196670", true);
  Alarm stored = shown();
  const std::string elsewhere = monitor_condition("mon2", "196670", "SPO2"), longer = low + "0";
  for (const std::string& name : {elsewhere, longer, low}) {
    stored.condition = name;
    EXPECT_FALSE(bed().restore_alarm(stored, now)) << name;
  }
}

TEST_F(MonitorAlarmsTest, it_is_forwarded_at_once_as_told) {
  device_alarm("196670", true, AlarmLevel::high);
  EXPECT_EQ(shown().origin, alarms::Origin::monitor);
  EXPECT_EQ(shown().priority, Priority::high);
  EXPECT_EQ(shown().text, "** SpO2 LOW");
  EXPECT_EQ(shown().src_code, "196670/SPO2");
  EXPECT_EQ(shown().source, "mon1");
  EXPECT_EQ(shown().on_delay, seconds(0));
  EXPECT_EQ(shown().kind, alarms::Kind::physiological);
  EXPECT_FALSE(shown().latches);
}

TEST_F(MonitorAlarmsTest, it_ends_as_told_also_when_it_was_high_and_nobody_has_seen_it) {
  device_alarm("196670", true, AlarmLevel::high);
  stay(97, 2);
  device_alarm("196670", false);
  EXPECT_FALSE(present());
  EXPECT_EQ(out.alarms.back().change, Change::end);
  EXPECT_EQ(out.alarms.back().end_reason, EndReason::recovered);
  EXPECT_EQ(out.alarms.back().text, "** SpO2 LOW") << "the end names what has ended";
}

TEST_F(MonitorAlarmsTest, another_priority_or_text_is_the_same_episode) {
  device_alarm("196670", true, AlarmLevel::medium);
  const auto id = shown().id;
  bed().acknowledge(low, view(id), shown().rev, "ns-2/rn-17", now);
  device_alarm("196670", true, AlarmLevel::high, "*** SpO2 LOW 70");
  EXPECT_EQ(shown().id, id);
  EXPECT_EQ(shown().priority, Priority::high);
  EXPECT_FALSE(shown().acked) << "a rise asks again";
  EXPECT_EQ(shown().text, "*** SpO2 LOW 70");
  device_alarm("196670", true, AlarmLevel::low);
  EXPECT_EQ(shown().priority, Priority::low);
  EXPECT_EQ(count(low, Change::start), 1U);
}

TEST_F(MonitorAlarmsTest, our_acknowledgement_is_ours) {
  device_alarm("196670", true);
  EXPECT_EQ(bed().acknowledge(low, view(shown().id), shown().rev, "ns-2/rn-17", now).verdict,
            alarms::AckVerdict::applied);
  device_alarm("196670", true);  // the same again, as a monitor does that was silenced
  EXPECT_TRUE(shown().acked);
  EXPECT_EQ(shown().acked_by, "ns-2/rn-17");
}

TEST_F(MonitorAlarmsTest, silenced_at_the_monitor_it_says_so_and_is_not_acknowledged) {
  drivers::DeviceAlarm told = word();
  say_alarm(told);
  EXPECT_FALSE(shown().device.silenced);
  const std::uint64_t rev = shown().rev;
  told.silenced = true;
  say_alarm(told);
  EXPECT_TRUE(shown().device.silenced);
  EXPECT_FALSE(shown().acked);
  EXPECT_EQ(shown().rev, rev + 1);
  EXPECT_EQ(shown().text, "** SpO2 LOW [silenced at the monitor]");
  say_alarm(told);
  EXPECT_EQ(shown().rev, rev + 1) << "told again: no news";
  told.silenced = false;
  say_alarm(told);
  EXPECT_FALSE(shown().device.silenced);
  EXPECT_EQ(shown().text, "** SpO2 LOW");
  EXPECT_EQ(count(low, Change::start), 1U);
}

TEST_F(MonitorAlarmsTest, what_the_monitor_leaves_open_is_marked) {
  drivers::DeviceAlarm told = word();
  told.unsure = true;
  told.level_told = false;
  say_alarm(told);
  EXPECT_EQ(shown().state, State::active);
  EXPECT_TRUE(shown().device.unsure);
  EXPECT_TRUE(shown().device.priority_assumed);
  EXPECT_EQ(shown().priority, Priority::medium);
  EXPECT_EQ(shown().text, "** SpO2 LOW [state cannot be read] [priority not told]");
}

TEST_F(MonitorAlarmsTest, it_carries_the_time_that_the_monitor_names) {
  drivers::DeviceAlarm told = word();
  told.t_event = now.wall - seconds(7200);  // a sender that was started again
  say_alarm(told);
  EXPECT_EQ(shown().t_src, told.t_event);
  EXPECT_EQ(shown().t_on, now.wall);
  EXPECT_EQ(count(low, Change::start), 1U);
}

TEST_F(MonitorAlarmsTest, after_a_restart_the_same_word_is_no_news) {
  drivers::DeviceAlarm told = word();
  told.silenced = true;
  told.t_event = now.wall;
  say_alarm(told);
  restart();
  EXPECT_TRUE(shown().device.silenced);
  linked();
  told.rx = now;
  const std::uint64_t rev = shown().rev;
  say_alarm(told);
  EXPECT_EQ(shown().data, Data::fresh);
  EXPECT_EQ(shown().rev, rev + 1) << "that its data are fresh again, and nothing else";
}

TEST_F(MonitorAlarmsTest, a_bare_lamp_is_a_word_of_the_device_and_no_alarm) {
  const std::size_t before = out.alarms.size();
  status(drivers::Signal::device_alarm, true);
  EXPECT_TRUE(bed().signals(0).alarm);
  EXPECT_EQ(out.devices.size(), 1U);
  EXPECT_EQ(out.alarms.size(), before);
  status(drivers::Signal::device_alarm, false);
  EXPECT_FALSE(bed().signals(0).alarm);
}

TEST_F(MonitorAlarmsTest, a_lost_link_leaves_it_and_says_so) {
  device_alarm("196670", true);
  bed().link(0, false, now);
  EXPECT_EQ(shown().data, Data::lost);
  wait(600);
  EXPECT_TRUE(present());
}

TEST_F(MonitorAlarmsTest, silence_leaves_it_and_says_so_until_the_next_frame) {
  device_alarm("196670", true);
  wait(14.9);
  EXPECT_EQ(shown().data, Data::fresh);
  wait(0.1);
  EXPECT_EQ(shown().data, Data::lost);
  value(Metric::spo2, 97);
  EXPECT_EQ(shown().data, Data::fresh);
  EXPECT_EQ(count(low, Change::start), 1U);
}

TEST_F(MonitorAlarmsTest, told_again_after_a_reconnect_it_goes_on) {
  device_alarm("196670", true);
  bed().link(0, false, now);
  wait(20);
  bed().teller_gone(0, &default_teller, now);
  linked();
  stay(97, 5);
  EXPECT_EQ(shown().data, Data::lost) << "not confirmed yet";
  device_alarm("196670", true, AlarmLevel::medium, "** SpO2 LOW", &other_teller);
  EXPECT_EQ(shown().data, Data::fresh);
  stay(97, 120);
  EXPECT_TRUE(present());
  EXPECT_EQ(count(low, Change::start), 1U);
}

TEST_F(MonitorAlarmsTest, not_listed_again_within_a_cycle_of_frames_it_is_over) {
  device_alarm("196670", true);
  bed().link(0, false, now);
  wait(20);
  bed().teller_gone(0, &default_teller, now);
  linked();
  wait(300);
  EXPECT_TRUE(present()) << "a port that is open, and a device that says nothing";
  stay(97, 59);
  EXPECT_TRUE(present());
  stay(97, 3);
  EXPECT_FALSE(present());
  EXPECT_EQ(count(low, Change::end), 1U);
}

TEST_F(MonitorAlarmsTest, of_a_reporter_of_single_alarms_it_becomes_unknown_and_a_person_closes_it) {
  bed_.reset();
  settings.sources[0].lists_alarms = false;
  settings.sources[0].streaming = false;
  settings.sources[0].period = seconds(10);
  linked();
  stay(97, 1);
  device_alarm("196670", true);
  bed().teller_gone(0, &default_teller, now);  // its connection closed; others go on
  stay(97, 79);
  EXPECT_EQ(shown().data, Data::fresh);
  stay(97, 2);
  EXPECT_EQ(shown().data, Data::stale) << "twice its interval and 60 s";
  EXPECT_EQ(bed().reset(low, view(shown().id), now).verdict, alarms::AckVerdict::applied);
  stay(97, 5);
  EXPECT_FALSE(present());
  device_alarm("196670", true);
  EXPECT_TRUE(present()) << "the same again is a new episode";
}

TEST_F(MonitorAlarmsTest, it_survives_a_restart_with_its_acknowledgement) {
  device_alarm("196670", true, AlarmLevel::high);
  bed().acknowledge(low, view(shown().id), shown().rev, "ns-2/rn-17", now);
  const auto id = shown().id;
  restart();
  EXPECT_EQ(shown().id, id);
  EXPECT_TRUE(shown().acked);
  EXPECT_EQ(shown().text, "** SpO2 LOW");
  EXPECT_EQ(shown().src_code, "196670/SPO2");
  EXPECT_NE(shown().data, Data::fresh);
  linked();
  stay(97, 1);
  device_alarm("196670", true, AlarmLevel::high);
  EXPECT_EQ(shown().data, Data::fresh);
  EXPECT_EQ(shown().id, id);
  device_alarm("196670", false);
  EXPECT_FALSE(present());
}

TEST_F(MonitorAlarmsTest, after_a_restart_a_higher_level_raises_it) {
  device_alarm("196670", true, AlarmLevel::low);
  restart();
  linked();
  device_alarm("196670", true, AlarmLevel::high);
  EXPECT_EQ(shown().priority, Priority::high);
}

TEST_F(MonitorAlarmsTest, after_a_restart_what_is_not_listed_ends) {
  device_alarm("196670", true);
  restart();
  wait(1);
  EXPECT_TRUE(present());
  linked();
  stay(97, 62);
  EXPECT_FALSE(present());
}

TEST_F(MonitorAlarmsTest, more_than_a_device_may_have_at_once_are_dropped_and_old_places_are_used_again) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < 3 * drivers::device_alarms_max; ++i) codes.push_back("c" + std::to_string(i));
  for (const auto& code : codes) device_alarm(code, true);
  const auto own = [&] {
    const auto names = active();
    return static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [](const auto& n) { return n.starts_with("mon-"); }));
  };
  EXPECT_EQ(own(), drivers::device_alarms_max);
  const std::size_t conditions = bed().conditions().size();
  for (int round = 0; round < 5; ++round) {
    for (const auto& code : codes) device_alarm(code, false);
    EXPECT_EQ(own(), 0U);
    for (const auto& code : codes) device_alarm(code + std::to_string(round), true);
    for (const auto& code : codes) device_alarm(code + std::to_string(round), false);
  }
  EXPECT_EQ(bed().conditions().size(), conditions);
}

TEST_F(MonitorAlarmsTest, the_end_of_a_session_ends_only_our_own) {
  infusion::SessionStart start;
  bed().session_start(start, now);
  device_alarm("196670", true);
  bed().session_end(now);
  EXPECT_TRUE(present());
}

TEST_F(MonitorAlarmsTest, of_a_device_in_demo_mode_it_is_coloured) {
  bed().device_demo(0, true, now);
  device_alarm("196670", true);
  EXPECT_TRUE(shown().sim);
}

TEST_F(MonitorAlarmsTest, a_bed_that_rests_without_a_session_says_it_when_one_begins) {
  bed_.reset();
  settings.idle_off = true;
  linked();
  device_alarm("196670", true);
  EXPECT_FALSE(present());
  bed().session_start({}, now);
  EXPECT_TRUE(present());
}

}  // namespace
}  // namespace bed
