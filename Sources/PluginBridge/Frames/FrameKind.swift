// SPDX-License-Identifier: Apache-2.0

/// What a frame says. The numbers are between one host and the runner it brought along; nothing keeps them.
package enum FrameKind: UInt16, Sendable {
  // MARK: From the host

  /// `payload`: the terms; see `InstanceTerms.encoded`.
  case load = 1
  /// `call`, `a` parent, `b` deadline, `c` credit, `content`, `name` command, `payload`.
  case invoke
  /// `call` was given up; `a` the status as its caller heard it.
  case cancelled
  /// `call`: `a` more chunks.
  case credited
  /// `a` kind, `call`, `b` value, `c` subject, `content`, `name`, `payload`: see `InstanceEvent`.
  case event
  /// An event of subscription `a`, with `b` lost before it; `name` topic, `content`, `payload`.
  case topicEvent
  /// `b` events published to topic `a` have found their place, of `c` bytes together.
  case published
  /// Answered with `ack` by whoever reads, then with `pong` by the instance's thread; `a` a number.
  case ping
  /// `a` deadline.
  case stop
  /// Asks for the stacks of all threads.
  case sample

  // MARK: From the runner

  case started = 64
  /// `payload`: why not, in a sentence.
  case failed
  /// `call`, `content`, `payload`.
  case emit
  /// `call`, `a` parts per million, `name` note.
  case progress
  /// `call`, `a` status, `content`, `payload`.
  case finish
  /// `call` had ended before the plugin finished it, and is done now.
  case forget
  /// `call` the runner's own number, `a` parent, `b` deadline, `c` credit, `content`, `name` command, `payload`.
  case start
  /// `call` the runner's own number, `a` chunks.
  case grant
  /// `call` the runner's own number.
  case cancel
  /// `a` the runner's own number, `name`.
  case openTopic
  /// `a` topic, `content`, `payload`.
  case publish
  /// `b` events of subscription `a` were taken.
  case eventsTaken
  /// `a` level, `name` message, `payload` values.
  case log
  /// `a` level, `name` message.
  case health
  /// `a` the ping's number, `b` the call that the plugin is in, `payload` the counters.
  case ack
  case pong
  /// The plugin has stopped; the process ends.
  case stopped
  /// `payload`: text.
  case sampled
}
