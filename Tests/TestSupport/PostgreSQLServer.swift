import Foundation
import Glibc

/// A PostgreSQL server of its own for a test, in a folder of its own, reached by a socket there;
/// stopped when the last reference goes.
package final class PostgreSQLServer {
  /// The folder with the server's programs; nil where none is installed or can run.
  package static let programs: String? = {
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

  /// A data directory that servers begin with copies of, which takes a tenth of the time that
  /// making one does; it goes with the process.
  private static let template: Workdir? = {
    guard let programs else { return nil }
    let folder = Workdir()
    let script = """
      \(programs)/initdb -D \(folder.file("data")) -U tester -A trust -E UTF8 --locale=C --no-sync
      """
    guard runAsServer(script, folder.path) else { return nil }
    atexit { PostgreSQLServer.removeTemplate() }
    return folder
  }()

  private static func removeTemplate() {
    if let template { _ = run("/bin/rm", ["-rf", template.path]) }
  }

  /// How libpq connects to it, as its superuser.
  package let address: String
  private let settings: String
  private let workdir = Workdir()

  /// A server that runs with `settings` beside the usual ones, such as `wal_level=logical`; nil
  /// where none can.
  package init?(settings: [String] = []) {
    guard let programs = PostgreSQLServer.programs else { return nil }
    let data = workdir.file("data")
    address = "host=\(workdir.path) user=tester dbname=postgres"
    let usual = ["listen_addresses=", "fsync=off"]
    self.settings = "-k \(workdir.path)" + (usual + settings).map { " -c \($0)" }.joined()
    guard let template = PostgreSQLServer.template else { return nil }
    let script = """
      cp -a \(template.file("data")) \(data) &&
      \(programs)/pg_ctl -D \(data) -w -l \(workdir.file("log")) -o "\(self.settings)" start
      """
    guard PostgreSQLServer.runAsServer(script, workdir.path) else { return nil }
  }

  /// What the server has written of itself.
  package func log() -> String {
    (try? String(contentsOfFile: workdir.file("log"), encoding: .utf8)) ?? ""
  }

  /// Kills the server and starts it again, as after a crash; whether it is up.
  package func crash() -> Bool {
    guard let programs = PostgreSQLServer.programs else { return false }
    let data = workdir.file("data")
    return PostgreSQLServer.runAsServer(
      """
      \(programs)/pg_ctl -D \(data) -m immediate stop &&
      \(programs)/pg_ctl -D \(data) -w -l \(workdir.file("log")) -o "\(settings)" start
      """, workdir.path)
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
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // A server that outlives a test which crashed must not keep locks of who had run it.
    for descriptor in Int32(3)..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    guard posix_spawn(&process, "/bin/sh", &actions, nil, words + [nil], environ) == 0 else {
      return false
    }
    var status: Int32 = 0
    return waitpid(process, &status, 0) == process && status == 0
  }
}
