import Core
import Glibc
import Operations
import TestSupport
import Testing

@Suite struct FolderWatchTests {
  private let work = Workdir()

  private func write(_ path: String, _ text: String = "x") {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    _ = Glibc.write(file, text, text.utf8.count)
    close(file)
  }

  private func folder(_ name: String) -> String {
    _ = mkdir(work.file(name), 0o755)
    return work.file(name)
  }

  /// A watch of `folders` that has heard of all that was so far.
  private func watch(_ folders: String...) throws -> FolderWatch {
    let watch = try FolderWatch(folders, alarm: -1)
    try watch.renew()
    while watch.wait(.zero) == .something {}
    return watch
  }

  @Test func `more events than the system keeps wake, and what comes behind them does too`() throws
  {
    let setting = "/proc/sys/fs/inotify/max_queued_events"
    let text = try ToolRun(program: "/bin/cat", [setting]).text
    let limit = try #require(Int(text.trimmed))
    try #require(limit < 1_000_000)
    let landing = folder("landing")
    let watch = try watch(landing)
    // Of one file alone they would be one.
    for number in 0..<(limit + 100) { write("\(landing)/\(number % 2)", "") }
    write("\(landing)/lost")
    #expect(watch.wait(.seconds(5)) == .something)
    #expect(watch.wait(.zero) == .timeIsOver)
    #expect(LandingScan([landing]).files.keys.contains("\(landing)/lost"))
    write("\(landing)/next")
    #expect(watch.wait(.seconds(5)) == .something)
  }

  @Test func `a folder that is removed and made anew is watched again`() throws {
    let landing = folder("landing")
    let watch = try watch(landing)
    for _ in 0..<3 {
      #expect(rmdir(landing) == 0)
      #expect(watch.wait(.seconds(5)) == .something)
      try watch.renew()
      while watch.wait(.zero) == .something {}
      _ = folder("landing")
      #expect(watch.wait(.seconds(5)) == .something)
      try watch.renew()
      write("\(landing)/a")
      #expect(watch.wait(.seconds(5)) == .something)
      #expect(LandingScan([landing]).files.count == 1)
      unlink("\(landing)/a")
      while watch.wait(.zero) == .something {}
    }
  }

  @Test func `a folder that is not there yet takes nothing from the one it is to lie in`() throws {
    let landing = folder("landing")
    write("\(landing)/a")
    let watch = try watch(landing, "\(landing)/later/deep")
    write("\(landing)/a")
    #expect(watch.wait(.seconds(5)) == .something)
    _ = folder("landing/later")
    #expect(watch.wait(.seconds(5)) == .something)
  }

  @Test func `links, renamed files and files in new folders wake`() throws {
    let landing = folder("landing")
    let other = folder("other")
    write("\(other)/a")
    let watch = try watch(landing)
    #expect(link("\(other)/a", "\(landing)/linked") == 0)
    #expect(watch.wait(.seconds(5)) == .something)
    #expect(rename("\(other)/a", "\(landing)/moved") == 0)
    #expect(watch.wait(.seconds(5)) == .something)
    _ = folder("landing/new")
    #expect(watch.wait(.seconds(5)) == .something)
    try watch.renew()
    write("\(landing)/new/b")
    #expect(watch.wait(.seconds(5)) == .something)
    #expect(LandingScan([landing]).files.count == 3)
  }

  @Test func `who is asked to end is told so`() throws {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    let watch = try FolderWatch([folder("landing")], alarm: ends[0])
    try watch.renew()
    #expect(Glibc.write(ends[1], "x", 1) == 1)
    #expect(watch.wait(.seconds(5)) == .asked)
  }
}
