// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Finds what runs were told differently when they were made.
enum MetaDifferences {
  /// The members of `meta` that are not the same in all rows, each with its value by run.
  static func find(in rows: [JSONValue]) -> [JSONValue] {
    var members: Set<String> = []
    for row in rows { members.formUnion(row["meta"]?.objectValue?.keys.map(\.self) ?? []) }
    return members.sorted().compactMap { member -> JSONValue? in
      let values = rows.map { $0["meta"]?[member] ?? .null }
      guard Set(values).count > 1 else { return nil }
      let byRun = zip(rows, values).map { ($0["id"]?.stringValue ?? "", $1) }
      return ["member": .string(member), "values": .object(Dictionary(byRun) { first, _ in first })]
    }
  }
}
