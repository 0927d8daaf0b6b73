import Core
import Sealing
import TestSupport
import Testing

/// Each person has a key, and leaves with it.
@Suite struct SubjectKeysTests {
  private let work = Workdir()

  private func subjects(_ kind: String = "customer_id") throws -> SubjectKeys {
    let folder = KeyFolder(work.file("keys"), LocalFileSystem())
    if try folder.names().isEmpty { _ = try folder.makeKey() }
    return KeyStore(ofLake: work.file("lake"), LocalFileSystem(), folder).subjects(kind)
  }

  private func token(_ value: String, _ kind: String = "customer_id") throws -> [UInt8] {
    try subjects(kind).tokens().token(of: value.utf8)
  }

  private func words(_ state: SubjectKeys.State) -> String {
    switch state {
    case .live(let key): hexText(key.withBytes { $0 })
    case .destroyed: "destroyed"
    case .unknown: "unknown"
    }
  }

  @Test func `a token is the same always, and another for each person and kind`() throws {
    #expect(try token("C1") == token("C1"))
    #expect(try token("C1") != token("C2"))
    #expect(try token("C1") != token("C1", "loyalty_id"))
    #expect(try token("C1").count == SubjectKeys.tokenByteCount)
  }

  @Test func `a key that was made is found by others`() throws {
    let tokens = try (0..<1_000).map { try token("C\($0)") }
    let first = try subjects()
    try first.make(tokens)
    let keys = try tokens.map { words(try first.state(of: $0)) }
    #expect(Set(keys).count == 1_000)
    let second = try subjects()
    #expect(try tokens.map { words(try second.state(of: $0)) } == keys)
    try second.make(tokens)
    #expect(try tokens.map { words(try second.state(of: $0)) } == keys)
  }

  @Test func `a destroyed key is gone for good, and its bytes with it`() throws {
    let (gone, stays) = (try token("C1"), try token("C2"))
    let before = try subjects()
    try before.make([gone, stays])
    let kept = words(try before.state(of: stays))
    let file = work.file("lake/_keys/subjects customer_id/\(hexText([gone[0] >> 2]))")
    let old = try LocalFileSystem().read(file)
    try before.destroy([gone])
    let after = try subjects()
    for keys in [before, after] {
      #expect(words(try keys.state(of: gone)) == "destroyed")
      #expect(words(try keys.state(of: gone, making: true)) == "destroyed")
      #expect(words(try keys.state(of: stays)) == kept)
    }
    #expect(try LocalFileSystem().read(file) != old)
  }

  @Test func `a key that never was is no destroyed one`() throws {
    let token = try token("C9")
    #expect(words(try subjects().state(of: token)) == "unknown")
    #expect(words(try subjects().state(of: token, making: true)).count == 64)
  }

  @Test func `keys are read and made while others wrap them anew`() throws {
    let tokens = try (0..<200).map { try token("C\($0)") }
    let running = try subjects()
    try running.make(tokens)
    let keys = try tokens.map { words(try running.state(of: $0)) }
    // A run that has read files of keys, and opened none of them.
    let reading = try subjects()
    try reading.make(tokens)
    let folder = KeyFolder(work.file("keys"), LocalFileSystem())
    let store = KeyStore(ofLake: work.file("lake"), LocalFileSystem(), folder)
    #expect(try KeyRotation(store).renewSubjects("customer_id") == 200)
    #expect(try tokens.map { words(try reading.state(of: $0)) } == keys)
    // What a run makes that has the former key in hand is not lost with it.
    let late = try token("late")
    let made = words(try running.state(of: late, making: true))
    #expect(words(try subjects().state(of: late)) == made)
    #expect(try KeyRotation(store).renewSubjects("customer_id") == 201)
    #expect(words(try subjects().state(of: late)) == made)
  }
}
