/* SPDX-License-Identifier: Apache-2.0 */
/* A live stream: ticks as they happen, with credit, progress, cancellation and deadline, from a thread of the plugin's own. */
#define _POSIX_C_SOURCE 200809L /* clocks and threads */
#include "json.h"

#include <jackfield.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 16, LABEL = 66 };

/* One open call of ticker_c.run. */
typedef struct run {
  jf_call call; /* 0: the place is free */
  long count, interval_ms, done;
  uint64_t next_ns;       /* when the next tick is due, CLOCK_MONOTONIC */
  int needs_credit;       /* the caller reads slowly: wait for JF_EVENT_CREDIT */
  jf_status given_up;     /* JF_E_CANCELLED or JF_E_DEADLINE once nobody waits any more */
  char label[LABEL];      /* JSON text, in its quotes */
} run;

typedef struct plugin {
  const jf_host *host;
  jf_instance *instance;
  jf_topic ticked;
  pthread_t thread;
  pthread_mutex_t lock; /* over all that follows; host functions never block, so it may be held while they are called */
  pthread_cond_t changed;
  int is_stopping;
  run runs[RUNS];
  long finished, cancelled, late;
} plugin;

/* MARK: - Answers */

static jf_status finish(plugin *self, jf_call call, jf_status status, const char *json) {
  jf_bytes result = {(const uint8_t *)json, strlen(json)};
  return self->host->call_finish(self->instance, call, status, JF_CONTENT_JSON, result);
}

#define FAILURE(message) "{\"message\":\"" message "\"}"

/* MARK: - The thread */

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Ends one call, exactly once. After a cancel the caller has its answer already; the host counts and drops this one. */
static void end(plugin *self, run *one) {
  char json[64];
  snprintf(json, sizeof json, "{\"ticks\":%ld}", one->done);
  switch (one->given_up) {
  case JF_OK: self->finished++; finish(self, one->call, JF_OK, json); break;
  case JF_E_DEADLINE: self->late++; finish(self, one->call, JF_E_DEADLINE, FAILURE("the deadline passed")); break;
  case JF_E_STOPPING: finish(self, one->call, JF_E_STOPPING, FAILURE("the ticker is stopping")); break;
  default: self->cancelled++; finish(self, one->call, JF_E_CANCELLED, FAILURE("the call was given up"));
  }
  one->call = 0;
}

/* A tick that a full subscriber has no room for is not repeated: the next one comes soon. */
static void publish(plugin *self, const run *one) {
  char json[LABEL + 60];
  int length = snprintf(json, sizeof json, "{\"label\":%s,\"tick\":%ld}", one->label, one->done);
  jf_bytes event = {(const uint8_t *)json, (uint64_t)length};
  self->host->publish(self->instance, self->ticked, JF_CONTENT_JSON, event);
}

static void tick(plugin *self, run *one) {
  char json[40], note[60];
  jf_bytes chunk = {(const uint8_t *)json, (uint64_t)snprintf(json, sizeof json, "{\"tick\":%ld}", one->done + 1)};
  jf_status status = self->host->call_emit(self->instance, one->call, JF_CONTENT_JSON, chunk);
  if (status == JF_E_AGAIN) {
    one->needs_credit = 1; /* `event` clears it, and cannot have run in between: it takes the lock first */
    return;
  }
  if (status != JF_OK) {
    one->given_up = status;
    return;
  }
  one->done++;
  one->next_ns = now_ns() + (uint64_t)one->interval_ms * 1000000u;
  jf_text told = {note, (uint64_t)snprintf(note, sizeof note, "%ld of %ld", one->done, one->count)};
  self->host->call_progress(self->instance, one->call, (uint32_t)(one->done * 1000000 / one->count), told);
  publish(self, one);
}

/* Does what is due. Returns when the next thing is, or 0 when only an event can bring one. */
static uint64_t advance(plugin *self) {
  uint64_t next = 0;
  for (int i = 0; i < RUNS; i++) {
    run *one = &self->runs[i];
    if (one->call == 0) continue;
    if (one->given_up == JF_OK && !one->needs_credit && one->next_ns <= now_ns()) tick(self, one);
    if (one->given_up != JF_OK || one->done == one->count) end(self, one);
    else if (!one->needs_credit && (next == 0 || one->next_ns < next)) next = one->next_ns;
  }
  return next;
}

/* With something always due the lock would never be free. */
static void let_others_in(plugin *self) {
  pthread_mutex_unlock(&self->lock);
  sched_yield();
  pthread_mutex_lock(&self->lock);
}

static void *work(void *context) {
  plugin *self = context;
  pthread_mutex_lock(&self->lock);
  while (!self->is_stopping) {
    uint64_t next = advance(self);
    struct timespec until = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
    if (next == 0) pthread_cond_wait(&self->changed, &self->lock);
    else if (next > now_ns()) pthread_cond_timedwait(&self->changed, &self->lock, &until);
    else let_others_in(self);
  }
  for (int i = 0; i < RUNS; i++) {
    if (self->runs[i].call == 0) continue;
    if (self->runs[i].given_up == JF_OK) self->runs[i].given_up = JF_E_STOPPING;
    end(self, &self->runs[i]);
  }
  pthread_mutex_unlock(&self->lock);
  return NULL;
}

/* MARK: - Commands */

/* The open call of that id, or a free place for 0; NULL when there is none. With the lock held. */
static run *find(plugin *self, jf_call call) {
  for (int i = 0; i < RUNS; i++)
    if (self->runs[i].call == call) return &self->runs[i];
  return NULL;
}

static jf_status start_run(plugin *self, const jf_request *request) {
  run one = {.call = request->call, .count = 5, .interval_ms = 200, .label = "\"tick\"", .next_ns = now_ns()};
  jf_text label = json_member(request->payload, "label");
  if (!json_integer(request->payload, "count", 1, 1000000, &one.count))
    return finish(self, request->call, JF_E_INVALID, FAILURE("'count' must be 1 to 1000000"));
  if (!json_integer(request->payload, "intervalMs", 0, 60000, &one.interval_ms))
    return finish(self, request->call, JF_E_INVALID, FAILURE("'intervalMs' must be 0 to 60000"));
  if (label.length > 0 && (label.data[0] != '"' || label.length >= LABEL))
    return finish(self, request->call, JF_E_INVALID, FAILURE("'label' must be text of at most 63 bytes"));
  if (label.length > 0) snprintf(one.label, sizeof one.label, "%.*s", (int)label.length, label.data);
  pthread_mutex_lock(&self->lock);
  run *place = find(self, 0);
  if (place != NULL) {
    *place = one;
    pthread_cond_signal(&self->changed);
  }
  pthread_mutex_unlock(&self->lock);
  if (place != NULL) return JF_PENDING; /* the thread answers */
  return finish(self, request->call, JF_E_BUSY, "{\"message\":\"16 runs are open already; end one first\",\"retryable\":true}");
}

static jf_status status(plugin *self, const jf_request *request) {
  char json[200];
  long running = 0;
  pthread_mutex_lock(&self->lock);
  for (int i = 0; i < RUNS; i++) running += self->runs[i].call != 0;
  snprintf(
    json, sizeof json, "{\"cancelled\":%ld,\"finished\":%ld,\"late\":%ld,\"running\":%ld}", self->cancelled, self->finished, self->late,
    running);
  pthread_mutex_unlock(&self->lock);
  return finish(self, request->call, JF_OK, json);
}

static const struct {
  jf_text name;
  jf_status (*run)(plugin *self, const jf_request *request);
} commands[] = {
  {JF_TEXT("ticker_c.run"), start_run},
  {JF_TEXT("ticker_c.status"), status},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* MARK: - Life */

/* Registers every command, or says why not: the host shows the line to whoever asks what is wrong with the plugin. */
static jf_status register_commands(plugin *self) {
  const jf_register_1 *registry = self->host->extension(self->instance, JF_REGISTER_1);
  const jf_log_1 *log = self->host->extension(self->instance, JF_LOG_1);
  for (int i = 0; i < COMMANDS; i++) {
    char why[300];
    jf_status status = registry->command(self->instance, commands[i].name);
    if (status == JF_OK) continue;
    const char *text = "plugin.json does not name the command '%s'; add it there, or remove it here";
    int length = snprintf(why, sizeof why, text, commands[i].name.data);
    jf_text message = {why, (uint64_t)length};
    jf_bytes nothing = {NULL, 0};
    if (log) log->write(self->instance, JF_LOG_ERROR, message, nothing);
    return status;
  }
  return JF_OK;
}

static jf_status create(const jf_host *host, jf_instance *instance, jf_bytes config, void **result) {
  (void)config;
  plugin *self = calloc(1, sizeof *self);
  if (self == NULL) return JF_E_FAILED;
  self->host = host;
  self->instance = instance;
  jf_status status = register_commands(self);
  if (status != JF_OK) {
    free(self);
    return status;
  }
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&self->changed, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_mutex_init(&self->lock, NULL);
  *result = self;
  return JF_OK;
}

static jf_status start(void *instance) {
  plugin *self = instance;
  jf_text topic = JF_TEXT("ticker_c.ticked");
  jf_status status = self->host->topic_open(self->instance, topic, &self->ticked);
  if (status != JF_OK) return status;
  return pthread_create(&self->thread, NULL, work, self) == 0 ? JF_OK : JF_E_FAILED;
}

static jf_status invoke(void *self, const jf_request *request) {
  if (request->size < sizeof *request || request->content != JF_CONTENT_JSON) return JF_E_INVALID;
  for (int i = 0; i < COMMANDS; i++) {
    jf_text name = commands[i].name;
    if (name.length == request->command.length && memcmp(name.data, request->command.data, name.length) == 0)
      return commands[i].run(self, request);
  }
  return JF_E_NOT_FOUND;
}

static jf_status event(void *instance, const jf_event *event) {
  plugin *self = instance;
  if (event->size < sizeof *event) return JF_E_INVALID;
  if (event->kind != JF_EVENT_CANCEL && event->kind != JF_EVENT_CREDIT) return JF_OK;
  pthread_mutex_lock(&self->lock);
  run *one = event->call == 0 ? NULL : find(self, event->call);
  if (one != NULL && event->kind == JF_EVENT_CREDIT) one->needs_credit = 0;
  if (one != NULL && event->kind == JF_EVENT_CANCEL) one->given_up = (jf_status)(int64_t)event->value;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->lock);
  return JF_OK;
}

/* When this has returned, no thread of ours calls the host. */
static jf_status stop(void *instance, uint64_t deadline_ns) {
  plugin *self = instance;
  (void)deadline_ns; /* the thread ends at once */
  pthread_mutex_lock(&self->lock);
  self->is_stopping = 1;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->lock);
  pthread_join(self->thread, NULL);
  return JF_OK;
}

static void destroy(void *instance) {
  plugin *self = instance;
  pthread_cond_destroy(&self->changed);
  pthread_mutex_destroy(&self->lock);
  free(self);
}

static const jf_plugin table = {
  sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("ticker-c"), JF_TEXT("0.1.0"),
  create, start, invoke, event, stop, destroy, NULL,
};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
