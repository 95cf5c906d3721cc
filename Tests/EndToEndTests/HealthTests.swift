// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

/// Store, Trainer and Health in a real host, with a trainer that answers as a real one did.
@Suite(.serialized) struct HealthTests {
  /// Trains until it is paused, answers what it is asked from the captured replies, and writes down what it was asked.
  private let trainer = """
    import json, select, socket, sys
    replies = {}
    for line in open(sys.argv[2]):
        entry = json.loads(line)
        if entry["case"] == "plain":
            replies[entry["cmd"]] = entry["reply"]["data"]
    notes = open(sys.argv[3], "w", buffering=1)
    trainer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    sequence, step, paused, text = 0, 0, False, b""

    def send(**event):
        trainer.sendall((json.dumps(event) + "\\n").encode())

    def tell(**event):
        global sequence
        sequence += 1
        send(run_id="baseline", session_id="sess-1", event_seq=sequence, ts=1.0, **event)

    tell(type="session_started", project="demo", run_name="baseline")
    tell(type="newRun", parents=[], meta={})
    while True:
        if not paused and step < 200:
            step += 1
            tell(type="trainStep", step=step, loss=None if 50 < step < 60 else 1.0 / step, grad_norm=0.5, throughput=100.0)
        if not select.select([trainer], [], [], 0.002)[0]:
            continue
        data = trainer.recv(65536)
        if not data:
            break
        *lines, text = (text + data).split(b"\\n")
        for line in lines:
            asked = json.loads(line)
            if "id" not in asked:
                continue
            command = asked["cmd"]
            notes.write(command + "\\n")
            if command in ("pause", "resume"):
                paused = command == "pause"
                tell(type=command + "d", step=step)
                send(id=asked["id"], ok=True, data={"status": command + "d", "step": step})
            elif command in replies and paused:
                send(id=asked["id"], ok=True, data=replies[command])
            elif command in replies:
                send(id=asked["id"], ok=False, error="Model must be paused before running " + command, detail="")
            else:
                send(id=asked["id"], ok=False, error="Unknown cmd: " + command, detail="")
    """

  @Test(arguments: ["inprocess", "process"])
  func aTrainingIsCheckedWatchedAndTheHostIsWell(mode: String) async throws {
    try await onOwnThread {
      let host = try LiveHost(mode: mode)
      let notes = host.home + "/notes"
      let replies = LiveHost.packageDirectory + "/Tests/Fixtures/health-replies.ndjson"
      let script = try Program(["python3", "-c", trainer, "\(host.port)", replies, notes], environment: [:], in: host.home)
      _ = try host.until("call", "trainer.list") { $0["sessions"]?[0]?["lastStep"]?.intValue ?? 0 >= 100 }

      let run = try host.json("call", "health.run", "--run", "baseline")
      let results = run["results"]?.arrayValue ?? []
      #expect(results.map { $0["check"]?.stringValue } == ["dist", "throughput", "activations", "numerics", "determinism"])
      #expect(results.allSatisfy { $0["verdict"] == "ok" }, "\(run.serialized())")
      #expect(run["sentence"] == "All is well in 5 checks.")
      #expect(run["paused"] == true)
      #expect(run["resumed"] == true)
      let asked = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n").map(String.init)
      #expect(
        asked == [
          "pause", "dist_health", "throughput_health", "activations_health", "numerics_health", "determinism_health", "resume",
        ])

      let one = try host.json("call", "health.check", "--check", "numerics", "--run", "baseline")
      #expect(one["sentence"] == "No NaN or infinity in the tensors sampled (up to 25 parameters and as many buffers).")
      try expectHistory(host)
      try expectHostIsTold(host)
      host.stop()
      _ = script.wait()
    }
  }

  /// What the store keeps of it.
  private func expectHistory(_ host: LiveHost) throws {
    let rows = try host.json("call", "health.list", "--run", "baseline")["results"]?.arrayValue ?? []
    #expect(rows.count == 6)
    #expect(rows.first?["check"] == "numerics")
    let report = try host.json("call", "health.report", "--run", "baseline")
    #expect(report["verdict"] == "ok")
    #expect(report["checks"]?[3]?["trend"] == "same")
    let alerts = try host.until("call", "health.alerts", "--run", "baseline") {
      $0["alerts"]?.arrayValue?.contains { $0["kind"] == "loss_not_finite" && $0["ended"]?.doubleValue != nil } ?? false
    }
    #expect(alerts["alerts"]?.arrayValue?.count == 1)
    #expect(alerts["alerts"]?[0]?["key"] == "sess-1/baseline/loss_not_finite/51")
  }

  private func expectHostIsTold(_ host: LiveHost) throws {
    let report = try host.json("call", "health.host")
    let items = report["items"]?.arrayValue ?? []
    func verdict(_ item: String) -> String? { items.first { $0["item"]?.stringValue == item }?["verdict"]?.stringValue }
    for item in ["calls", "plugin store", "plugin trainer", "plugin health", "queues", "store", "ports"] {
      #expect(verdict(item) == "ok", "\(item): \(report.serialized())")
    }
    #expect(verdict("disk data") != nil)
    let plugins = try host.json("call", "host.plugins")["plugins"]?.arrayValue ?? []
    let health = try #require(plugins.first { $0["id"] == "health" })
    #expect(health["subscriptions"]?[0]?["topic"] == "trainer.*")
    #expect(health["subscriptions"]?[0]?["dropped"] == 0)
  }
}
