// SPDX-License-Identifier: Apache-2.0

/// Speaks with the host, on a thread of its own.
final class ControlLoop {
  /// Between two attempts to connect, while only subscriptions want that.
  private static let pause: Int32 = 250
  /// In bytes that are read at once.
  private static let piece = 256 << 10

  private let desk: ControlDesk
  private let path: String
  private let bell: Bell
  private var socket: ControlSocket?
  private var cutter = LineCutter()
  private var buffer = [UInt8](repeating: 0, count: ControlLoop.piece)
  /// What the host has not taken; the first line from `written` on.
  private var lines: [[UInt8]] = []
  private var firstLine = 0
  private var written = 0

  init(_ desk: ControlDesk, path: String, bell: Bell) {
    self.desk = desk
    self.path = path
    self.bell = bell
  }

  func run() {
    while !desk.isClosed {
      if socket == nil, desk.isNeeded { connect() }
      write()
      let waits = socket == nil && desk.isNeeded
      guard bell.wait(socket, wantsToWrite: socket != nil && firstLine < lines.count, milliseconds: waits ? Self.pause : -1) else {
        continue
      }
      read()
    }
    socket = nil
    desk.failAll(ControlFault("stopping", "the dashboard is being stopped"))
  }

  private func connect() {
    do throws(ErrnoError) { socket = try ControlSocket(path: path) } catch {
      lose("cannot reach the host at '\(path)' (error \(error.number)); is it running?")
    }
  }

  private func lose(_ reason: String) {
    socket = nil
    cutter = LineCutter()
    lines = []
    firstLine = 0
    written = 0
    desk.failAll(ControlFault("gone", reason, retryable: true))
  }

  private func write() {
    guard let socket else { return }
    if firstLine == lines.count {
      lines = desk.takeLines()
      firstLine = 0
    }
    while firstLine < lines.count {
      switch socket.write(lines[firstLine], from: written) {
      case .bytes(let count):
        written += count
        desk.wrote(count)
        guard written == lines[firstLine].count else { continue }
        lines[firstLine] = []
        firstLine += 1
        written = 0
        if firstLine == lines.count {
          lines = desk.takeLines()
          firstLine = 0
        }
      case .wouldBlock: return
      case .ended: return lose("the connection to the host ended; try again")
      }
    }
  }

  private func read() {
    guard let socket else { return }
    switch socket.read(into: &buffer) {
    case .wouldBlock: return
    case .ended: return lose("the connection to the host ended; try again")
    case .bytes(let count): cutter.append(buffer[..<count])
    }
    while let line = cutter.next() { desk.take(line) }
    // Four times what the host takes itself: this is no line of a host.
    if cutter.waiting > 4 * ControlLink.lineLimit { lose("the host said a line of more than 64 MiB") }
  }
}
