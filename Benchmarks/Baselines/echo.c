/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest plugin that can be measured: answers with the bytes it got, and counts events. */
#include <jackfield.h>

static const jf_host *host;
static jf_instance *instance;
static uint64_t events;

static jf_status create(const jf_host *h, jf_instance *i, jf_bytes configuration, void **self) {
  (void)configuration;
  (void)self;
  host = h;
  instance = i;
  const jf_register_1 *commands = h->extension(i, JF_REGISTER_1);
  jf_text names[] = {JF_TEXT("echo.inline"), JF_TEXT("echo.queued"), JF_TEXT("echo.events")};
  for (int n = 0; n < 3; n++) commands->command(i, names[n]);
  return JF_OK;
}
static jf_status start(void *self) { (void)self; return JF_OK; }
static jf_status invoke(void *self, const jf_request *q) {
  (void)self;
  if (q->command.length == 11 && q->command.data[5] == 'e') {
    jf_bytes b = {(const uint8_t *)&events, sizeof events};
    return host->call_finish(instance, q->call, JF_OK, JF_CONTENT_BYTES, b);
  }
  return host->call_finish(instance, q->call, JF_OK, q->content, q->payload);
}
static jf_status event(void *self, const jf_event *e) {
  (void)self;
  events += e->kind == JF_EVENT_TOPIC;
  return JF_OK;
}
static jf_status stop(void *self, uint64_t deadline) { (void)self; (void)deadline; return JF_OK; }
static void destroy(void *self) { (void)self; }

static const jf_plugin table = {sizeof(jf_plugin), 1, 0, 0, 0, JF_TEXT("echo"), JF_TEXT("1.0.0"), create, start, invoke, event, stop, destroy, 0};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) { return &table; }
