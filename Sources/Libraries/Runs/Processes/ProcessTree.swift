import Core
import Glibc

/// The processes below this one, whatever became of those between.
///
/// A process whose parent ends becomes a child of the nearest reaper above it: this one, once it
/// has become one. Neither a new session nor a second fork leads out of the tree.
enum ProcessTree {
  /// The processes below this one that still run.
  static func living(sparing spared: Set<pid_t> = []) -> [pid_t] {
    let entries = processes()
    var children: [pid_t: [Entry]] = [:]
    for entry in entries { children[entry.parent, default: []].append(entry) }
    var found: [pid_t] = []
    var border = [getpid()]
    while let parent = border.popLast() {
      for child in children[parent] ?? [] where !spared.contains(child.process) {
        if !child.isDead { found.append(child.process) }
        border.append(child.process)
      }
    }
    return found
  }

  /// Ends what a run has left behind that was killed with all that watched over it.
  static func endRemains(ofRun runID: String, _ grace: Duration) -> Int {
    var told: Set<pid_t> = []
    let start = ContinuousClock.now
    while true {
      let living = living(ofRun: runID)
      let time = ContinuousClock.now - start
      if living.isEmpty || time > grace + Self.patience { return told.count }
      for process in living {
        if time >= grace || told.insert(process).inserted {
          kill(process, time >= grace ? SIGKILL : SIGTERM)
        }
      }
      usleep(10_000)
    }
  }

  /// The processes, of any parent, whose environment says that they are part of a run.
  static func living(ofRun runID: String) -> [pid_t] {
    let mark = Array("\(CommandGuard.parentVariable)=".utf8)
    let identity = Array(runID.utf8)
    return processes().filter { entry in
      guard !entry.isDead, entry.process != getpid() else { return false }
      return bytes(of: "/proc/\(entry.process)/environ").split(separator: 0).contains {
        $0.starts(with: mark) && $0.suffix(identity.count).elementsEqual(identity)
      }
    }.map(\.process)
  }

  /// Asks what `find` gives to end, and ends it when `grace` is over: how many there were. Each
  /// child of this process that ends meanwhile is told to `ended`, with the system's word of how.
  @discardableResult
  static func end(
    _ grace: Duration, telling ended: (pid_t, Int32) -> Void = { _, _ in }, _ find: () -> [pid_t]
  ) -> Int {
    var told: Set<pid_t> = []
    let start = ContinuousClock.now
    var pause: useconds_t = 1_000
    while true {
      let hasChildren = reap(telling: ended)
      let living = hasChildren || !told.isEmpty ? find() : []
      if living.isEmpty { return told.count }
      let time = ContinuousClock.now - start
      // What the system itself is waiting for cannot be ended.
      if time > grace + Self.patience { return told.count }
      for process in living {
        if time >= grace {
          kill(process, SIGKILL)
        } else if !told.contains(process) {
          kill(process, SIGTERM)
          // What is stopped hears nothing else.
          kill(process, SIGCONT)
        }
        told.insert(process)
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }

  /// So long killed processes may take to be gone.
  private static let patience = Duration.seconds(10)

  /// Takes note of the children that have ended, so that they are gone; whether there are others.
  @discardableResult
  static func reap(telling ended: (pid_t, Int32) -> Void) -> Bool {
    var status: Int32 = 0
    while true {
      let process = waitpid(-1, &status, WNOHANG)
      if process > 0 { ended(process, status) } else if process == 0 { return true }
      if process < 0 && errno != EINTR { return false }
    }
  }

  private struct Entry {
    let process: pid_t
    let parent: pid_t
    let isDead: Bool
  }

  /// All processes of this machine, as the system lists them.
  private static func processes() -> [Entry] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [Entry] = []
    while let item = readdir(folder) {
      let name = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      // 3214 (any name) S 3210 …
      guard let process = pid_t(name) else { continue }
      let text = bytes(of: "/proc/\(name)/stat")
      guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { continue }
      let words = text[(end + 1)...].split(separator: UInt8(ascii: " "))
      guard words.count > 1, let parent = pid_t(String(decoding: words[1], as: UTF8.self)) else {
        continue
      }
      let isDead = words[0].first == UInt8(ascii: "Z") || words[0].first == UInt8(ascii: "X")
      found.append(Entry(process: process, parent: parent, isDead: isDead))
    }
    return found
  }

  /// A file of the system that says it has no bytes; none of it when it is not there.
  private static func bytes(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(file, &piece, piece.count)
      guard count > 0 else { return all }
      all += piece[..<count]
    }
  }
}
