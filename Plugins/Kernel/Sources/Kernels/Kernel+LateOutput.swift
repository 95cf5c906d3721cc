// SPDX-License-Identifier: Apache-2.0

// Kernels that say they are idle before their last output is out.
extension Kernel {
  /// Implementations that do so, by trial: in one of thirty runs Deno's result comes up to a millisecond after its idle.
  private static let earlyIdlers: Set = ["deno kernel"]

  /// How long their runs stay open; nothing says that all is out.
  private static let grace: Duration = .milliseconds(30)

  /// Ends a run whose reply and idle are there.
  func finishSoon(_ run: ActiveRun) {
    guard Self.earlyIdlers.contains(implementation?.lowercased() ?? "") else { return finish(run) }
    own { kernel in
      try? await Task.sleep(for: Self.grace)
      await kernel.finish(afterGrace: run.message)
    }
  }

  private func finish(afterGrace message: String) {
    guard let run = active, run.message == message else { return }
    finish(run)
  }
}
