import Core
import LakeJobs
import Testing

@Suite struct ToolNameTests {
  @Test(arguments: ToolName.allCases)
  func `a tool that libraries name is there`(_ tool: ToolName) throws {
    #expect(try LocalFileSystem().list("Sources/Tools").contains("\(tool)"))
  }
}
