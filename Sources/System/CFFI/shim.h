/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CFFI_SHIM_H
#define JACKFIELD_CFFI_SHIM_H
#include <errno.h>
#include <ffi.h>

/* libffi's types are global variables, which Swift takes for shared mutable state. The numbers are those of Swift's ForeignType. */
static inline ffi_type *_Nonnull jackfield_ffi_type(int number) {
  switch (number) {
  case 1: return &ffi_type_sint8;
  case 2: return &ffi_type_uint8;
  case 3: return &ffi_type_sint16;
  case 4: return &ffi_type_uint16;
  case 5: return &ffi_type_sint32;
  case 6: return &ffi_type_uint32;
  case 7: return &ffi_type_sint64;
  case 8: return &ffi_type_uint64;
  case 9: return &ffi_type_float;
  case 10: return &ffi_type_double;
  case 11: return &ffi_type_pointer;
  default: return &ffi_type_void;
  }
}

/* FFI_DEFAULT_ABI is an enumerator equal to another one, which Swift does not import. */
static inline ffi_status jackfield_ffi_prepare(ffi_cif *_Nonnull cif, unsigned fixed, unsigned count, ffi_type *_Nonnull result,
                                               ffi_type *_Nonnull *_Nullable types) {
  if (fixed < count) return ffi_prep_cif_var(cif, FFI_DEFAULT_ABI, fixed, count, result, types);
  return ffi_prep_cif(cif, FFI_DEFAULT_ABI, count, result, types);
}

/* Calls, and reads errno before anything else can change it: Swift's runtime may allocate between two statements. */
static inline int jackfield_ffi_call(ffi_cif *_Nonnull cif, void *_Nonnull function, void *_Nonnull result, void *_Nonnull *_Nullable values) {
  errno = 0;
  ffi_call(cif, (void (*)(void))function, result, values);
  return errno;
}

/* A GNU extension, which Swift's Glibc module does not show. NULL for a number that has no name. */
extern const char *_Nullable strerrorname_np(int number);
#endif
