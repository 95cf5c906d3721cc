/* SPDX-License-Identifier: Apache-2.0 */
/* A good small plugin, made bad by the compiler's line. Its id and namespace: -DID="faults" -DNS="faults". Commands: NS.echo, NS.work
   (three chunks, then the end), NS.pid. It hears faults.poke and publishes NS.ticks.

   -DFAULT=WHAT -DAT=WHERE does one bad thing at one place; see the two lists below. The other switches are one rule broken each:

   NEVER_FINISH           work is never finished, not even when it is cancelled
   FINISH_TWICE           work is finished twice
   RETURN_OK_UNFINISHED   work returns JF_OK and was not finished
   FINISH_AFTER_DESTROY   a thread finishes a call after destroy
   THREAD_OUTLIVES_STOP   a thread goes on publishing after stop
   KEEP_POINTER           work answers with the payload that the work before it had borrowed
   BAD_UTF8  HUGE         work answers with bad UTF-8 as JSON; with 1 GiB
   EMIT_PAST_CREDIT       work emits on and on, whatever the host says
   FLOOD_LOG  FLOOD_PROGRESS   work writes 100 000 lines; tells of its progress 100 000 times
   SIGNAL_HANDLER  CHDIR  LOCALE   create changes what belongs to the whole process
   FPU                    the constructor makes denormal numbers zero
   CALL_IN_CREATE         create starts a call
   REGISTERS_LESS  REGISTERS_MORE  WRONG_ID  WRONG_VERSION   the code is not what plugin.json says */
#include <jackfield.h>
#include <locale.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#ifndef ID
#define ID "faults"
#endif
#ifndef NS
#define NS "faults"
#endif

enum what { NOTHING, SEGV, ABORT, TRAP, HANG, SPIN, EXIT, FORK, CLOSE3, PRINT, KILL };
enum where { NOWHERE, CONSTRUCTOR, ENTRY, CREATE, START, INVOKE, EVENT, STOP, DESTROY };
#ifndef FAULT
#define FAULT NOTHING
#endif
#ifndef AT
#define AT NOWHERE
#endif

static void fork_and_leave(void) {
  if (fork() != 0) return;
  for (;;) pause();
}

static void print(void) {
  printf("a line on standard output\n");
  fflush(stdout);
  fprintf(stderr, "a line on standard error\n");
}

/* Does what FAULT says when this is the place for it. */
static void pass(enum where here) {
  if (here != (enum where)AT) return;
  switch ((enum what)FAULT) {
  case NOTHING: break;
  case SEGV: { volatile int *volatile nowhere = NULL; (void)*nowhere; break; }
  case ABORT: abort();
  case TRAP: __builtin_trap();
  case HANG: for (;;) pause();
  case SPIN: for (volatile unsigned turns = 0;; turns++) {}
  case EXIT: exit(3);
  case FORK: fork_and_leave(); break;
  case CLOSE3: close(3); break;
  case PRINT: print(); break;
  case KILL: raise(SIGKILL); break;
  }
}

static const jf_host *host;
static jf_instance *me;
static jf_topic ticks;
static jf_call last; /* the newest call of work */

static jf_text text(const char *string) { jf_text t = {string, strlen(string)}; return t; }
static jf_bytes bytes(const char *string) { jf_bytes b = {(const uint8_t *)string, strlen(string)}; return b; }
static int is(jf_text name, const char *full) { return name.length == strlen(full) && memcmp(name.data, full, name.length) == 0; }
static jf_status finish(jf_call call, const char *json) { return host->call_finish(me, call, JF_OK, JF_CONTENT_JSON, bytes(json)); }
static void rest(long milliseconds) { struct timespec t = {0, milliseconds * 1000000}; nanosleep(&t, NULL); }

/* ---- work: three chunks, as many at a time as there is credit for ---- */

enum { CHUNKS = 3, STREAMS = 64 };
static struct { jf_call call; int sent; } streams[STREAMS];

static jf_status stream_on(int i) {
  while (streams[i].sent < CHUNKS) {
    char chunk[16];
    snprintf(chunk, sizeof chunk, "%d", streams[i].sent + 1);
    jf_status status = host->call_emit(me, streams[i].call, JF_CONTENT_JSON, bytes(chunk));
    if (status == JF_E_AGAIN) return JF_PENDING;
    if (status != JF_OK) break; /* nobody wants it any more; finishing it is still ours */
    streams[i].sent++;
  }
  jf_call call = streams[i].call;
  streams[i].call = 0;
  finish(call, "{\"chunks\":3}");
  return JF_OK;
}

static int stream_of(jf_call call) {
  for (int i = 0; i < STREAMS; i++) if (streams[i].call == call) return i;
  return -1;
}

static jf_status work_well(const jf_request *q) {
  int i = stream_of(0);
  if (i < 0) return JF_E_BUSY;
  streams[i].call = q->call;
  streams[i].sent = 0;
  host->publish(me, ticks, JF_CONTENT_JSON, bytes("{\"tick\":1}"));
  return stream_on(i);
}

static jf_status work(const jf_request *q) {
  (void)work_well; /* most switches leave it unused */
  last = q->call;
  pass(INVOKE);
#if defined(NEVER_FINISH) || defined(FINISH_AFTER_DESTROY)
  return JF_PENDING;
#elif defined(FINISH_TWICE)
  finish(q->call, "1");
  finish(q->call, "2");
  return JF_OK;
#elif defined(RETURN_OK_UNFINISHED)
  return JF_OK;
#elif defined(KEEP_POINTER)
  static uint32_t content;
  static jf_bytes kept;
  uint32_t content_before = content;
  jf_bytes before = kept;
  content = q->content;
  kept = q->payload;
  if (before.data == NULL) return finish(q->call, "null");
  host->call_finish(me, q->call, JF_OK, content_before, before);
  return JF_OK;
#elif defined(BAD_UTF8)
  jf_bytes bad = {(const uint8_t *)"\"\xff\xfe\"", 4};
  host->call_finish(me, q->call, JF_OK, JF_CONTENT_JSON, bad);
  return JF_OK;
#elif defined(HUGE)
  uint64_t size = 1ull << 30;
  void *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  jf_bytes all = {memory, size};
  host->call_finish(me, q->call, JF_OK, JF_CONTENT_BYTES, all);
  munmap(memory, size);
  return JF_OK;
#elif defined(EMIT_PAST_CREDIT)
  for (int i = 0; i < 10000; i++) host->call_emit(me, q->call, JF_CONTENT_JSON, bytes("1"));
  finish(q->call, "null");
  return JF_OK;
#elif defined(FLOOD_LOG)
  const jf_log_1 *log = host->extension(me, JF_LOG_1);
  for (int i = 0; i < 100000; i++) log->write(me, JF_LOG_INFO, text("chatter"), bytes("{\"n\":1}"));
  finish(q->call, "null");
  return JF_OK;
#elif defined(FLOOD_PROGRESS)
  for (uint32_t i = 0; i < 100000; i++) host->call_progress(me, q->call, i * 10, text("counting"));
  finish(q->call, "null");
  return JF_OK;
#else
  return work_well(q);
#endif
}

/* ---- threads that do not know when it is over ---- */

#ifdef THREAD_OUTLIVES_STOP
static void *publish_for_ever(void *nothing) {
  for (;;) {
    host->publish(me, ticks, JF_CONTENT_JSON, bytes("{\"tick\":1}"));
    rest(1);
  }
  return nothing;
}
#endif

#ifdef FINISH_AFTER_DESTROY
static sem_t destroyed;
static void *finish_late(void *nothing) {
  sem_wait(&destroyed);
  rest(10); /* so that destroy has returned */
  finish(last, "\"late\"");
  return nothing;
}
#endif

static void start_thread(void *(*body)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, NULL) == 0) pthread_detach(thread);
}

/* ---- what belongs to the process, not to a plugin ---- */

static void ignore(int number) { (void)number; }

static void change_the_process(void) {
#ifdef SIGNAL_HANDLER
  signal(SIGSEGV, ignore);
#endif
#ifdef CHDIR
  if (chdir("/") != 0) abort();
#endif
#ifdef LOCALE
  if (!setlocale(LC_ALL, "C.UTF-8")) abort();
#endif
  (void)ignore;
}

__attribute__((constructor)) static void constructor(void) {
  pass(CONSTRUCTOR);
#ifdef FPU
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040); /* denormal numbers are zero, as operands and as results */
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode | (1u << 24)));
#endif
#endif
}

/* ---- the table ---- */

static jf_status create(const jf_host *h, jf_instance *instance, jf_bytes config, void **self) {
  (void)config;
  host = h;
  me = instance;
  *self = NULL;
  memset(streams, 0, sizeof streams);
  pass(CREATE);
  change_the_process();
#ifdef CALL_IN_CREATE
  jf_request request = {sizeof request, JF_CONTENT_JSON, 0, 0, 0, 0, JF_TEXT("host.status"), {(const uint8_t *)"{}", 2}};
  jf_call call = 0;
  h->call_start(instance, &request, &call);
#endif
  const jf_register_1 *commands = h->extension(instance, JF_REGISTER_1);
  commands->command(instance, text(NS ".echo"));
#ifdef REGISTERS_MORE
  commands->command(instance, text(NS ".more"));
#endif
#ifndef REGISTERS_LESS
  commands->command(instance, text(NS ".pid"));
#endif
  return commands->command(instance, text(NS ".work"));
}

static jf_status start(void *self) {
  (void)self;
  host->topic_open(me, text(NS ".ticks"), &ticks);
  pass(START);
#ifdef THREAD_OUTLIVES_STOP
  start_thread(publish_for_ever);
#endif
#ifdef FINISH_AFTER_DESTROY
  sem_init(&destroyed, 0, 0);
  start_thread(finish_late);
#endif
  (void)start_thread;
  (void)rest;
  return JF_OK;
}

static jf_status invoke(void *self, const jf_request *q) {
  (void)self;
  if (q->size < sizeof *q) return JF_E_INVALID;
  if (is(q->command, NS ".work")) return work(q);
  if (is(q->command, NS ".echo")) {
    host->call_finish(me, q->call, JF_OK, q->content, q->payload);
    return JF_OK;
  }
  if (is(q->command, NS ".pid")) {
    char pid[32];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    finish(q->call, pid);
    return JF_OK;
  }
  return JF_E_NOT_FOUND;
}

static jf_status event(void *self, const jf_event *e) {
  (void)self;
  if (e->size < sizeof *e) return JF_E_INVALID;
  if (e->kind == JF_EVENT_TOPIC) pass(EVENT);
#ifndef NEVER_FINISH
  int i = e->call != 0 ? stream_of(e->call) : -1;
  if (i >= 0 && e->kind == JF_EVENT_CREDIT) stream_on(i);
  if (i >= 0 && e->kind == JF_EVENT_CANCEL) {
    streams[i].call = 0;
    host->call_finish(me, e->call, JF_E_CANCELLED, JF_CONTENT_JSON, bytes("{\"message\":\"the work was cancelled\"}"));
  }
#endif
  return JF_OK;
}

static jf_status stop(void *self, uint64_t deadline) {
  (void)self;
  (void)deadline;
  pass(STOP);
  return JF_OK;
}

static void destroy(void *self) {
  (void)self;
  pass(DESTROY);
#ifdef FINISH_AFTER_DESTROY
  sem_post(&destroyed);
#endif
}

#ifdef WRONG_ID
#define SAID_ID "somebody"
#else
#define SAID_ID ID
#endif
#ifdef WRONG_VERSION
#define SAID_VERSION "9.9.9"
#else
#define SAID_VERSION "1.0.0"
#endif

static const jf_plugin table = {sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT(SAID_ID), JF_TEXT(SAID_VERSION),
                                create, start, invoke, event, stop, destroy, NULL};

JF_EXPORT const jf_plugin *jf_plugin_entry_1(void) {
  pass(ENTRY);
  return &table;
}
