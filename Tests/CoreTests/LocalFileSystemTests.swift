import Core
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct LocalFileSystemTests {
  let files = LocalFileSystem()
  let folder = Workdir()

  @Test func `a published file is whole, and its folders are made`() throws {
    let path = folder.file("a/b/one")
    let draft = try files.draft(path, replacing: false)
    try draft.append([1, 2])
    try draft.append([UInt8](repeating: 3, count: 1 << 20))
    #expect(try files.status(of: path) == nil)
    #expect(try draft.publish() == .published)
    #expect(try files.read(path) == [1, 2] + [UInt8](repeating: 3, count: 1 << 20))
    #expect(try files.list(folder.file("a/b")) == ["one"])
  }

  @Test func `of two writers of one name the second is told, and harms nothing`() throws {
    let path = folder.file("version")
    let first = try files.draft(path, replacing: false)
    let second = try files.draft(path, replacing: false)
    try first.append([1])
    try second.append([2])
    #expect(try first.publish() == .published)
    #expect(try second.publish() == .alreadyExists)
    #expect(try files.read(path) == [1])
    #expect(try files.list(folder.path) == ["version"])
  }

  @Test func `a dropped draft leaves nothing`() throws {
    do {
      let draft = try files.draft(folder.file("x"), replacing: true)
      try draft.append([1])
      #expect(try files.list(folder.path).count == 1)
    }
    #expect(try files.list(folder.path) == [])
  }

  @Test func `what is missing is told apart from what cannot be made`() throws {
    let missing = #expect(throws: Fault.self) { try files.open(folder.file("none")) }
    #expect(missing?.kind == .missing)
    try files.replace(folder.file("plain"), [])
    let blocked = #expect(throws: Fault.self) {
      try files.createDirectory(folder.file("plain/below"))
    }
    #expect(blocked?.kind == .cannotCreate)
    #expect(try files.list(folder.file("none")) == [])
  }

  @Test func `a full disk is an input-output fault that says so`() throws {
    let fault = #expect(throws: Fault.self) {
      try files.appendLines([UInt8](repeating: 65, count: 10), to: "/dev/full")
    }
    #expect(fault?.kind == .io)
    #expect(
      fault?.description
        == "/dev/full: cannot write: no space left on device; free some space, and run again")
  }

  @Test func `a held lock is temporary, and free after it`() throws {
    let path = folder.file("lock")
    let held = try files.lock(path, patience: .zero)
    let fault = #expect(throws: Fault.self) {
      _ = try files.lock(path, patience: .milliseconds(20))
    }
    #expect(fault?.kind == .temporary)
    held.unlock()
    _ = try files.lock(path, patience: .zero)
  }

  @Test func `a lock that was dropped, not given back, is abandoned`() throws {
    let path = folder.file("lock")
    try files.lock(path, patience: .zero).unlock()
    var held: (any FileLock)? = try files.lock(path, patience: .zero)
    #expect(held?.wasAbandoned == false)
    held = nil
    held = try files.lock(path, patience: .zero)
    #expect(held?.wasAbandoned == true)
    held?.unlock()
    #expect(try files.lock(path, patience: .zero).wasAbandoned == false)
  }

  @Test func `drafts of the dead are removed, those of the living are not`() throws {
    let living = try files.draft(folder.file("a"), replacing: true)
    try folder.write(".b.4711-1.draft", "torn")
    try folder.write("c.draft", "a file")
    try files.removeDrafts(in: folder.path)
    let names = try files.list(folder.path)
    #expect(names.count == 2 && names.contains("c.draft"))
    try living.append([1])
    #expect(try living.publish() == .published)
    #expect(try files.list(folder.path) == ["a", "c.draft"])
  }

  @Test func `a draft that was published, and left, is no more than a name of its file`() throws {
    try files.replace(folder.file("a"), [1, 2, 3])
    #expect(link(folder.file("a"), folder.file(".a.4711-1.draft")) == 0)
    try files.removeDrafts(in: folder.path)
    #expect(try files.list(folder.path) == ["a"])
    #expect(try files.read(folder.file("a")) == [1, 2, 3])
  }

  @Test func `what is no file is told by its kind, and a pipe is not waited for`() throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    #expect(symlink("loop", folder.file("loop")) == 0)
    #expect(symlink("nothing", folder.file("link")) == 0)
    #expect(try files.status(of: folder.file("pipe"))?.kind == .pipe)
    #expect(try files.status(of: "/dev/null")?.kind == .device)
    #expect(try files.status(of: folder.path)?.kind == .directory)
    #expect(try files.status(of: folder.file("link")) == nil)
    let loop = #expect(throws: Fault.self) { try files.status(of: folder.file("loop")) }
    #expect(loop?.kind == .missing)
    let pipe = #expect(throws: Fault.self) { try files.open(folder.file("pipe")) }
    #expect(pipe?.problem == "this is a pipe, not a file")
  }

  @Test func `a device is no file, and is not read`() {
    let fault = #expect(throws: Fault.self) { try files.open("/dev/zero") }
    #expect(fault?.problem == "this is a device, not a file")
  }

  @Test func `a link says that it is one, and where it leads`() throws {
    try folder.write("file", "text")
    #expect(symlink("file", folder.file("link")) == 0)
    let file = try #require(try files.status(of: folder.file("file")))
    let link = try #require(try files.status(of: folder.file("link")))
    #expect(link.isLink && !file.isLink && link != file)
    #expect(link.isUnchanged(from: file))
    #expect(try files.open(folder.file("link")).status == file)
    #expect(
      try files.realPath(of: folder.file("link")) == files.realPath(of: folder.file("file")))
    try folder.write("other", "text")
    let other = try #require(try files.status(of: folder.file("other")))
    #expect(!other.isOfSameEntry(as: file))
  }

  @Test func `what is written goes through no link, whoever put one there`() throws {
    try folder.write("prey", "text")
    let number = getpid()
    for name in (1...200).map({ ".a.\(number)-\($0).draft" }) + ["lock", "log"] {
      #expect(symlink("prey", folder.file(name)) == 0)
    }
    try files.replace(folder.file("a"), [1])
    #expect(try files.read(folder.file("a")) == [1])
    let lock = #expect(throws: Fault.self) {
      _ = try files.lock(folder.file("lock"), patience: .zero)
    }
    #expect(lock?.kind == .cannotCreate)
    #expect(lock?.problem == "this is a link, and nothing is written through one")
    #expect(throws: Fault.self) { try files.appendLines([1], to: folder.file("log")) }
    try files.removeDrafts(in: folder.path)
    #expect(try folder.read("prey") == "text")
  }

  @Test func `a lock is a file, and what stands in its place is told`() throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    try files.createDirectory(folder.file("folder"))
    for name in ["pipe", "folder"] {
      let fault = #expect(throws: Fault.self) {
        _ = try files.lock(folder.file(name), patience: .zero)
      }
      #expect(fault?.kind == .cannotCreate, "\(name)")
      #expect(throws: Fault.self, "\(name)") { try files.appendLines([1], to: folder.file(name)) }
    }
  }

  @Test func `a draft's name that is no file stops nobody`() throws {
    #expect(mkfifo(folder.file(".pipe.draft"), 0o600) == 0)
    try files.createDirectory(folder.file(".folder.draft/below"))
    try files.removeDrafts(in: folder.path)
    #expect(try files.list(folder.path) == [".folder.draft", ".pipe.draft"])
  }

  @Test func `a file that no memory would hold is not read at once`() throws {
    try folder.write("big", "12345")
    let fault = #expect(throws: Fault.self) { try files.read(folder.file("big"), limit: 4) }
    #expect(fault?.kind == .data)
    #expect(try files.read(folder.file("big"), limit: 5).count == 5)
  }

  @Test func `who goes on writing to a file keeps nobody reading it`() throws {
    try folder.write("text", "hello")
    let bytes = FileBytes(try files.open(folder.file("text")), pieceByteCount: 2)
    var read: [UInt8] = []
    while let piece = try bytes.next() {
      read += piece
      try files.appendLines(piece, to: folder.file("text"))
    }
    #expect(read == [UInt8]("hello".utf8))
  }

  @Test func `a run that waits for a lock says so, with its holder`() throws {
    let path = folder.file("lock")
    let told = Mutex<[String]>([])
    LockWaits.telling { words in told.withLock { $0.append(words) } }
    defer { LockWaits.telling { _ in } }
    let held = try files.lock(path, patience: .zero)
    _ = #expect(throws: Fault.self) { try files.lock(path, patience: .milliseconds(1_300)) }
    held.unlock()
    let words = told.withLock { $0 }.filter { $0.contains(path) }
    #expect(words.count == 1 && words.first?.hasPrefix("waits for process \(getpid()) (") == true)
  }

  @Test func `appended lines do not glue to a torn one`() throws {
    let path = folder.file("log/day")
    try files.appendLines([UInt8]("one\n".utf8), to: path)
    try files.replace(path, [UInt8]("one\ntw".utf8))
    try files.appendLines([UInt8]("three\n".utf8), to: path)
    #expect(try folder.read("log/day") == "one\ntw\nthree\n")
  }

  @Test func `many appenders lose no line`() throws {
    let path = folder.file("log")
    try parallelForEach(Array(0..<40), threads: 4) { number in
      try LocalFileSystem().appendLines([UInt8]("line \(number)\n".utf8), to: path)
    }
    let lines = try folder.read("log").split(separator: "\n")
    #expect(Set(lines) == Set((0..<40).map { "line \($0)" }))
  }

  @Test func `reading stops at the end of the file`() throws {
    try folder.write("text", "hello")
    let file = try files.open(folder.file("text"))
    #expect(try file.read(at: 3, count: 100) == [UInt8]("lo".utf8))
    #expect(try file.read(at: 5, count: 1) == [])
  }

  @Test func `killed at any step, a file is there whole or not at all`() throws {
    for mode in FaultyFileSystem.Mode.allCases {
      for step in 1...6 {
        let path = folder.file("\(mode)-\(step)")
        let faulty = FaultyFileSystem(faultAt: step, mode)
        let publication = try? faulty.create(path, [1, 2, 3])
        #expect((publication == nil) == (step <= 5), "\(mode) at \(step)")
        let bytes = try files.exists(path) ? try files.read(path) : []
        #expect(bytes == [] || bytes == [1, 2, 3])
      }
    }
  }
}
