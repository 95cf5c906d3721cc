/* SPDX-License-Identifier: Apache-2.0 */
/* The bare baseline of the ingest: inserts the rows that the store makes of the same events, with the store's schema, pragmas and
   statements, but with the numbers ready in memory: no socket, no JSON, no second thread.
   Usage: ingest DATABASE SCHEMA.sql STEPS.bin METRIC... Prints seconds, rows, and processor seconds. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { EVENTS_A_TRANSACTION = 1000, KIND_STEP = 1 };

/* One event in STEPS.bin, followed by a double for each metric. */
typedef struct { double ts; int64_t seq, step, epoch; double values[]; } step;

static sqlite3 *database;

static void check(int result, const char *what) {
  if (result == SQLITE_OK || result == SQLITE_DONE) return;
  fprintf(stderr, "cannot %s: %s\n", what, sqlite3_errmsg(database));
  exit(1);
}

static void run(const char *sql) { check(sqlite3_exec(database, sql, NULL, NULL, NULL), sql); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
  return statement;
}

static char *read_all(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*size + 1);
  if (fread(bytes, 1, *size, file) != *size) { perror(path); exit(1); }
  bytes[*size] = 0;
  fclose(file);
  return bytes;
}

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int metrics = argc - 4;
  size_t size;
  check(sqlite3_open_v2(argv[1], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL), "open");
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;"
      "PRAGMA wal_autocheckpoint = 4000");
  run(read_all(argv[2], &size));
  char *bytes = read_all(argv[3], &size);
  size_t each = sizeof(step) + (size_t)metrics * sizeof(double), events = size / each;
  run("INSERT INTO sessions(name) VALUES ('sess-bench'); INSERT INTO runs(name) VALUES ('run-bench');"
      "INSERT INTO session_runs(run, session) VALUES (1, 1)");
  sqlite3_stmt *name = prepare("INSERT INTO metric_names(name) VALUES (?)");
  for (int m = 0; m < metrics; m++) {
    sqlite3_bind_text(name, 1, argv[4 + m], -1, SQLITE_STATIC);
    check(sqlite3_step(name), "name a metric");
    sqlite3_reset(name);
  }
  sqlite3_stmt *event = prepare(
      "INSERT OR IGNORE INTO events(session, seq, run, kind, ts, step, epoch, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  sqlite3_stmt *value = prepare("INSERT OR IGNORE INTO metrics(run, step, session, seq, metric, value) VALUES (?, ?, ?, ?, ?, ?)");

  double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < events; i++) {
    const step *s = (const step *)(bytes + i * each);
    if (i % EVENTS_A_TRANSACTION == 0) run("BEGIN IMMEDIATE");
    sqlite3_bind_int64(event, 1, 1);
    sqlite3_bind_int64(event, 2, s->seq);
    sqlite3_bind_int64(event, 3, 1);
    sqlite3_bind_int64(event, 4, KIND_STEP);
    sqlite3_bind_double(event, 5, s->ts);
    sqlite3_bind_int64(event, 6, s->step);
    sqlite3_bind_int64(event, 7, s->epoch);
    check(sqlite3_step(event), "insert an event");
    sqlite3_reset(event);
    sqlite3_bind_int64(value, 1, 1);
    sqlite3_bind_int64(value, 2, s->step);
    sqlite3_bind_int64(value, 3, 1);
    sqlite3_bind_int64(value, 4, s->seq);
    for (int m = 0; m < metrics; m++) {
      sqlite3_bind_int64(value, 5, m + 1);
      sqlite3_bind_double(value, 6, s->values[m]);
      check(sqlite3_step(value), "insert a value");
      sqlite3_reset(value);
    }
    if (i % EVENTS_A_TRANSACTION == EVENTS_A_TRANSACTION - 1 || i + 1 == events) run("COMMIT");
  }
  double seconds = now(CLOCK_MONOTONIC) - start;
  cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"seconds\": %.6f, \"events\": %zu, \"rows\": %zu, \"cpu\": %.6f}\n", seconds, events, events * (size_t)(metrics + 1), cpu);
  sqlite3_finalize(name);
  sqlite3_finalize(event);
  sqlite3_finalize(value);
  return sqlite3_close(database);
}
