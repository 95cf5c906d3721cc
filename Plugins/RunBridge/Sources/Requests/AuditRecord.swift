// SPDX-License-Identifier: Apache-2.0

/// Where in the audit a request stands, once it stands there.
actor AuditRecord {
  private(set) var isWritten = false
  private(set) var number: Int64?

  func set(_ number: Int64?) {
    isWritten = true
    self.number = number
  }
}
