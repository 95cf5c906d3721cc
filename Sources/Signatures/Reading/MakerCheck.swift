// SPDX-License-Identifier: Apache-2.0

/// Checks "handle.argument": whoever makes such a handle has that number among its arguments.
struct MakerCheck {
  let interface: LibraryInterface

  func check(_ command: LibraryInterface.Command, _ part: Part) {
    for (index, argument) in command.signature.arguments.enumerated() {
      let path = part.path + [.key("args"), .index(index)]
      check(argument.buffer?.size, command, part.faults, path + [.key("size")])
      if case .rule(let rule)? = argument.buffer?.capacity { check(rule, command, part.faults, path + [.key("capacity")]) }
    }
  }

  private func check(_ rule: SizeRule?, _ command: LibraryInterface.Command, _ faults: FaultList, _ path: [SignatureFault.Step]) {
    for case .maker(let handle, let name) in rule?.factors ?? [] {
      guard case .handle(let type, _) = command.signature.arguments[handle].kind else { continue }
      let makers = interface.commands.filter { $0.signature.makes(type) }
      if makers.isEmpty {
        faults.report(path, "wants a number the handle '\(type)' was made with, but no command makes one; add the command")
      }
      for maker in makers where !maker.signature.hasNumber(name) {
        faults.report(
          path, "wants the number '\(name)' the handle '\(type)' was made with, but '\(maker.name)' takes none of that name; correct one")
      }
    }
  }
}

extension Signature {
  /// Whether a call gives a new handle of that type.
  public func makes(_ type: String) -> Bool {
    if returns.kind == .handle(type) { return true }
    return arguments.contains { if case .handle(type, _) = $0.kind { $0.direction == .out } else { false } }
  }

  fileprivate func hasNumber(_ name: String) -> Bool {
    arguments.contains { argument in
      guard case .scalar(let type) = argument.kind else { return false }
      return argument.name == name && type.isInteger && argument.direction == .in && !argument.isByPointer
    }
  }
}
