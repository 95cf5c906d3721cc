// SPDX-License-Identifier: Apache-2.0
import Testing

/// What `make demo` and `make run` do when everything is built.
@Suite struct DemoTests {
  @Test func theDemoTrainsAndShowsTheRun() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-demo")
      try LiveHost.configure(home, mode: "inprocess")
      let outcome = try Program.run(
        ["python3", LiveHost.packageDirectory + "/Tools/demo", "--home", home, "--", "--steps", "40"],
        environment: [
          "JACKFIELD": LiveHost.jackfield, "JACKFIELD_PLUGINS": LiveHost.shipped, "ONTHEFLY_DASHBOARD_PORT": "\(LiveHost.freePort())",
        ], in: home)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("host started: process "))
      #expect(outcome.output.contains("  40 steps\n"))
      #expect(outcome.output.contains("\nlast loss, read back from the database: ") && !outcome.output.contains("database: None"))
    }
  }
}
