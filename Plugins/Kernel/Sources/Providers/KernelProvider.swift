// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A way to have kernels: begin processes here, ask a Jupyter server, attach to one that runs already.
///
/// The verbs are those of Jupyter's provisioners. A provider knows kernels and how to reach them; who runs what on them, and what
/// becomes of it, is `Kernel`'s business.
protocol KernelProvider: Sendable {
  /// As in configuration and in what is persisted: "local", "server", "attach".
  var name: String { get }

  /// Whether its kernels are ours to look after: nobody else would end them, or know of them.
  var looksAfterKernels: Bool { get }

  /// The kernels that can be begun here.
  func specs() async throws -> [KernelSpecEntry]

  /// Checks an order and settles what it leaves open. Begins nothing.
  func prepare(_ order: KernelOrder) async throws -> KernelPlan

  /// Begins a kernel. It need not be ready yet; `KernelLink.ready` waits for that.
  func launch(_ plan: KernelPlan) async throws -> any KernelHandle

  /// Finds again a kernel of before, from what its handle persisted; nil when it is gone.
  func restore(_ record: JSONValue) async throws -> (any KernelHandle)?
}

extension KernelProvider {
  var looksAfterKernels: Bool { false }
}
