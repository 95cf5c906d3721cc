// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import PluginTestKit
import SmallDisk
import Testing

/// A whole host, with its database and its spool, on a disk that fills up under two trainers.
@Suite struct FullDiskTests {
  private let steps = """
    import os, sys, time
    import jackfield
    with jackfield.Run(project="p", name=sys.argv[1], flush_timeout=60) as run:
        for step in range(1, 20_001):
            while step == 301 and not os.path.exists(sys.argv[2]):
                time.sleep(0.01)
            run.step(step, loss=1.0 / step, accuracy=step / 20_000)
    """

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func recordingPausesWithAnAlertAndGoesOn() async throws {
    try await onOwnThread {
      let disk = try SmallDisk(megabytes: 64)
      try Data(#"{"plugins": {"health": {"config": {"watches": {"plugins": {"seconds": 0.1}}}}}}"#.utf8)
        .write(to: URL(filePath: disk.path + "/config.json"))
      let elsewhere = LiveHost.temporary("jackfield-trainers")
      let host = try LiveHost(home: disk.path, scratch: elsewhere)
      let go = elsewhere + "/go"
      let environment = [
        "ONTHEFLY_DASHBOARD_PORT": "\(host.port)", "XDG_STATE_HOME": elsewhere,
        "PYTHONPATH": LiveHost.packageDirectory + "/Clients/Python/src",
      ]
      let trainers = try ["one", "two"].map {
        try Program(["python3", "-c", steps, $0, go], environment: environment, in: elsewhere)
      }
      for run in ["one", "two"] { _ = try host.until("call", "runs.show", "--run", run) { $0["steps"] == 300 } }
      let events = try Program(
        [LiveHost.jackfield, "events", "health.alert", "runs.changed", "--home", host.home], in: elsewhere)
      // It is not told when it listens: so until it has heard something.
      for _ in 0..<1_000 where events.output.isEmpty { _ = try host.json("call", "runs.rename", #"{"run": "one", "title": "first"}"#) }

      try disk.fill()
      try Data().write(to: URL(filePath: go))
      // What a person or a page sees of it.
      let wanted = "Plugin 'store' says of itself: cannot write the database '\(disk.path)/data/jackfield.sqlite': "
      let health = try host.until("call", "health.host") {
        ($0["items"]?.arrayValue ?? []).contains { $0["sentence"]?.stringValue?.hasPrefix(wanted) == true }
      }
      #expect(health["verdict"] == "failed")
      let bundle = try host.run("call", "export.bundle", #"{"path": "\#(disk.path)/b.zip"}"#)
      #expect(bundle.status == 1 && bundle.error.contains("cannot"), "\(bundle)")
      #expect(!FileManager.default.fileExists(atPath: disk.path + "/b.zip"))
      for _ in 0..<3_000 where !events.output.contains(#""kind":"plugin_trouble""#) { usleep(10_000) }
      #expect(events.output.contains(#""plugin":"store""#), "\(events.output)")

      disk.empty()
      for trainer in trainers { #expect(trainer.wait().status == 0, "\(trainer.error)") }
      for run in ["one", "two"] { _ = try host.until("call", "runs.show", "--run", run) { $0["steps"] == 20_000 } }
      // The alert could not be stored as long as there was no room; now it is, with its end.
      let alerts = try host.until("call", "health.alerts", #"{"open": false}"#) {
        ($0["alerts"]?.arrayValue ?? []).contains { $0["fields"]?["plugin"] == "store" && $0["ended"]?.doubleValue != nil }
      }
      #expect((alerts["alerts"]?.arrayValue ?? []).filter { $0["fields"]?["plugin"] == "store" }.count == 1, "\(alerts)")
      host.stop()
      #expect(events.wait().output.contains("It is over."))
      let database = disk.path + "/data/jackfield.sqlite"
      #expect(try DatabaseCheck.integrity(database) == "ok")
      #expect(try DatabaseCheck.ask(database, "SELECT count(*) FROM (SELECT DISTINCT run, step FROM metrics)") == "40000")
      #expect(try DatabaseCheck.ask(database, "SELECT count(*) FROM metrics") == "80000")
    }
  }
}
