// SPDX-License-Identifier: Apache-2.0
// Damages messages of a kernel, connection files and headers, and looks that nothing crashes and what is promised holds.
//
//     kernel-wire-fuzz [--seed N] [--seconds S]

WireFuzzer.main()
