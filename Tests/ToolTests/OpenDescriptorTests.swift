import Glibc
import TestSupport
import Testing

@Suite struct OpenDescriptorTests {
  /// Else how many files a tool may open would depend on what else is tested at that moment.
  @Test func `what the tests have open is nothing to the tools that they start`() throws {
    let files = (0..<8).map { _ in open("/dev/null", O_RDONLY) }
    defer { for file in files { close(file) } }
    let shown = try ToolRun(program: "/bin/ls", ["/proc/self/fd"]).text
    // The three of every program, and the folder that is read.
    #expect(shown == "0\n1\n2\n3\n")
  }
}
