import Core
import Runs
import Testing

@Suite struct JobCalendarTests {
  private func time(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339Text: text))
  }

  @Test(arguments: [
    ("2026-03-28", "2026-03-28T23:00:00Z", 23), ("2026-10-24", "2026-10-24T22:00:00Z", 25),
  ])
  func `the day on which clocks are set is one interval`(
    _ before: String, _ start: String, _ hours: Int64
  ) throws {
    let calendar = try #require(JobCalendar(.daily, zone: "Europe/Berlin"))
    let first = try #require(CivilDate(isoText: before)?.adding(days: 1))
    let day = try #require(calendar.interval(from: first))
    #expect(day.start == (try time(start)))
    #expect(day.length == hours * 3_600 * 1_000_000)
    // It meets its neighbours.
    let next = try #require(calendar.interval(holding: day.end))
    #expect(next.start == day.end)
    let last = try #require(day.start.adding(microseconds: -1))
    #expect(calendar.interval(holding: last)?.end == day.start)
  }

  @Test(
    arguments: [
      "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
      "Asia/Kolkata", "Africa/Cairo", "Pacific/Apia", "America/Havana", "UTC",
    ], [0, 4 * 3_600_000_000, 86_399_999_999] as [Int64])
  func `each instant lies in one day, and the days of some years meet`(
    _ zone: String, _ dayStart: Int64
  ) throws {
    let calendar = try #require(JobCalendar(.businessDay, zone: zone, dayStart: dayStart))
    let days = calendar.intervals(from: try time("2009-12-30"), to: try time("2013-01-02"))
    #expect((1_095...1_100).contains(days.count))
    for (day, next) in zip(days, days.dropFirst()) {
      #expect(day.end == next.start, "\(day) \(next)")
      #expect(calendar.interval(holding: day.start) == day)
      #expect(calendar.interval(holding: day.end.adding(microseconds: -1) ?? day.end) == day)
    }
  }

  @Test func `weeks begin on Monday, hours are hours`() throws {
    let weekly = try #require(JobCalendar(.weekly, zone: "Europe/Berlin"))
    let week = try #require(weekly.interval(holding: try time("2026-04-01T12:00:00Z")))
    #expect(weekly.localText(of: week) == "[2026-03-30T00:00:00+02:00, 2026-04-06T00:00:00+02:00)")
    let hourly = try #require(JobCalendar(.hourly, zone: "Europe/Berlin"))
    let hours = hourly.intervals(
      from: try time("2026-03-28T23:00:00Z"), to: try time("2026-03-29T22:00:00Z"))
    #expect(hours.count == 23)
    #expect(hours.allSatisfy { $0.length == 3_600_000_000 })
  }

  @Test func `days that do not count have no interval`() throws {
    let calendar = try #require(
      JobCalendar(.businessDay, zone: "Europe/Berlin", weekdays: Set(0...5)))
    // 1 March 2026 is a Sunday.
    #expect(calendar.interval(holding: try time("2026-03-01T12:00:00Z")) == nil)
    let days = calendar.intervals(from: try time("2026-02-23"), to: try time("2026-03-09"))
    #expect(days.count == 11)
    #expect(JobCalendar(.daily, zone: "Europe/Atlantis") == nil)
  }

  @Test func `an interval that has not ended is not yet due`() throws {
    let calendar = try #require(JobCalendar(.daily))
    let now = try time("2026-03-03T23:59:59Z")
    #expect(calendar.intervals(from: try time("2026-03-01"), to: now).count == 2)
  }
}
