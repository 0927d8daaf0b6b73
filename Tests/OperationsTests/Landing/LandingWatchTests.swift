import Core
import Glibc
import Operations
import TestSupport
import Testing

@Suite struct LandingWatchTests {
  private let work = Workdir()

  private func append(_ name: String) {
    let file = open(work.file(name), O_WRONLY | O_CREAT | O_APPEND, 0o644)
    _ = write(file, "line\n", 5)
    close(file)
  }

  private func watch(
    settle: Duration, _ command: @escaping () throws -> Int
  ) throws -> (LandingWatch, FolderWatch) {
    let folder = work.file("landing")
    _ = mkdir(folder, 0o755)
    return (
      LandingWatch(
        [folder], lake: work.file("lake"), key: "k", settle: settle, command: command),
      try FolderWatch([folder], alarm: -1)
    )
  }

  @Test func `a slow writer is waited for`() throws {
    var seen: [Int] = []
    let (landing, folder) = try watch(settle: .seconds(1)) {
      seen.append(LandingScan([work.file("landing")]).files.values.map(\.byteCount).reduce(0, +))
      return 0
    }
    append("landing/slow")
    let path = work.file("landing/slow")
    let writer = "for i in {1..15}; do sleep 0.06; echo line >> '\(path)'; done"
    _ = try ToolRun(program: "/bin/bash", ["-c", "(\(writer)) >/dev/null 2>&1 &"])
    #expect(try landing.once(folder) == 0)
    #expect(seen == [16 * 5])
  }

  @Test func `what was seen to is not seen to again, what failed is`() throws {
    var statuses = [75, 0, 0]
    var count = 0
    let (landing, folder) = try watch(settle: .milliseconds(10)) {
      count += 1
      return statuses.removeFirst()
    }
    #expect(try landing.once(folder) == 0)
    #expect(count == 0, "an empty folder is nothing to see to")
    append("landing/a")
    append("landing/b")
    #expect(try landing.once(folder) == 75)
    #expect(try landing.once(folder) == 0)
    #expect(try landing.once(folder) == 0)
    #expect(count == 2, "all that came together is one call")
    append("landing/b")
    #expect(try landing.once(folder) == 0)
    #expect(count == 3)
  }

  @Test func `an upload under way is nothing to see to`() throws {
    var count = 0
    let (landing, folder) = try watch(settle: .milliseconds(10)) {
      count += 1
      return 0
    }
    append("landing/a.part")
    #expect(try landing.once(folder) == 0)
    #expect(count == 0)
    #expect(rename(work.file("landing/a.part"), work.file("landing/a")) == 0)
    #expect(try landing.once(folder) == 0)
    #expect(count == 1)
  }
}
