/* SPDX-License-Identifier: Apache-2.0 */
/* A counter: state that outlives a restart, an event when it changes, a configuration, events of another plugin, health. */
#include "json.h"

#include <errno.h>
#include <jackfield.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1000000000, LONGEST_PATH = 3000, LONGEST_HEARD = 500 };

/* What one instance owns. One thread at a time enters an instance, so there is nothing to lock. */
typedef struct plugin {
  const jf_host *host;
  jf_instance *instance;
  const jf_log_1 *log;       /* NULL when the host has no log */
  const jf_health_1 *health; /* NULL when the host does not ask */
  jf_topic changed;
  int owes_event; /* the last publish found a subscriber full */
  long step;
  long value;
  char heard[LONGEST_HEARD + 1]; /* the newest tick, JSON */
  char path[LONGEST_PATH + 10];
} plugin;

/* MARK: - Answers */

static jf_status finish(plugin *self, const jf_request *request, jf_status status, const char *json, int length) {
  jf_bytes result = {(const uint8_t *)json, (uint64_t)length};
  return self->host->call_finish(self->instance, request->call, status, JF_CONTENT_JSON, result);
}

#define FAILURE(message) "{\"message\":\"" message "\"}"
#define REFUSE(text) finish(self, request, JF_E_INVALID, FAILURE(text), (int)sizeof FAILURE(text) - 1)

static int value_json(const plugin *self, char *json, size_t size) { return snprintf(json, size, "{\"value\":%ld}", self->value); }

static jf_status answer_value(plugin *self, const jf_request *request) {
  char json[64];
  int length = value_json(self, json, sizeof json);
  return finish(self, request, JF_OK, json, length);
}

/* MARK: - Health and log */

/* Tells a person how the counter is; `text` is fixed or ends in a reason of the system. */
static void report(plugin *self, uint32_t health, const char *text, const char *reason) {
  char message[400];
  int length = snprintf(message, sizeof message, "%s%s", text, reason);
  jf_text said = {message, (uint64_t)length};
  jf_bytes nothing = {NULL, 0};
  if (self->health) self->health->report(self->instance, health, said);
  if (self->log && health != JF_HEALTH_OK) self->log->write(self->instance, JF_LOG_WARNING, said, nothing);
}

/* MARK: - The file */

/* Writes beside the file and renames: whoever reads sees the old value or the new one. Returns 0 when that failed; errno says why. */
static int write_value(const plugin *self) {
  char draft[sizeof self->path + 4];
  snprintf(draft, sizeof draft, "%s.new", self->path);
  FILE *file = fopen(draft, "we");
  if (file == NULL) return 0;
  int written = fprintf(file, "%ld\n", self->value) > 0;
  if (fclose(file) != 0) written = 0;
  return written && rename(draft, self->path) == 0;
}

static void keep(plugin *self) {
  if (write_value(self)) report(self, JF_HEALTH_OK, "the value is kept", "");
  else report(self, JF_HEALTH_WARNING, "the value is not kept over a restart, because its file cannot be written: ", strerror(errno));
}

static void restore(plugin *self) {
  FILE *file = fopen(self->path, "re");
  if (file == NULL) {
    if (errno != ENOENT) report(self, JF_HEALTH_WARNING, "counting from 0, because the kept value cannot be read: ", strerror(errno));
    return;
  }
  long value;
  if (fscanf(file, "%ld", &value) == 1 && value >= -MOST && value <= MOST) self->value = value;
  else report(self, JF_HEALTH_WARNING, "counting from 0, because the kept value cannot be read: ", "it is no number");
  fclose(file);
}

/* MARK: - The event */

/* Never waits: when a subscriber is full, JF_EVENT_TOPIC_READY brings us here again, and the newest value is what counts. */
static void publish(plugin *self) {
  char json[64];
  jf_bytes event = {(const uint8_t *)json, (uint64_t)value_json(self, json, sizeof json)};
  self->owes_event = self->host->publish(self->instance, self->changed, JF_CONTENT_JSON, event) == JF_E_AGAIN;
}

static jf_status change(plugin *self, const jf_request *request, long value) {
  self->value = value;
  keep(self);
  publish(self);
  return answer_value(self, request);
}

/* MARK: - Commands */

static jf_status add(plugin *self, const jf_request *request) {
  long by = self->step;
  if (!json_integer(request->payload, "by", -MOST, MOST, &by)) return REFUSE("'by' must be a whole number of at most 9 digits");
  if (self->value + by < -MOST || self->value + by > MOST) return REFUSE("the counter ends at 1000000000; reset it first");
  return change(self, request, self->value + by);
}

static jf_status reset(plugin *self, const jf_request *request) { return change(self, request, 0); }

static jf_status value(plugin *self, const jf_request *request) {
  char json[LONGEST_HEARD + 100];
  const char *heard = self->heard[0] ? self->heard : "null";
  int length = snprintf(json, sizeof json, "{\"heard\":%s,\"step\":%ld,\"value\":%ld}", heard, self->step, self->value);
  return finish(self, request, JF_OK, json, length);
}

static const struct {
  jf_text name;
  jf_status (*run)(plugin *self, const jf_request *request);
} commands[] = {
  {JF_TEXT("counter_c.add"), add},
  {JF_TEXT("counter_c.reset"), reset},
  {JF_TEXT("counter_c.value"), value},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* MARK: - Life */

/* Registers every command, or says why not: the host shows the line to whoever asks what is wrong with the plugin. */
static jf_status register_commands(plugin *self) {
  const jf_register_1 *registry = self->host->extension(self->instance, JF_REGISTER_1);
  for (int i = 0; i < COMMANDS; i++) {
    char why[300];
    jf_status status = registry->command(self->instance, commands[i].name);
    if (status == JF_OK) continue;
    const char *text = "plugin.json does not name the command '%s'; add it there, or remove it here";
    int length = snprintf(why, sizeof why, text, commands[i].name.data);
    jf_text message = {why, (uint64_t)length};
    jf_bytes nothing = {NULL, 0};
    if (self->log) self->log->write(self->instance, JF_LOG_ERROR, message, nothing);
    return status;
  }
  return JF_OK;
}

/* The configuration has been held to the schema of plugin.json, and has its defaults. */
static void configure(plugin *self, jf_bytes config) { json_integer(config, "step", 1, MOST, &self->step); }

static jf_status find_path(plugin *self) {
  const jf_paths_1 *paths = self->host->extension(self->instance, JF_PATHS_1);
  jf_text state;
  if (paths == NULL || paths->directory(self->instance, JF_PATH_STATE, &state) != JF_OK || state.length > LONGEST_PATH) {
    report(self, JF_HEALTH_FAILING, "there is no place for the counter's file", "");
    return JF_E_FAILED;
  }
  snprintf(self->path, sizeof self->path, "%s/counter-c", state.data); /* the one text of the host that ends in a NUL */
  return JF_OK;
}

static jf_status create(const jf_host *host, jf_instance *instance, jf_bytes config, void **result) {
  plugin *self = calloc(1, sizeof *self);
  if (self == NULL) return JF_E_FAILED;
  self->host = host;
  self->instance = instance;
  self->log = host->extension(instance, JF_LOG_1);
  self->health = host->extension(instance, JF_HEALTH_1);
  self->step = 1;
  configure(self, config);
  jf_status status = register_commands(self);
  if (status == JF_OK) status = find_path(self);
  if (status == JF_OK) *result = self;
  else free(self);
  return status;
}

static jf_status start(void *instance) {
  plugin *self = instance;
  jf_text topic = JF_TEXT("counter_c.changed");
  restore(self);
  return self->host->topic_open(self->instance, topic, &self->changed);
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

static void hear(plugin *self, const jf_event *event) {
  if (event->content != JF_CONTENT_JSON || event->payload.length == 0 || event->payload.length > LONGEST_HEARD) return;
  memcpy(self->heard, event->payload.data, event->payload.length); /* borrowed: copied to keep it */
  self->heard[event->payload.length] = 0;
}

static jf_status event(void *instance, const jf_event *event) {
  plugin *self = instance;
  if (event->size < sizeof *event) return JF_E_INVALID;
  switch (event->kind) {
  case JF_EVENT_TOPIC: hear(self, event); break;
  case JF_EVENT_CONFIG: configure(self, event->payload); break;
  case JF_EVENT_TOPIC_READY:
    if (self->owes_event) publish(self);
    break;
  default: break; /* also kinds of a newer host */
  }
  return JF_OK;
}

static jf_status stop(void *self, uint64_t deadline_ns) {
  (void)self; /* each change is in the file already */
  (void)deadline_ns;
  return JF_OK;
}

static void destroy(void *self) { free(self); }

static const jf_plugin table = {
  sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("counter-c"), JF_TEXT("0.1.0"),
  create, start, invoke, event, stop, destroy, NULL,
};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
