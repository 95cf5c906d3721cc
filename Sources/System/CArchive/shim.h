/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CARCHIVE_SHIM_H
#define JACKFIELD_CARCHIVE_SHIM_H
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stddef.h>

/* The library turns names into the charset of the thread's locale, and a daemon's is C: names beyond ASCII would be lost. The switch of
   the locale takes a macro and a cast that Swift does not import. `name`: lent until the next entry, NULL when it is no text. */
static inline int jf_archive_next(struct archive *archive, struct archive_entry **entry, const char **name) {
  locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
  int result = archive_read_next_header(archive, entry);
  *name = NULL;
  if (result == ARCHIVE_OK || result == ARCHIVE_WARN) {
    *name = archive_entry_pathname_utf8(*entry);
    if (*name == NULL) *name = archive_entry_pathname(*entry);
  }
  if (utf8) {
    uselocale(before);
    freelocale(utf8);
  }
  return result;
}

/* AE_IFREG and its kin are casts, which Swift does not import. */
static inline int jf_archive_is_file(struct archive_entry *entry) { return archive_entry_filetype(entry) == AE_IFREG; }
static inline int jf_archive_is_directory(struct archive_entry *entry) { return archive_entry_filetype(entry) == AE_IFDIR; }
static inline int jf_archive_is_symbolic_link(struct archive_entry *entry) { return archive_entry_filetype(entry) == AE_IFLNK; }
static inline void jf_archive_make_file(struct archive_entry *entry) { archive_entry_set_filetype(entry, AE_IFREG); }
#endif
