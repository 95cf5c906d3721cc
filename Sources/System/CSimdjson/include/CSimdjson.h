/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CSIMDJSON_H
#define JACKFIELD_CSIMDJSON_H
#endif
