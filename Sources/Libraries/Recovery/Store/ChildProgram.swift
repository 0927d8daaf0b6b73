import Core
import Glibc

/// A program of the machine that is run to its end: what it is given stands in a file without a
/// name, and so does what it says, however much that is.
struct ChildProgram {
  /// How it ended, and what it said.
  struct Outcome {
    /// The exit status, or 128 and the number of the signal.
    let status: Int
    let output: [UInt8]
    let talk: String

    /// The last line that it said to people.
    var lastWord: String { String((talk.split(separator: "\n").last ?? "").prefix(300)) }
  }

  let name: String
  let arguments: [String]
  /// Variables that it is given beside ours: a secret goes here, and never among the arguments.
  var environment: [String: String] = [:]
  /// Where it is started; nil for where we are.
  var folder: String?
  /// Whether it is given none of our variables that set the suite's tools, but for secrets.
  var forgetsSettings = false

  init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:],
    in folder: String? = nil, forgettingSettings forgetsSettings: Bool = false
  ) {
    self.forgetsSettings = forgetsSettings
    self.name = name
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }

  /// Runs it; `.configuration` with `remedy` when there is no such program.
  func run(giving input: [UInt8] = [], remedy: String) throws(Fault) -> Outcome {
    let (stdin, stdout, stderr) = (
      try NamelessFile(input), try NamelessFile(), try NamelessFile()
    )
    let child = try spawn(stdin.descriptor, stdout.descriptor, stderr.descriptor, remedy)
    var end: Int32 = 0
    while waitpid(child, &end, 0) < 0 && errno == EINTR {}
    let signal = Int(end & 0x7F)
    return Outcome(
      status: signal == 0 ? Int(end >> 8 & 0xFF) : 128 + signal,
      output: try stdout.bytes(), talk: String(decoding: try stderr.bytes(), as: UTF8.self))
  }

  private func spawn(
    _ stdin: Int32, _ stdout: Int32, _ stderr: Int32, _ remedy: String
  ) throws(Fault) -> pid_t {
    let words = (folder.map { ["env", "-C", $0] } ?? []) + [name] + arguments
    do {
      return try SpawnedProcess(
        words.map { RawText($0) }, changes: environment, forgetsSettings: forgetsSettings,
        descriptors: [(stdin, 0), (stdout, 1), (stderr, 2)], restoresPipes: true
      ).process
    } catch {
      throw Fault(
        .configuration, at: Place(name), "cannot be run: \(systemErrorText(error.code))",
        remedy: remedy)
    }
  }
}

/// A file that has no name any more, and is gone with the last who has it open.
private final class NamelessFile {
  let descriptor: Int32

  init(_ bytes: [UInt8] = []) throws(Fault) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let path = "\(folder)/.medallion-\(UInt64.random(in: 0...UInt64.max))"
    // A child is given what it is to have by a number of its own.
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Fault(
        .cannotCreate, at: Place(folder), "no file can be made here: \(systemErrorText(errno))",
        remedy: "make room, or let TMPDIR name another folder")
    }
    unlink(path)
    if let failure = writeAll(bytes, to: descriptor) {
      throw Fault(
        .io, at: Place(folder), "cannot write: \(systemErrorText(failure))",
        remedy: "make room, or let TMPDIR name another folder")
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// All that stands in it.
  func bytes() throws(Fault) -> [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: max(0, size))
    var got = 0
    while got < bytes.count {
      let count = bytes[got...].withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(got))
      }
      guard count > 0 else {
        if count < 0 && errno == EINTR { continue }
        throw Fault(
          .io, "what a program said cannot be read: \(systemErrorText(errno))",
          remedy: "run it again")
      }
      got += count
    }
    return bytes
  }
}
