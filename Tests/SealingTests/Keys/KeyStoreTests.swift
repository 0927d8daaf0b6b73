import Core
import Glibc
import Sealing
import TestSupport
import Testing

/// Keys of a lake lie wrapped, and open for whoever has the master key.
@Suite struct KeyStoreTests {
  private let work = Workdir()
  private var lake: String { work.file("lake") }

  private func folder(_ name: String = "keys") throws -> KeyFolder {
    let folder = KeyFolder(work.file(name), LocalFileSystem())
    if try folder.names().isEmpty { _ = try folder.makeKey() }
    return folder
  }

  private func store(
    _ master: any MasterKeys, _ files: any FileSystem = LocalFileSystem()
  ) -> KeyStore {
    KeyStore(ofLake: lake, files, master)
  }

  private func bytes(_ key: DataKey) -> [UInt8] { key.key.withBytes { $0 } }

  @Test func `a key is made once, and does not lie in the lake as it is`() throws {
    let made = try store(folder()).key("table silver.customers")
    let found = try store(folder()).key("table silver.customers")
    #expect(bytes(made) == bytes(found))
    #expect(made.version == 1)
    let file = try work.read("lake/_keys/table silver.customers.key")
    #expect(file.hasPrefix("1 master 1 "))
    #expect(!file.contains(hexText(bytes(made))))
    #expect(try store(folder()).names() == ["table silver.customers"])
  }

  @Test func `without the right master key nothing opens`() throws {
    _ = try store(folder()).key("table a.b")
    #expect(throws: Fault.self) { try store(folder("others")).key("table a.b") }
    #expect(throws: Fault.self) {
      try store(KeyFolder(work.file("none"), LocalFileSystem())).key("table a.b")
    }
  }

  @Test func `a master key that others may read is refused`() throws {
    let folder = try folder()
    let path = folder.path(of: MasterKeyName(id: "master", version: 1))
    #expect(chmod(path, 0o644) == 0)
    let fault = #expect(throws: Fault.self) { try store(folder).key("table a.b") }
    #expect(fault?.kind == .denied)
    #expect(chmod(path, 0o600) == 0)
    _ = try store(folder).key("table a.b")
  }

  @Test func `a new master key is readable by its owner only`() throws {
    let folder = try folder()
    var facts = stat()
    #expect(stat(folder.path(of: MasterKeyName(id: "master", version: 1)), &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
    #expect(stat(folder.folder, &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o700)
  }

  @Test func `after a rotation the old master key is needed by nobody`() throws {
    let folder = try folder()
    let names = ["table a.b", "table c.d", SubjectKeys.tokenKey]
    let before = try names.map { bytes(try store(folder).key($0)) }
    let second = try folder.makeKey()
    #expect(second == MasterKeyName(id: "master", version: 2))
    // Both are live: the one that wraps, and the one that wrapped.
    #expect(try names.map { bytes(try store(folder).key($0)) } == before)
    var told: [String] = []
    try KeyRotation(store(folder)).rewrapAll { told.append($0) }
    #expect(told.sorted() == names.sorted())
    #expect(try KeyRotation(store(folder)).mastersInUse() == [second])
    try folder.removeKey(MasterKeyName(id: "master", version: 1))
    #expect(try names.map { bytes(try store(folder).key($0)) } == before)
    told = []
    try KeyRotation(store(folder)).rewrapAll { told.append($0) }
    #expect(told == [])
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `a rotation that stops at any step leaves all keys, and the next ends it`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let names = ["table a.b", "table c.d", "subjects customer_id"]
    let tokens = (0..<3).map { [UInt8](repeating: UInt8($0), count: 16) }
    var step = Int.random(in: -2...0)
    var isWhole = false
    while !isWhole {
      step += 3
      let test = KeyStoreTests()
      let folder = try test.folder()
      let before = try names.map { bytes(try test.store(folder).key($0)) }
      let subjects = test.store(folder).subjects("customer_id")
      try subjects.make(tokens)
      let persons = try tokens.map { try key(of: $0, subjects) }
      _ = try folder.makeKey()
      let faulty = FaultyFileSystem(faultAt: step, mode)
      do {
        let rotation = KeyRotation(test.store(folder, faulty))
        try rotation.rewrapAll()
        _ = try rotation.renewSubjects("customer_id")
        isWhole = faulty.stepCount < step
      } catch {}
      // At this moment all can be read.
      let reread = test.store(folder).subjects("customer_id")
      #expect(try tokens.map { try key(of: $0, reread) } == persons, "step \(step)")
      #expect(
        try names.prefix(2).map { bytes(try test.store(folder).key($0)) } == before.dropLast())
      let rotation = KeyRotation(test.store(folder))
      try rotation.rewrapAll()
      _ = try rotation.renewSubjects("customer_id")
      try folder.removeKey(MasterKeyName(id: "master", version: 1))
      let after = test.store(folder).subjects("customer_id")
      #expect(try tokens.map { try key(of: $0, after) } == persons, "after step \(step)")
    }
    #expect(step > 10)
  }

  private func key(of token: [UInt8], _ subjects: SubjectKeys) throws -> [UInt8]? {
    guard case .live(let key) = try subjects.state(of: token) else { return nil }
    return key.withBytes { $0 }
  }
}
