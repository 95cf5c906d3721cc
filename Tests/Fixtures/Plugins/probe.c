/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin for tests that does what it is told, also wrong things. Its id and namespace come from the compiler's line:
   -DID="probe" -DNS="probe". */
#include <fcntl.h>
#include <jackfield.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef ID
#define ID "probe"
#endif
#ifndef NS
#define NS "probe"
#endif
#ifndef TICKS
#define TICKS NS ".ticks"
#endif

static const jf_host *host;
static jf_instance *me;
static jf_topic topic;
static jf_call asked;       /* the call that waits for one we started */
static jf_call streaming;   /* the call that emits until its credit ends */
static uint64_t emitted;
static uint64_t events;
static int refuse_events;   /* answer JF_E_AGAIN to this many */
static jf_call waiting;     /* never answered until it is cancelled */
static char configuration[200] = "null"; /* the newest that an event brought */
static uint64_t inside;     /* threads that are being told of an event now, */
static uint64_t overlaps;   /* how often there were two, */
static uint64_t disorder;   /* and how often a number was not greater than the one before */
static uint64_t last;

static jf_text text(const char *string) { jf_text t = {string, strlen(string)}; return t; }
static jf_bytes bytes(const char *string) { jf_bytes b = {(const uint8_t *)string, strlen(string)}; return b; }
static int is(jf_text name, const char *verb) {
  char full[200];
  int length = snprintf(full, sizeof full, "%s.%s", NS, verb);
  return name.length == (uint64_t)length && memcmp(name.data, full, name.length) == 0;
}
static jf_status answer(jf_call call, const char *json) { return host->call_finish(me, call, JF_OK, JF_CONTENT_JSON, bytes(json)); }

static const char *verbs[] = {"echo", "inline", "never", "twice", "silent", "refuse", "fail", "stream", "badtext", "nodata", "huge", "ask",
                              "publish", "refuse_events", "events", "log", "slow", "progress", "waiter", "config", "overlaps", "hang", NULL};

/* Waits until the test opens and closes the other end of a named pipe. */
static void wait_at(const char *gate) {
  char byte;
  int pipe = open(gate, O_RDONLY);
  while (read(pipe, &byte, 1) > 0) {}
  close(pipe);
}
static void tell(const char *what) {
#ifdef TELL
  const jf_log_1 *log = host->extension(me, JF_LOG_1);
  log->write(me, JF_LOG_INFO, text(what), bytes(""));
#else
  (void)what;
#endif
}

static jf_status create(const jf_host *h, jf_instance *instance, jf_bytes config, void **self) {
  (void)config;
  host = h;
  me = instance;
  *self = NULL;
#ifdef FAIL_CREATE
  const jf_log_1 *log = h->extension(instance, JF_LOG_1);
  log->write(instance, JF_LOG_ERROR, text("the licence has expired"), bytes(""));
  return JF_E_FAILED;
#endif
#ifdef FAIL_CREATE_REASON
  const jf_log_1 *journal = h->extension(instance, JF_LOG_1);
  journal->write(instance, JF_LOG_ERROR, text("the plugin did not start"), bytes("{\"reason\":\"no port is free\"}"));
  return JF_E_FAILED;
#endif
  const jf_register_1 *commands = h->extension(instance, JF_REGISTER_1);
  for (int i = 0; verbs[i]; i++) {
    char name[200];
    snprintf(name, sizeof name, "%s.%s", NS, verbs[i]);
#ifdef FORGET
    if (strcmp(verbs[i], FORGET) == 0) continue;
#endif
    jf_status status = commands->command(instance, text(name));
    if (status != JF_OK) return status;
  }
#ifdef EXTRA
  if (commands->command(instance, text(EXTRA)) != JF_E_DENIED) abort();
#endif
  return JF_OK;
}

static jf_status start(void *self) {
  (void)self;
#ifdef HANG_START
  for (;;) { struct timespec t = {1000, 0}; nanosleep(&t, NULL); }
#endif
  tell("start");
#ifdef GATE
  wait_at(GATE);
#endif
#ifdef FAIL_START
  return JF_E_FAILED;
#endif
  host->topic_open(me, text(TICKS), &topic);
  return JF_OK;
}

static void *finish_later(void *argument) {
  struct timespec t = {0, 20000000};
  nanosleep(&t, NULL);
  answer((jf_call)(uintptr_t)argument, "\"late\"");
  return NULL;
}

static jf_status stream_on(void) {
  while (emitted < 10) {
    char chunk[32];
    snprintf(chunk, sizeof chunk, "%llu", (unsigned long long)emitted);
    jf_status status = host->call_emit(me, streaming, JF_CONTENT_JSON, bytes(chunk));
    if (status != JF_OK) return status;
    emitted++;
  }
  return answer(streaming, "{\"emitted\":10}");
}

static jf_status ask(const jf_request *q) {
  /* payload: the bare name of the command to call, as bytes */
  jf_request next;
  memset(&next, 0, sizeof next);
  next.size = sizeof next;
  next.content = JF_CONTENT_JSON;
  next.parent = q->call;
  next.command.data = (const char *)q->payload.data;
  next.command.length = q->payload.length;
  next.payload = bytes("{}");
  asked = q->call;
  jf_call id;
  host->call_start(me, &next, &id);
  return JF_PENDING;
}

static jf_status invoke(void *self, const jf_request *q) {
  (void)self;
  jf_text c = q->command;
  if (is(c, "echo") || is(c, "inline")) return host->call_finish(me, q->call, JF_OK, q->content, q->payload);
  if (is(c, "never")) return JF_PENDING;
  if (is(c, "waiter")) { waiting = q->call; return JF_PENDING; }
  if (is(c, "twice")) { answer(q->call, "1"); return answer(q->call, "2") == JF_E_GONE ? JF_OK : JF_E_FAILED; }
  if (is(c, "silent")) return JF_OK;
  if (is(c, "refuse")) return JF_E_UNSUPPORTED;
  if (is(c, "fail"))
    return host->call_finish(me, q->call, JF_E_FAILED, JF_CONTENT_JSON, bytes("{\"message\":\"the disk is full\",\"retryable\":true}"));
  if (is(c, "stream")) { streaming = q->call; emitted = 0; stream_on(); return JF_PENDING; }
  if (is(c, "badtext")) { jf_bytes b = {(const uint8_t *)"\"\xff\xfe\"", 4}; host->call_finish(me, q->call, JF_OK, JF_CONTENT_JSON, b); return JF_PENDING; }
  if (is(c, "nodata")) { jf_bytes b = {NULL, 100}; host->call_finish(me, q->call, JF_OK, JF_CONTENT_JSON, b); return JF_PENDING; }
  if (is(c, "huge")) { jf_bytes b = {(const uint8_t *)"", 1ull << 30}; host->call_finish(me, q->call, JF_OK, JF_CONTENT_BYTES, b); return JF_PENDING; }
  if (is(c, "ask")) return ask(q);
  if (is(c, "publish")) {
    jf_status status = host->publish(me, topic, JF_CONTENT_JSON, q->payload);
    char result[64];
    snprintf(result, sizeof result, "%d", status);
    return answer(q->call, result);
  }
  if (is(c, "refuse_events")) { refuse_events = atoi((const char *)q->payload.data); return answer(q->call, "null"); }
  if (is(c, "events")) { char r[64]; snprintf(r, sizeof r, "%llu", (unsigned long long)events); return answer(q->call, r); }
  if (is(c, "config")) return answer(q->call, configuration);
  if (is(c, "overlaps")) {
    char r[64];
    snprintf(r, sizeof r, "%llu", (unsigned long long)(overlaps + disorder));
    return answer(q->call, r);
  }
  if (is(c, "hang")) {
    char gate[200];
    snprintf(gate, sizeof gate, "%.*s", (int)q->payload.length, (const char *)q->payload.data);
    wait_at(gate);
    return answer(q->call, "null");
  }
  if (is(c, "log")) {
    const jf_log_1 *log = host->extension(me, JF_LOG_1);
    for (int i = 0; i < 3000; i++) log->write(me, JF_LOG_INFO, text("chatter"), bytes("{\"n\":1}"));
    return answer(q->call, "null");
  }
  if (is(c, "slow")) { pthread_t t; pthread_create(&t, NULL, finish_later, (void *)(uintptr_t)q->call); pthread_detach(t); return JF_PENDING; }
  if (is(c, "progress")) {
    for (uint32_t i = 0; i <= 1000; i++) host->call_progress(me, q->call, i * 1000, text("counting"));
    return answer(q->call, "null");
  }
  return JF_E_NOT_FOUND;
}

static jf_status event(void *self, const jf_event *e) {
  (void)self;
  switch (e->kind) {
  case JF_EVENT_CREDIT: stream_on(); break;
  case JF_EVENT_CANCEL:
    if (e->call == waiting) { jf_status s = host->call_state(me, e->call); host->call_finish(me, e->call, s, JF_CONTENT_JSON, bytes("{}")); }
    break;
  case JF_EVENT_DONE: host->call_finish(me, asked, (jf_status)(int64_t)e->value, e->content, e->payload); break;
  case JF_EVENT_TOPIC:
    if (refuse_events > 0) {
      refuse_events--;
      host->subscription_resume(me, e->subject); /* before we even return: the host must not lose it */
      return JF_E_AGAIN;
    }
    if (__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST) > 1) __atomic_add_fetch(&overlaps, 1, __ATOMIC_SEQ_CST);
#ifdef NUMBERED
    sched_yield();
    char digits[32];
    snprintf(digits, sizeof digits, "%.*s", (int)e->payload.length, (const char *)e->payload.data);
    uint64_t number = strtoull(digits, NULL, 10);
    if (number <= __atomic_exchange_n(&last, number, __ATOMIC_SEQ_CST)) __atomic_add_fetch(&disorder, 1, __ATOMIC_SEQ_CST);
#endif
    __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&events, 1, __ATOMIC_SEQ_CST);
    break;
  case JF_EVENT_CONFIG:
    snprintf(configuration, sizeof configuration, "%.*s", (int)e->payload.length, (const char *)e->payload.data);
    break;
  case JF_EVENT_TOPIC_READY: {
    jf_text name = text(NS ".ready");
    (void)name;
    host->publish(me, topic, JF_CONTENT_JSON, bytes("\"again\""));
    break;
  }
  default: break;
  }
  return JF_OK;
}

static jf_status stop(void *self, uint64_t deadline) {
  (void)self;
  (void)deadline;
  tell("stop");
#ifdef HANG_STOP
  for (;;) { struct timespec t = {1000, 0}; nanosleep(&t, NULL); }
#endif
  return JF_OK;
}

#ifdef AFTER_STOP
static void *after_stop(void *argument) {
  (void)argument;
  struct timespec t = {0, 30000000};
  nanosleep(&t, NULL);
  if (host->publish(me, topic, JF_CONTENT_JSON, bytes("1")) != JF_E_GONE) abort();
  if (answer(1, "1") != JF_E_GONE) abort();
  return NULL;
}
#endif

static void destroy(void *self) {
  (void)self;
#ifdef AFTER_STOP
  pthread_t t;
  pthread_create(&t, NULL, after_stop, NULL);
  pthread_detach(t);
#endif
}

#ifndef MAJOR
#define MAJOR 1
#endif
static const jf_plugin table = {sizeof(jf_plugin), MAJOR, 0, 0, 0, JF_TEXT(ID), JF_TEXT("1.0.0"), create, start, invoke, event, stop, destroy, NULL};

#ifdef ENTRY
JF_EXPORT const jf_plugin *ENTRY(void) { return &table; }
#else
JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
#endif
