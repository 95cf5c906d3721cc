// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// A call whose chunks go to a page as they come, and no faster than the page takes them.
final class CallStream: Sendable {
  /// So many chunks are under way. Each that the page has taken allows one more.
  private static let window = 4
  /// So many words of progress wait for a page that is slow; younger ones are left out.
  private static let progressLimit = 8

  private struct Line: Sendable {
    let bytes: [UInt8]
    let isChunk: Bool
  }

  private struct State {
    var call: UInt64 = 0
    var isGone = false
    var progress = 0
  }

  private let link: ControlLink
  private let lines: AsyncStream<Line>
  private let sink: AsyncStream<Line>.Continuation
  private let state = Mutex(State())

  private init(_ link: ControlLink) {
    self.link = link
    (lines, sink) = AsyncStream.makeStream()
  }

  /// - Parameter place: Let go of when it is over.
  static func run(
    _ parameters: [UInt8], _ place: OpenPlaces.Place, _ link: ControlLink, _ responder: WebResponder, _ executor: (any TaskExecutor)?
  ) {
    let stream = CallStream(link)
    let headers = [
      WebHeader("Content-Type", "application/x-ndjson"), WebHeader("Cache-Control", "no-store"), WebHeader("X-Accel-Buffering", "no"),
    ]
    let body = responder.begin(200, headers: headers, onClose: { stream.pageIsGone() })
    // Ends by itself: every call is answered, by the host or by the end of the way to it.
    Task(executorPreference: executor) {
      await stream.handOn(to: body)
      _ = place
    }
    stream.begin(parameters)
  }

  private func begin(_ parameters: [UInt8]) {
    let call = link.stream(parameters) { [self] piece in
      take(piece)
    } onAnswer: { [self] answer in
      finish(answer)
    }
    let isGone = state.withLock { state in
      state.call = call
      return state.isGone
    }
    if isGone { link.cancel(call) } else { link.grant(call, Self.window) }
  }

  private func take(_ piece: ControlLink.Piece) {
    switch piece {
    case .chunk(let chunk): sink.yield(Line(bytes: PageAnswer.line("chunk", chunk) + [10], isChunk: true))
    case .progress(let text):
      let hasRoom = state.withLock { state in
        guard state.progress < Self.progressLimit else { return false }
        state.progress += 1
        return true
      }
      if hasRoom { sink.yield(Line(bytes: PageAnswer.line("progress", JSONPiece(text)) + [10], isChunk: false)) }
    }
  }

  private func finish(_ answer: Result<JSONPiece, ControlFault>) {
    let bytes =
      switch answer {
      case .success(let piece): PageAnswer.line("result", piece.members()["result"])
      case .failure(let fault): JSONValue.object(["error": fault.value]).bytes()
      }
    sink.yield(Line(bytes: bytes + [10], isChunk: false))
    sink.finish()
  }

  private func pageIsGone() {
    let call = state.withLock { state in
      state.isGone = true
      return state.call
    }
    link.cancel(call)
    sink.finish()
  }

  private func handOn(to body: WebResponseStream) async {
    for await line in lines {
      do throws(WebError) { try await body.send(line.bytes) } catch {
        pageIsGone()
        return
      }
      let call = state.withLock { state in
        if !line.isChunk { state.progress -= 1 }
        return state.call
      }
      if line.isChunk { link.grant(call, 1) }
    }
    body.finish()
  }
}
