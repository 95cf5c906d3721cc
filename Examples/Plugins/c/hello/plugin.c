/* SPDX-License-Identifier: Apache-2.0 */
/* A whole plugin: one command, hello_c.greet. */
#include "json.h"

#include <jackfield.h>
#include <stdio.h>
#include <stdlib.h>

/* What one instance owns. The host makes a new one at each start, so nothing of it is global. */
typedef struct plugin {
  const jf_host *host;
  jf_instance *instance;
} plugin;

/* Ends a call: with JF_OK and the result, or with a failure whose JSON has a "message". */
static jf_status finish(plugin *self, const jf_request *request, jf_status status, const char *json, int length) {
  jf_bytes result = {(const uint8_t *)json, (uint64_t)length};
  return self->host->call_finish(self->instance, request->call, status, JF_CONTENT_JSON, result);
}

#define FAILURE(message) "{\"message\":\"" message "\"}"
#define REFUSE(text) finish(self, request, JF_E_INVALID, FAILURE(text), (int)sizeof FAILURE(text) - 1)

static jf_status greet(plugin *self, const jf_request *request) {
  char result[600];
  jf_text name = json_member(request->payload, "name");
  if (name.length < 2 || name.data[0] != '"') return REFUSE("'hello_c.greet' wants a name; give {'name': text}");
  if (name.length > 500) return REFUSE("'hello_c.greet' takes a name of at most 498 bytes; shorten it");
  /* The name keeps the escapes it came with, and stands between quotes again. */
  int length = snprintf(result, sizeof result, "{\"text\":\"Hello, %.*s!\"}", (int)name.length - 2, name.data + 1);
  return finish(self, request, JF_OK, result, length);
}

/* One row a command. The names are those of plugin.json. */
static const struct {
  jf_text name;
  jf_status (*run)(plugin *self, const jf_request *request);
} commands[] = {
  {JF_TEXT("hello_c.greet"), greet},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

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
  if (status == JF_OK) *result = self;
  else free(self);
  return status;
}

static jf_status start(void *self) {
  (void)self;
  return JF_OK;
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

/* Kinds that are not known are answered JF_OK: a newer host may have more of them. */
static jf_status event(void *self, const jf_event *event) {
  (void)self;
  return event->size < sizeof *event ? JF_E_INVALID : JF_OK;
}

static jf_status stop(void *self, uint64_t deadline_ns) {
  (void)self;
  (void)deadline_ns;
  return JF_OK;
}

static void destroy(void *self) { free(self); }

static const jf_plugin table = {
  sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("hello-c"), JF_TEXT("0.1.0"),
  create, start, invoke, event, stop, destroy, NULL,
};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
