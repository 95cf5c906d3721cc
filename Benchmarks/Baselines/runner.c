/* SPDX-License-Identifier: Apache-2.0 */
/* The bare baseline of a plugin in a process of its own: 148 bytes go over a socketpair to another process and come back.
   Usage: runner IN-FLIGHT CALLS, or runner start TIMES: a process is started and says that it is there. Prints nanoseconds each. */
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 148 }; /* a frame's head and 100 bytes */

extern char **environ;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Reads at least one whole message, as many as have come. */
static int take(int line, uint8_t *buffer, int *held) {
  while (*held < BYTES) {
    ssize_t count = recv(line, buffer + *held, 64 * BYTES - *held, 0);
    if (count <= 0) return 0;
    *held += (int)count;
  }
  int messages = *held / BYTES;
  *held -= messages * BYTES;
  memmove(buffer, buffer + messages * BYTES, (size_t)*held);
  return messages;
}

static void echo(int line) {
  uint8_t buffer[64 * BYTES], message[BYTES];
  int held = 0, count;
  memset(message, 'x', sizeof message);
  while ((count = take(line, buffer, &held)) > 0)
    while (count-- > 0)
      if (send(line, message, BYTES, MSG_NOSIGNAL) != BYTES) return;
}

static double calls(int in_flight, int total) {
  int line[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, line) != 0) return 0;
  pid_t child = fork();
  if (child == 0) {
    close(line[0]);
    echo(line[1]);
    _exit(0);
  }
  close(line[1]);
  uint8_t buffer[64 * BYTES], message[BYTES];
  memset(message, 'x', sizeof message);
  int held = 0, sent = 0, answered = 0;
  double start = now();
  while (answered < total) {
    while (sent < total && sent - answered < in_flight) {
      if (send(line[0], message, BYTES, MSG_NOSIGNAL) != BYTES) exit(1);
      sent++;
    }
    answered += take(line[0], buffer, &held);
  }
  double each = (now() - start) / total;
  close(line[0]);
  waitpid(child, NULL, 0);
  return each;
}

static double starts(const char *self, int total) {
  double start = now();
  for (int i = 0; i < total; i++) {
    int line[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, line) != 0) return 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, line[1], 3);
    char *arguments[] = {(char *)self, "child", NULL};
    pid_t child;
    if (posix_spawn(&child, self, &actions, NULL, arguments, environ) != 0) exit(1);
    close(line[1]);
    uint8_t byte;
    if (recv(line[0], &byte, 1, 0) != 1) exit(1);
    close(line[0]);
    waitpid(child, NULL, 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  return (now() - start) / total;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "child") == 0) return send(3, "!", 1, 0) == 1 ? 0 : 1;
  int isStart = argc > 1 && strcmp(argv[1], "start") == 0, total = argc > 2 ? atoi(argv[2]) : 10000;
  double each = isStart ? starts(argv[0], total) : calls(argc > 1 ? atoi(argv[1]) : 1, total);
  printf("{\"nanoseconds\": %.1f, \"count\": %d}\n", each, total);
  return 0;
}
