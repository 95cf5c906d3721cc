/* SPDX-License-Identifier: Apache-2.0 */
/* The bare baseline of a zoomed series: reads every row of one metric of one run, and reduces them to the least and the greatest value of
   so many buckets of steps. The statement is prepared before the clock starts; the file is in the page cache after the first round.
   Usage: series DATABASE RUN METRIC BUCKETS ROUNDS. Prints the seconds of the fastest round, rows, and the extremes. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { int64_t least_step, greatest_step; double least, greatest; int filled; } bucket;

static sqlite3 *database;

static void check(int result, const char *what) {
  if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
  fprintf(stderr, "cannot %s: %s\n", what, sqlite3_errmsg(database));
  exit(1);
}

static sqlite3_stmt *prepare(const char *sql, const char *run, const char *metric) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
  sqlite3_bind_text(statement, 1, run, -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 2, metric, -1, SQLITE_STATIC);
  return statement;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void take(bucket *b, int64_t step, double value) {
  if (!b->filled || value < b->least) { b->least = value; b->least_step = step; }
  if (!b->filled || value > b->greatest) { b->greatest = value; b->greatest_step = step; }
  b->filled = 1;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int count = atoi(argv[4]), rounds = atoi(argv[5]);
  check(sqlite3_open_v2(argv[1], &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL), "open");
  check(sqlite3_exec(database, "PRAGMA cache_size = -8000", NULL, NULL, NULL), "set up");
#define SERIES " FROM metrics WHERE run = (SELECT id FROM runs WHERE name = ?1) AND metric = (SELECT id FROM metric_names WHERE name = ?2)"
  sqlite3_stmt *ends = prepare("SELECT min(step), max(step)" SERIES, argv[2], argv[3]);
  check(sqlite3_step(ends), "find the ends");
  int64_t first = sqlite3_column_int64(ends, 0), last = sqlite3_column_int64(ends, 1), width = (last - first) / count + 1;
  sqlite3_reset(ends);
  sqlite3_stmt *rows = prepare("SELECT step, value" SERIES " ORDER BY step, session, seq", argv[2], argv[3]);
  bucket *buckets = malloc((size_t)count * sizeof(bucket));
  double fastest = 1e9, least = 0, greatest = 0;
  int64_t read = 0;
  for (int round = 0; round < rounds; round++) {
    double begun = now();
    for (int b = 0; b < count; b++) buckets[b].filled = 0;
    read = 0;
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
      int64_t step = sqlite3_column_int64(rows, 0);
      take(&buckets[(step - first) / width], step, sqlite3_column_double(rows, 1));
      read++;
    }
    check(result, "read the rows");
    sqlite3_reset(rows);
    bucket all = {0};
    for (int b = 0; b < count; b++) {
      if (!buckets[b].filled) continue;
      take(&all, buckets[b].least_step, buckets[b].least);
      take(&all, buckets[b].greatest_step, buckets[b].greatest);
    }
    least = all.least;
    greatest = all.greatest;
    double seconds = now() - begun;
    if (seconds < fastest) fastest = seconds;
  }
  printf("{\"seconds\": %.9f, \"rows\": %lld, \"least\": %.17g, \"greatest\": %.17g}\n", fastest, (long long)read, least, greatest);
  sqlite3_finalize(ends);
  sqlite3_finalize(rows);
  return sqlite3_close(database);
}
