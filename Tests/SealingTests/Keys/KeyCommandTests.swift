import Core
import Sealing
import TestSupport
import Testing

/// A customer's own program may hold the master keys.
@Suite struct KeyCommandTests {
  private let work = Workdir()

  /// A program that wraps by writing hex digits the other way round.
  private func program(_ text: String) throws -> KeyCommand {
    KeyCommand(try work.writeProgram("hold", "#!/bin/sh\n\(text)\n"))
  }

  private func turning() throws -> KeyCommand {
    try program(
      """
      case $1 in
        current) echo vault 7 ;;
        wrap|unwrap) read key; read place; echo "$1 $2 $3 $place" >>'\(work.file("calls"))'
          echo "$key" | rev ;;
      esac
      """)
  }

  @Test func `it wraps and unwraps, and is told what for`() throws {
    let files = LocalFileSystem()
    let made = try KeyStore(ofLake: work.file("lake"), files, turning()).key("table a.b")
    let found = try KeyStore(ofLake: work.file("lake"), files, turning()).key("table a.b")
    #expect(made.key.withBytes { $0 } == found.key.withBytes { $0 })
    let calls = try work.read("calls").split(separator: "\n")
    let place = hexText("data key table a.b 1".utf8)
    #expect(calls == ["wrap vault 7 \(place)", "unwrap vault 7 \(place)"].map { $0[...] })
  }

  @Test(arguments: ["exit 3", "echo no key", "echo"])
  func `one that fails gives no key`(text: String) throws {
    let fault = #expect(throws: Fault.self) {
      try KeyStore(ofLake: work.file("lake"), LocalFileSystem(), program(text)).key("table a.b")
    }
    #expect(fault?.kind == .denied)
  }

  @Test func `one that is not there is named`() {
    let fault = #expect(throws: Fault.self) { try KeyCommand(work.file("none")).current() }
    #expect(fault?.place?.description.contains("none") == true)
  }
}
