import Core
import Glibc
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// Tables of bronze lie in the lake, unless they declare that they do not.
@Suite struct TableLocationTests {
  private static let declared = "TBLPROPERTIES ('location.outside' = 'true')"

  private func folder(
    _ location: String, _ properties: String = "", in lake: TestLake
  ) throws -> String {
    try lake.write(
      "setup.sql",
      "CREATE TABLE bronze.t (id STRING) USING json LOCATION '\(location)' \(properties);")
    return try lake.contract("t").folder
  }

  @Test(arguments: ["/elsewhere/t", "../../elsewhere", "a/../../../t", "file:///elsewhere/t"])
  func `a place outside of the lake has to be declared`(_ location: String) throws {
    let lake = try TestLake()
    let fault = #expect(throws: Fault.self) { try folder(location, in: lake) }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.hasPrefix("the LOCATION of 'bronze.t' leads out of ") == true)
    #expect(fault?.place?.file.hasSuffix("setup.sql") == true)
    #expect(try folder(location, Self.declared, in: lake).hasSuffix(location.suffix(9)))
    #expect(throws: Fault.self) {
      try folder(location, "TBLPROPERTIES ('location.outside' = 'false')", in: lake)
    }
    let slip = #expect(throws: Fault.self) {
      try folder(location, "TBLPROPERTIES ('location.outside' = 'yes')", in: lake)
    }
    #expect(slip?.problem == "'yes' is neither true nor false")
  }

  @Test func `a link that leads out is outside, one within or above is not`() throws {
    let lake = try TestLake()
    let files = LocalFileSystem()
    let bronze = lake.folder.file("lake/bronze")
    try files.createDirectory("\(bronze)/kept")
    try files.createDirectory(lake.folder.file("elsewhere"))
    #expect(symlink("kept", "\(bronze)/near") == 0)
    #expect(symlink(lake.folder.file("elsewhere"), "\(bronze)/far") == 0)
    #expect(try folder("near/t", in: lake) == "\(bronze)/near/t")
    #expect(try folder(lake.folder.file("lake/bronze/x"), in: lake) == "\(bronze)/x")
    #expect(throws: Fault.self) { try folder("far/t", in: lake) }
    #expect(try folder("far/t", Self.declared, in: lake) == "\(bronze)/far/t")
    // Where the layer itself lies is the affair of who made the lake.
    try files.rename(bronze, to: lake.folder.file("disk"))
    #expect(symlink(lake.folder.file("disk"), bronze) == 0)
    #expect(try folder("new/t", in: lake) == "\(bronze)/new/t")
  }
}
