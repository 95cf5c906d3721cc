// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// A runner's process with all that hangs on its line.
final class RunnerLink: Sendable {
  let process: RunnerProcess
  let writer: FrameWriter
  let topics: RunnerTopics
  let pumps: [EventPump]

  init(
    _ process: RunnerProcess, subscriptions: [EventSubscription], paused: Bool, switchboard: Switchboard,
    kept: @escaping @Sendable () -> Void
  ) {
    self.process = process
    let writer = FrameWriter(descriptor: process.line, patience: .never, kept: kept)
    self.writer = writer
    topics = RunnerTopics(switchboard: switchboard, writer: writer)
    pumps = subscriptions.enumerated().map { EventPump($1, index: $0, writer: writer) }
    if paused { for pump in pumps { pump.pause() } }
  }

  func send(_ pending: PendingCall) {
    let call = pending.call
    call.begin { credit in
      var frame = Frame(
        .invoke, call: call.id, a: call.parentID, b: call.deadline, c: credit, content: pending.content, name: call.commandName)
      frame.payload = pending.payload
      writer.send(frame)
    }
    // It may have been given up before the runner could know it.
    let status = call.status
    if status != .ok { writer.send(Frame(.cancelled, call: call.id, a: Frame.bits(status))) }
  }

  /// The line is closed: nothing is sent any more, and what the plugin has not taken goes back.
  func close() {
    writer.close()
    process.hangUp()
    for pump in pumps { pump.giveBack() }
  }
}
