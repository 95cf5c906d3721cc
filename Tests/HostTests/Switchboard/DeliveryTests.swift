// SPDX-License-Identifier: Apache-2.0
// The promises of the switchboard that only show when two things happen at once.
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct DeliveryTests {
  private let board = Switchboard()

  /// Answers nothing by itself.
  private final class Provider: CommandProvider {
    let id: String
    let begun = BlockingQueue<OpenCall>()

    init(_ id: String) { self.id = id }

    func invoke(_ call: OpenCall, payload: [UInt8], content: Content) { begun.put(call) }
    func cancelled(_ call: OpenCall, status: CallStatus) {}
    func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) {}
  }

  private func provider(_ id: String) -> Provider {
    let provider = Provider(id)
    board.register([CommandDescription(name: "\(id).run", plugin: id)], provider: provider)
    return provider
  }

  /// Gives its call up as soon as something of it arrives.
  private final class Quitter: CallReceiver {
    let board: Switchboard
    let seen = Mutex<[String]>([])

    init(_ board: Switchboard) { self.board = board }

    func chunk(call: CallID, content: Content, payload: [UInt8]) {
      board.cancel(call)
      seen.withLock { $0.append("chunk") }
    }
    func progress(call: CallID, partsPerMillion: UInt32, note: String) {
      board.cancel(call)
      seen.withLock { $0.append("progress") }
    }
    func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) { seen.withLock { $0.append(status.name) } }
  }

  @Test(arguments: ["chunk", "progress"])
  func answerComesLastThoughTheCallEndsDuringADelivery(what: String) throws {
    let provider = provider("one")
    let quitter = Quitter(board)
    board.call(CallRequest(command: "one.run", credit: 1), receiver: quitter)
    let call = try #require(provider.begun.take())
    let status = what == "chunk" ? board.emit(call, content: .json, payload: [49]) : board.progress(call, partsPerMillion: 1, note: "")
    #expect(status == .ok)
    #expect(quitter.seen.withLock { $0 } == [what, "cancelled"])
    #expect(board.emit(call, content: .json, payload: [49]) == .cancelled)
  }

  @Test func callMadeForOneThatIsGivenUpMeanwhileIsGivenUpToo() throws {
    let (one, two) = (provider("one"), provider("two"))
    for _ in 0..<3_000 {
      let parent = board.call(CallRequest(command: "one.run"), receiver: AnswerBox())
      _ = one.begun.take()
      let (begin, ended) = (BlockingQueue<Void>(), BlockingQueue<Void>())
      HostThread.start("quitter") { [board] in
        _ = begin.take()
        board.cancel(parent)
        ended.put(())
      }
      let child = AnswerBox()
      begin.put(())
      board.call(CallRequest(command: "two.run", parent: parent), receiver: child)
      _ = ended.take()
      #expect(child.finishes.load(ordering: .relaxed) == 1)
      #expect(board.openCalls == 0)
      board.abandonCalls(of: one, .gone, "")
      board.abandonCalls(of: two, .gone, "")
    }
  }

  private final class Publisher: TopicPublisher {
    let told = Atomic<Int>(0)
    func topicReady(_ topic: Topic) { told.wrappingAdd(1, ordering: .relaxed) }
  }

  @Test func placeThatIsKeptAndNotUsedWakesWhoFoundNone() throws {
    let topic = try #require(board.topic("a.b"))
    let subscription = board.subscribe([try TopicPattern("a.b")], queue: 1, overflow: .block) {}
    let (first, second) = (Publisher(), Publisher())
    #expect(subscription.reserve(for: first, topic: topic))
    #expect(!subscription.reserve(for: second, topic: topic))
    // The first one found another subscriber full; nobody will ever take from this one, for it is empty.
    subscription.release()
    #expect(second.told.load(ordering: .relaxed) == 1)
  }

  @Test func closingWakesWhoWaitsForRoom() throws {
    let topic = try #require(board.topic("a.b"))
    let subscription = board.subscribe([try TopicPattern("a.b")], queue: 1, overflow: .block) {}
    let publisher = Publisher()
    let publish = { [board] in board.publish(topic, content: .json, byteCount: 1, publisher: publisher) { [49] } }
    #expect([publish(), publish()] == [.ok, .again])
    board.unsubscribe(subscription)
    #expect(publisher.told.load(ordering: .relaxed) == 1)
    #expect(publish() == .ok)
  }

  @Test func everyRefusedPublisherIsWokenUntilAllHavePublished() throws {
    let topic = try #require(board.topic("a.b"))
    let ready = BlockingQueue<Void>()
    let keepers = try (1...3).map { capacity in
      board.subscribe([try TopicPattern("a.b")], queue: capacity, overflow: .block) { ready.put(()) }
    }
    final class Waiter: TopicPublisher {
      let room = BlockingQueue<Void>()
      func topicReady(_ topic: Topic) { room.put(()) }
    }
    let ended = BlockingQueue<Bool>()
    for _ in 0..<4 {
      HostThread.start("publisher") { [board] in
        let waiter = Waiter()
        for _ in 0..<500 {
          while board.publish(topic, content: .json, byteCount: 1, publisher: waiter, payload: { [49] }) == .again {
            guard waiter.room.take(until: MonotonicClock.after(milliseconds: 10_000)) != nil else {
              ended.put(false)
              return
            }
          }
        }
        ended.put(true)
      }
    }
    HostThread.start("subscriber") {
      while ready.take() != nil {
        for keeper in keepers { while !keeper.take(max: 2).events.isEmpty {} }
      }
    }
    for _ in 0..<4 { #expect(ended.take(until: MonotonicClock.after(milliseconds: 30_000)) == true) }
    ready.close()
  }
}
