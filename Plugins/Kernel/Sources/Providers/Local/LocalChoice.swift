// SPDX-License-Identifier: Apache-2.0

/// What an order comes down to on this machine.
enum LocalChoice: Sendable {
  /// A registered kernel.
  case spec(KernelSpec)
  /// An interpreter with ipykernel, run in the environment of `enters`: itself, or the one it lies on top of.
  case interpreter(Interpreter, enters: Interpreter)
  /// An interpreter without ipykernel.
  case needsPackage(Interpreter)
}
