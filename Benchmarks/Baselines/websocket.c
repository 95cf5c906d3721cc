/* SPDX-License-Identifier: Apache-2.0 */
/* The bridge's baseline, a bare echo of libwebsockets, and the client that measures both.
   websocket serve                                    answers every message with itself; prints its port
   websocket load PORT TARGET CLIENTS SECONDS MESSAGE each client sends a message and waits for one, again and again; prints requests and times
   websocket idle PORT TARGET CLIENTS MESSAGE         each client says one message; prints a line when all are answered, and waits for its input's end
   A MESSAGE of "@N" is a request with a text of N bytes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* MARK: - The baseline */

typedef struct {
  unsigned char *bytes; /* Behind LWS_PRE. */
  size_t length, room;
  bool binary;
} session;

static int serve_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
  session *s = user;
  switch (reason) {
  case LWS_CALLBACK_RECEIVE:
    if (s->length + length > s->room) {
      s->room = (s->length + length) * 2;
      s->bytes = realloc(s->bytes, LWS_PRE + s->room);
    }
    memcpy(s->bytes + LWS_PRE + s->length, in, length);
    s->length += length;
    s->binary = lws_frame_is_binary(wsi);
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) lws_callback_on_writable(wsi);
    return 0;
  case LWS_CALLBACK_SERVER_WRITEABLE:
    if (s->length > 0) lws_write(wsi, s->bytes + LWS_PRE, s->length, s->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
    s->length = 0;
    return 0;
  case LWS_CALLBACK_CLOSED:
    free(s->bytes);
    return 0;
  default: return 0;
  }
}

static int serve(void) {
  lws_set_log_level(0, NULL);
  static const struct lws_protocols protocols[] = {{"echo", serve_event, sizeof(session), 1 << 16, 0, NULL, 0}, {0}};
  struct lws_context_creation_info information = {.port = 0, .iface = "127.0.0.1", .protocols = protocols, .gid = -1, .uid = -1};
  information.fd_limit_per_thread = 4096;
  information.pt_serv_buf_size = 1 << 16;
  struct lws_context *context = lws_create_context(&information);
  if (!context) return 1;
  printf("%d\n", lws_get_vhost_port(lws_get_vhost_by_name(context, "default")));
  fflush(stdout);
  while (lws_service(context, 0) >= 0) {}
  return 0;
}

/* MARK: - The client */

typedef struct {
  int s;
  unsigned char header[10];
  size_t have;  /* Of the header. */
  size_t left;  /* Of the payload. */
  bool begun;   /* Whether the payload's length is known. */
  double sent;
} client;

static unsigned char *frame;
static size_t frame_length;
static unsigned char buffer[1 << 20];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what) { perror(what); exit(1); }

static void send_all(int s, const unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = send(s, bytes, length, MSG_NOSIGNAL);
    if (n <= 0) fail("send");
    bytes += n;
    length -= (size_t)n;
  }
}

/* With a mask of zeros, which is one like any other. */
static void make_frame(const char *message) {
  size_t length = strlen(message);
  char *text = strdup(message);
  if (message[0] == '@') {
    size_t size = strtoul(message + 1, NULL, 10);
    const char *before = "{\"id\":1,\"type\":\"bench/echo\",\"params\":{\"text\":\"", *after = "\"}}";
    text = malloc(size + 100);
    length = (size_t)sprintf(text, "%s", before);
    memset(text + length, 'z', size);
    length += size + (size_t)sprintf(text + length + size, "%s", after);
  }
  frame = malloc(length + 14);
  frame[frame_length++] = 0x81;
  if (length < 126) frame[frame_length++] = 0x80 | (unsigned char)length;
  else if (length < 65536) {
    frame[frame_length++] = 0xfe;
    for (int i = 1; i >= 0; i--) frame[frame_length++] = (unsigned char)(length >> (8 * i));
  } else {
    frame[frame_length++] = 0xff;
    for (int i = 7; i >= 0; i--) frame[frame_length++] = (unsigned char)(length >> (8 * i));
  }
  memset(frame + frame_length, 0, 4);
  memcpy(frame + frame_length + 4, text, length);
  frame_length += 4 + length;
  free(text);
}

static void connect_client(client *c, int port, const char *target) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  c->s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(c->s, (struct sockaddr *)&address, sizeof address)) fail("connect");
  char head[1024];
  int length = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", target, port);
  send_all(c->s, (unsigned char *)head, (size_t)length);
  size_t have = 0;
  while (have < 4 || memcmp(head + have - 4, "\r\n\r\n", 4)) {
    if (have == sizeof head || read(c->s, head + have, 1) != 1) fail("handshake");
    have++;
  }
  if (memcmp(head, "HTTP/1.1 101", 12)) { fprintf(stderr, "refused: %.40s\n", head); exit(1); }
}

static void ask(client *c) {
  c->have = c->left = 0;
  c->begun = false;
  c->sent = now();
  send_all(c->s, frame, frame_length);
}

/* Takes bytes; true when the answer is whole. One message is on its way at most. */
static bool take(client *c, const unsigned char *bytes, size_t length) {
  while (length > 0 && !c->begun) {
    c->header[c->have++] = *bytes++;
    length--;
    size_t need = c->have < 2 ? 2 : (c->header[1] & 127) == 126 ? 4 : (c->header[1] & 127) == 127 ? 10 : 2;
    if (c->have < need) continue;
    c->left = need == 2 ? c->header[1] & 127 : 0;
    for (size_t i = 2; i < need; i++) c->left = c->left << 8 | c->header[i];
    c->begun = true;
  }
  c->left -= length;
  return c->begun && c->left == 0;
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static client *connect_all(int port, const char *target, int count, int events) {
  client *clients = calloc((size_t)count, sizeof(client));
  for (int i = 0; i < count; i++) {
    connect_client(&clients[i], port, target);
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = &clients[i]}};
    if (epoll_ctl(events, EPOLL_CTL_ADD, clients[i].s, &event)) fail("epoll");
  }
  return clients;
}

/* Waits for answers and gives those that are whole to `done`, until it says so. */
static void serve_answers(int events, bool (*done)(client *)) {
  struct epoll_event ready[256];
  for (;;) {
    int count = epoll_wait(events, ready, 256, 30000);
    if (count <= 0) fail("nothing came");
    for (int i = 0; i < count; i++) {
      client *c = ready[i].data.ptr;
      ssize_t n = read(c->s, buffer, sizeof buffer);
      if (n <= 0) fail("closed");
      if (take(c, buffer, (size_t)n) && done(c)) return;
    }
  }
}

static float *times;
static size_t taken, most;
static double begun, end;
static int waiting;

static bool count_answer(client *c) {
  double t = now();
  if (t >= begun) {
    if (taken < most) times[taken++] = (float)(t - c->sent);
    if (t >= end) return true;
  }
  ask(c);
  return false;
}

static bool count_down(client *c) { (void)c; return --waiting == 0; }

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "serve")) return serve();
  int events = epoll_create1(EPOLL_CLOEXEC);
  if (argc == 7 && !strcmp(argv[1], "load")) {
    make_frame(argv[6]);
    int count = atoi(argv[4]);
    client *clients = connect_all(atoi(argv[2]), argv[3], count, events);
    most = 20000000;
    times = malloc(most * sizeof *times);
    begun = now() + 0.2;
    end = begun + atof(argv[5]);
    for (int i = 0; i < count; i++) ask(&clients[i]);
    serve_answers(events, count_answer);
    double seconds = now() - begun;
    qsort(times, taken, sizeof *times, ascending);
    printf("{\"requests\": %zu, \"seconds\": %.4f, \"per_second\": %.0f, \"median_us\": %.2f, \"p99_us\": %.2f}\n", taken, seconds,
           (double)taken / seconds, times[taken / 2] * 1e6, times[taken * 99 / 100] * 1e6);
    return 0;
  }
  if (argc == 6 && !strcmp(argv[1], "idle")) {
    make_frame(argv[5]);
    waiting = atoi(argv[4]);
    client *clients = connect_all(atoi(argv[2]), argv[3], waiting, events);
    for (int i = 0, count = waiting; i < count; i++) ask(&clients[i]);
    serve_answers(events, count_down);
    puts("all are answered");
    fflush(stdout);
    while (getchar() != EOF) {}
    return 0;
  }
  fprintf(stderr, "usage: websocket serve | load PORT TARGET CLIENTS SECONDS MESSAGE | idle PORT TARGET CLIENTS MESSAGE\n");
  return 2;
}
