import Core
import Glibc
import TestSupport
import Testing

@Suite struct PathTextTests {
  private let files = LocalFileSystem()
  private let folder = Workdir()

  @Test func `text is what it was, and other bytes are shown as a shell writes them`() {
    #expect(pathText(Array("Größe \\n.csv".utf8)) == "Größe \\n.csv")
    #expect(pathText([0x63, 0xE9, 0x2E]) == #"c\xE9."#)
    #expect(pathText(Array(#"c\xE9."#.utf8)) == #"c\x5CxE9."#)
    #expect(pathText(Array(#"\x41"#.utf8)) == #"\x41"#)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `a name of any bytes is listed, read, moved and removed`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    // Letters of escapes among them, so that names look like what stands for others.
    let letters = Array(#"\xE95C"#.utf8) + [0xC3, 0xA9, 0xFF, 0x80, 0x20]
    var names: Set<[UInt8]> = []
    for _ in 0..<20 {
      let count = Int.random(in: 1...9, using: &random)
      names.insert((0..<count).map { _ in letters.randomElement(using: &random) ?? 0x41 })
    }
    for name in names {
      let path = Array("\(folder.path)/".utf8) + name + [0]
      let file = path.withUnsafeBufferPointer {
        $0.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600) }
      }
      #expect(write(file, name, name.count) == name.count)
      close(file)
    }
    let listed = try files.list(folder.path)
    #expect(Set(listed) == Set(names.map { pathText($0) }) && listed.count == names.count)
    for text in listed {
      let path = folder.file(text)
      let bytes = try files.read(path)
      #expect(pathText(bytes) == text, "seed \(seed)")
      #expect(try files.status(of: path)?.kind == .file)
      // No name begins so.
      let moved = folder.file("moved \(text)")
      try files.rename(path, to: moved)
      #expect(try files.status(of: path) == nil && files.read(moved) == bytes)
      try files.remove(moved)
    }
    #expect(try files.list(folder.path) == [])
  }
}
