/* SPDX-License-Identifier: Apache-2.0 */
/* Service "jf.health/1": a plugin says how it is; `jackfield status` and `jackfield plugins info` show it. */
#ifndef JACKFIELD_SERVICES_HEALTH_H
#define JACKFIELD_SERVICES_HEALTH_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JF_HEALTH_1 "jf.health/1"

enum { JF_HEALTH_OK = 0, JF_HEALTH_WARNING = 1, JF_HEALTH_FAILING = 2 };

typedef struct jf_health_1 {
  uint32_t size;
  uint32_t reserved;

  /* Replaces what was said before. [any-thread] [never blocks] `message`: one sentence, borrowed, at most 4 KiB; may be empty for JF_HEALTH_OK. */
  jf_status (*JF_NONNULL report)(jf_instance *JF_NONNULL instance, uint32_t health, jf_text message);
} jf_health_1;

#ifdef __cplusplus
}
#endif
#endif
