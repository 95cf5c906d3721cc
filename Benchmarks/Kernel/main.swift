// SPDX-License-Identifier: Apache-2.0
// What the link to a kernel costs, against the bare C client of Benchmarks/Baselines/kernel.c, on the same connection file.
//
//     kernel-bench CONNECTION_FILE trip COUNT | flood COUNT SIZE | big BYTES

await KernelBench(arguments: CommandLine.arguments).run()
