/* SPDX-License-Identifier: Apache-2.0 */
/* Service "jf.paths/1": where a plugin keeps its files. */
#ifndef JACKFIELD_SERVICES_PATHS_H
#define JACKFIELD_SERVICES_PATHS_H

#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JF_PATHS_1 "jf.paths/1"

enum {
  JF_PATH_DATA = 1,    /* kept for ever: databases, bundles. Shared by the plugins: name files after the plugin */
  JF_PATH_STATE = 2,   /* kept across restarts, worth little: spools, histories */
  JF_PATH_RUNTIME = 3, /* gone at log-out: sockets */
  JF_PATH_LIBRARY = 4  /* the directory the plugin's own files were loaded from, read-only */
};

typedef struct jf_paths_1 {
  uint32_t size;
  uint32_t reserved;

  /* Gives an existing directory, absolute, without a trailing slash.
     [any-thread] [never blocks] `*path` is NUL-terminated beyond its length and stays valid until `destroy` returns.
     Returns JF_OK, JF_E_NOT_FOUND: unknown kind. */
  jf_status (*JF_NONNULL directory)(jf_instance *JF_NONNULL instance, uint32_t kind, jf_text *JF_NONNULL path);
} jf_paths_1;

#ifdef __cplusplus
}
#endif
#endif
