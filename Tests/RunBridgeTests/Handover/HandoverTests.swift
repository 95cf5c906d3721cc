// SPDX-License-Identifier: Apache-2.0
// With the real program that keeps connections, real servers and real sockets.

import Glibc
import PluginSDK
import Processes
import Synchronization
import Testing
import WebSockets

@testable import RunBridge

@Suite(.timeLimit(.minutes(3))) struct HandoverTests {
  /// A directory for the socket, and what was warned of.
  private final class Place: Sendable {
    let path: String
    let warnings = Mutex<[String]>([])

    init() {
      var template = Array("/tmp/handover-test-XXXXXX".utf8CString)
      mkdtemp(&template)
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
      unlink(path + "/bridge.sock")
      rmdir(path)
    }

    func handover(seconds: Int = 60, program: String = HolderProgram.path) -> Handover {
      Handover(directory: path, seconds: seconds, program: program) { [self] message, values in
        warnings.withLock { $0.append("\(message): \(values["reason"] ?? "")") }
      }
    }

    /// The process that waits on the socket.
    var holder: ProcessIdentity? { ListenerSearch.process(onPath: path + "/bridge.sock") }
  }

  /// A client whose first words were answered, and the door it is connected to.
  private func connected(_ count: Int = 1) async throws -> (HandoverDoor, [HandoverClient]) {
    let door = try HandoverDoor("first")
    var clients: [HandoverClient] = []
    for number in 0..<count {
      let client = try await thread { try HandoverClient(door.port) }
      client.say("\(number)")
      #expect(await next(client) == .frame("first: \(number)"))
      clients.append(client)
    }
    return (door, clients)
  }

  private func next(_ client: HandoverClient) async -> HandoverClient.Ending {
    await OwnedThread.run(name: "test-client") { client.next() } ?? .other(-1)
  }

  private func thread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try #require(await OwnedThread.run(name: "test-client") { Result { try body() } }).get()
  }

  @discardableResult
  private func ended(_ process: ProcessIdentity) async throws -> ProcessEnding {
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    return try await withCheckedThrowingContinuation { waiter in
      do { try watcher.watch(process) { waiter.resume(returning: $0) } } catch { waiter.resume(throwing: error) }
    }
  }

  @Test func nextHostServesTheSameConnections() async throws {
    let place = Place()
    let (door, clients) = try await connected(2)
    let port = door.port
    let estate = try await door.leave()
    #expect(await place.handover().give(estate))
    let holder = try #require(place.holder)
    // Nobody here has to wait for its end.
    #expect(ProcessStat(holder.pid)?.parent != getpid())
    // Said while nobody is there; the bytes wait in the socket. So does who comes new.
    clients[0].say("anybody?")
    let late = Task { try await thread { try HandoverClient(port) } }
    let taken = try #require(await place.handover().take())
    #expect(taken.connections.map(\.run) == ["run-0", "run-1"] && taken.lastNumber == 2)
    try await ended(holder)
    #expect(access(place.path + "/bridge.sock", F_OK) != 0)
    let second = try HandoverDoor("second", taking: taken)
    #expect(second.port == port)
    #expect(await next(clients[0]) == .frame("second: anybody?"))
    clients[1].say("me too")
    #expect(await next(clients[1]) == .frame("second: me too"))
    let newcomer = try await late.value
    newcomer.say("new")
    #expect(await next(newcomer) == .frame("second: new"))
    second.server.stop()
    #expect(place.warnings.withLock { $0 } == [])
  }

  @Test func manyConnectionsAreHandedOver() async throws {
    let place = Place()
    let (door, clients) = try await connected(300)
    #expect(await place.handover().give(try await door.leave()))
    let taken = try #require(await place.handover().take())
    #expect(taken.connections.count == 300)
    let second = try HandoverDoor("second", taking: taken)
    for number in [0, 252, 253, 299] {
      clients[number].say("\(number)")
      #expect(await next(clients[number]) == .frame("second: \(number)"))
    }
    second.server.stop()
  }

  @Test func nobodyComesInTime() async throws {
    let place = Place()
    let (door, clients) = try await connected()
    #expect(await place.handover(seconds: 1).give(try await door.leave()))
    let holder = try #require(place.holder)
    #expect(await next(clients[0]) == .reset)
    try await ended(holder)
    #expect(await place.handover().take() == nil)
    #expect(access(place.path + "/bridge.sock", F_OK) != 0)
  }

  @Test func killedHolderResetsTheConnections() async throws {
    let place = Place()
    let (door, clients) = try await connected()
    #expect(await place.handover().give(try await door.leave()))
    let holder = try #require(place.holder)
    holder.signal(SIGKILL)
    #expect(await next(clients[0]) == .reset)
    try await ended(holder)
    #expect(await place.handover().take() == nil)
    #expect(place.warnings.withLock { $0 } == [])
  }

  @Test func holderEndsWithTheLastClient() async throws {
    let place = Place()
    let (door, clients) = try await connected(2)
    #expect(await place.handover().give(try await door.leave()))
    let holder = try #require(place.holder)
    for client in clients { client.end() }
    try await ended(holder)
  }

  @Test func listenerAloneWaitsForTheNextHost() async throws {
    let place = Place()
    let door = try HandoverDoor("first")
    let port = door.port
    #expect(await place.handover().give(try await door.leave()))
    let taken: DoorEstate = try #require(await place.handover().take())
    let second = try HandoverDoor("second", taking: taken)
    #expect(second.port == port)
  }

  @Test func missingProgramLeavesAllAsItWas() async throws {
    let place = Place()
    let (door, clients) = try await connected()
    let estate = try await door.leave()
    #expect(await place.handover(program: "/nowhere/jackfield-holder").give(estate) == false)
    #expect(
      place.warnings.withLock { $0 } == [
        "connections of scripts not handed over: cannot start '/nowhere/jackfield-holder' in '/': No such file or directory"
      ])
    #expect(access(place.path + "/bridge.sock", F_OK) != 0)
    // Still ours.
    estate.close()
    #expect(await next(clients[0]) == .reset)
  }

  @Test func withoutTimeNothingIsGiven() async throws {
    let place = Place()
    let (door, clients) = try await connected()
    let estate = try await door.leave()
    #expect(await place.handover(seconds: 0).give(estate) == false)
    estate.close()
    #expect(await next(clients[0]) == .reset)
  }

  @Test func onlyOneHostGetsThem() async throws {
    let place = Place()
    let (door, clients) = try await connected()
    #expect(await place.handover().give(try await door.leave()))
    async let one = place.handover().take()
    async let other = place.handover().take()
    let both = await [one, other].compactMap { $0 }
    #expect(both.count == 1)
    let taken: DoorEstate = try #require(both.first)
    let second = try HandoverDoor("second", taking: taken)
    clients[0].say("x")
    #expect(await next(clients[0]) == .frame("second: x"))
    second.server.stop()
  }

  @Test func hostThatGoesInTheMiddleLosesNothing() async throws {
    let place = Place()
    let (door, clients) = try await connected()
    #expect(await place.handover().give(try await door.leave()))
    do {
      let channel = try DescriptorChannel(connectingTo: place.path + "/bridge.sock")
      let head = try await thread { try channel.receive(within: .seconds(30)) }
      #expect(head?.bytes.starts(with: Array("JFP1".utf8)) == true)
      shutdown(channel.descriptor, Int32(SHUT_RDWR))
    }
    let taken: DoorEstate = try #require(await place.handover().take())
    let second = try HandoverDoor("second", taking: taken)
    clients[0].say("x")
    #expect(await next(clients[0]) == .frame("second: x"))
    second.server.stop()
  }

  @Test func withoutAHolderThereIsNothingToTake() async {
    let place = Place()
    #expect(await place.handover().take() == nil)
    #expect(place.warnings.withLock { $0 } == [])
  }

  /// Begun by a person it says what it is for, and touches nothing.
  @Test func holderSaysWhatItIsFor() async throws {
    let pipe = try ProcessPipe()
    let pid = try Spawn.begin(
      SpawnOrder([HolderProgram.path], in: "/", environment: [:], output: .descriptor(pipe.writing), errors: .nowhere))
    pipe.closeWriting()
    let text = try await thread {
      var all: [UInt8] = []
      while let bytes = pipe.read() { all += bytes }
      return String(decoding: all, as: UTF8.self)
    }
    #expect(
      text == "jackfield-holder is started by a host that stops while scripts are connected to it; 'jackfield serve' starts a host\n")
    #expect(try await ended(ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0)) == .exited(2))
  }
}
