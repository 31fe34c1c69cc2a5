// Whatever is in the files, loading ends with a list of problems and never with a crash.
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>

#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

enum class Change : int { drop, repeat, flip, swap_lines, insert };

struct Mutation {
  int change = 0;
  std::size_t at = 0, length = 0;
  char letter = 0;
};

void showValue(const Mutation& mutation, std::ostream& out) {
  out << "change " << mutation.change << " at " << mutation.at << " length " << mutation.length << " letter "
      << static_cast<int>(mutation.letter);
}

rc::Gen<std::vector<Mutation>> mutations() {
  return rc::gen::resize(
      8, rc::gen::container<std::vector<Mutation>>(rc::gen::build<Mutation>(
             rc::gen::set(&Mutation::change, rc::gen::inRange(0, 5)),
             rc::gen::set(&Mutation::at, rc::gen::inRange<std::size_t>(0, 100'000)),
             rc::gen::set(&Mutation::length, rc::gen::inRange<std::size_t>(1, 40)),
             rc::gen::set(&Mutation::letter,
                          rc::gen::elementOf(std::string("=[]{}\"'#.,-\n 09eaA\\\t_\xff"))))));
}

std::string line_at(const std::string& text, std::size_t at) {
  const auto begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin + 1);
}

void apply(std::string& text, const Mutation& mutation) {
  if (text.empty()) return;
  const std::size_t at = mutation.at % text.size();
  switch (static_cast<Change>(mutation.change)) {
    case Change::drop: text.erase(at, mutation.length); break;
    case Change::repeat: text.insert(at, text.substr(at, mutation.length)); break;
    case Change::flip: text[at] = mutation.letter; break;
    case Change::swap_lines: text += line_at(text, at); break;
    case Change::insert: text.insert(at, mutation.length, mutation.letter); break;
  }
}

void load_and_explain(const Folder& folder, const std::string& text) {
  const Loaded loaded = folder.load(text);
  for (const Problem& problem : loaded.problems) {
    RC_ASSERT(!problem.text.empty());
    RC_ASSERT(problem.text.find('\n') == std::string::npos);
  }
  // What is accepted can be printed; every bed of it has its profile.
  if (loaded.ok()) RC_ASSERT(!alarm_table(loaded.settings).empty());
}

RC_GTEST_PROP(Mutations, of_the_example_never_crash, ()) {
  static const std::string example = content_of(std::string(VITALSD_CONFIG_DIR) + "/vitalsd.toml");
  static const std::string preset =
      content_of(std::string(VITALSD_CONFIG_DIR) + "/profiles/ketamine-adult.toml");
  static const Folder folder;
  folder.write_profile("ketamine-adult", preset);
  std::string text = example;
  for (const Mutation& mutation : *mutations()) apply(text, mutation);
  load_and_explain(folder, text);
}

RC_GTEST_PROP(Mutations, of_the_shipped_profile_never_crash, ()) {
  static const std::string preset =
      content_of(std::string(VITALSD_CONFIG_DIR) + "/profiles/ketamine-adult.toml");
  static const Folder folder;
  std::string text = preset;
  for (const Mutation& mutation : *mutations()) apply(text, mutation);
  folder.write_profile("quiet", text);
  load_and_explain(folder, quiet_settings());
}

RC_GTEST_PROP(Mutations, any_bytes_never_crash, (const std::string& bytes)) {
  static const Folder folder;
  load_and_explain(folder, bytes);
}

}  // namespace
}  // namespace settings
