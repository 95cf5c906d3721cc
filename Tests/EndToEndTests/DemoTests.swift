// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// What `make demo` and `make run` do when everything is built.
@Suite struct DemoTests {
  @Test func theDemoTrainsAndShowsTheRun() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-demo")
      try LiveHost.configure(home, mode: "inprocess")
      try Data(#"{"plugins": {"dashboard": {"config": {"port": 0}}}}"#.utf8).write(to: URL(filePath: home + "/config.d/10-page.json"))
      let outcome = try Program.run(
        ["python3", LiveHost.packageDirectory + "/Tools/demo", "--home", home, "--", "--steps", "40"],
        environment: [
          "JACKFIELD": LiveHost.jackfield, "JACKFIELD_PLUGINS": try LiveHost.shippedWithPage(),
          "ONTHEFLY_DASHBOARD_PORT": "\(LiveHost.freePort())",
        ], in: home)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("host started: process "))
      let link = try #require(outcome.output.split(separator: "\n").first { $0.contains("/open?code=") })
      #expect(link.hasPrefix("    http://127.0.0.1:") && outcome.output.contains("The link signs in once, within 5 minutes"))
      #expect(outcome.output.contains("  40 steps\n"))
      #expect(outcome.output.contains("\nlast loss, read back from the database: ") && !outcome.output.contains("database: None"))
    }
  }
}
