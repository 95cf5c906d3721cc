// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

/// A run is trained on one host, bundled, and goes to another.
@Suite(.serialized) struct ExportTests {
  private let script = """
    import jackfield, sys
    with jackfield.Run(project="export", name="traveller") as run:
        for step in range(1, 301):
            run.step(step, loss=1.0 / step, accuracy=step / 300)
        run.log("half way there")
        with open(sys.argv[1], "wb") as file:
            file.write(b"weights" * 1000)
        run.checkpoint_saved(sys.argv[1], 300)
    """

  private func trained(_ host: LiveHost) throws -> String {
    let weights = host.home + "/weights.pt"
    let environment = [
      "PYTHONPATH": LiveHost.packageDirectory + "/Clients/Python/src", "ONTHEFLY_DASHBOARD_PORT": "\(host.port)",
      "XDG_STATE_HOME": host.home,
    ]
    let training = try Program.run(["python3", "-c", script, weights], environment: environment, in: host.home)
    #expect(training.status == 0, "\(training.error)")
    _ = try host.until("call", "runs.show", "--run", "traveller") { $0["steps"]?.intValue == 300 && $0["state"]?.stringValue == "finished" }
    // The store notes the checkpoint from the event; said once more, for certain and without waiting, it is still one row.
    let insert = """
      import sqlite3, sys
      with sqlite3.connect(sys.argv[1], timeout=20) as database:
          database.execute("INSERT OR IGNORE INTO checkpoints(run, step, path, kind) SELECT id, 300, ?, 'save' FROM runs", (sys.argv[2],))
      """
    let inserted = try Program.run(["python3", "-c", insert, host.home + "/data/jackfield.sqlite", weights], in: host.home)
    #expect(inserted.status == 0, "\(inserted.error)")
    return weights
  }

  private func series(_ host: LiveHost) throws -> JSONValue? {
    try host.json("call", "runs.series", "--run", "traveller", "--metrics", #"["loss","accuracy"]"#)["series"]
  }

  @Test(arguments: [("inprocess", "b.tar.zst"), ("process", "b.zip")])
  func aRunGoesToAnotherHostInABundle(mode: String, name: String) async throws {
    try await onOwnThread {
      let first = try LiveHost(mode: mode)
      let weights = try trained(first)
      let bundle = first.home + "/" + name
      let written = try first.json("call", "export.bundle", "--path", bundle)
      #expect(written["missing"] == [])
      #expect(written["runs"] == ["traveller"])
      #expect(try first.json("call", "export.verify", "--path", bundle)["ok"] == true)
      #expect(try first.run("call", "export.bundle", "--path", bundle).status != 0)
      // To where it comes from it brings nothing.
      #expect(try first.json("call", "export.import", "--path", bundle)["runs"]?[0]?["action"] == "known")

      let second = try LiveHost(mode: mode)
      let imported = try second.json("call", "export.import", "--path", bundle)
      #expect(imported["runs"] == [["name": "traveller", "as": "traveller", "action": "imported"]])
      #expect(try series(second) == series(first))
      #expect(try second.json("call", "runs.logs", "--run", "traveller")["logs"]?[0]?["text"] == "half way there")
      let place = try DatabaseCheck.ask(second.home + "/data/jackfield.sqlite", "SELECT path FROM checkpoints")
      #expect(place.hasPrefix(second.home + "/data/bundles/"))
      #expect(try Data(contentsOf: URL(filePath: place)) == Data(contentsOf: URL(filePath: weights)))
      #expect(try second.json("call", "export.import", "--path", bundle)["runs"]?[0]?["action"] == "known")

      first.stop()
      second.stop()
      #expect(try DatabaseCheck.integrity(second.home + "/data/jackfield.sqlite") == "ok")
      #expect(try FileManager.default.contentsOfDirectory(atPath: first.home).filter { $0.contains("partial") } == [])
    }
  }

  @Test func theEarlierDashboardsBundlesGoOutAndIn() async throws {
    try await onOwnThread {
      let first = try LiveHost()
      _ = try trained(first)
      let bundle = first.home + "/old"
      _ = try first.json("call", "export.bundle", "--path", bundle, "--format", "onthefly")
      let second = try LiveHost()
      #expect(try second.json("call", "export.import", "--path", bundle)["runs"]?[0]?["action"] == "imported")
      #expect(try series(second) == series(first))
      let events = first.home + "/tb"
      #expect(try first.json("call", "export.metrics", "--path", events, "--format", "tensorboard")["points"] == 600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: events) == ["traveller"])
      first.stop()
      second.stop()
    }
  }
}
