// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

/// What a front says of itself, from the words of the command line.
struct AttachOrder {
  /// What a terminal can do.
  static let ordinary = ["message", "progress", "choose", "input", "form", "consent"]
  static let kinds = ordinary + ["chat", "command", "open", "diff"]

  /// Of `bridge.attach`.
  let input: JSONValue

  init(_ invocation: Invocation) throws(UsageError) {
    let (can, offers) = (invocation.values("--can"), invocation.values("--offer"))
    guard invocation.wantsJSON || (can.isEmpty && offers.isEmpty) else {
      throw UsageError("'--can' and '--offer' go with '--json': a terminal shows messages and asks, and that is all", subcommand: "attach")
    }
    if let unknown = can.first(where: { !Self.kinds.contains($0) }) {
      let hint = NearMiss.hint(for: unknown, in: Self.kinds)
      throw UsageError(
        "'--can' knows no '\(unknown)'\(hint.isEmpty ? "; write one of \(Self.kinds.joined(separator: ", "))" : hint)", subcommand: "attach"
      )
    }
    input = [
      "name": .string(invocation.value("--name") ?? "terminal"),
      "workspace": .string(KernelTarget.absolute(invocation.value("--workspace") ?? ".")),
      "capabilities": .array((can.isEmpty ? Self.ordinary : can).map { .string($0) }),
      "commands": .array(offers.map { ["name": .string($0)] }),
    ]
  }
}
