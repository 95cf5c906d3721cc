/* SPDX-License-Identifier: Apache-2.0 */
/* The target holds headers only; the package manager wants one source file. */
#include "jackfield.h"
