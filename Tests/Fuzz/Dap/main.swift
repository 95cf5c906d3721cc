// SPDX-License-Identifier: Apache-2.0
// Cuts and damages messages of the Debug Adapter Protocol, and looks that nothing crashes and what is promised holds.
//
//     dap-fuzz [--seed N] [--seconds S]

FramingFuzzer.main()
