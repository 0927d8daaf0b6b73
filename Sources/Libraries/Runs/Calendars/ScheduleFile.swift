package import Core
import YAML

/// `jobs/schedule.yml`: which jobs there are to be runs of, for which intervals, by when.
///
///     jobs:
///       refresh: {calendar: hourly, since: 2026-03-01, deadline: 30m, retries: 4, timeout: 2h}
///       gold.sales: {calendar: business-day, zone: Europe/Berlin, day_starts: "04:00",
///         days: [mon, tue, wed, thu, fri, sat], deadline: 3h, owner: sales@example.org}
package struct ScheduleFile: Sendable {
  /// What is declared of a job; nil is what is not.
  package struct Job: Sendable {
    package var name: String
    package var calendar: JobCalendar?
    /// From when on there are to be runs.
    package var since: Timestamp?
    /// So long after an interval's end its run is to be done.
    package var deadline: Duration?
    /// How often it is tried again.
    package var retries: Int?
    package var timeout: Duration?
    package var budget: Duration?
    package var owner: String?
    package var place: Place
  }

  /// By name.
  package let jobs: [String: Job]

  /// The file of a job folder; without jobs where there is none.
  package init(jobsFolder folder: String, _ files: any FileSystem) throws(Fault) {
    let path = "\(folder)/schedule.yml"
    guard try files.exists(path) else {
      jobs = [:]
      return
    }
    let root = try YAMLFile(path, fileSystem: files).root.members(allowed: ["jobs"])
    var jobs: [String: Job] = [:]
    for (name, value) in try root["jobs"]?.members() ?? [] {
      try JobName.check(name, at: value.place)
      jobs[name] = try Job(name, value)
    }
    self.jobs = jobs
  }
}

extension ScheduleFile.Job {
  private static let keys = [
    "calendar", "zone", "day_starts", "days", "since", "deadline", "retries", "timeout", "budget",
    "owner",
  ]
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  fileprivate init(_ name: String, _ value: YAMLValue) throws(Fault) {
    let keys = try value.members(allowed: Self.keys)
    self.name = name
    place = value.place
    calendar = try Self.calendar(keys, value)
    if let since = keys["since"] {
      guard let time = Timestamp(rfc3339Text: try since.text()) else {
        throw since.wrong("a day or a time such as 2026-03-01T06:00:00Z")
      }
      self.since = time
    }
    deadline = try Self.span(keys["deadline"])
    timeout = try Self.span(keys["timeout"])
    budget = try Self.span(keys["budget"])
    owner = try keys["owner"]?.text()
    if let retries = keys["retries"] {
      let count = try retries.integer()
      guard (0...10_000).contains(count) else { throw retries.wrong("a number from 0 to 10000") }
      self.retries = count
    }
  }

  private static func span(_ value: YAMLValue?) throws(Fault) -> Duration? {
    guard let value else { return nil }
    guard let span = TimeSpan(try value.text()) else { throw value.wrong("a time such as 30m") }
    return span.duration
  }

  private static func calendar(
    _ keys: [String: YAMLValue], _ value: YAMLValue
  ) throws(Fault) -> JobCalendar? {
    guard let word = keys["calendar"] else {
      for key in ["zone", "day_starts", "days", "deadline"] {
        if let stray = keys[key] {
          throw Fault(
            .configuration, at: stray.place, "'\(key)' without a calendar",
            remedy: "add 'calendar: daily', or take it out")
        }
      }
      return nil
    }
    guard let kind = JobCalendar.Kind(rawValue: try word.text()) else {
      throw word.wrong(
        "one of \(JobCalendar.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    var start: Int64 = 0
    if let value = keys["day_starts"] {
      guard let time = Timestamp(rfc3339Text: "1970-01-01T\(try value.text())Z") else {
        throw value.wrong("a time of day such as \"04:00\"")
      }
      start = time.microseconds
    }
    var weekdays = Set(0...6)
    if let value = keys["days"] {
      weekdays = []
      for text in try value.texts() {
        guard let day = days.firstIndex(of: text) else {
          throw value.wrong("days of the week, of \(days.joined(separator: ", "))")
        }
        weekdays.insert(day)
      }
      if weekdays.isEmpty { throw value.wrong("one day of the week or more") }
    }
    let zone = try keys["zone"]?.text() ?? "UTC"
    guard
      let calendar = JobCalendar(kind, zone: zone, dayStart: start, weekdays: weekdays)
    else {
      var fault = ZoneRules.unknown(zone)
      fault.kind = .configuration
      throw fault.placed(at: keys["zone"]?.place ?? value.place)
    }
    return calendar
  }
}
