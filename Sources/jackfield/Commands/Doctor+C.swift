// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host
import JSON

/// Examines a home and its host.
struct Doctor {
  enum Level: String { case ok, warning, problem }

  struct Finding {
    var level: Level
    var subject: String
    /// A sentence; with a cure unless all is well.
    var message: String
  }

  let home: String?

  func examine() -> [Finding] {
    let directories = Directories(environment: Environment.all, home: home)
    let (host, status) = host()
    return places(directories) + configuration(directories) + host + [port(status), disk(directories)]
  }

  private func places(_ directories: Directories) -> [Finding] {
    [("config", directories.config), ("data", directories.data), ("state", directories.state), ("runtime", directories.runtime)].map {
      name, path in
      if unsafe access(path, F_OK) != 0 {
        return Finding(level: .ok, subject: name, message: "'\(path)' is not there yet; the host will make it")
      }
      guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
        return Finding(
          level: .problem, subject: name, message: "'\(path)' may not be written to; change its owner or mode, or choose another --home")
      }
      return Finding(level: .ok, subject: name, message: path)
    }
  }

  private func configuration(_ directories: Directories) -> [Finding] {
    do throws(ConfigurationError) {
      _ = try ConfigurationLoader(directories: directories, environment: Environment.all).load()
      return [Finding(level: .ok, subject: "configuration", message: "sound")]
    } catch {
      return error.problems.map { Finding(level: .problem, subject: "configuration", message: $0.message) }
    }
  }

  /// - Returns: What is found, and the host's status if it answers.
  private func host() -> (findings: [Finding], status: JSONValue?) {
    do {
      let status = try ControlClient(home: home, patience: 5_000).request("host/status")
      let running = Finding(level: .ok, subject: "host", message: "process \(StatusCommand.text(status["pid"])) answers")
      return ([running] + (status["plugins"]?.arrayValue ?? []).map(plugin), status)
    } catch let error as CommandFailure where error.status == SystemExit.noHost {
      return ([Finding(level: .warning, subject: "host", message: error.description)], nil)
    } catch {
      return ([Finding(level: .problem, subject: "host", message: "\(error)")], nil)
    }
  }

  func plugin(_ row: JSONValue) -> Finding {
    let subject = "plugin " + StatusCommand.text(row["id"])
    let state = row["state"]?.stringValue ?? ""
    if let reason = row["reason"]?.stringValue, ["refused", "failed", "quarantined"].contains(state) {
      return Finding(level: .problem, subject: subject, message: reason)
    }
    if let health = row["health"] { return Finding(level: .warning, subject: subject, message: StatusCommand.text(health["message"])) }
    return Finding(level: .ok, subject: subject, message: state)
  }

  /// Whether trainers find this host at their port, and nobody else.
  private func port(_ status: JSONValue?) -> Finding {
    let number = trainersPort
    let trainer = status?["plugins"]?.arrayValue?.first { $0["id"] == "trainer" }
    return Self.port(number, isFree: isFree(number), trainerIsActive: trainer?["state"] == "active")
  }

  static func port(_ number: UInt16, isFree: Bool, trainerIsActive: Bool) -> Finding {
    let subject = "port \(number)"
    let cure = "see plugins.trainer.config.port and $ONTHEFLY_DASHBOARD_PORT"
    return switch (isFree, trainerIsActive) {
    case (false, true): Finding(level: .ok, subject: subject, message: "taken, as it should be: trainers come in here")
    case (true, false):
      Finding(level: .warning, subject: subject, message: "nobody listens for trainers; start a host with the plugin 'trainer'")
    case (true, true):
      Finding(level: .warning, subject: subject, message: "free, though the plugin 'trainer' is active: it listens elsewhere; \(cure)")
    case (false, false):
      Finding(level: .warning, subject: subject, message: "another program listens where trainers would come in; stop it, or \(cure)")
    }
  }

  /// As the plugin finds it: its configuration, the environment, the number trainers know.
  private var trainersPort: UInt16 {
    let loader = ConfigurationLoader(directories: Directories(environment: Environment.all, home: home), environment: Environment.all)
    let configured = (try? loader.load())?.plugin("trainer").config["port"]?.intValue.flatMap(UInt16.init(exactly:))
    return configured ?? Environment.value("ONTHEFLY_DASHBOARD_PORT").flatMap(UInt16.init) ?? 47_621
  }

  private func isFree(_ number: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // A port whose last connections have just ended is free.
    var reuse: Int32 = 1
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    // Bound, never connected to: a trainers' door that is knocked at and left would be a trainer that came and went.
    let outcome = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, size) }
    }
    return outcome == 0 || errno != EADDRINUSE
  }

  private func disk(_ directories: Directories) -> Finding {
    var status = statvfs()
    let existing = unsafe access(directories.data, F_OK) == 0 ? directories.data : "/"
    guard unsafe statvfs(existing, &status) == 0 else {
      return Finding(
        level: .warning, subject: "disk", message: "cannot look at '\(existing)': \(String(posixError: errno)); see its mode and owner")
    }
    let megabytes = Int(status.f_bavail) * Int(status.f_frsize) / 1_000_000
    return megabytes < 500
      ? Finding(level: .problem, subject: "disk", message: "\(megabytes) MB are free at '\(existing)'; make room, or recording will pause")
      : Finding(level: .ok, subject: "disk", message: "\(megabytes) MB are free")
  }
}
