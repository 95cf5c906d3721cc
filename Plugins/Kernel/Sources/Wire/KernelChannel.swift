// SPDX-License-Identifier: Apache-2.0

/// The channels of a Jupyter kernel that carry messages. The heartbeat carries none.
enum KernelChannel: String, Sendable, Hashable, CaseIterable {
  case shell
  case control
  case stdin
  case iopub
}
