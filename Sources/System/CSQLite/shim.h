/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CSQLITE_SHIM_H
#define JACKFIELD_CSQLITE_SHIM_H
#include <sqlite3.h>
#endif
