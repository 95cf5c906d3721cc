/* SPDX-License-Identifier: Apache-2.0 */
/* A goal that trainings are held against: two commands, one event, and a panel, whose files are in panel/. */
#include "json.h"

#include <jackfield.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct plugin {
  const jf_host *host;
  jf_instance *instance;
  jf_topic changed;
  double loss;
} plugin;

static jf_status finish(plugin *self, const jf_request *request, jf_status status, const char *json, int length) {
  jf_bytes result = {(const uint8_t *)json, (uint64_t)length};
  return self->host->call_finish(self->instance, request->call, status, JF_CONTENT_JSON, result);
}

#define FAILURE(message) "{\"message\":\"" message "\"}"
#define REFUSE(text) finish(self, request, JF_E_INVALID, FAILURE(text), (int)sizeof FAILURE(text) - 1)

static int goal_json(const plugin *self, char *json, size_t size) { return snprintf(json, size, "{\"loss\":%.9g}", self->loss); }

/* Reads a loss above 0 into `*loss`. Returns 0 when there is none. */
static int read_loss(jf_bytes json, double *loss) {
  char digits[40], *end;
  jf_text value = json_member(json, "loss");
  if (value.length == 0 || value.length >= sizeof digits) return 0;
  memcpy(digits, value.data, value.length);
  digits[value.length] = 0;
  double read = strtod(digits, &end);
  if (end == digits || *end != 0 || !isfinite(read) || read <= 0) return 0;
  *loss = read;
  return 1;
}

static jf_status get(plugin *self, const jf_request *request) {
  char json[64];
  int length = goal_json(self, json, sizeof json);
  return finish(self, request, JF_OK, json, length);
}

static jf_status set(plugin *self, const jf_request *request) {
  char json[64];
  if (!read_loss(request->payload, &self->loss)) return REFUSE("'goal_c.set' wants a loss above 0; give {'loss': number}");
  jf_bytes event = {(const uint8_t *)json, (uint64_t)goal_json(self, json, sizeof json)};
  /* JF_E_AGAIN, a subscriber that is full, is no harm: panels ask again when they missed something. */
  self->host->publish(self->instance, self->changed, JF_CONTENT_JSON, event);
  return get(self, request);
}

static jf_status create(const jf_host *host, jf_instance *instance, jf_bytes config, void **result) {
  plugin *self = calloc(1, sizeof *self);
  if (self == NULL) return JF_E_FAILED;
  self->host = host;
  self->instance = instance;
  read_loss(config, &self->loss);
  const jf_register_1 *registry = host->extension(instance, JF_REGISTER_1);
  jf_status status = registry->command(instance, (jf_text)JF_TEXT("goal_c.get"));
  if (status == JF_OK) status = registry->command(instance, (jf_text)JF_TEXT("goal_c.set"));
  if (status == JF_OK) *result = self;
  else free(self);
  return status;
}

static jf_status start(void *instance) {
  plugin *self = instance;
  return self->host->topic_open(self->instance, (jf_text)JF_TEXT("goal_c.changed"), &self->changed);
}

static jf_status invoke(void *self, const jf_request *request) {
  if (request->size < sizeof *request || request->content != JF_CONTENT_JSON) return JF_E_INVALID;
  jf_text name = request->command;
  if (name.length == 10 && memcmp(name.data, "goal_c.get", 10) == 0) return get(self, request);
  if (name.length == 10 && memcmp(name.data, "goal_c.set", 10) == 0) return set(self, request);
  return JF_E_NOT_FOUND;
}

static jf_status event(void *instance, const jf_event *event) {
  plugin *self = instance;
  if (event->size < sizeof *event) return JF_E_INVALID;
  if (event->kind == JF_EVENT_CONFIG) read_loss(event->payload, &self->loss);
  return JF_OK;
}

static jf_status stop(void *self, uint64_t deadline_ns) {
  (void)self;
  (void)deadline_ns;
  return JF_OK;
}

static void destroy(void *self) { free(self); }

static const jf_plugin table = {
  sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("goal-c"), JF_TEXT("0.1.0"),
  create, start, invoke, event, stop, destroy, NULL,
};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
