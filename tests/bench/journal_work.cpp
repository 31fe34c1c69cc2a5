// Alarm transitions into the journal, each waited for: what an ACK that has to be durable costs on this disk.
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "daemon/journal/journal.hpp"
#include "tests/bench/work.hpp"
#include "tests/unit/contract/samples.hpp"

namespace bench {
namespace {

// A folder of its own, gone with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "vitalsd-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class JournalWork final : public Work {
 public:
  explicit JournalWork(unsigned transitions) : transitions_(transitions) {
    contract::render_alarm(document_, samples::alarm(), samples::bed_envelope());
  }

  void step() override {
    std::vector<journal::Entry> entries;
    for (unsigned i = 0; i < transitions_; ++i) {
      ++number_;
      entries.emplace_back(journal::AlarmEntry{"pain/b1", "spo2-low", "bench", number_, false, document_});
      entries.emplace_back(journal::EventEntry{"pain/b1", "alarm", number_, 0, document_});
    }
    std::unique_lock lock(mutex_);
    done_ = false;
    journal_.write(std::move(entries), [this](bool) {
      const std::lock_guard inner(mutex_);
      done_ = true;
      changed_.notify_one();
    });
    changed_.wait(lock, [this] { return done_; });
  }

 private:
  Folder folder_;
  unsigned transitions_;
  std::string document_;
  std::uint64_t number_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  journal::Journal journal_{(folder_.path() / "journal.db").string(), 0};  // last: its thread uses the rest
};

}  // namespace

void add_journal(Paths& paths) {
  for (const unsigned transitions : {1U, 100U})
    paths.push_back({"journal/commit/" + std::to_string(transitions), "transition", transitions, false,
                     [transitions] { return std::make_unique<JournalWork>(transitions); }});
}

}  // namespace bench
