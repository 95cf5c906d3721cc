/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CEDITLINE_SHIM_H
#define JACKFIELD_CEDITLINE_SHIM_H
#include <histedit.h>
#include <langinfo.h>
#include <stddef.h>
#include <stdio.h>
#include <wchar.h>

/* The standard streams are variables of C, which Swift holds to be shared and unguarded. */
static inline EditLine *_Nullable jf_editline_open(const char *name) { return el_init(name, stdin, stdout, stderr); }
static inline void jf_editline_print(const char *text) {
  fputs(text, stdout);
  fflush(stdout);
}

/* el_set, el_get and history are variadic, which Swift does not import: one line for each use. All take what is lent until el_end. */
static inline int jf_editline_set_owner(EditLine *editor, void *owner) { return el_set(editor, EL_CLIENTDATA, owner); }
static inline void *_Nullable jf_editline_owner(EditLine *editor) {
  void *owner = NULL;
  return el_get(editor, EL_CLIENTDATA, &owner) == 0 ? owner : NULL;
}
static inline int jf_editline_set_prompt(EditLine *editor, char *(*prompt)(EditLine *)) { return el_set(editor, EL_PROMPT, prompt); }
static inline int jf_editline_set_reader(EditLine *editor, el_rfunc_t reader) { return el_set(editor, EL_GETCFN, reader); }
static inline int jf_editline_set_keys(EditLine *editor, const char *name) { return el_set(editor, EL_EDITOR, name); }
static inline int jf_editline_add(EditLine *editor, const char *name, const char *help, unsigned char (*function)(EditLine *, int)) {
  return el_set(editor, EL_ADDFN, name, help, function);
}
static inline int jf_editline_bind(EditLine *editor, const char *key, const char *name) {
  return el_set(editor, EL_BIND, key, name, (char *)NULL);
}
static inline int jf_editline_set_history(EditLine *editor, History *past) { return el_set(editor, EL_HIST, history, past); }
static inline int jf_history_set_size(History *past, int size) {
  HistEvent event;
  return history(past, &event, H_SETSIZE, size);
}
static inline int jf_history_set_unique(History *past, int unique) {
  HistEvent event;
  return history(past, &event, H_SETUNIQUE, unique);
}
static inline int jf_history_enter(History *past, const char *line) {
  HistEvent event;
  return history(past, &event, H_ENTER, line);
}
static inline int jf_history_load(History *past, const char *path) {
  HistEvent event;
  return history(past, &event, H_LOAD, path);
}
static inline int jf_history_save(History *past, const char *path) {
  HistEvent event;
  return history(past, &event, H_SAVE, path);
}
#endif
