// SPDX-License-Identifier: Apache-2.0
// Damages what scripts send to the bridge, and looks that nothing crashes and what is promised holds.
//
//     bridge-wire-fuzz [--seed N] [--seconds S]

BridgeFuzzer.main()
