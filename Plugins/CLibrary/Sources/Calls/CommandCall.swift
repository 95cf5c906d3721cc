// SPDX-License-Identifier: Apache-2.0

import FFI
import JSON
import PluginSDK
import Signatures

/// One call of one function: values in, the call, values out.
struct CommandCall {
  let plan: CommandPlan
  let work: Workspace
  let library: LoadedLibrary
  let handles: HandleTable
  /// Handles that this call ends, by their numbers.
  private var released: [(id: Int64, entry: HandleTable.Entry)] = []
  /// `errno` behind the call.
  private var errorNumber: Int32 = 0

  init(plan: CommandPlan, work: Workspace, library: LoadedLibrary, handles: HandleTable) {
    (self.plan, self.work, self.library, self.handles) = (plan, work, library, handles)
  }

  /// - Parameter raw: The bytes of the one buffer, when the input is no JSON.
  mutating func run(_ function: ForeignFunction, raw: [UInt8]?) throws(PluginFailure) -> Payload {
    if plan.makesHandles, handles.isFull {
      throw PluginFailure(
        "cannot call '\(plan.name)': \(Limits.handles) handles are open; close some", code: "too_many_handles", status: .busy)
    }
    try fill(raw)
    try release()
    errorNumber = plan.interface.call(function, work.frame)
    try finish()
    return try output(isRaw: raw != nil)
  }

  /// Takes the handles that this call ends out of the table before it: nobody else can use them from here on.
  private mutating func release() throws(PluginFailure) {
    for (index, argument) in plan.arguments.enumerated() {
      guard case .handle(_, releases: true) = argument.argument.kind, let member = argument.member, let id = work.elements[member]?.int
      else {
        continue
      }
      guard let entry = handles.remove(id) else {
        putBack()
        throw plan.wrong(member, Self.gone(id))
      }
      released.append((id, entry))
      work.things[index] = entry
    }
  }

  /// Looks for the sign of a failure.
  private func finish() throws(PluginFailure) {
    let rule = plan.signature.errors
    guard rule.sign != .none, let failure = rule.failure(result: work.frame.result, errorNumber, plan) else { return }
    // It failed to end them, so they are still there.
    putBack()
    throw failure
  }

  private func putBack() {
    for (id, entry) in released { handles.putBack(entry, id) }
  }

  static func gone(_ id: Int64) -> Misfit {
    Misfit("is \(id), which is no open handle: it was closed, or is of an earlier start; make a new one")
  }
}
