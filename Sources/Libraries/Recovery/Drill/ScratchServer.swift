import Core
import Glibc

/// A PostgreSQL server of a drill's own: it lies in a folder of the scratch, listens on a socket
/// there and nowhere else, and ends with the folder.
final class ScratchServer {
  private let folder: String
  private let programs: String
  /// What its programs are started by: none of them runs as root.
  private let starter: [String]
  private static let user = "drill"
  private static let remedy = "install the server's programs: apt-get install postgresql"

  /// Begins one in `folder`; `.temporary` where none can be begun, for then nothing is known of
  /// what it was to load.
  init(in folder: String, _ files: any FileSystem) throws(Fault) {
    self.folder = folder
    programs = try Self.programs(files)
    try files.createDirectory(folder)
    starter = try Self.starter(owning: folder)
    try run(
      "initdb",
      [
        "--pgdata=\(folder)/data", "--username=\(Self.user)", "--auth=trust", "--no-sync",
        "--encoding=UTF8", "--locale=C.UTF-8",
      ])
    // Its shared memory lies in the folder too: a fence lets nothing be written elsewhere.
    let settings = [
      "listen_addresses=", "unix_socket_directories=\(folder)", "fsync=off",
      "dynamic_shared_memory_type=mmap",
    ]
    try run(
      "pg_ctl",
      [
        "--pgdata=\(folder)/data", "--log=\(folder)/log", "--wait", "--timeout=60",
        "--options=\(settings.map { "-c \($0)" }.joined(separator: " "))", "start",
      ])
  }

  deinit { stop() }

  /// Its database, as people write it.
  var address: String { "postgresql://\(Self.user)@/postgres?host=\(folder)" }

  /// Ends it; no error when it has ended.
  func stop() {
    _ = try? run("pg_ctl", ["--pgdata=\(folder)/data", "--mode=immediate", "--wait", "stop"])
  }

  private func run(_ program: String, _ arguments: [String]) throws(Fault) {
    let words = starter + ["\(programs)/\(program)"] + arguments
    let outcome = try ChildProgram(words[0], Array(words.dropFirst()), in: "/")
      .run(remedy: Self.remedy)
    guard outcome.status == 0 else {
      throw Fault(
        .temporary, at: Place("\(programs)/\(program)"),
        "it ended with \(outcome.status): \(outcome.lastWord)",
        remedy: "see whether a server can be begun here by hand")
    }
  }

  /// Of root it is the user whom Debian makes for servers, who then owns the folder. The folders
  /// above it are root's alone, since all that a drill restores lies there: the user passes through
  /// them by the one capability of root's that lets nothing be written.
  private static func starter(owning folder: String) throws(Fault) -> [String] {
    guard geteuid() == 0 else { return [] }
    guard let entry = getpwnam("postgres"),
      withSystemPath(folder, { chown($0, entry.pointee.pw_uid, entry.pointee.pw_gid) }) == 0
    else {
      throw Fault(
        .temporary, at: Place(folder), "no server runs as root, and there is no user 'postgres'",
        remedy: "let the drill be another user's: --user NAME")
    }
    return [
      "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
      "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search",
    ]
  }

  /// The folder of the newest release's programs.
  private static func programs(_ files: any FileSystem) throws(Fault) -> String {
    let root = "/usr/lib/postgresql"
    let releases = try files.list(root).compactMap { Int($0) }.sorted()
    for release in releases.reversed() where try files.exists("\(root)/\(release)/bin/initdb") {
      return "\(root)/\(release)/bin"
    }
    throw Fault(
      .temporary, at: Place(root),
      "the warehouse was dumped from a server, and there is none to load it into", remedy: remedy)
  }
}
