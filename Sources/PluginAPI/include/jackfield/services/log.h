/* SPDX-License-Identifier: Apache-2.0 */
/* Service "jf.log/1": lines into the host's structured log. */
#ifndef JACKFIELD_SERVICES_LOG_H
#define JACKFIELD_SERVICES_LOG_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JF_LOG_1 "jf.log/1"

enum { JF_LOG_DEBUG = 0, JF_LOG_INFO = 1, JF_LOG_WARNING = 2, JF_LOG_ERROR = 3 };

typedef struct jf_log_1 {
  uint32_t size;
  uint32_t reserved;

  /* Writes one line. [any-thread] [never blocks: over 1 000 lines a second from one instance are dropped and counted]
     `message`: short fixed text, borrowed, at most 8 KiB. `values`: a flat JSON object of what varies, or empty; borrowed, at most 64 KiB.
     Returns JF_OK, JF_E_INVALID, JF_E_TOO_LARGE, JF_E_AGAIN: dropped. */
  jf_status (*JF_NONNULL write)(jf_instance *JF_NONNULL instance, uint32_t level, jf_text message, jf_bytes values);
} jf_log_1;

#ifdef __cplusplus
}
#endif
#endif
