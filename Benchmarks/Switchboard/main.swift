// SPDX-License-Identifier: Apache-2.0
// Measures the switchboard with a real plugin, in this process or in one of its own. Prints one JSON object a row.
// Usage: benchmarks PATH-OF-libecho.so [--quick] [--profile-inline | --runner PATH-OF-jackfield-runner]
import Host
import PluginBridge
import Synchronization

let library = CommandLine.arguments.dropFirst().first ?? "libecho.so"
let scale = CommandLine.arguments.contains("--quick") ? 10 : 1
let runner = CommandLine.arguments.firstIndex(of: "--runner").map { CommandLine.arguments[$0 + 1] }

if let runner {
  let times = 40 / scale
  let begin = MonotonicClock.now()
  for _ in 0..<times { try SwitchboardBench(library: library, runner: runner).start() }
  let each = (MonotonicClock.now() - begin) / UInt64(times)
  print(#"{"name": "start of a runner", "nanoseconds": \#(each), "count": \#(times)}"#)
  try SwitchboardBench(library: library, runner: runner).runProcess(scale: scale)
} else if CommandLine.arguments.contains("--profile-inline") {
  try SwitchboardBench(library: library).runInlineForEver()
} else {
  try SwitchboardBench(library: library).run(scale: scale)
}
