/* SPDX-License-Identifier: Apache-2.0 */
/* The control door's baseline and its measuring client.
   door serve SOCKET                answers every line with itself, one client at a time
   door call SOCKET LINE COUNT      sends a line, waits for a line, COUNT times; prints nanoseconds a round trip */
#define _GNU_SOURCE
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

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "serve")) return serve(argv[2]);
  if (argc == 5 && !strcmp(argv[1], "call")) return call(argv[2], argv[3], atoi(argv[4]));
  return 2;
}
