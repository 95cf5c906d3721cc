// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What a process has used, as the kernel counts it.
package struct ProcessUse: Sendable, Equatable {
  package var pid: Int32
  /// In user and kernel mode, of all its threads.
  package var cpuSeconds: Double
  package var residentBytes: Int

  /// nil when there is no such process.
  package init?(pid: Int32) {
    guard let status = try? SmallFile.read("/proc/\(pid)/stat", limit: 4_096), let name = status.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    // Behind the name, which may hold anything: state is the first field, user time the twelfth, resident pages the twenty-second.
    let fields = String(decoding: status[(name + 1)...], as: UTF8.self).split(separator: " ")
    guard fields.count > 21, let user = Int(fields[11]), let system = Int(fields[12]), let pages = Int(fields[21]) else { return nil }
    self.pid = pid
    cpuSeconds = Double(user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    residentBytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
