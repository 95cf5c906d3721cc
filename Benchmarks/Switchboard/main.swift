// SPDX-License-Identifier: Apache-2.0
// Measures the switchboard with a real plugin in this process. Prints one JSON object a row.
// Usage: benchmarks PATH-OF-libecho.so [--quick | --profile-inline]
import Host
import Synchronization

let bench = try SwitchboardBench(library: CommandLine.arguments.dropFirst().first ?? "libecho.so")
if CommandLine.arguments.contains("--profile-inline") {
  bench.runInlineForEver()
} else {
  bench.run(scale: CommandLine.arguments.contains("--quick") ? 10 : 1)
}
