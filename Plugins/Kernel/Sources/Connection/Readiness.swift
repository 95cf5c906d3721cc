// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// Finds out when a kernel answers and nothing it publishes is lost any more: what was seen, and what is to be asked again.
///
/// A request that is sent early waits in ZeroMQ and may be run before our subscription is known: its output would be lost. So
/// `kernel_info` is asked on control and shell, and a random topic is subscribed to after the empty one. Ready means that there was a reply,
/// and one of two proofs that the subscription is in force: the welcome for the random topic (subscriptions travel in order; a welcome for the
/// empty topic comes to the first subscriber only), or the idle of a request of ours, for kernels that send no welcome.
///
/// Source: JEP 65; jupyter_client's `wait_for_ready` for kernels without it.
struct Readiness {
  /// What is subscribed to for the welcome.
  let topic: [UInt8]
  /// What the ids of our questions begin with.
  let marker: [UInt8]
  /// JSON of the first reply.
  private(set) var reply: [UInt8]?
  /// Whether what the kernel publishes is certain to come.
  private(set) var isSubscribed = false
  /// When to ask again.
  private(set) var nextQuestion: ContinuousClock.Instant
  private var pause: Duration
  private var asked = 0

  private static let firstPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(2)
  /// When nothing at all has come, the kernel is still starting, or busy: what was asked waits there, more of it would not help.
  private static let pauseWithoutReply = Duration.seconds(1)

  init(session: String, now: ContinuousClock.Instant) throws {
    let random = try RandomBytes.hexadecimal(8)
    topic = Array("jackfield-\(random)".utf8)
    marker = Self.marker(session: session)
    nextQuestion = now
    pause = Self.pauseWithoutReply
  }

  /// What the ids of all questions of this session begin with.
  static func marker(session: String) -> [UInt8] { Array("ready-\(session)-".utf8) }

  /// When the rest was proved and only the connection of stdin was missing.
  private var proved: ContinuousClock.Instant?

  /// How long stdin is waited for when all else is there: some kernels bind it late, some never.
  private static let stdinPatience = Duration.seconds(1)
  private static let stdinPause = Duration.milliseconds(20)

  /// The reply, once all is proved: without stdin the kernel's first question would find nobody.
  mutating func result(hasStdin: Bool, now: ContinuousClock.Instant) -> [UInt8]? {
    guard isSubscribed, let reply else { return nil }
    let first = proved ?? now
    proved = first
    if hasStdin || now - first >= Self.stdinPatience { return reply }
    nextQuestion = min(nextQuestion, now + Self.stdinPause)
    return nil
  }

  /// The id of the next question; plans the one after it.
  mutating func ask(now: ContinuousClock.Instant) throws -> String {
    asked += 1
    nextQuestion = now + pause
    pause = min(pause * 2, Self.longestPause)
    return String(decoding: marker, as: UTF8.self) + (try RandomBytes.hexadecimal(8))
  }

  /// Looks at a welcome.
  mutating func sawWelcome(_ message: KernelMessage) {
    if message.content.holds(topic) { isSubscribed = true }
  }

  /// Looks at a message that belongs to a question of ours.
  mutating func sawAnswer(_ message: KernelMessage, now: ContinuousClock.Instant) {
    if message.channel == .iopub {
      if message.content.holds(Array("\"idle\"".utf8)) { isSubscribed = true }
    } else if reply == nil, message.content.holds(Array("\"protocol_version\"".utf8)) {
      reply = message.contentJSON
      pause = Self.firstPause
      nextQuestion = min(nextQuestion, now + pause)
    }
  }
}
