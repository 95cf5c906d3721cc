// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands about which document uses which kernel.
struct SessionCommands: Sendable {
  let kernels: Kernels

  private struct Session: Decodable, Sendable {
    var document: String
    var kernel: String?
    var to: String?
  }

  var all: [Command] {
    [
      .bytes("session.list") { _, _ in
        await kernels.settled()
        let rows = await kernels.sessions.sorted { $0.key < $1.key }.map { document, kernel in
          JSONValue.object(["document": .string(document), "kernel": .string(kernel)])
        }
        return Payload(bytes: JSONValue.object(["sessions": .array(rows)]).bytes())
      },
      .bytes("session.attach") { payload, _ in
        let input: Session = try payload.decode()
        let kernel = try await kernels.kernel(input.kernel ?? "")
        await kernels.bind(input.document, to: kernel)
        return Payload(bytes: JSONValue.object(["document": .string(input.document), "kernel": .string(kernel.id)]).bytes())
      },
      .bytes("session.detach") { payload, _ in
        let input: Session = try payload.decode()
        guard await kernels.unbind(input.document) else {
          throw PluginFailure(
            "no session for '\(input.document)': it uses no kernel; see session.list", code: "no_session", status: .notFound)
        }
        return .emptyObject
      },
    ]
  }
}

extension Kernels {
  /// The kernel that is meant: by its id, or as the one a document uses, or the only one there is.
  func target(_ id: String?, _ document: String?) async throws -> Kernel {
    await settled()
    if let id { return try kernel(id) }
    if let document {
      if let kernel = await kernel(of: document) { return kernel }
      throw PluginFailure(
        "no kernel for '\(document)' yet: run a block of it with code.run, or give it one with session.attach", code: "no_session",
        status: .notFound)
    }
    let all = inOrder
    if all.count == 1 { return all[0] }
    throw PluginFailure(
      all.isEmpty
        ? "there is no kernel: begin one with kernel.start, or run a block with code.run"
        : "there are \(all.count) kernels: give 'kernel' or 'document'; see kernel.list",
      code: "no_kernel", status: .invalid)
  }
}
