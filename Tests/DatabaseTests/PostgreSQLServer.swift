import Foundation
import Glibc
import TestSupport

/// A PostgreSQL server of its own for a test, in a folder of its own, reached by a socket there;
/// stopped when the last reference goes.
final class PostgreSQLServer {
  /// The folder with the server's programs; nil where none is installed or can run.
  static let programs: String? = {
    let folders = ["/usr/local/bin", "/usr/bin", "/usr/pgsql/bin"]
    let versioned =
      ((try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? [])
      .sorted().reversed().map { "/usr/lib/postgresql/\($0)/bin" }
    let found = (versioned + folders).first {
      FileManager.default.isExecutableFile(atPath: "\($0)/initdb")
        && FileManager.default.isExecutableFile(atPath: "\($0)/pg_ctl")
    }
    // The server refuses to run as root, so another user must be at hand there.
    guard getuid() != 0 || run("/bin/sh", ["-c", "id postgres && command -v runuser"]) else {
      return nil
    }
    return found
  }()

  let address: String
  private let workdir = Workdir()

  init?() {
    guard let programs = PostgreSQLServer.programs else { return nil }
    let data = workdir.file("data")
    address = "host=\(workdir.path) user=tester dbname=postgres"
    let settings = "-k \(workdir.path) -c listen_addresses= -c fsync=off"
    let script = """
      \(programs)/initdb -D \(data) -U tester -A trust -E UTF8 --locale=C &&
      \(programs)/pg_ctl -D \(data) -w -l \(workdir.file("log")) -o "\(settings)" start
      """
    guard PostgreSQLServer.runAsServer(script, workdir.path) else { return nil }
  }

  deinit {
    guard let programs = PostgreSQLServer.programs else { return }
    _ = PostgreSQLServer.runAsServer(
      "\(programs)/pg_ctl -D \(workdir.file("data")) -m immediate stop", workdir.path)
  }

  private static func runAsServer(_ script: String, _ folder: String) -> Bool {
    guard getuid() == 0 else { return run("/bin/sh", ["-c", script]) }
    return run("/bin/sh", ["-c", "chown postgres \(folder)"])
      && run("/usr/bin/env", ["runuser", "-u", "postgres", "--", "/bin/sh", "-c", script])
  }

  /// Runs a shell command, silently; whether it ended well. The server it starts lives on, so the
  /// command's own end is all that is waited for.
  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    var process: pid_t = 0
    let silent = ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program] + arguments
    let words = (["sh"] + silent).map { strdup($0) }
    defer { for word in words { free(word) } }
    guard posix_spawn(&process, "/bin/sh", nil, nil, words + [nil], environ) == 0 else {
      return false
    }
    var status: Int32 = 0
    return waitpid(process, &status, 0) == process && status == 0
  }
}
