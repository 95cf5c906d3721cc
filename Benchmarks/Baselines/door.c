/* SPDX-License-Identifier: Apache-2.0 */
/* The control door's baseline and its measuring client.
   door serve SOCKET                answers every line with itself, one client at a time
   door call SOCKET LINE COUNT      sends a line, waits for a line, COUNT times; prints nanoseconds a round trip
   door run SOCKET LINE COUNT       sends a line, takes what is streamed and the answer, COUNT times; prints the median, and what came */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 16];

static int endpoint(const char *path, struct sockaddr_un *address) {
  if (strlen(path) >= sizeof address->sun_path) { fprintf(stderr, "'%s' is too long for a socket\n", path); exit(1); }
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path);
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void send_all(int s, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(s, bytes, length);
    if (n <= 0) { perror("write"); exit(1); }
    bytes += n;
    length -= (size_t)n;
  }
}

/* The length of the line read, 0 at the end. */
static size_t receive_line(int s) {
  size_t have = 0;
  while (have < sizeof buffer) {
    ssize_t n = read(s, buffer + have, sizeof buffer - have);
    if (n <= 0) return 0;
    have += (size_t)n;
    if (buffer[have - 1] == '\n') return have;
  }
  return 0;
}

static int serve(const char *path) {
  struct sockaddr_un address;
  int listener = endpoint(path, &address);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) { perror(path); return 1; }
  for (;;) {
    int s = accept(listener, NULL, NULL);
    for (size_t length; (length = receive_line(s)) > 0;) send_all(s, buffer, length);
    close(s);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int call(const char *path, const char *line, int count) {
  struct sockaddr_un address;
  int s = endpoint(path, &address);
  if (connect(s, (struct sockaddr *)&address, sizeof address)) { perror(path); return 1; }
  size_t length = strlen(line);
  char *request = malloc(length + 1);
  memcpy(request, line, length);
  request[length] = '\n';
  double start = 0;
  for (int i = -count / 10; i < count; i++) {
    if (i == 0) start = now();
    send_all(s, request, length + 1);
    size_t answer = receive_line(s);
    if (answer == 0 || memmem(buffer, answer, "\"error\"", 7)) { fprintf(stderr, "not answered: %.*s\n", (int)answer, buffer); return 1; }
  }
  printf("{\"nanoseconds\": %.1f, \"count\": %d}\n", (now() - start) / count, count);
  return 0;
}

/* A stream: notifications, and the answer, which alone has an id. Returns 0 when the other side is gone. */
static size_t receive_answer(int s, size_t *lines, size_t *bytes) {
  static const char answer[] = "{\"jsonrpc\":\"2.0\",\"id\":";
  bool is_begin = true, is_answer = false, is_error = false;
  size_t have = 0;
  for (;;) {
    ssize_t n = read(s, buffer + have, sizeof buffer - have);
    if (n <= 0) return 0;
    *bytes += (size_t)n;
    have += (size_t)n;
    char *at = buffer, *end = buffer + have;
    while (at < end) {
      char *newline = memchr(at, '\n', (size_t)(end - at));
      if (is_begin && !newline && (size_t)(end - at) < sizeof answer + 7) break;
      if (is_begin) {
        is_answer = !strncmp(at, answer, sizeof answer - 1);
        is_error = is_answer && memmem(at, (size_t)((newline ? newline : end) - at), "\"error\":{", 9);
      }
      is_begin = newline != NULL;
      if (!newline) { at = end; break; }
      (*lines)++;
      if (is_error) fprintf(stderr, "not answered: %.*s\n", (int)(newline - at), at);
      if (is_answer) return is_error ? 0 : 1;
      at = newline + 1;
    }
    have = (size_t)(end - at);
    memmove(buffer, at, have);
  }
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int run(const char *path, const char *line, int count) {
  struct sockaddr_un address;
  int s = endpoint(path, &address);
  if (connect(s, (struct sockaddr *)&address, sizeof address)) { perror(path); return 1; }
  size_t length = strlen(line), lines = 0, bytes = 0;
  char *request = malloc(length + 1);
  double *times = malloc((size_t)count * sizeof *times);
  memcpy(request, line, length);
  request[length] = '\n';
  for (int i = -count / 10; i < count; i++) {
    if (i == 0) lines = bytes = 0;
    double begun = now();
    send_all(s, request, length + 1);
    if (!receive_answer(s, &lines, &bytes)) { fprintf(stderr, "no answer\n"); return 1; }
    if (i >= 0) times[i] = now() - begun;
  }
  qsort(times, (size_t)count, sizeof *times, by_size);
  printf("{\"nanoseconds\": %.0f, \"p99_nanoseconds\": %.0f, \"lines\": %zu, \"bytes\": %zu, \"count\": %d}\n", times[count / 2],
         times[(long)count * 99 / 100], lines, bytes, count);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "serve")) return serve(argv[2]);
  if (argc == 5 && !strcmp(argv[1], "call")) return call(argv[2], argv[3], atoi(argv[4]));
  if (argc == 5 && !strcmp(argv[1], "run")) return run(argv[2], argv[3], atoi(argv[4]));
  return 2;
}
