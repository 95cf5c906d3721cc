// SPDX-License-Identifier: Apache-2.0
// Writes frames to a socket from any thread. Nobody waits: what the socket does not take is kept until it does.
import CLinux
import Glibc
import Synchronization

/// The writing end of a line.
package final class FrameWriter: Sendable {
  package enum Patience: Sendable {
    /// Keeps what does not fit; somebody has to `flush` when the socket has room.
    case never
    /// Waits until the other side has read; for a runner, whose host always reads.
    case always
  }

  private let descriptor: Int32
  private let patience: Patience
  /// Told when something was kept.
  private let kept: @Sendable () -> Void
  private let lock = Mutex(())
  // What the socket did not take yet; touched only while the lock is held.
  private nonisolated(unsafe) var pending = RingBuffer<ArraySlice<UInt8>>()
  // As above.
  private nonisolated(unsafe) var isClosed = false

  package init(descriptor: Int32, patience: Patience, kept: @escaping @Sendable () -> Void = {}) {
    self.descriptor = descriptor
    self.patience = patience
    self.kept = kept
  }

  /// Sends a frame with its payload. Returns false when the line is closed.
  @discardableResult
  package func send(_ frame: Frame) -> Bool {
    unsafe frame.payload.withUnsafeBytes { unsafe send(frame, payload: $0) }
  }

  /// Sends a frame with bytes that somebody lends.
  @discardableResult
  package func send(_ frame: borrowing Frame, payload: UnsafeRawBufferPointer) -> Bool {
    var name = frame.name
    let (sent, keeps): (Bool, Bool) = name.withUTF8 { name in
      let header = FrameHeader(frame, nameLength: name.count, payloadLength: payload.count)
      return unsafe withUnsafeTemporaryAllocation(byteCount: FrameHeader.size + name.count, alignment: 8) { head in
        unsafe header.write(into: head)
        unsafe UnsafeMutableRawBufferPointer(rebasing: head[FrameHeader.size...]).copyBytes(from: name)
        return lock.withLock { _ in unsafe write(UnsafeRawBufferPointer(head), payload) }
      }
    }
    if keeps { kept() }
    return sent
  }

  private func write(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) -> (sent: Bool, keeps: Bool) {
    guard unsafe !isClosed else { return (false, false) }
    guard unsafe pending.isEmpty else {
      unsafe keep(head, body, from: 0)
      return (true, false)
    }
    let total = head.count + body.count
    var done = 0
    while done < total {
      let count = unsafe attempt(head, body, from: done)
      if count > 0 {
        done += count
      } else if count == -EAGAIN, patience == .never {
        unsafe keep(head, body, from: done)
        return (true, true)
      } else if count != -EINTR {
        unsafe isClosed = true
        return (false, false)
      }
    }
    return (true, false)
  }

  private func attempt(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, from done: Int) -> Int {
    let headLeft = max(0, head.count - done)
    let bodyDone = max(0, done - head.count)
    return unsafe Int(
      linux_send_two(
        descriptor, head.baseAddress! + (head.count - headLeft), headLeft,  // a head is never empty
        body.baseAddress.map { unsafe $0 + bodyDone }, body.count - bodyDone, patience == .never))
  }

  private func keep(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, from done: Int) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head.count + body.count - done)
    if done < head.count { unsafe bytes.append(contentsOf: head[done...]) }
    unsafe bytes.append(contentsOf: body[max(0, done - head.count)...])
    unsafe pending.append(bytes[...])
  }

  /// Sends what was kept, as far as the socket takes it. Returns whether something is left.
  package func flush() -> Bool {
    lock.withLock { _ in
      while unsafe !isClosed, var bytes = unsafe pending.popFirst() {
        while !bytes.isEmpty {
          let count = unsafe bytes.withUnsafeBytes { unsafe Int(linux_send_two(descriptor, $0.baseAddress!, $0.count, nil, 0, true)) }
          if count > 0 {
            bytes = bytes.dropFirst(count)
          } else if count == -EAGAIN {
            unsafe pending.prepend(bytes)
            return true
          } else if count != -EINTR {
            unsafe isClosed = true
            return false
          }
        }
      }
      return false
    }
  }

  /// Sends nothing any more, and forgets what was kept.
  package func close() {
    lock.withLock { _ in
      unsafe isClosed = true
      unsafe pending = RingBuffer()
    }
  }
}
