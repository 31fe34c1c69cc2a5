// The words of one line of a story, taken one after the other; what does not fit is said with what would be
// right.
#pragma once

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stories {

struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Words {
 public:
  explicit Words(std::string_view text) {
    while (!text.empty()) {
      const std::size_t start = text.find_first_not_of(' ');
      if (start == std::string_view::npos) return;
      text.remove_prefix(start);
      std::size_t end = text.find(' ');
      if (text.front() == '"') {  // one word, its quotes left out
        end = text.find('"', 1);
        if (end == std::string_view::npos) throw Wrong("a quote that does not end: write \"...\"");
        words_.emplace_back(text.substr(1, end - 1));
        text.remove_prefix(end + 1);
        continue;
      }
      if (end == std::string_view::npos) end = text.size();
      words_.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }

  bool done() const { return at_ == words_.size(); }
  bool is(std::string_view word) const { return !done() && words_[at_] == word; }
  bool take(std::string_view word) {
    if (!is(word)) return false;
    ++at_;
    return true;
  }
  const std::string& next(std::string_view what) {
    if (done()) throw Wrong("here " + std::string(what) + " is missing");
    return words_[at_++];
  }
  double number(std::string_view what) { return number_of(next(what), what); }
  void finish() const {
    if (!done()) throw Wrong("'" + words_[at_] + "' is one word too many");
  }

  static double number_of(const std::string& word, std::string_view what) {
    double out = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
    if (error != std::errc{} || end != word.data() + word.size())
      throw Wrong("'" + word + "' is not a number: here " + std::string(what) + " is wanted");
    return out;
  }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

}  // namespace stories
