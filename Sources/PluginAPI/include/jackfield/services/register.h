/* SPDX-License-Identifier: Apache-2.0 */
/* Service "jf.register/1": a plugin says what its code offers, and the host compares that with plugin.json. Always present. */
#ifndef JACKFIELD_SERVICES_REGISTER_H
#define JACKFIELD_SERVICES_REGISTER_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JF_REGISTER_1 "jf.register/1"

typedef struct jf_register_1 {
  uint32_t size;
  uint32_t reserved;

  /* Registers one command of the manifest. The set registered when `create` returns must be the manifest's set.
     [create only] [never blocks] `name` borrowed. Returns JF_OK, JF_E_DENIED: not in the manifest, JF_E_INVALID: registered twice. */
  jf_status (*JF_NONNULL command)(jf_instance *JF_NONNULL instance, jf_text name);
} jf_register_1;

#ifdef __cplusplus
}
#endif
#endif
