package import Core
import Glibc

/// What whoever has lost everything else needs beside a backup and a key: a folder that begins on a
/// bare machine of the same kind, without a network and without this project.
///
///     <kit>/bin          the tools that bring a lake back, ask it and go on with it
///     <kit>/lib          the libraries that they need and such a machine has not
///     <kit>/jobs         the job files; an epoch has its own
///     <kit>/start        restores, checks and asks: ./start BACKUP KEY DIR
///     <kit>/README.txt   one page: what to do, and what to do when that does not work
///     <kit>/SHA256SUMS   sha256sum -c SHA256SUMS
///
/// No key is in it, so that it may lie beside the backup. It is written beside its place and gets
/// its name by one rename.
package struct ColdStartKit {
  /// What was written.
  package struct Outcome: Sendable {
    package let fileCount: Int
    package let byteCount: Int
  }

  /// The tools that it takes: from the key to the first answer, and on to the next day.
  package static let tools = [
    "restore", "backup", "drill", "lake-sql", "lake-verify", "lake-restore", "lake-keys",
    "ingest-pos", "ingest-files", "cdc-extract", "bronze2silver", "silver2gold", "load-dims",
    "load-facts", "run-job",
  ]

  private let tools: String
  private let jobs: String
  private let files: any FileSystem

  /// A kit of the programs in the folder `tools` and the job files in `jobs`.
  package init(tools: String, jobs: String, _ files: any FileSystem) {
    self.tools = tools
    self.jobs = jobs
    self.files = files
  }

  /// Writes it to `target`, where nothing is yet.
  package func write(to target: String) throws(Fault) -> Outcome {
    if let status = try files.status(of: target) {
      guard status.isDirectory, try files.list(target).isEmpty else {
        throw Fault(
          .cannotCreate, at: Place(target), "there is something already",
          remedy: "name a folder that is not there yet")
      }
    }
    let staging = "\(target).unfinished"
    try FolderTree(files).remove(staging)
    var items = try programs()
    for (path, status) in try FolderTree(files).list(jobs) where status.kind == .file {
      items.append(Item(path: "jobs/\(path)", source: .file("\(jobs)/\(path)"), mode: 0o644))
    }
    items.append(Item(path: "start", source: .bytes(Array(KitText.start.utf8)), mode: 0o755))
    items.append(Item(path: "README.txt", source: .bytes(Array(KitText.readMe.utf8)), mode: 0o644))
    var sums = ""
    var byteCount = 0
    for item in items {
      let (digest, count) = try write(item, below: staging)
      sums += "\(digest)  \(item.path)\n"
      byteCount += count
    }
    _ = try write(
      Item(path: "SHA256SUMS", source: .bytes(Array(sums.utf8)), mode: 0o644), below: staging)
    try StagedFile.syncAll(at: staging)
    try files.rename(staging, to: target)
    return Outcome(fileCount: items.count + 1, byteCount: byteCount)
  }

  private struct Item {
    enum Source {
      case file(String)
      case bytes([UInt8])
    }

    let path: String
    let source: Source
    let mode: UInt32
  }

  /// The tools, and the libraries that they name and a bare machine lacks.
  private func programs() throws(Fault) -> [Item] {
    var items: [Item] = []
    var libraries: [String: String] = [:]
    for tool in Self.tools {
      let path = "\(tools)/\(tool)"
      guard try files.status(of: path)?.kind == .file else {
        throw Fault(
          .missing, at: Place(path), "a tool of the kit is not beside this one",
          remedy: "install the whole suite: make install")
      }
      items.append(Item(path: "bin/\(tool)", source: .file(path), mode: 0o755))
      for (name, place) in try SharedLibraries(of: path).found { libraries[name] = place }
    }
    for (name, place) in libraries.sorted(by: { $0.key < $1.key }) {
      items.append(
        Item(path: "lib/\(name)", source: .file(try files.realPath(of: place)), mode: 0o755))
    }
    return items
  }

  /// Writes one file; its digest and how many bytes it has.
  private func write(_ item: Item, below root: String) throws(Fault) -> (String, Int) {
    let path = "\(root)/\(item.path)"
    try files.createDirectory(parent(of: path))
    let staged = try StagedFile(path)
    let digest = SHA256()
    func put(_ piece: [UInt8]) throws(Fault) {
      digest.append(piece)
      try staged.append(piece)
    }
    switch item.source {
    case .bytes(let bytes): try put(bytes)
    case .file(let source):
      let bytes = FileBytes(try files.open(source))
      while let piece = try bytes.next() { try put(piece) }
    }
    guard withSystemPath(path, { chmod($0, mode_t(item.mode)) }) == 0 else {
      throw Fault(
        .io, at: Place(path), "its mode cannot be set: \(systemErrorText(errno))",
        remedy: "name a folder of a disk that knows who may run what")
    }
    return (hexText(digest.finish()), staged.byteCount)
  }
}

/// The shared libraries that a program is linked with.
struct SharedLibraries {
  /// Where each lies that is to go with the program, by the name that the program asks for.
  let found: [String: String]

  /// The C library and its kin: they belong to the kernel and the loader of the machine, and every
  /// Debian has them.
  private static let ofTheMachine = [
    "libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libresolv.so", "libutil.so",
    "ld-linux", "linux-vdso",
  ]

  /// `.data` when one of them is not on this machine either.
  init(of program: String) throws(Fault) {
    let outcome = try ChildProgram("ldd", [program])
      .run(remedy: "install the C library's programs: apt-get install libc-bin")
    guard outcome.status == 0 else {
      // A program that is linked with none says so, and ends with 1.
      self.found = [:]
      return
    }
    var found: [String: String] = [:]
    for line in String(decoding: outcome.output, as: UTF8.self).split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      guard words.count >= 3, words[1] == "=>" else { continue }
      guard !Self.ofTheMachine.contains(where: { words[0].hasPrefix($0) }) else { continue }
      guard words[2].hasPrefix("/") else {
        throw Fault(
          .data, at: Place(program), "it needs \(words[0]), which is not on this machine",
          remedy: "install what it was built with, and write the kit again")
      }
      found[words[0]] = words[2]
    }
    self.found = found
  }
}
