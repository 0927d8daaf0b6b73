import Glibc

/// A program of the machine that is given some text, and says something.
///
/// What it is given lies in the pipe before it begins, so that it may end without having read it;
/// what it says is kept up to a limit. One that does not end in time is ended with all it began.
/// Our secrets are not in its environment.
package struct Program {
  /// How a program ended, and what it said.
  package struct Outcome: Equatable {
    /// The exit status, or 128 and the number of the signal; 128 + 14 for one that took too long.
    package var status: Int32
    package var output: String
    package var talk: String

    /// The last line that it said to people.
    package var lastWord: String {
      let lines = talk.split(separator: "\n")
      return String((lines.last ?? output.split(separator: "\n").last ?? "").prefix(300))
    }
  }

  package static let inputLimit = 1 << 20
  private static let outputLimit = 1 << 16
  package static let tookTooLong: Int32 = 128 + SIGALRM

  package let name: String
  package let arguments: [String]

  package init(_ name: String, _ arguments: [String]) {
    self.name = name
    self.arguments = arguments
  }

  /// Runs it to its end. Throws `.configuration` when there is no such program, with `remedy`.
  package func run(
    giving input: [UInt8], patience: Duration, remedy: String
  ) throws(Fault) -> Outcome {
    guard input.count < Program.inputLimit else {
      throw Fault(.internal, "\(input.count) bytes for '\(name)'", remedy: "report it")
    }
    let inputPipe = try Pipe()
    let output = try Pipe()
    let talk = try Pipe()
    try inputPipe.fill(input)
    let child = try spawn(inputPipe, output, talk, remedy)
    output.closeWriting()
    talk.closeWriting()
    let deadline = ContinuousClock.now + patience
    var said: [[UInt8]] = [[], []]
    var isLate = false
    withExtendedLifetime((output, talk)) {
      listen([output.reading, talk.reading], until: deadline, &said, &isLate)
    }
    let status = wait(for: child, until: deadline, &isLate)
    return Outcome(
      status: isLate ? Program.tookTooLong : status,
      output: String(decoding: said[0], as: UTF8.self),
      talk: String(decoding: said[1], as: UTF8.self))
  }

  private func spawn(
    _ input: Pipe, _ output: Pipe, _ talk: Pipe, _ remedy: String
  ) throws(Fault) -> pid_t {
    do {
      return try SpawnedProcess(
        ([name] + arguments).map { RawText($0) }, knowsSecrets: false,
        descriptors: [(input.reading, 0), (output.writing, 1), (talk.writing, 2)],
        restoresPipes: true, leadsGroup: true
      ).process
    } catch {
      throw Fault(
        .configuration, at: Place(name), "cannot be run: \(systemErrorText(error.code))",
        remedy: remedy)
    }
  }

  /// Reads both pipes until both have ended.
  private func listen(
    _ pipes: [Int32], until deadline: ContinuousClock.Instant, _ said: inout [[UInt8]],
    _ isLate: inout Bool
  ) {
    var isOpen = pipes.map { _ in true }
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while isOpen.contains(true) {
      let left = deadline - ContinuousClock.now
      let milliseconds =
        left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else {
        isLate = true
        return
      }
      var waits = pipes.indices.map { index in
        pollfd(fd: isOpen[index] ? pipes[index] : -1, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&waits, nfds_t(waits.count), Int32(clamping: milliseconds)) > 0 else { continue }
      for index in pipes.indices where waits[index].revents != 0 {
        let count = read(pipes[index], &buffer, buffer.count)
        if count > 0 {
          let room = Program.outputLimit - said[index].count
          said[index] += buffer.prefix(min(count, max(0, room)))
        } else if count == 0 || errno != EINTR {
          isOpen[index] = false
        }
      }
    }
  }

  /// The status of the child; one that is late is ended with its whole group.
  private func wait(
    for child: pid_t, until deadline: ContinuousClock.Instant, _ isLate: inout Bool
  ) -> Int32 {
    var status: Int32 = 0
    while !isLate {
      let found = waitpid(child, &status, WNOHANG)
      if found == child { return exitStatus(status) }
      if found < 0 && errno != EINTR { return 70 }
      if ContinuousClock.now >= deadline { isLate = true }
      usleep(2_000)
    }
    kill(-child, SIGKILL)
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return exitStatus(status)
  }

  private func exitStatus(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}

extension Pipe {
  /// What Glibc calls F_SETPIPE_SZ.
  private static let setSize: Int32 = 1_031

  /// Puts all of `bytes` into the pipe, which is made as large as they need, and ends it.
  fileprivate func fill(_ bytes: [UInt8]) throws(Fault) {
    if bytes.count > 1 << 16 { _ = fcntl(writing, Self.setSize, Int32(bytes.count)) }
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    guard bytes.isEmpty || write(writing, bytes, bytes.count) == bytes.count else {
      throw Fault(
        .io, "a pipe does not take \(bytes.count) bytes",
        remedy: "raise /proc/sys/fs/pipe-max-size")
    }
    closeWriting()
  }
}
