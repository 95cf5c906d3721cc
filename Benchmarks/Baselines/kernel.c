/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of a Jupyter client: bare libzmq, one thread, no JSON.

   kernel CONNECTION_FILE trip COUNT        runs `1` COUNT times, each until reply and idle; nanoseconds, median, processor time
   kernel CONNECTION_FILE flood COUNT SIZE  has COUNT messages of SIZE bytes sent (by the null kernel); seconds, processor time, memory
   kernel CONNECTION_FILE big BYTES         one message of so many bytes
   kernel CONNECTION_FILE ready 0           waits until the kernel answers
   kernel CONNECTION_FILE say CODE          runs that once, and tells as flood does

   Needs -lzmq -lcrypto. */
#define _GNU_SOURCE
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static char key[4096], ip[256], transport[8];
static void *shell, *iopub;

static size_t member(const char *json, const char *name, char *into, size_t room) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "\"%s\"", name);
  const char *at = strstr(json, quoted);
  size_t n = 0;
  if (at) {
    at += strlen(quoted);
    while (*at == ' ' || *at == ':') at++;
    bool is_text = *at == '"';
    for (at += is_text; *at && (is_text ? *at != '"' : *at >= '0' && *at <= '9') && n + 1 < room; at++) into[n++] = *at;
  }
  into[n] = 0;
  return n;
}

static void hex_of(const unsigned char *bytes, char *into) {
  for (int i = 0; i < 32; i++) {
    into[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    into[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
  into[64] = 0;
}

static void sign(const char *const texts[4], const size_t lengths[4], char into[65]) {
  static HMAC_CTX *context;
  into[0] = 0;
  if (!key[0]) return;
  if (!context) HMAC_Init_ex(context = HMAC_CTX_new(), key, (int)strlen(key), EVP_sha256(), NULL);
  else HMAC_Init_ex(context, NULL, 0, NULL, NULL);
  for (int i = 0; i < 4; i++) HMAC_Update(context, (const unsigned char *)texts[i], lengths[i]);
  unsigned char code[32];
  unsigned int size = 32;
  HMAC_Final(context, code, &size);
  hex_of(code, into);
}

static void request(const char *type, const char *content, unsigned long number) {
  char header[512], signature[65];
  snprintf(header, sizeof header, "{\"msg_id\": \"floor-%d-%lu\", \"msg_type\": \"%s\", \"session\": \"floor\", \"username\": \"u\", \"date\": "
           "\"2026-01-01T00:00:00.000000Z\", \"version\": \"5.4\"}", (int)getpid(), number, type);
  const char *texts[4] = {header, "{}", "{}", content};
  size_t lengths[4] = {strlen(header), 2, 2, strlen(content)};
  sign(texts, lengths, signature);
  zmq_send(shell, "<IDS|MSG>", 9, ZMQ_SNDMORE);
  zmq_send(shell, signature, strlen(signature), ZMQ_SNDMORE);
  for (int i = 0; i < 4; i++) zmq_send(shell, texts[i], lengths[i], i < 3 ? ZMQ_SNDMORE : 0);
}

/* Receives a message and checks its signature. Returns 1 for an idle, 2 for a reply, 0 for others; -1 for nothing there. */
static int receive(void *socket) {
  zmq_msg_t frames[16];
  int n = 0, start = -1;
  for (int more = 1; more && n < 16; n++) {
    zmq_msg_init(&frames[n]);
    if (zmq_msg_recv(&frames[n], socket, ZMQ_DONTWAIT) < 0) return -1;
    if (start < 0 && zmq_msg_size(&frames[n]) == 9 && !memcmp(zmq_msg_data(&frames[n]), "<IDS|MSG>", 9)) start = n;
    more = zmq_msg_more(&frames[n]);
  }
  int kind = 0;
  if (start >= 0 && n >= start + 6) {
    const char *texts[4];
    size_t lengths[4];
    for (int i = 0; i < 4; i++) { texts[i] = zmq_msg_data(&frames[start + 2 + i]); lengths[i] = zmq_msg_size(&frames[start + 2 + i]); }
    char signature[65];
    sign(texts, lengths, signature);
    if (key[0] && memcmp(signature, zmq_msg_data(&frames[start + 1]), 64)) { fprintf(stderr, "a wrong signature\n"); exit(1); }
    if (socket == shell) kind = 2;
    else if (memmem(texts[0], lengths[0], "\"status\"", 8) && memmem(texts[3], lengths[3], "\"idle\"", 6)) kind = 1;
  }
  for (int i = 0; i < n; i++) zmq_msg_close(&frames[i]);
  return kind;
}

static double clock_of(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool finish(int milliseconds) {
  bool idle = false, answered = false;
  zmq_pollitem_t items[2] = {{shell, 0, ZMQ_POLLIN, 0}, {iopub, 0, ZMQ_POLLIN, 0}};
  while (!idle || !answered) {
    if (zmq_poll(items, 2, milliseconds) <= 0) return false;
    for (int i = 0, kind; i < 2; i++)
      while ((kind = receive(items[i].socket)) >= 0) { idle |= kind == 1; answered |= kind == 2; }
  }
  return true;
}

static void run(const char *code, unsigned long number) {
  char content[400];
  snprintf(content, sizeof content, "{\"code\": \"%s\", \"silent\": false, \"store_history\": true, \"user_expressions\": {}, \"allow_stdin\": false, "
           "\"stop_on_error\": true}", code);
  request("execute_request", content, number);
  if (!finish(120000)) { fprintf(stderr, "the kernel did not answer '%s'\n", code); exit(1); }
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void trip(long count) {
  double *times = malloc((size_t)count * sizeof *times);
  for (long i = 0; i < count / 10; i++) run("1", (unsigned long)(1000000 + i));
  double cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < count; i++) {
    double begun = clock_of(CLOCK_MONOTONIC);
    run("1", (unsigned long)(2000000 + i));
    times[i] = clock_of(CLOCK_MONOTONIC) - begun;
  }
  cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  qsort(times, (size_t)count, sizeof *times, by_size);
  printf("{\"nanoseconds\": %.0f, \"p99_nanoseconds\": %.0f, \"cpu_nanoseconds\": %.0f, \"count\": %ld}\n", times[count / 2] * 1e9,
         times[count * 99 / 100] * 1e9, cpu / (double)count * 1e9, count);
}

static void drain(const char *code) {
  double begun = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
  run(code, 3000000);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"seconds\": %.4f, \"cpu_seconds\": %.4f, \"peak_kilobytes\": %ld}\n", clock_of(CLOCK_MONOTONIC) - begun,
         clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu, usage.ru_maxrss);
}

static void *open_socket(void *context, int kind, const char *json, const char *name) {
  char port[16], endpoint[400];
  member(json, name, port, sizeof port);
  snprintf(endpoint, sizeof endpoint, strcmp(transport, "ipc") ? "tcp://%s:%s" : "ipc://%s-%s", ip, port);
  void *socket = zmq_socket(context, kind);
  int none = 0;
  zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
  zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
  if (kind == ZMQ_SUB) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
  if (zmq_connect(socket, endpoint)) { fprintf(stderr, "cannot connect to %s\n", endpoint); exit(1); }
  return socket;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  static char json[1 << 16];
  FILE *file = fopen(argv[1], "r");
  if (!file || fread(json, 1, sizeof json - 1, file) == 0) { perror(argv[1]); return 1; }
  fclose(file);
  member(json, "key", key, sizeof key);
  member(json, "ip", ip, sizeof ip);
  member(json, "transport", transport, sizeof transport);
  void *context = zmq_ctx_new();
  iopub = open_socket(context, ZMQ_SUB, json, "iopub_port");
  shell = open_socket(context, ZMQ_DEALER, json, "shell_port");
  /* Ready when a question's own idle comes. */
  for (unsigned long i = 0; ; i++) {
    request("kernel_info_request", "{}", i);
    if (finish(strcmp(argv[2], "ready") ? 300 : 50)) break;
  }
  char code[64];
  if (!strcmp(argv[2], "trip")) trip(atol(argv[3]));
  else if (!strcmp(argv[2], "flood") && argc == 5) { snprintf(code, sizeof code, "flood %s %s", argv[3], argv[4]); drain(code); }
  else if (!strcmp(argv[2], "big")) { snprintf(code, sizeof code, "big %s", argv[3]); drain(code); }
  else if (!strcmp(argv[2], "say")) drain(argv[3]);
  else if (strcmp(argv[2], "ready")) return 2;
  return 0;
}
