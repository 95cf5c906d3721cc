// SPDX-License-Identifier: Apache-2.0

/// What somebody wants of a new kernel. Whatever is nil is settled by the provider.
struct KernelOrder: Sendable, Hashable, Codable {
  /// A kernelspec's name, as "python3".
  var spec: String?
  /// An interpreter or an environment's folder, absolute; wins over `spec`.
  var interpreter: String?
  /// Where it runs, absolute.
  var workingDirectory: String?
  /// The file it is begun for, absolute; settles the working directory and the nearest environment when they are nil.
  var document: String?
  /// Added to its command.
  var arguments: [String]?
  /// Added to its environment.
  var environment: [String: String] = [:]
  /// Install ipykernel into the environment when it is missing.
  var install = false
  /// Use an environment of our own on top, when ipykernel is missing.
  var overlay = false
  /// Dies with the host (`JPY_PARENT_PID`), or lives on and is adopted again.
  var outlivesHost = true
}
