/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the thread sanitizer what a contended Swift Mutex does. Empty in every other build.

   Mutex's quick way is inlined into our code, where the sanitizer sees it. Its slow way, taken when two threads meet, is inside
   libswiftSynchronization.so, which is not instrumented: the sanitizer misses that the lock changed hands, and calls everything under it
   a race. So the two slow functions are wrapped here, the real ones called, and the hand-over told. Nothing is suppressed: what is not
   under the lock is reported as before. Should a toolchain rename the functions, the false reports come back; nothing worse. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) && defined(__linux__)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(), as the compiler spells them */
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

/* Clang's name for Swift's way of passing arguments; `mutex` is self. */
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK_SLOW);
typedef SWIFT void (*lock_function)(uint32_t thread, SELF);
typedef SWIFT void (*unlock_function)(SELF);

/* of the sanitizer's runtime */
void __tsan_acquire(void *address);
void __tsan_release(void *address);

static lock_function real_lock;
static unlock_function real_unlock;

/* Before any thread of ours. */
__attribute__((constructor)) static void find(void) {
  real_lock = (lock_function)dlsym(RTLD_NEXT, LOCK_SLOW);
  real_unlock = (unlock_function)dlsym(RTLD_NEXT, UNLOCK_SLOW);
}

SWIFT void lock_slow(uint32_t thread, SELF) {
  real_lock(thread, mutex);
  __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF) {
  __tsan_release(mutex);
  real_unlock(mutex);
}
#endif
#endif

typedef int not_empty; /* C wants something in every file */
