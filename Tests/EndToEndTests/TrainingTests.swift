// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.serialized) struct TrainingTests {
  private let client = ["PYTHONPATH": LiveHost.packageDirectory + "/Clients/Python/src"]

  @Test(arguments: ["inprocess", "process"])
  func realTrainingIsInTheDatabase(mode: String) async throws {
    try await onOwnThread {
      let host = try LiveHost(mode: mode)
      let script = try Program.run(
        ["python3", LiveHost.packageDirectory + "/Examples/Training/digits.py", "--name", "digits", "--steps", "40"],
        environment: client.merging(["ONTHEFLY_DASHBOARD_PORT": "\(host.port)"]) { _, new in new }, in: host.home)
      #expect(script.status == 0, "\(script.error)")
      let run = try host.until("call", "runs.show", "--run", "digits") { $0["steps"]?.intValue == 40 }
      #expect(run["project"]?.stringValue == "digits")
      let loss = try host.json("call", "runs.series", "--run", "digits", "--metric", "loss")
      #expect(loss["series"]?[0]?["steps"]?.arrayValue?.count == 40 || loss["steps"]?.arrayValue?.count == 40)
      host.stop()
      #expect(try DatabaseCheck.integrity(host.home + "/data/jackfield.sqlite") == "ok")
    }
  }

  /// A script that makes 300 steps, and many more once it is told to go on.
  private let steps = """
    import jackfield, sys, os, time
    with jackfield.Run(project="faults", name="survivor") as run:
        for step in range(1, 301):
            run.step(step, loss=1.0 / step)
        while not os.path.exists(sys.argv[1]):
            time.sleep(0.01)
        for step in range(301, 20001):
            run.step(step, loss=1.0 / step)
    """

  @Test func killedHostLosesNoStep() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let go = host.home + "/go"
      let environment = client.merging(["ONTHEFLY_DASHBOARD_PORT": "\(host.port)", "XDG_STATE_HOME": host.home]) { _, new in new }
      let script = try Program(["python3", "-c", steps, go], environment: environment, in: host.home)
      _ = try host.until("call", "runs.show", "--run", "survivor") { $0["steps"]?.intValue == 300 }
      try Data().write(to: URL(filePath: go))
      host.killNow()  // in the middle of it: what it has read and not committed is lost with it
      try host.restart()
      #expect(script.wait().status == 0, "\(script.error)")
      let run = try host.until("call", "runs.show", "--run", "survivor") { $0["steps"]?.intValue == 20_000 }
      #expect(run["last_step"]?.intValue == 20_000)
      host.stop()
      let database = host.home + "/data/jackfield.sqlite"
      #expect(try DatabaseCheck.integrity(database) == "ok")
      #expect(try DatabaseCheck.ask(database, "SELECT count(DISTINCT step) FROM metrics") == "20000")
    }
  }

  /// A trainer of another make: it says nothing of itself, takes one step, and another one after a reconnect.
  private let twoConnections = """
    import json, os, socket, sys, time
    for step in (1, 2):
        trainer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        event = {"type": "trainStep", "step": step, "loss": 0.5, "run_id": "other-make", "session_id": "sess-1", "event_seq": step, "ts": step}
        trainer.sendall((json.dumps(event) + "\\n").encode())
        while not os.path.exists(sys.argv[1 + step]):
            time.sleep(0.01)
        trainer.close()
        while step == 1 and not os.path.exists(sys.argv[4]):
            time.sleep(0.01)
    """

  @Test func runIsLostWithItsConnectionAndFoundAgainWithTheNext() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let marks = ["leave", "leave again", "come back"].map { host.home + "/" + $0 }
      let script = try Program(["python3", "-c", twoConnections, "\(host.port)"] + marks, environment: [:], in: host.home)
      func waits(for state: String) throws {
        _ = try host.until("call", "runs.show", "--run", "other-make") { $0["state"]?.stringValue == state }
      }
      try waits(for: "running")
      try Data().write(to: URL(filePath: marks[0]))
      try waits(for: "lost")
      try Data().write(to: URL(filePath: marks[2]))
      try waits(for: "running")
      // Whose connection it is takes a moment to find out, and cannot be any more when it is gone.
      _ = try host.until("call", "trainer.list") { $0["sessions"]?[0]?["pid"]?.intValue == Int(script.pid) }
      try Data().write(to: URL(filePath: marks[1]))
      #expect(script.wait().status == 0)
      try waits(for: "lost")
      // Its process is gone, so it does not come back.
      _ = try host.until("call", "trainer.list") { $0["sessions"]?[0]?["state"]?.stringValue == "ended" }
      host.stop()
    }
  }

  /// A trainer that is never acknowledged, as most are, and a database that somebody else holds until after the stop.
  @Test func stopWithALockedDatabaseLosesNoStep() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let (locked, release) = (host.home + "/locked", host.home + "/release")
      let lock = try Program(
        [
          "python3", "-c",
          """
          import os, sqlite3, sys, time
          database = sqlite3.connect(sys.argv[1], isolation_level=None)
          database.execute("BEGIN IMMEDIATE")
          open(sys.argv[2], "w").close()
          while not os.path.exists(sys.argv[3]):
              time.sleep(0.01)
          """, host.home + "/data/jackfield.sqlite", locked, release,
        ], in: host.home)
      while !FileManager.default.fileExists(atPath: locked), kill(lock.pid, 0) == 0 { usleep(1_000) }
      let sent = try Program.run(
        [
          "python3", "-c",
          """
          import json, socket, sys
          trainer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
          for step in range(1, 501):
              event = dict(type="trainStep", run_id="held", session_id="sess-held", event_seq=step, step=step, loss=1 / step, ts=1.0)
              trainer.sendall(json.dumps(event).encode() + b"\\n")
          trainer.shutdown(socket.SHUT_WR)
          while trainer.recv(4096):
              pass
          """, "\(host.port)",
        ], in: host.home)
      #expect(sent.status == 0, "\(sent.error)")
      _ = try host.until("call", "trainer.list") { ($0["counters"]?["events"]?.intValue ?? 0) == 500 }
      #expect(host.stop().status == 0)
      try Data().write(to: URL(filePath: release))
      _ = lock.wait()
      try host.restart()
      _ = try host.until("call", "runs.show", "--run", "held") { $0["steps"]?.intValue == 500 }
      host.stop()
      #expect(!FileManager.default.fileExists(atPath: host.home + "/data/jackfield.sqlite.unwritten"))
      #expect(try DatabaseCheck.integrity(host.home + "/data/jackfield.sqlite") == "ok")
    }
  }

  @Test func pauseAndResumeReachTheScript() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let endless = """
        import jackfield
        with jackfield.Run(project="faults", name="endless") as run:
            step = 0
            while not run.should_stop:
                step += 1
                run.step(step, loss=1.0)
        """
      let environment = client.merging(["ONTHEFLY_DASHBOARD_PORT": "\(host.port)"]) { _, new in new }
      let script = try Program(["python3", "-c", endless], environment: environment, in: host.home)
      _ = try host.until("call", "runs.show", "--run", "endless") { ($0["steps"]?.intValue ?? 0) > 10 }
      #expect(try host.json("call", "trainer.pause")["data"]?["status"]?.stringValue == "paused")
      #expect(try host.json("call", "trainer.resume")["data"]?["status"]?.stringValue == "resumed")
      #expect(try host.run("call", "trainer.ping").status == 0)
      #expect(try host.run("call", "trainer.stop").status == 0)
      #expect(script.wait().status == 0)
      host.stop()
    }
  }
}
