import Core
import Sealing
import TestSupport
import Testing

/// Files of some folders lie sealed on disk, and read as if they did not.
@Suite struct SealedFilesTests {
  private let work = Workdir()
  private let plain = LocalFileSystem()

  private func keys() throws -> KeyStore {
    let folder = KeyFolder(work.file("keys"), plain)
    if try folder.names().isEmpty { _ = try folder.makeKey() }
    return KeyStore(ofLake: work.file("lake"), plain, folder)
  }

  private func files(_ keys: KeyStore?) -> SealedFiles {
    SealedFiles(
      plain, in: [work.file("lake/bronze")], keys,
      sealing: [(work.file("lake/bronze/pos/events"), "table bronze.pos_events")])
  }

  private var path: String { work.file("lake/bronze/pos/events/a.json.zst") }

  private func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ $0 >> 8) }
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001])
  func `a sealed file reads as what was written, at any offset`(count: Int) throws {
    let files = files(try keys())
    let content = bytes(count)
    let draft = try files.draft(path, replacing: false)
    var start = 0
    while start < count {
      let end = min(count, start + 40_000)
      try draft.append(Array(content[start..<end]))
      start = end
    }
    #expect(draft.byteCount == count)
    #expect(try draft.publish() == .published)
    #expect(try files.read(path) == content)
    #expect(try files.status(of: path)?.byteCount == count)
    #expect(try plain.read(path).starts(with: Array("MEDSEAL1".utf8)))
    #expect(try files.open(path).status?.byteCount == count)
    var random = SeededRandom(UInt64(count))
    let reader = try files.open(path)
    for _ in 0..<50 where count > 0 {
      let offset = Int.random(in: 0..<count, using: &random)
      let length = Int.random(in: 0...90_000, using: &random)
      #expect(
        try reader.read(at: offset, count: length)
          == Array(content[offset..<min(count, offset + length)]))
    }
    #expect(try reader.read(at: count, count: 5) == [])
  }

  @Test func `what lies beside, and what people read, stays as it is`() throws {
    let files = files(try keys())
    for name in ["bronze/pos/events/_commits/0.json", "bronze/pos/other/a", "silver/t/a"] {
      let path = work.file("lake/\(name)")
      try files.replace(path, Array("plain".utf8))
      #expect(try plain.read(path) == Array("plain".utf8))
      #expect(try files.read(path) == Array("plain".utf8))
    }
  }

  @Test func `a file that was cut, changed or moved within is refused`() throws {
    let files = files(try keys())
    try files.replace(path, bytes(150_000))
    let sealed = try plain.read(path)
    let block = 65_536 + SealingKey.overhead
    let head = sealed.count - 2 * block - (150_000 - 131_072 + SealingKey.overhead)
    var damages = [
      Array(sealed.prefix(head + block)), Array(sealed.prefix(head + 2 * block)),
      Array(sealed.prefix(head + 10)), Array(sealed.dropLast()),
      Array(sealed[..<head] + sealed[(head + block)...]),
    ]
    for index in stride(from: 10, to: sealed.count, by: 997) {
      damages.append(sealed)
      damages[damages.count - 1][index] ^= 1
    }
    for (number, damage) in damages.enumerated() {
      try plain.replace(path, damage)
      let fault = #expect(throws: Fault.self, "damage \(number)") { try files.read(path) }
      #expect(fault?.kind == .data || fault?.kind == .denied)
    }
    try plain.replace(path, sealed)
    #expect(try files.read(path) == bytes(150_000))
  }

  @Test func `without a key there is no reading and no writing`() throws {
    try files(try keys()).replace(path, [1, 2, 3])
    let reading = #expect(throws: Fault.self) { try files(nil).read(path) }
    #expect(reading?.kind == .denied)
    let writing = #expect(throws: Fault.self) { try files(nil).replace(path, [1]) }
    #expect(writing?.kind == .denied)
    #expect(try files(try keys()).read(path) == [1, 2, 3])
  }
}
