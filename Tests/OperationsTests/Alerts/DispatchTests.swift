import Core
import Database
import JSON
import Runs
import TestSupport
import Testing

@testable import Operations

/// No alert is lost, doubled or out of order, whatever a channel does.
@Suite struct DispatchTests {
  private let work = Workdir()
  private let start = Timestamp.ofTests
  private let book: AlertBook
  private var file = AlertsFile()

  init() throws {
    book = try AlertBook(try RunLedger(lake: work.path).connection)
    // It ends as a file says, and notes what it was given only when it ends well.
    let script = """
      read -r status <\(work.file("status")); cat >\(work.file("given"))
      if [ "$status" = 0 ]; then cat \(work.file("given")) >>\(work.file("main.ndjson")); fi
      echo "it is $status" >&2; exit "$status"
      """
    let place = Place("alerts.yml", line: 1)
    file.channels = [
      Channel("main", .command(program: ["sh", "-c", script]), at: place),
      Channel("second", .file(path: work.file("second.ndjson")), at: place),
    ]
    file.second = "second"
  }

  private func after(_ seconds: Int64) -> Timestamp { start.adding(seconds: seconds) ?? start }

  private func add(_ titles: [String], to channel: String = "main") throws {
    for title in titles {
      try Outbox(book).add(
        AlertMessage(
          id: title, .trigger, .error, title: title, source: "vm", since: start, at: start),
        to: channel, at: start)
    }
  }

  private func run(_ status: Int, after seconds: Int64) throws -> [Fault] {
    try work.write("status", "\(status)\n")
    let courier = Courier(LocalFileSystem(), clock: Clock(now: after(seconds))) { $0 }
    return try Dispatch(book, file, courier, source: "vm", at: after(seconds)).run()
  }

  private func told(_ name: String) throws -> [String] {
    let path = work.file("\(name).ndjson")
    guard try LocalFileSystem().exists(path) else { return [] }
    return try String(decoding: LocalFileSystem().read(path), as: UTF8.self).split(separator: "\n")
      .map { try #require(AlertMessage(try JSONValue(parsing: String($0)))).title }
  }

  @Test func `a channel that is away is tried again, later and in order`() throws {
    try add(["a", "b", "c"])
    #expect(try run(75, after: 0).map(\.kind) == [.temporary])
    // Nothing is tried before its time, and nothing overtakes.
    #expect(try run(0, after: 10).isEmpty)
    #expect(try told("main").isEmpty)
    #expect(try run(75, after: 31).map(\.kind) == [.temporary])
    #expect(try run(0, after: 60).isEmpty)
    #expect(try told("main").isEmpty)
    #expect(try run(0, after: 100).isEmpty)
    #expect(try told("main") == ["a", "b", "c"])
    #expect(try run(0, after: 200).isEmpty)
    #expect(try told("main") == ["a", "b", "c"])
    #expect(try told("second").isEmpty)
  }

  @Test func `what a channel refuses goes to the second, which tells of that channel too`() throws {
    try add(["a", "b"])
    let faults = try run(65, after: 0)
    #expect(faults.map(\.kind) == [.io, .io])
    #expect(faults.first?.problem.contains("it is 65") ?? false)
    #expect(try told("second") == ["a", "b", "the channel 'main' takes no alerts"])
    // It is said once, and taken back once the channel takes something again.
    try add(["c"])
    #expect(try run(0, after: 100).isEmpty)
    #expect(try told("main") == ["c"])
    #expect(
      try told("second") == [
        "a", "b", "the channel 'main' takes no alerts", "the channel 'main' takes no alerts",
      ])
  }

  @Test func `a channel that stays away is given up in the end`() throws {
    try add(["a"])
    var seconds: Int64 = 0
    var kinds: [Fault.Kind] = []
    while kinds.last != .io, kinds.count < 50 {
      kinds += try run(75, after: seconds).map(\.kind)
      seconds += 3_600
    }
    #expect(kinds.count == 8)
    #expect(try told("second").first == "a")
  }

  @Test func `a channel that left the file gives its messages to the second`() throws {
    try add(["a"], to: "former")
    #expect(try run(0, after: 0).map(\.kind) == [.io])
    #expect(try told("second").contains("a"))
  }

  @Test func `a program that does not end is ended, with all it began`() throws {
    var file = file
    file.channels[0] = Channel(
      "main", .command(program: ["sh", "-c", "sleep 60 & sleep 60"]),
      at: Place("alerts.yml", line: 1))
    let courier = Courier(LocalFileSystem(), clock: Clock(now: start), patience: 1) { $0 }
    let message = AlertMessage(
      id: "x", .trigger, .error, title: "x", source: "vm", since: start, at: start)
    let clock = ContinuousClock()
    let time = clock.measure {
      let delivery = courier.deliver(message, by: file.channels[0])
      #expect(delivery == .later("sh did not end within 1 s", seconds: nil))
    }
    #expect(time < .seconds(10))
  }

  @Test func `what a receiver says is told without secrets`() {
    KnownSecrets.add(Array("T0KEN-of-a-hook".utf8))
    let courier = Courier(LocalFileSystem(), clock: Clock(now: start)) { $0 }
    let channel = Channel(
      "x", .command(program: ["sh", "-c", "echo no such page: /T0KEN-of-a-hook >&2; exit 1"]),
      at: Place("alerts.yml", line: 1))
    let message = AlertMessage(
      id: "x", .trigger, .error, title: "x", detail: "it said T0KEN-of-a-hook", source: "vm",
      since: start, at: start)
    #expect(message.detail == "it said ***")
    #expect(
      courier.deliver(message, by: channel)
        == .refused("sh ended with status 1: no such page: /***"))
  }

  @Test func `a program that is not there is told with its remedy`() {
    let courier = Courier(LocalFileSystem(), clock: Clock(now: start)) { $0 }
    let message = AlertMessage(
      id: "x", .trigger, .error, title: "x", source: "vm", since: start, at: start)
    let channel = Channel(
      "mail", .mail(to: ["a@b"], from: "c@d", program: ["no-such-sendmail"]),
      at: Place("alerts.yml", line: 1))
    guard case .refused(let words) = courier.deliver(message, by: channel) else {
      Issue.record("it was not refused")
      return
    }
    #expect(words.contains("install msmtp-mta"))
  }
}
