// SPDX-License-Identifier: Apache-2.0
// Who reads the line. While the plugin is idle its own thread waits for the next frame, so a call costs no change of threads. While the
// plugin works, the watching thread sees within milliseconds that nobody reads and does it: a cancel, a ping and the line's end never wait
// for a plugin.
import PluginBridge
import Synchronization

extension RunnerPort {
  /// Reads as the instance's thread until there is work. Returns false when another thread reads.
  func readWork() -> Bool {
    let reads: Void? = reader.withLockIfAvailable { reader in read(&reader) }
    guard reads != nil else { return false }
    watcher.instanceWorks()
    return true
  }

  /// Watches for ever, on the process's first thread.
  func watch() -> Never {
    while true {
      if !readsAlone { watcher.wait() }
      let reads: Void? = reader.withLockIfAvailable { reader in read(&reader) }
      // The instance's thread may have found this one still reading and be asleep now, although nobody reads any more.
      if reads != nil, !readsAlone { inbox.put(.look) }
      watcher.note(reads == nil)
    }
  }

  /// Reads frames until one of them was work for the instance, and all others that came with it.
  private func read(_ reader: inout FrameReader) {
    var worked = false
    repeat {
      guard let frame = try? reader.next() else { Line.end() }
      worked = take(frame) || worked
    } while !worked || reader.hasFrame
  }

  /// Carries out one frame. Returns whether the instance has something to do.
  private func take(_ frame: Frame) -> Bool {
    switch frame.kind {
    case .invoke: return invoke(frame)
    case .cancelled: return cancelled(frame)
    case .credited:
      guard let call = calls[frame.call], call.add(credit: frame.a) else { return false }
      return inbox.put(.event(.credit(frame.call, frame.a)))
    case .event: return event(frame)
    case .topicEvent: return topicEvent(frame)
    case .published:
      guard windows.release(frame.a, events: frame.b, bytes: frame.c) else { return false }
      return inbox.put(.event(.topicReady(frame.a)))
    case .ping: return ping(frame.a)
    case .stop: return stop(deadline: frame.a)
    case .sample:
      sample()
      return false
    default: Line.end()
    }
  }

  private func invoke(_ frame: Frame) -> Bool {
    let call = RunnerCall(frame)
    calls.insert(call)
    return inbox.put(.invoke(call, payload: frame.payload, content: frame.content))
  }

  private func cancelled(_ frame: Frame) -> Bool {
    let status = frame.status
    guard let call = calls[frame.call], call.end(status) else { return false }
    calls.noteGivenUp()
    return inbox.put(.event(.cancel(frame.call, status)))
  }

  private func event(_ frame: Frame) -> Bool {
    let event = InstanceEvent(
      kind: UInt32(truncatingIfNeeded: frame.a), call: frame.call, subject: frame.c, value: frame.b, content: frame.content,
      name: frame.name, payload: frame.payload)
    if event.isDone { calls.ended(event.call) }
    return inbox.put(.event(event))
  }

  private func topicEvent(_ frame: Frame) -> Bool {
    guard let index = Int(exactly: frame.a), subscriptions.indices.contains(index) else { Line.end() }
    guard subscriptions[index].append(frame) else { return false }
    return inbox.put(.subscription(index))
  }

  private func ping(_ number: UInt64) -> Bool {
    var ack = Frame(.ack, a: number, b: attached?.currentCall ?? 0)
    ack.payload = attached?.counters.snapshot().encoded ?? []
    writer.send(ack)
    return inbox.put(.ping { [writer] in writer.send(Frame(.pong, a: number)) })
  }

  private func stop(deadline: UInt64) -> Bool {
    attached?.shutDown(deadline: deadline) { [self] in
      var frame = Frame(.stopped)
      frame.payload = attached?.counters.snapshot().encoded ?? []
      writer.send(frame)
    }
    return true
  }

  private func sample() {
    var frame = Frame(.sampled)
    frame.payload = StackText.ofThisProcess()
    writer.send(frame)
  }
}
