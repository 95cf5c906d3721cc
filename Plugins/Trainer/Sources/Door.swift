// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Polling
internal import PluginSDK
internal import Synchronization

/// The thread that accepts trainers, reads all they send, and writes what is for them; it looks at nothing and waits for nobody.
///
/// A trainer cuts its line when a write takes half a second, so nothing here may be slow. No connection is ever refused or
/// closed from this side before the stop: a trainer whose line is cut while it repeats its backlog never comes back.
final class Door: Sendable {
  private enum Wish {
    case write(Connection)
    case stop
  }

  private static let listenerTag: UInt64 = 0
  private static let readSize = 256 << 10

  let port: UInt16
  private let listener: Int32
  private let poller: Poller
  private let inbox: Inbox
  private let log: PluginLog
  private let wishes = Mutex<[Wish]>([])

  init(_ listener: Listener, inbox: Inbox, log: PluginLog) throws {
    self.listener = listener.descriptor
    port = listener.port
    self.inbox = inbox
    self.log = log
    do {
      poller = try Poller()
      try poller.add(listener.descriptor, tag: Self.listenerTag, .read)
    } catch {
      close(listener.descriptor)
      throw PluginFailure("\(error); too many files may be open: raise the limit with 'ulimit -n'")
    }
  }

  /// Has the door send what was put into a connection.
  func flush(_ connection: Connection) { wish(.write(connection)) }

  /// Lets `run` end: what has arrived is read, then every socket is closed.
  func stop() { wish(.stop) }

  private func wish(_ wish: Wish) {
    wishes.withLock { $0.append(wish) }
    poller.wake()
  }
}

// MARK: - The thread

extension Door {
  /// Works until `stop`. On a thread of its own.
  func run() {
    var connections: [UInt64: Connection] = [:]
    var scratch = [UInt8](repeating: 0, count: Self.readSize)
    var nextID: UInt64 = 1
    var isStopping = false
    var isListening = true
    while !isStopping {
      let ready = poller.wait(timeoutMs: isListening ? nil : 1_000)
      if !isListening {
        poller.change(listener, tag: Self.listenerTag, .read)
        isListening = true
      }
      for event in ready {
        if event.tag == Self.listenerTag {
          isListening = acceptAll(&nextID, into: &connections)
        } else if let connection = connections[event.tag] {
          if event.canWrite { send(connection) }
          if event.canRead, !receive(connection, &scratch) { connections[event.tag] = nil }
        }
      }
      isStopping = grantWishes(connections)
    }
    for connection in connections.values { while receive(connection, &scratch, orClose: true) {} }
    close(listener)
    inbox.close()
  }

  /// - Returns: Whether to go on listening; not while the system has no descriptor to give.
  private func acceptAll(_ nextID: inout UInt64, into connections: inout [UInt64: Connection]) -> Bool {
    while true {
      var name = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let descriptor = unsafe withUnsafeMutablePointer(to: &name) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe accept(listener, $0, &size) }
      }
      guard descriptor >= 0 else {
        guard errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM else { return true }
        log.warning("trainer waits at the door: too many files are open", ["cure": "raise the limit with 'ulimit -n'"])
        poller.change(listener, tag: Self.listenerTag, [])
        return false
      }
      prepare(descriptor)
      let connection = Connection(id: nextID, descriptor: descriptor, peer: text(of: name))
      nextID += 1
      do {
        try poller.add(descriptor, tag: connection.id, .read)
      } catch {
        log.error("trainer cannot be heard", ["peer": connection.peer, "reason": "\(error)"])
        close(descriptor)
        continue
      }
      connections[connection.id] = connection
      inbox.add(.opened(connection))
    }
  }

  private func prepare(_ descriptor: Int32) {
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, size)
  }

  /// - Returns: Whether to stop.
  private func grantWishes(_ connections: [UInt64: Connection]) -> Bool {
    var isStopping = false
    for wish in wishes.withLock({ wishes in
      defer { wishes.removeAll() }
      return wishes
    }) {
      switch wish {
      case .stop: isStopping = true
      // A connection that has ended meanwhile has given its descriptor back.
      case .write(let connection): if connections[connection.id] != nil { send(connection) }
      }
    }
    return isStopping
  }

  /// Reads once; a full buffer means more, and that the others have their turn first.
  ///
  /// - Returns: Whether the connection lives.
  private func receive(_ connection: Connection, _ scratch: inout [UInt8], orClose mustClose: Bool = false) -> Bool {
    let count = unsafe scratch.withUnsafeMutableBytes { unsafe read(connection.descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      inbox.add(scratch.span.extracting(first: count), from: connection.id)
      return true
    }
    if count < 0, errno == EINTR || (errno == EAGAIN && !mustClose) { return true }
    poller.remove(connection.descriptor)
    close(connection.descriptor)
    inbox.add(.closed(connection.id))
    return false
  }

  private func send(_ connection: Connection) {
    let isLeft = connection.drain { waiting in
      let sent = unsafe waiting.withUnsafeBytes { unsafe Glibc.send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      // What a dead connection cannot take is gone with it; reading finds out.
      return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR ? 0 : waiting.count
    }
    poller.change(connection.descriptor, tag: connection.id, isLeft ? [.read, .write] : .read)
  }
}

/// "127.0.0.1:5000".
private func text(of name: sockaddr_in) -> String {
  let address = UInt32(bigEndian: name.sin_addr.s_addr)
  let parts = [24, 16, 8, 0].map { "\(address >> UInt32($0) & 0xff)" }
  return "\(parts.joined(separator: ".")):\(UInt16(bigEndian: name.sin_port))"
}
