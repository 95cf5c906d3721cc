// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Types what a page says.
struct Shell {
  let directory: String
  var environment: [String: String]

  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// - Returns: What was printed.
  @discardableResult
  func succeed(_ script: String) throws -> String {
    let outcome = try run(script)
    guard outcome.status == 0 else {
      throw Failed(description: "in \(directory): \(script)\n\(outcome.status) \(outcome.output)\(outcome.error)")
    }
    return outcome.output
  }

  func run(_ script: String) throws -> Program.Outcome {
    // What the process writes is put elsewhere: the directory may be the tree.
    try Program.run(
      ["bash", "-euc", "cd \"$DIRECTORY\"\n" + script],
      environment: environment.merging(["DIRECTORY": directory]) { own, _ in own }, in: LiveHost.temporary("jackfield-shell"))
  }
}
