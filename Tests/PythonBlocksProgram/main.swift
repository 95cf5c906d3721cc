// SPDX-License-Identifier: Apache-2.0
// Runs block detection for programs that judge it: Tools/test-blocks, `make fuzz` and the benchmarks.

import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())

switch arguments.first {
case "lines": LineLister.run()
case "fuzz": exit(Fuzzer.run(Array(arguments.dropFirst())))
case "measure": exit(Measure.run(Array(arguments.dropFirst())))
default:
  print("usage: python-blocks lines < PATHS | fuzz [--seed N] [--seconds S] | measure FILE")
  exit(64)
}
