// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Synchronization
import Testing

@testable import Kernel

@Suite struct KernelExecutorTests {
  private actor Counter {
    nonisolated let executor = KernelExecutor(pool: globalConcurrentExecutor)
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private(set) var count = 0
    private var isInside = false
    private(set) var overlaps = 0

    func add() async {
      enter()
      count += 1
      leave()
      await Task.yield()
      enter()
      leave()
    }

    func addHere() {
      enter()
      count += 1
      leave()
    }

    private func enter() {
      if isInside { overlaps += 1 }
      isInside = true
    }

    private func leave() { isInside = false }

    nonisolated func addIfFree() -> Bool { executor.ifFree { assumeIsolated { $0.addHere() } } != nil }
  }

  @Test func neverTwoAtOnceHoweverTheyCome() async {
    let counter = Counter()
    let direct = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 { await counter.add() }
          return 0
        }
        group.addTask { (0..<500).count { _ in counter.addIfFree() } }
      }
      return await group.reduce(0, +)
    }
    #expect(await counter.overlaps == 0)
    #expect(await counter.count == 4_000 + direct)
  }

  @Test func whoeverComesWhileSomebodyIsAtItIsTold() {
    let executor = KernelExecutor(pool: globalConcurrentExecutor)
    let inner = executor.ifFree { executor.ifFree { 1 } }
    #expect(inner == .some(nil))
    #expect(executor.ifFree { 2 } == 2)
  }

  @Test func workThatComesMeanwhileIsDoneAfterwards() async {
    let counter = Counter()
    let waiting = Mutex<Task<Void, Never>?>(nil)
    let begun: Void? = counter.executor.ifFree { waiting.withLock { $0 = Task { await counter.addHere() } } }
    #expect(begun != nil)
    await waiting.withLock { $0 }?.value
    #expect(await counter.count == 1)
  }

  @Test func isTheKernelsOwnPlaceOnlyInside() {
    let executor = KernelExecutor(pool: globalConcurrentExecutor)
    #expect(executor.isIsolatingCurrentContext() == false)
    #expect(executor.ifFree { executor.isIsolatingCurrentContext() } == true)
    #expect(executor.isIsolatingCurrentContext() == false)
  }
}
