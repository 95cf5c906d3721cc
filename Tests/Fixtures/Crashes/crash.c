/* SPDX-License-Identifier: Apache-2.0 */
/* A program that ends badly in the way its first argument names. It links the Swift runtime, which looks at it when it does. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static int reads_null(const int *number) { return *number + 1; }

__attribute__((noinline)) static int grows(int depth) {
  volatile char block[4096];
  block[0] = (char)depth;
  return grows(depth + 1) + block[0];
}

static void *worker(void *how) {
  if (strcmp(how, "null") == 0) printf("%d\n", reads_null(NULL));
  if (strcmp(how, "stack") == 0) printf("%d\n", grows(0));
  if (strcmp(how, "abort") == 0) abort();
  exit(3);
}

int main(int count, char **arguments) {
  pthread_t thread;
  if (count < 2) return 2;
  fprintf(stderr, "about to: %s\n", arguments[1]);
  pthread_create(&thread, NULL, worker, arguments[1]);
  pthread_setname_np(thread, "jf-fixture");
  pthread_join(thread, NULL);
  return 0;
}
