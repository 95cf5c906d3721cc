// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Processes

@Suite(.timeLimit(.minutes(2))) struct DescriptorChannelTests {
  private func pipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    precondition(Glibc.pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  /// What is read until all who could write have gone.
  private func rest(of descriptor: Int32) -> String {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
    close(descriptor)
    return String(decoding: text, as: UTF8.self)
  }

  @Test func messageTakesDescriptorsAlong() throws {
    let (one, other) = try DescriptorChannel.pair()
    let (reading, writing) = pipe()
    try one.send(DescriptorChannel.Message([1, 2, 3], descriptors: [writing]), within: .seconds(60))
    close(writing)
    let message = try #require(try other.receive(within: .seconds(60)))
    #expect(message.bytes == [1, 2, 3] && message.descriptors.count == 1)
    #expect(write(message.descriptors[0], "hello", 5) == 5)
    #expect(fcntl(message.descriptors[0], F_GETFD) & FD_CLOEXEC != 0)
    close(message.descriptors[0])
    #expect(rest(of: reading) == "hello")
    #expect(one.peerUser == getuid())
  }

  @Test func largeParcelArrivesWhole() async throws {
    let (one, other) = try DescriptorChannel.pair()
    let (reading, writing) = pipe()
    let count = DescriptorChannel.mostDescriptors + 50
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    let parcel = DescriptorParcel(bytes, descriptors: (0..<count).map { _ in dup(writing) })
    close(writing)
    // A thread of its own: a parcel is answered while it is sent.
    let received = Background { try? other.receiveParcel(within: .seconds(60)) }
    try await onThread { try one.send(parcel, within: .seconds(60)) }
    parcel.close()
    let arrived = try #require(try await received.value)
    #expect(arrived.bytes == bytes && arrived.descriptors.count == count)
    for (number, descriptor) in arrived.descriptors.enumerated() where number % 100 == 0 { #expect(write(descriptor, "x", 1) == 1) }
    arrived.close()
    #expect(rest(of: reading) == "xxxx")
  }

  @Test func parcelWithoutDescriptorsArrives() async throws {
    let (one, other) = try DescriptorChannel.pair()
    let received = Background { try? other.receiveParcel(within: .seconds(60)) }
    try await onThread { try one.send(DescriptorParcel([], descriptors: []), within: .seconds(60)) }
    let arrived = try await received.value
    #expect(arrived == DescriptorParcel([], descriptors: []))
  }

  /// Whoever gets half a parcel keeps nothing of it.
  @Test func halfAParcelIsNone() async throws {
    let (reading, writing) = pipe()
    do {
      let (one, other) = try DescriptorChannel.pair()
      let received = Background { try other.receiveParcel(within: .seconds(60)) == nil }
      // Says 10 bytes and 2 descriptors, and brings one.
      let sizes: [UInt8] = [10] + Array(repeating: 0, count: 7) + [2] + Array(repeating: 0, count: 7)
      try one.send(DescriptorChannel.Message(Array("JFP1".utf8) + sizes), within: .seconds(60))
      try one.send(DescriptorChannel.Message([0, 7, 7], descriptors: [writing]), within: .seconds(60))
      _ = try one.receive(within: .seconds(60))
      _ = try one.receive(within: .seconds(60))
      close(writing)
      shutdown(one.descriptor, Int32(SHUT_RDWR))
      let isNone = try await received.value
      #expect(isNone)
    }
    #expect(rest(of: reading) == "")
  }

  @Test(arguments: [Array("JFP2".utf8) + Array(repeating: 0, count: 16), [0], Array("JFP1".utf8) + Array(repeating: 255, count: 16)])
  func somethingElseIsNoParcel(head: [UInt8]) throws {
    let (one, other) = try DescriptorChannel.pair()
    let (reading, writing) = pipe()
    try one.send(DescriptorChannel.Message(head, descriptors: [writing]), within: .seconds(60))
    close(writing)
    #expect(try other.receiveParcel(within: .seconds(60)) == nil)
    #expect(rest(of: reading) == "")
  }

  @Test func moreThanWasSaidIsRefused() async throws {
    let (one, other) = try DescriptorChannel.pair()
    let received = Background { try other.receiveParcel(within: .seconds(60)) == nil }
    let sizes: [UInt8] = [1] + Array(repeating: 0, count: 15)
    try one.send(DescriptorChannel.Message(Array("JFP1".utf8) + sizes), within: .seconds(60))
    try one.send(DescriptorChannel.Message([0, 1, 2, 3]), within: .seconds(60))
    let isNone = try await received.value
    #expect(isNone)
  }

  @Test func waitsHaveAnEnd() throws {
    let (one, other) = try DescriptorChannel.pair()
    #expect(throws: ProcessesError.self) { try other.receive(within: .milliseconds(1)) }
    do {
      _ = try other.receive(within: .milliseconds(1))
      Issue.record("received something")
    } catch {
      #expect(error.code == ETIMEDOUT)
      #expect(error.message == "cannot receive a message with descriptors: Connection timed out")
    }
    shutdown(one.descriptor, Int32(SHUT_RDWR))
    #expect(try other.receive(within: .seconds(60)) == nil)
  }

  @Test func listenerIsItsOwnersAlone() throws {
    let place = Place()
    let path = place.path + "/out"
    let listener = try DescriptorListener(path: path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let client = try DescriptorChannel(connectingTo: path)
    let server = try #require(listener.accept())
    #expect(server.peerUser == getuid())
    try client.send(DescriptorChannel.Message([9]), within: .seconds(60))
    #expect(try server.receive(within: .seconds(60)) == DescriptorChannel.Message([9]))
    // A second one takes the name; the first does not remove it any more.
    let next = try DescriptorListener(path: path)
    listener.removeFile()
    #expect(access(path, F_OK) == 0)
    next.removeFile()
    #expect(access(path, F_OK) != 0)
  }

  @Test func nobodyListens() throws {
    do {
      _ = try DescriptorChannel(connectingTo: "/nowhere/x.sock")
      Issue.record("connected")
    } catch {
      #expect(error.message == "cannot connect to '/nowhere/x.sock': No such file or directory" && error.operation == "connect")
    }
    let long = "/tmp/" + String(repeating: "x", count: 200)
    #expect(throws: ProcessesError.self) { try DescriptorListener(path: long) }
  }

  @Test(arguments: [true, false])
  func connectionsEndAsSaid(resets: Bool) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    withUnsafeMutableBytes(of: &address) { bytes in
      let start = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      #expect(bind(listener, start, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, start, &size) == 0)
      #expect(connect(client, start, size) == 0)
    }
    let parcel = DescriptorParcel([], descriptors: [listener, accept(listener, nil, nil)])
    #expect(parcel.connections == [parcel.descriptors[1]])
    parcel.setResetsAtEnd(true)
    if !resets { parcel.setResetsAtEnd(false) }
    parcel.close()
    var byte: UInt8 = 0
    let count = read(client, &byte, 1)
    #expect(resets ? count < 0 && errno == ECONNRESET : count == 0)
  }

  @Test func processHasWhatIsPassed() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let (first, second) = (pipe(), pipe())
    var order = SpawnOrder(
      ["/bin/sh", "-c", "echo a >&3; echo b >&4; ls /proc/self/fd | wc -l >&3"], in: place.path, environment: Spawn.environment,
      output: .nowhere, errors: .nowhere)
    order.passed = [first.writing, second.writing]
    let pid = try Spawn.begin(order)
    close(first.writing)
    close(second.writing)
    // 0 to 4, and the one that ls reads the directory with.
    #expect(rest(of: first.reading) == "a\n6\n" && rest(of: second.reading) == "b\n")
    _ = try await watcher.ended(ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0))
  }
}

/// What blocks, on a thread of its own that begins at once, however busy the others are.
private final class Background<Value: Sendable>: Sendable {
  private let outcomes: AsyncStream<Result<Value, any Error>>
  private let thread: WatchThread

  init(_ body: @escaping @Sendable () throws -> Value) {
    let (outcomes, feed) = AsyncStream<Result<Value, any Error>>.makeStream()
    self.outcomes = outcomes
    guard let thread = WatchThread.start({ feed.yield(Result { try body() }) }) else { preconditionFailure("no thread for a test") }
    self.thread = thread
  }

  /// To be asked for once.
  var value: Value {
    get async throws {
      defer { thread.join() }
      for await outcome in outcomes { return try outcome.get() }
      throw CancellationError()
    }
  }
}

/// Runs what blocks on a thread of its own.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await Background(body).value
}
