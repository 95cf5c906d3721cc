// SPDX-License-Identifier: Apache-2.0

/// What a proxy passes on what front ends ask. Called on the proxy's thread; must not block.
protocol ProxyTarget: AnyObject, Sendable {
  /// A front end's message on shell, control or stdin. Execute requests belong into the host's queue, all others straight to the kernel.
  /// Whatever the kernel answers and publishes goes back through `KernelProxy.deliver`.
  func frontEndSent(_ message: KernelMessage)

  /// A front end asked for a shutdown, and has been answered. The proxy is to be closed; the kernel lives on unless somebody wants else.
  func frontEndAskedForShutdown(restart: Bool)
}
