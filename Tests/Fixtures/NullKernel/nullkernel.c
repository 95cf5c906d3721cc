/* SPDX-License-Identifier: Apache-2.0 */
/* A Jupyter kernel that runs nothing: it answers at once, floods, and misbehaves on request. Used by tests for faults no real kernel can be
   asked for, and by benchmarks, whose floor it is.

   cc -O2 nullkernel.c -lzmq -lcrypto -o nullkernel
   nullkernel CONNECTION_FILE [FLAG...]
     no-welcome      publishes no iopub_welcome
     deaf-control    answers nothing on control, but shutdown
     no-heartbeat    binds no heartbeat
     null-parents    writes null for a parent that is not there
     echo-session    writes the asker's session into its headers, as kernels on Rust's runtimelib do
     stubborn        ignores interrupt_request and shutdown_request
     silent          binds its sockets and answers nothing
     no-ports        (with a file without ports) picks free ports and rewrites the file

   Code it understands, the first words of an execute_request's code:
     flood N SIZE    N stream messages of SIZE bytes each, then idle and reply
     big SIZE        one stream message of SIZE bytes
     bad-signature   an output with a wrong signature
     replay          an output, twice the same bytes
     null-parent     an output whose parent is null
     no-parent       an output whose parent is {}
     idle-first      idle before the reply
     reply-first     reply before busy
     idle-lost       no idle
     late            an output after the reply and idle
     junk            frames that are no message
     nan             an output with NaN, Infinity and half a surrogate pair
     restart         from now on another session
     stop-heart      the heartbeat is not answered from now on
     input           asks on stdin, prints what was answered
     error           a reply of status error
     exit N          ends with that code, at once
     silence         no reply, no idle
   Anything else: execute_input, and an execute_result with the code as its text. */
#define _GNU_SOURCE
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { SHELL, CONTROL, STDIN, IOPUB, HEART, SOCKETS };
enum { HEADER, PARENT, METADATA, CONTENT, TEXTS };

static const char *port_names[SOCKETS] = {"shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"};
static const int kinds[SOCKETS] = {ZMQ_ROUTER, ZMQ_ROUTER, ZMQ_ROUTER, ZMQ_XPUB, ZMQ_ROUTER};
static void *sockets[SOCKETS];
static char key[4096], session[33], transport[8], ip[256];
static unsigned long count;
static long executions;
static bool welcome = true, deaf_control, beats = true, null_parents, echo_session, stubborn, silent;
static char client_session[256];

typedef struct { char *bytes; size_t length; } text;

static const char *find(const char *json, size_t length, const char *name) {
  char quoted[64];
  size_t n = (size_t)snprintf(quoted, sizeof quoted, "\"%s\"", name);
  const char *at = memmem(json, length, quoted, n);
  if (!at) return NULL;
  for (at += n; at < json + length && (*at == ' ' || *at == ':' || *at == '\n'); at++) {}
  return at;
}

/* A member that is a text, escapes left as they are. */
static size_t member(const char *json, size_t length, const char *name, char *into, size_t room) {
  const char *at = find(json, length, name);
  into[0] = 0;
  if (!at || *at != '"') return 0;
  size_t n = 0;
  for (at++; at < json + length && *at != '"' && n + 2 < room; at++) {
    if (*at == '\\') into[n++] = *at++;
    into[n++] = *at;
  }
  into[n] = 0;
  return n;
}

static long number(const char *json, size_t length, const char *name) {
  const char *at = find(json, length, name);
  if (!at) return 0;
  return strtol(*at == '"' ? at + 1 : at, NULL, 10);
}

static void hexadecimal(const unsigned char *bytes, size_t n, char *into) {
  for (size_t i = 0; i < n; i++) sprintf(into + 2 * i, "%02x", bytes[i]);
}

static void sign(const text texts[TEXTS], char into[65]) {
  into[0] = 0;
  if (!key[0]) return;
  static HMAC_CTX *context;
  if (!context) {
    context = HMAC_CTX_new();
    HMAC_Init_ex(context, key, (int)strlen(key), EVP_sha256(), NULL);
  } else {
    HMAC_Init_ex(context, NULL, 0, NULL, NULL);
  }
  for (int i = 0; i < TEXTS; i++) HMAC_Update(context, (const unsigned char *)texts[i].bytes, texts[i].length);
  unsigned char code[32];
  unsigned int size = sizeof code;
  HMAC_Final(context, code, &size);
  hexadecimal(code, 32, into);
}

static text make_header(const char *type) {
  char *bytes;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  struct tm parts;
  gmtime_r(&t.tv_sec, &parts);
  char date[40];
  size_t n = strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  snprintf(date + n, sizeof date - n, ".%06ldZ", t.tv_nsec / 1000);
  int length = asprintf(&bytes, "{\"msg_id\": \"%s_%lu\", \"msg_type\": \"%s\", \"username\": \"null\", \"session\": \"%s\", \"date\": \"%s\", \"version\": \"5.5\"}",
                        session, ++count, type, echo_session && client_session[0] ? client_session : session, date);
  return (text){bytes, (size_t)length};
}

static void frame(void *socket, const void *bytes, size_t length, bool more) { zmq_send(socket, bytes, length, more ? ZMQ_SNDMORE : 0); }

static void send_texts(int socket, const void *identity, size_t identity_length, const text texts[TEXTS], const char *signature) {
  frame(sockets[socket], identity, identity_length, true);
  frame(sockets[socket], "<IDS|MSG>", 9, true);
  frame(sockets[socket], signature, strlen(signature), true);
  for (int i = 0; i < TEXTS; i++) frame(sockets[socket], texts[i].bytes, texts[i].length, i + 1 < TEXTS);
}

static void post(int socket, const void *identity, size_t identity_length, const char *type, text parent, const char *content, size_t length) {
  text header = make_header(type);
  text texts[TEXTS] = {header, parent, {"{}", 2}, {(char *)content, length}};
  char signature[65];
  sign(texts, signature);
  send_texts(socket, identity, identity_length, texts, signature);
  free(header.bytes);
}

static text no_parent(void) { return null_parents ? (text){"null", 4} : (text){"{}", 2}; }

static void publish(const char *type, text parent, const char *content) {
  char topic[80];
  int n = snprintf(topic, sizeof topic, "kernel.%s.%s", session, type);
  post(IOPUB, topic, (size_t)n, type, parent, content, strlen(content));
}

static void status(text parent, const char *state) {
  char content[64];
  snprintf(content, sizeof content, "{\"execution_state\": \"%s\"}", state);
  publish("status", parent, content);
}

static void stream(text parent, const char *words) {
  char *content;
  if (asprintf(&content, "{\"name\": \"stdout\", \"text\": \"%s\"}", words) < 0) abort();
  publish("stream", parent, content);
  free(content);
}

static char *filled(size_t size, const char *before, const char *after, size_t *length) {
  size_t b = strlen(before), a = strlen(after);
  char *bytes = malloc(b + size + a + 1);
  memcpy(bytes, before, b);
  memset(bytes + b, 'x', size);
  memcpy(bytes + b + size, after, a + 1);
  *length = b + size + a;
  return bytes;
}

static void flood(text parent, long n, size_t size) {
  size_t length;
  char *content = filled(size, "{\"name\": \"stdout\", \"text\": \"", "\"}", &length);
  for (long i = 0; i < n; i++) post(IOPUB, "stream", 6, "stream", parent, content, length);
  free(content);
}

/* The same bytes `times` over, or under a signature that is wrong. */
static void odd_stream(text parent, bool is_wrong, int times) {
  text header = make_header("stream");
  static char content[] = "{\"name\": \"stdout\", \"text\": \"odd\"}";
  text texts[TEXTS] = {header, parent, {"{}", 2}, {content, strlen(content)}};
  char signature[65];
  sign(texts, signature);
  if (is_wrong) signature[0] = signature[0] == '0' ? '1' : '0';
  for (int i = 0; i < times; i++) send_texts(IOPUB, "stream", 6, texts, signature);
  free(header.bytes);
}

static void new_session(void) {
  unsigned char random[16];
  RAND_bytes(random, sizeof random);
  hexadecimal(random, sizeof random, session);
}

typedef struct { int socket; const void *identity; size_t identity_length; text header; const char *code; } request;

static void reply(const request *r, const char *type, const char *content) {
  post(r->socket, r->identity, r->identity_length, type, r->header, content, strlen(content));
}

static void execute_reply(const request *r, const char *state) {
  char content[200];
  snprintf(content, sizeof content, "{\"status\": \"%s\", \"execution_count\": %ld, \"user_expressions\": {}, \"payload\": []%s}", state, executions,
           strcmp(state, "error") ? "" : ", \"ename\": \"Odd\", \"evalue\": \"as asked\", \"traceback\": [\"Odd: as asked\"]");
  reply(r, "execute_reply", content);
}

/* The request that waits for input: what it prints then is its, not the answer's. */
static text asking;
static int asking_socket;

static void ask_input(const request *r) {
  post(STDIN, r->identity, r->identity_length, "input_request", r->header, "{\"prompt\": \"? \", \"password\": false}", 35);
  free(asking.bytes);
  asking = (text){memcpy(malloc(r->header.length), r->header.bytes, r->header.length), r->header.length};
  asking_socket = r->socket;
}

/* Whether the code was one of the misbehaviours. */
static bool misbehave(const request *r) {
  const char *code = r->code;
  text parent = r->header;
  long n = 0, size = 7;
  if (!strcmp(code, "silence")) return true;
  if (!strcmp(code, "reply-first")) { execute_reply(r, "ok"); status(parent, "busy"); status(parent, "idle"); return true; }
  if (sscanf(code, "exit %ld", &n) == 1) _exit((int)n);
  status(parent, "busy");
  if (!strcmp(code, "idle-first")) { status(parent, "idle"); execute_reply(r, "ok"); return true; }
  if (!strcmp(code, "idle-lost")) { execute_reply(r, "ok"); return true; }
  if (!strcmp(code, "late")) { execute_reply(r, "ok"); status(parent, "idle"); stream(parent, "late"); return true; }
  if (!strcmp(code, "input")) { ask_input(r); return true; }
  if (sscanf(code, "flood %ld %ld", &n, &size) >= 1) flood(parent, n, (size_t)size);
  else if (sscanf(code, "big %ld", &n) == 1) flood(parent, 1, (size_t)n);
  else if (!strcmp(code, "bad-signature")) odd_stream(parent, true, 1);
  else if (!strcmp(code, "replay")) odd_stream(parent, false, 2);
  else if (!strcmp(code, "null-parent")) stream((text){"null", 4}, "orphan");
  else if (!strcmp(code, "no-parent")) stream((text){"{}", 2}, "orphan");
  else if (!strcmp(code, "junk")) { frame(sockets[IOPUB], "junk", 4, true); frame(sockets[IOPUB], "more", 4, false); }
  else if (!strcmp(code, "nan")) publish("display_data", parent, "{\"data\": {\"a\": NaN, \"b\": -Infinity, \"c\": \"\\ud800!\"}, \"metadata\": {}}");
  else if (!strcmp(code, "restart")) { new_session(); status(no_parent(), "starting"); }
  else if (!strcmp(code, "stop-heart")) beats = false;
  else if (!strcmp(code, "error")) { execute_reply(r, "error"); status(parent, "idle"); return true; }
  else return false;
  execute_reply(r, "ok");
  status(parent, "idle");
  return true;
}

static void execute(request *r, const char *content, size_t length) {
  static char code[1 << 16];
  member(content, length, "code", code, sizeof code);
  r->code = code;
  executions++;
  if (misbehave(r)) return;
  char *words;
  if (asprintf(&words, "{\"code\": \"%s\", \"execution_count\": %ld}", code, executions) < 0) abort();
  publish("execute_input", r->header, words);
  free(words);
  if (asprintf(&words, "{\"execution_count\": %ld, \"data\": {\"text/plain\": \"%s\"}, \"metadata\": {}}", executions, code) < 0) abort();
  publish("execute_result", r->header, words);
  free(words);
  execute_reply(r, "ok");
  status(r->header, "idle");
}

static const char information[] =
    "{\"status\": \"ok\", \"protocol_version\": \"5.5\", \"implementation\": \"null\", \"implementation_version\": \"1\", \"language_info\": {\"name\": "
    "\"null\", \"version\": \"1\", \"mimetype\": \"text/plain\", \"file_extension\": \".txt\"}, \"banner\": \"nothing is run here\", \"help_links\": [], "
    "\"supported_features\": []}";

/* What other requests get. */
static const char *answer(const char *type) {
  if (!strcmp(type, "kernel_info_request")) return information;
  if (!strcmp(type, "complete_request")) return "{\"status\": \"ok\", \"matches\": [\"null\"], \"cursor_start\": 0, \"cursor_end\": 0, \"metadata\": {}}";
  if (!strcmp(type, "inspect_request")) return "{\"status\": \"ok\", \"found\": false, \"data\": {}, \"metadata\": {}}";
  if (!strcmp(type, "is_complete_request")) return "{\"status\": \"complete\"}";
  if (!strcmp(type, "history_request")) return "{\"status\": \"ok\", \"history\": []}";
  if (!strcmp(type, "comm_info_request")) return "{\"status\": \"ok\", \"comms\": {}}";
  return "{\"status\": \"ok\"}";
}

static void handle(request *r, const char *type, const char *content, size_t length) {
  bool ends = !strcmp(type, "shutdown_request"), interrupts = !strcmp(type, "interrupt_request");
  if (silent || (stubborn && (ends || interrupts)) || (deaf_control && r->socket == CONTROL && !ends)) return;
  if (!strcmp(type, "input_reply")) {
    char words[1024];
    member(content, length, "value", words, sizeof words);
    if (!asking.bytes) return;
    request asked = *r;
    asked.header = asking;
    asked.socket = asking_socket;
    stream(asking, words);
    execute_reply(&asked, "ok");
    status(asking, "idle");
    return;
  }
  if (!strcmp(type, "execute_request")) return execute(r, content, length);
  status(r->header, "busy");
  char name[128];
  snprintf(name, sizeof name, "%.*s_reply", (int)(strlen(type) - strlen("_request")), type);
  reply(r, name, answer(type));
  status(r->header, "idle");
  if (ends) {
    for (int i = 0; i < SOCKETS; i++) if (sockets[i]) zmq_close(sockets[i]);
    exit(0);
  }
}

static void receive(int socket) {
  zmq_msg_t frames[16];
  int n = 0;
  for (int more = 1; more && n < 16; n++) {
    zmq_msg_init(&frames[n]);
    if (zmq_msg_recv(&frames[n], sockets[socket], 0) < 0) exit(1);
    more = zmq_msg_more(&frames[n]);
  }
  if (n >= 7) {
    const char *header = zmq_msg_data(&frames[3]);
    size_t header_length = zmq_msg_size(&frames[3]);
    text texts[TEXTS];
    for (int i = 0; i < TEXTS; i++) texts[i] = (text){zmq_msg_data(&frames[3 + i]), zmq_msg_size(&frames[3 + i])};
    char signature[65], type[80];
    sign(texts, signature);
    member(header, header_length, "msg_type", type, sizeof type);
    member(header, header_length, "session", client_session, sizeof client_session);
    request r = {socket, zmq_msg_data(&frames[0]), zmq_msg_size(&frames[0]), texts[HEADER], ""};
    /* The answer to a question belongs to the request that led to it. */
    if (!strcmp(type, "input_reply")) r = (request){SHELL, r.identity, r.identity_length, texts[PARENT].length > 2 ? texts[PARENT] : texts[HEADER], ""};
    if (strlen(signature) != zmq_msg_size(&frames[2]) || memcmp(signature, zmq_msg_data(&frames[2]), strlen(signature)))
      fprintf(stderr, "nullkernel: a wrong signature on %s\n", port_names[socket]);
    else
      handle(&r, type, texts[CONTENT].bytes, texts[CONTENT].length);
  }
  for (int i = 0; i < n; i++) zmq_msg_close(&frames[i]);
}

static void subscribed(void) {
  char topic[256];
  int n = zmq_recv(sockets[IOPUB], topic, sizeof topic, 0);
  if (n < 1 || topic[0] != 1 || !welcome) return;
  char content[600];
  snprintf(content, sizeof content, "{\"subscription\": \"%.*s\"}", n - 1, topic + 1);
  post(IOPUB, topic + 1, (size_t)n - 1, "iopub_welcome", no_parent(), content, strlen(content));
}

static void beat(void) {
  zmq_msg_t part;
  for (int more = 1; more;) {
    zmq_msg_init(&part);
    zmq_msg_recv(&part, sockets[HEART], 0);
    more = zmq_msg_more(&part);
    if (beats) zmq_msg_send(&part, sockets[HEART], more ? ZMQ_SNDMORE : 0); else zmq_msg_close(&part);
  }
}

static void open_sockets(const char *json, size_t length, const char *path, bool picks) {
  void *context = zmq_ctx_new();
  long ports[SOCKETS];
  for (int i = 0; i < SOCKETS; i++) {
    ports[i] = number(json, length, port_names[i]);
    if (i == HEART && (!beats || (ports[i] == 0 && !picks))) continue;
    sockets[i] = zmq_socket(context, kinds[i]);
    int none = 0, linger = 1000, on = 1;
    zmq_setsockopt(sockets[i], ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(sockets[i], ZMQ_RCVHWM, &none, sizeof none);
    zmq_setsockopt(sockets[i], ZMQ_LINGER, &linger, sizeof linger);
    if (kinds[i] == ZMQ_ROUTER) zmq_setsockopt(sockets[i], ZMQ_ROUTER_HANDOVER, &on, sizeof on);
    char endpoint[400];
    if (!strcmp(transport, "ipc")) snprintf(endpoint, sizeof endpoint, "ipc://%s-%ld", ip, ports[i]);
    else if (picks) snprintf(endpoint, sizeof endpoint, "tcp://%s:*", ip);
    else snprintf(endpoint, sizeof endpoint, "tcp://%s:%ld", ip, ports[i]);
    if (zmq_bind(sockets[i], endpoint)) { fprintf(stderr, "nullkernel: cannot bind %s: %s\n", endpoint, zmq_strerror(zmq_errno())); exit(1); }
    size_t size = sizeof endpoint;
    zmq_getsockopt(sockets[i], ZMQ_LAST_ENDPOINT, endpoint, &size);
    if (picks) ports[i] = strtol(strrchr(endpoint, ':') + 1, NULL, 10);
  }
  if (!picks) return;
  char temporary[1024];
  snprintf(temporary, sizeof temporary, "%s.new", path);
  FILE *file = fopen(temporary, "w");
  if (!file) { perror(temporary); exit(1); }
  fprintf(file, "{\"transport\": \"tcp\", \"ip\": \"%s\", \"key\": \"%s\", \"signature_scheme\": \"hmac-sha256\", \"kernel_name\": \"null\"", ip, key);
  for (int i = 0; i < SOCKETS; i++) fprintf(file, ", \"%s\": \"%ld\"", port_names[i], ports[i]);
  fprintf(file, "}\n");
  fclose(file);
  rename(temporary, path);
}

int main(int argc, char **argv) {
  if (argc < 2) { fprintf(stderr, "usage: nullkernel CONNECTION_FILE [FLAG...]\n"); return 2; }
  bool picks = false;
  for (int i = 2; i < argc; i++) {
    if (!strcmp(argv[i], "no-welcome")) welcome = false;
    else if (!strcmp(argv[i], "deaf-control")) deaf_control = true;
    else if (!strcmp(argv[i], "no-heartbeat")) beats = false;
    else if (!strcmp(argv[i], "null-parents")) null_parents = true;
    else if (!strcmp(argv[i], "echo-session")) echo_session = true;
    else if (!strcmp(argv[i], "stubborn")) stubborn = true;
    else if (!strcmp(argv[i], "silent")) silent = true;
    else if (!strcmp(argv[i], "no-ports")) picks = true;
    else { fprintf(stderr, "nullkernel: unknown flag '%s'\n", argv[i]); return 2; }
  }
  static char json[1 << 16];
  FILE *file = fopen(argv[1], "r");
  if (!file) { perror(argv[1]); return 1; }
  size_t length = fread(json, 1, sizeof json - 1, file);
  fclose(file);
  member(json, length, "key", key, sizeof key);
  member(json, length, "ip", ip, sizeof ip);
  member(json, length, "transport", transport, sizeof transport);
  new_session();
  open_sockets(json, length, argv[1], picks);
  status(no_parent(), "starting");
  zmq_pollitem_t items[SOCKETS];
  int indices[SOCKETS], n = 0;
  for (int i = 0; i < SOCKETS; i++) {
    if (!sockets[i]) continue;
    items[n] = (zmq_pollitem_t){sockets[i], 0, ZMQ_POLLIN, 0};
    indices[n++] = i;
  }
  for (;;) {
    if (zmq_poll(items, n, -1) < 0) continue;
    for (int i = 0; i < n; i++) {
      if (!(items[i].revents & ZMQ_POLLIN)) continue;
      if (indices[i] == IOPUB) subscribed();
      else if (indices[i] == HEART) beat();
      else receive(indices[i]);
    }
  }
}
