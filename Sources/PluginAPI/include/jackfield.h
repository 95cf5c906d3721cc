/* SPDX-License-Identifier: Apache-2.0 */
/* Everything released, in one include. Drafts are included one by one from jackfield/draft. */
#ifndef JACKFIELD_H
#define JACKFIELD_H

#include "jackfield/base.h"
#include "jackfield/host.h"
#include "jackfield/plugin.h"
#include "jackfield/services/health.h"
#include "jackfield/services/log.h"
#include "jackfield/services/paths.h"
#include "jackfield/services/register.h"

#endif
