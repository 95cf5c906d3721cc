// SPDX-License-Identifier: Apache-2.0

/// How the host runs plugins in processes of their own.
package struct RunnerTerms: Sendable {
  /// The path of jackfield-runner.
  package var executable: String
  /// Where crash reports are written.
  package var reports: CrashReports
  /// How long a plugin may take to end a call that was given up, before its process is looked at.
  package var cancelGraceMilliseconds = 2_000
  /// How long a plugin may be at one thing, before its process counts as stuck.
  package var stuckMilliseconds = 30_000
  /// How long a process may be silent altogether.
  package var silentMilliseconds = 10_000

  package init(executable: String, reports: CrashReports) {
    self.executable = executable
    self.reports = reports
  }
}
