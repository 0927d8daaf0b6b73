import Core
import TestSupport
import Testing

@Suite struct ScratchFileTests {
  let folder = Workdir()

  @Test func `a scratch file makes its folder and leaves no name in it`() throws {
    let file = try ScratchFile(in: folder.file("spill/here"))
    try file.append([1, 2, 3])
    #expect(try file.read(at: 1, count: 2) == [2, 3])
    #expect(try LocalFileSystem().list(folder.file("spill/here")).isEmpty)
  }
}
