// SPDX-License-Identifier: Apache-2.0
// Nothing for Swift: fuzzmain.c is called by the linker's name for the program's main function.
