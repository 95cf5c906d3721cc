// SPDX-License-Identifier: Apache-2.0

/// The program that this process runs.
public enum ProcessProgram {
  /// Its path, from the root on; nil when the system does not say. A file that was replaced meanwhile is followed by " (deleted)".
  public static var path: String? { ProcFile.link("/proc/self/exe") }
}
