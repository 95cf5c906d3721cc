// SPDX-License-Identifier: Apache-2.0

/// What a kernel's process tree uses.
struct KernelUsage: Sendable, Hashable, Codable {
  /// Processes counted.
  var processes: Int
  /// Resident memory in bytes, shared pages counted in each process.
  var memory: Int64
  /// Processor seconds since the kernel began, user and system.
  var cpuSeconds: Double

  enum CodingKeys: String, CodingKey {
    case processes, memory
    case cpuSeconds = "cpu_seconds"
  }
}
