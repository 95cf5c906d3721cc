/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the page's door ask of a plugin: an echo, streams of any length, calls that never end, events in any number. */
#include <jackfield.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(words) ((jf_text){words, sizeof words - 1})

enum { STREAMS = 64, LONGEST = 1 << 20 };

typedef struct stream {
  jf_call call; /* 0: free */
  long sent, count, size;
} stream;

static const jf_host *host;
static jf_instance *me;
static jf_topic tick, other;
static stream streams[STREAMS];
static long waiting, cancelled, emitted;
static char space[LONGEST + 200];

static jf_bytes bytes(const char *words, int length) { return (jf_bytes){(const uint8_t *)words, (uint64_t)length}; }

static jf_status finish(jf_call call, const char *words, int length) {
  return host->call_finish(me, call, JF_OK, JF_CONTENT_JSON, bytes(words, length));
}

/* A whole number of the input, found by its name. */
static long number(const jf_request *q, const char *name, long otherwise) {
  char input[4096], quoted[64];
  uint64_t length = q->payload.length < sizeof input - 1 ? q->payload.length : sizeof input - 1;
  if (length > 0) memcpy(input, q->payload.data, length);
  input[length] = 0;
  snprintf(quoted, sizeof quoted, "\"%s\"", name);
  const char *found = strstr(input, quoted);
  const char *colon = found ? strchr(found, ':') : NULL;
  return colon ? atol(colon + 1) : otherwise;
}

static int payload(long n, long size) {
  int length = snprintf(space, 200, "{\"n\":%ld,\"run_id\":\"r%ld\",\"pad\":\"", n, n % 7);
  memset(space + length, 'x', (size_t)size);
  memcpy(space + length + size, "\"}", 2);
  return length + (int)size + 2;
}

static void flow(stream *one) {
  while (one->sent < one->count) {
    jf_status status = host->call_emit(me, one->call, JF_CONTENT_JSON, bytes(space, payload(one->sent, one->size)));
    if (status == JF_E_AGAIN) return;
    if (status != JF_OK) {
      one->call = 0;
      return;
    }
    one->sent++;
    emitted++;
  }
  finish(one->call, "{\"done\":true}", 13);
  one->call = 0;
}

static jf_status begin(const jf_request *q) {
  for (int i = 0; i < STREAMS; i++) {
    if (streams[i].call) continue;
    streams[i] = (stream){q->call, 0, number(q, "count", 10), number(q, "size", 10)};
    host->call_progress(me, q->call, 500000, TEXT("half \"way\""));
    flow(&streams[i]);
    return streams[i].call ? JF_PENDING : JF_OK;
  }
  return JF_E_BUSY;
}

static jf_status publish(const jf_request *q) {
  long count = number(q, "count", 1), size = number(q, "size", 10), from = number(q, "from", 0);
  for (long n = from; n < from + count; n++) {
    host->publish(me, tick, JF_CONTENT_JSON, bytes(space, payload(n, size)));
    if (number(q, "other", 0)) host->publish(me, other, JF_CONTENT_JSON, bytes("{\"a\":\r\n1}", 9));
  }
  return finish(q->call, "{}", 2);
}

static jf_status answer(const jf_request *q) {
  char json[200];
  int length = snprintf(json, sizeof json, "{\"waiting\":%ld,\"cancelled\":%ld,\"emitted\":%ld}", waiting, cancelled, emitted);
  return finish(q->call, json, length);
}

static int is(const jf_request *q, const char *name) {
  return q->command.length == strlen(name) && memcmp(q->command.data, name, q->command.length) == 0;
}

static jf_status invoke(void *self, const jf_request *q) {
  (void)self;
  if (is(q, "pulse.echo")) return host->call_finish(me, q->call, JF_OK, q->content, q->payload);
  if (is(q, "pulse.get")) return answer(q);
  if (is(q, "pulse.flow")) return begin(q);
  if (is(q, "pulse.emit")) return publish(q);
  if (is(q, "pulse.big")) return finish(q->call, space, payload(0, number(q, "size", 10)));
  waiting++;
  return JF_PENDING; /* pulse.wait */
}

static void cancel(jf_call call, jf_status status) {
  for (int i = 0; i < STREAMS; i++)
    if (streams[i].call == call) streams[i].call = 0;
  cancelled++;
  host->call_finish(me, call, status, JF_CONTENT_JSON, bytes("{\"message\":\"was given up\"}", 26));
}

static jf_status event(void *self, const jf_event *e) {
  (void)self;
  if (e->kind == JF_EVENT_CANCEL) cancel(e->call, (jf_status)(int64_t)e->value);
  if (e->kind != JF_EVENT_CREDIT) return JF_OK;
  for (int i = 0; i < STREAMS; i++)
    if (streams[i].call && streams[i].call == e->call) flow(&streams[i]);
  return JF_OK;
}

static jf_status create(const jf_host *given, jf_instance *instance, jf_bytes config, void **result) {
  static const char *const names[] = {"pulse.echo", "pulse.get", "pulse.flow", "pulse.emit", "pulse.big", "pulse.wait"};
  (void)config;
  host = given;
  me = instance;
  memset(streams, 0, sizeof streams);
  const jf_register_1 *registry = host->extension(me, JF_REGISTER_1);
  for (int i = 0; i < 6; i++) {
    jf_status status = registry->command(me, (jf_text){names[i], strlen(names[i])});
    if (status != JF_OK) return status;
  }
  *result = &streams;
  return JF_OK;
}

static jf_status start(void *self) {
  (void)self;
  jf_status status = host->topic_open(me, TEXT("pulse.tick"), &tick);
  return status == JF_OK ? host->topic_open(me, TEXT("pulse.other"), &other) : status;
}

static jf_status stop(void *self, uint64_t deadline) {
  (void)self;
  (void)deadline;
  return JF_OK;
}

static void destroy(void *self) { (void)self; }

static const jf_plugin table = {
  sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("pulse"), JF_TEXT("1.0.0"),
  create, start, invoke, event, stop, destroy, NULL,
};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
