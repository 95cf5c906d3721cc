// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc

/// Runs a test's body on a thread of its own: it waits for processes, and two waiting tests would stop every other test on two cores.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let work = Work { continuation.resume(with: Swift.Result(catching: body)) }
    var thread = pthread_t()
    let outcome = pthread_create(&thread, nil, { runWork($0) }, Unmanaged.passRetained(work).toOpaque())
    precondition(outcome == 0, "no thread for a test")
    pthread_detach(thread)
  }
}

private final class Work: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().run()
  return nil
}
