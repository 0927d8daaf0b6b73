// The physical floors of the job on this machine: floors EVENTS.ndjson FOLDER
// One thread each; a figure is the best of three.
#include <fcntl.h>
#include <simdjson.h>
#include <sqlite3.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace {

double seconds(const std::function<void()> &work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double best(const std::function<void()> &work) {
  return std::min({seconds(work), seconds(work), seconds(work)});
}

void say(const char *what, double amount, const char *unit) {
  std::printf("| %-24s | %9.0f %-6s |\n", what, amount, unit);
}

void require(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "floors: %s failed\n", what);
  std::exit(74);
}

void memory() {
  std::vector<char> from(256 << 20, 1), to(256 << 20, 2);
  double taken = best([&] { std::memcpy(to.data(), from.data(), from.size()); });
  say("memory copied", from.size() / taken / 1e6, "MB/s");
}

/// Finds every event's id and every line's sku, which makes the parser pass over nearly all bytes.
void json(const simdjson::padded_string &text) {
  size_t characters = 0;
  simdjson::ondemand::parser parser;
  auto read = [&](simdjson::padded_string_view line) {
    simdjson::ondemand::document event;
    simdjson::ondemand::array items;
    std::string_view id, sku;
    if (parser.iterate(line).get(event) || event["event_id"].get_string().get(id)) return;
    if (event["lines"].get_array().get(items)) return;
    for (auto item : items)
      if (!item["sku"].get_string().get(sku)) characters += sku.size();
  };
  double taken = best([&] {
    const char *end = text.data() + text.size();
    for (const char *line = text.data(); line < end;) {
      auto stop = static_cast<const char *>(memchr(line, '\n', end - line));
      if (!stop) stop = end;
      size_t room = size_t(end - line) + simdjson::SIMDJSON_PADDING;
      read(simdjson::padded_string_view(line, size_t(stop - line), room));
      line = stop + 1;
    }
  });
  require(characters > 0, "finding lines");
  say("JSON parsed, simdjson", text.size() / taken / 1e6, "MB/s");
}

void compression(const simdjson::padded_string &text) {
  size_t count = std::min<size_t>(text.size(), 64 << 20), size = 0;
  std::vector<char> packed(ZSTD_compressBound(count)), whole(count);
  double taken = best([&] {
    size = ZSTD_compress(packed.data(), packed.size(), text.data(), count, 1);
  });
  say("compressed, zstd -1", count / taken / 1e6, "MB/s");
  taken = best([&] { ZSTD_decompress(whole.data(), count, packed.data(), size); });
  say("decompressed, zstd", count / taken / 1e6, "MB/s");
}

void disk(const std::string &folder) {
  std::string path = folder + "/floor.bin";
  std::vector<char> block(4 << 20, 'x');
  double taken = best([&] {
    int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int number = 0; number < 64; number++)
      require(write(file, block.data(), block.size()) == ssize_t(block.size()), "writing");
    require(fsync(file) == 0, "fsync");
    close(file);
  });
  say("written and synced", 64.0 * block.size() / taken / 1e6, "MB/s");
  int file = open(path.c_str(), O_WRONLY);
  taken = best([&] {
    for (int number = 0; number < 100; number++)
      require(pwrite(file, block.data(), 4096, 0) == 4096 && fsync(file) == 0, "fsync");
  });
  close(file);
  unlink(path.c_str());
  say("one fsync", taken / 100 * 1e6, "µs");
}

void insert(sqlite3_stmt *statement, int row) {
  char receipt[32], event[48];
  int r = std::snprintf(receipt, sizeof receipt, "T%09d", row / 3);
  int e = std::snprintf(
      event, sizeof event, "%08x-0000-4000-8000-%012x", unsigned(row / 3) * 2654435761u, row / 3);
  sqlite3_bind_int64(statement, 1, 20260101);
  sqlite3_bind_int64(statement, 2, row % 5000);
  sqlite3_bind_int64(statement, 3, row % 100);
  sqlite3_bind_text(statement, 4, receipt, r, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 5, row % 3);
  sqlite3_bind_text(statement, 6, event, e, SQLITE_STATIC);
  for (int column = 7; column <= 11; column++)
    sqlite3_bind_double(statement, column, 1.17 * column);
  require(sqlite3_step(statement) == SQLITE_DONE, "inserting");
  sqlite3_reset(statement);
}

/// Facts as the benchmark has them, into a table without a journal, then the index of their grain.
void warehouse(const std::string &folder) {
  const int rows = 1'000'000;
  std::string path = folder + "/floor.db";
  unlink(path.c_str());
  sqlite3 *database;
  sqlite3_stmt *statement;
  require(sqlite3_open(path.c_str(), &database) == SQLITE_OK, "opening");
  auto run = [&](const char *sql) {
    require(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  };
  run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
      "PRAGMA cache_size = -65536; CREATE TABLE f (id INTEGER PRIMARY KEY, d BIGINT, p BIGINT,"
      "s BIGINT, t TEXT, l INT, e TEXT, q DECIMAL(12,3), u DECIMAL(12,2), c DECIMAL(18,2),"
      "x DECIMAL(18,2), n DECIMAL(18,2)); BEGIN");
  sqlite3_prepare_v2(database, "INSERT INTO f VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?)", -1, &statement,
                     nullptr);
  double inserted = seconds([&] {
    for (int row = 0; row < rows; row++) insert(statement, row);
  });
  double indexed = seconds([&] { run("CREATE UNIQUE INDEX g ON f (t, l, e); COMMIT"); });
  sqlite3_finalize(statement);
  sqlite3_close(database);
  unlink(path.c_str());
  say("facts inserted, SQLite", rows / inserted, "rows/s");
  say("facts indexed, SQLite", rows / indexed, "rows/s");
}

}  // namespace

int main(int count, char **arguments) {
  require(count == 3, "usage: floors EVENTS.ndjson FOLDER");
  simdjson::padded_string text;
  require(!simdjson::padded_string::load(arguments[1]).get(text), "reading the events");
  std::printf("| %-24s | %16s |\n| :%s | %s: |\n", "on one core", "best of three",
              std::string(23, '-').c_str(), std::string(15, '-').c_str());
  memory();
  json(text);
  compression(text);
  disk(arguments[2]);
  warehouse(arguments[2]);
}
