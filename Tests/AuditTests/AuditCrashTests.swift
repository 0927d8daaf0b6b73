import Audit
import Core
import TestSupport
import Testing

/// Entries that were confirmed are there, whatever happens to the process or the machine.
@Suite struct AuditCrashTests {
  /// Adds entries, with a rotation among them; how many were confirmed.
  private func work(_ record: TestRecord) -> Int {
    var confirmed = 0
    for number in 0..<4 {
      let entry = AuditEntry(kind: "drop", subject: "t\(number)")
      if (try? record.log().append(entry)) != nil { confirmed += 1 }
    }
    return confirmed
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `a run that is stopped at a step leaves a record that the next one goes on with`(
    _ mode: FaultyFileSystem.Mode
  ) throws {
    let all = FaultyFileSystem()
    var record = TestRecord()
    record.files = all
    record.fileLimit = 700
    _ = work(record)
    for step in 1...all.stepCount {
      var record = TestRecord()
      record.fileLimit = 700
      record.files = FaultyFileSystem(faultAt: step, mode)
      let confirmed = work(record)
      record.files = LocalFileSystem()
      try record.log().append(AuditEntry(kind: "drop", subject: "after"))
      #expect(record.flaw() == nil, "\(mode), step \(step)")
      var subjects: [String] = []
      try AuditSearch(in: record.folder).forEach(.init()) {
        subjects.append($0.record.entry.subject)
      }
      let drops = subjects.filter { $0.hasPrefix("t") }
      #expect(drops.count >= confirmed, "\(mode), step \(step): \(subjects)")
      #expect(Set(drops).count == drops.count, "\(mode), step \(step): \(subjects)")
      #expect(subjects.last == "after")
    }
  }

  @Test func `threads that add at once stand one after the other`() throws {
    let record = TestRecord()
    try parallelForEach(Array(0..<4), threads: 4) { thread in
      for number in 0..<8 {
        try record.log().append(AuditEntry(kind: "drop", subject: "t\(thread).\(number)"))
      }
    }
    #expect(try record.check().entryCount == 32)
  }
}
