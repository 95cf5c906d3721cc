// SPDX-License-Identifier: Apache-2.0

// What an order wishes of its kernel, when that was begun already.
extension Kernel {
  /// A sentence when code runs elsewhere than its order wishes; nil when that is fulfilled, or nothing is wished.
  func note(of order: RunOrder) -> String? {
    let unmet = [
      order.interpreter.flatMap { isRun(by: $0) ? nil : "the interpreter '\($0)'" },
      order.spec.flatMap { [plan.spec, plan.order.spec].contains($0) ? nil : "the kernelspec '\($0)'" },
      order.provider.flatMap { provider.name == $0 ? nil : "the provider '\($0)'" },
    ].compactMap(\.self)
    guard !unmet.isEmpty else { return nil }
    let what = order.document.map { "'\($0)' has" } ?? "there is"
    return
      "\(what) a kernel already, \(plan.displayName), and the code runs in it: \(unmet.joined(separator: " and ")) was not used; begin another with 'jackfield kernel start', or kernel.start"
  }

  /// - Parameter interpreter: A Python, or an environment's folder.
  private func isRun(by interpreter: String) -> Bool {
    let wish = Path.trimmed(interpreter)
    if plan.order.interpreter.map(Path.trimmed) == wish { return true }
    guard let program = plan.command.first else { return false }
    return program == wish || program.hasPrefix(wish + "/bin/")
  }
}
