// SPDX-License-Identifier: Apache-2.0

/// What becomes of a kernel by itself. From the configuration, changed by the order.
struct KernelPolicy: Sendable, Hashable, Codable {
  /// Begun again at most so often in ten minutes after it ended by itself; 0: never.
  var autorestart: Int
  /// Seconds without a run until it is shut down; 0: never.
  var cullIdle: Double
  /// Bytes; 0: no ceiling.
  var memoryCeiling: Int64

  init(_ settings: KernelSettings, autorestart: Int? = nil, cullIdle: Double? = nil, memoryCeiling: Int64? = nil) {
    self.autorestart = autorestart ?? settings.autorestart ?? 0
    self.cullIdle = cullIdle ?? settings.cullIdle ?? 0
    self.memoryCeiling = memoryCeiling ?? settings.memoryCeiling ?? 0
  }

  enum CodingKeys: String, CodingKey {
    case autorestart
    case cullIdle = "cull_idle"
    case memoryCeiling = "memory_ceiling"
  }
}
