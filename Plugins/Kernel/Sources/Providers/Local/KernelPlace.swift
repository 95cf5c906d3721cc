// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import PluginSDK
internal import ZeroMQ

/// The files of one kernel: its connection file where other Jupyter tools look for it, its output in a folder of ours.
struct KernelPlace: Sendable, Hashable {
  /// A kernel's Unix sockets are its connection file's path, less the ending, and these.
  private static let socketPorts = 1...5
  /// What fits into the path of a Unix socket.
  private static let mostSocketPath = 107

  let id: String
  /// As `jupyter --runtime-dir` has it.
  let runtimeDirectory: String
  /// Of the two files of output.
  let outputDirectory: String

  var connectionFile: String { "\(runtimeDirectory)/kernel-\(id).json" }
  var output: String { outputDirectory + "/stdout" }
  var errors: String { outputDirectory + "/stderr" }
  private var socketPrefix: String { "\(runtimeDirectory)/kernel-\(id)-ipc" }

  /// Whether Unix sockets can be used: their paths may be too long.
  var hasRoomForSockets: Bool { socketPrefix.utf8.count + 2 <= Self.mostSocketPath }

  /// Makes the folders, which only this user may enter.
  func makeFolders() throws {
    do throws(LocalFileFault) {
      try LocalFiles.makeDirectory(runtimeDirectory)
      try LocalFiles.makeDirectory(outputDirectory)
    } catch {
      throw PluginFailure(
        "cannot make the folders '\(runtimeDirectory)' and '\(outputDirectory)' of a kernel: \(error); free space, or see their rights")
    }
    guard let rights = LocalFiles.rights(runtimeDirectory), rights.owner == LocalFiles.user else {
      throw PluginFailure(
        "cannot keep a kernel's key in '\(runtimeDirectory)': the folder belongs to another user; set JUPYTER_RUNTIME_DIR to one of yours",
        code: "unsafe_folder")
    }
    if rights.mode & 0o077 != 0 { LocalFiles.setMode(rights.mode & 0o7700, of: runtimeDirectory) }
  }

  /// Chooses where the kernel listens, and writes it down for the kernel.
  func connect(_ plan: KernelPlan) throws -> ConnectionInfo {
    let isIPC = plan.usesSockets && hasRoomForSockets
    let ports = isIPC ? Array(Self.socketPorts) : try FreePorts.find(5)
    var info = ConnectionInfo(
      shellPort: ports[0], iopubPort: ports[1], stdinPort: ports[2], controlPort: ports[3], heartbeatPort: ports[4],
      key: try RandomBytes.hexadecimal(32))
    info.kernelName = plan.spec
    if isIPC {
      info.transport = "ipc"
      info.ip = socketPrefix
    } else if plan.supportsCurve {
      let keys = try CurveKeys.make()
      info.curvePublicKey = keys.publicKey
      info.curveSecretKey = keys.secretKey
    }
    try write(info.json)
    return info
  }

  /// Writes the connection file, or what stands in its place.
  func write(_ bytes: [UInt8]) throws {
    do throws(LocalFileFault) {
      try LocalFiles.writePrivate(bytes, to: connectionFile)
    } catch {
      throw PluginFailure("cannot write the connection file '\(connectionFile)': \(error); free space, or see the folder's rights")
    }
  }

  /// Removes all of it.
  func remove() {
    LocalFiles.remove(connectionFile)
    for port in Self.socketPorts { LocalFiles.remove("\(socketPrefix)-\(port)") }
    LocalFiles.remove(output)
    LocalFiles.remove(errors)
    LocalFiles.removeDirectory(outputDirectory)
  }
}
