// SPDX-License-Identifier: Apache-2.0
import JSON

/// The lines that the process of a step writes, put together from the pieces in which they come.
struct StepReport {
  private(set) var last = ""
  private(set) var hadLeft = false
  private(set) var touchedKeptMemory = false
  private(set) var isDone = false
  private var found: [JSONValue] = []
  private var rest: [UInt8] = []
  /// A plugin may write to any descriptor; more findings than this are not its check's.
  private static let mostFindings = 1_000

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    rest += bytes
    let parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    rest = Array(parts.last ?? [])
    for line in parts.dropLast() { if let value = try? JSONValue(parsing: Array(line)) { take(value) } }
    if rest.count > 1 << 20 { rest = [] }
  }

  private mutating func take(_ line: JSONValue) {
    if let at = line["at"]?.stringValue {
      (last, hadLeft) = (at, false)
    } else if line["left"] != nil {
      hadLeft = true
    } else if line["kept"] != nil {
      touchedKeptMemory = true
    } else if line["done"] != nil {
      isDone = true
    } else if found.count < Self.mostFindings {
      found.append(line)
    }
  }

  func findings(step: String) -> [CheckFinding] { found.compactMap { CheckFinding($0, step: step) } }
}
