import Core
import TestSupport
import Testing

@Suite struct CivilDateTests {
  @Test(
    arguments: [.min, -719_162, -1, 0, 1, 59, 60, 10_957, 17_167, 2_932_896, .max] as [Int32])
  func `components lead back to the day`(_ dayNumber: Int32) {
    let (year, month, day) = CivilDate(dayNumber: dayNumber).components
    #expect(CivilDate(year: year, month: month, day: day)?.dayNumber == dayNumber)
  }

  @Test func `the calendar refuses days it does not have`() {
    #expect(CivilDate(year: 2025, month: 2, day: 29) == nil)
    #expect(CivilDate(year: 2024, month: 2, day: 29)?.description == "2024-02-29")
  }

  @Test(
    arguments: [
      (5_881_580, 7, 11, "+5881580-07-11"), (5_881_580, 7, 12, nil), (5_881_581, 1, 1, nil),
      (-5_877_641, 6, 23, "-5877641-06-23"), (-5_877_641, 6, 22, nil), (-5_877_642, 12, 31, nil),
      (.max, 1, 1, nil), (.min, 1, 1, nil),
    ] as [(Int, Int, Int, String?)])
  func `a day that 32 bits do not number is none`(
    _ year: Int, _ month: Int, _ day: Int, _ text: String?
  ) {
    #expect(CivilDate(year: year, month: month, day: day)?.description == text)
  }

  @Test func `dates end where 32 bits do, and nothing wraps around`() throws {
    let first = CivilDate(dayNumber: .min)
    let last = CivilDate(dayNumber: .max)
    #expect(last.adding(days: 0) == last && last.adding(days: 1) == nil)
    #expect(first.adding(days: -1) == nil && first.adding(days: .min) == nil)
    #expect(last.adding(days: .max) == nil && last.adding(months: .max) == nil)
    #expect(first.adding(months: .min) == nil && last.adding(months: 1) == nil)
    #expect(first.adding(days: Int(UInt32.max)) == last && last.days(since: first) == nil)
    #expect(last.days(since: CivilDate(dayNumber: 0)) == .max)
    let leapDay = try #require(CivilDate(year: 2024, month: 2, day: 29))
    #expect(leapDay.adding(months: -12) == CivilDate(year: 2023, month: 2, day: 28))
    #expect(leapDay.adding(months: 10) == CivilDate(year: 2024, month: 12, day: 29))
  }

  @Test func `weeks at the ends of the calendar are whole ones`() {
    // The calendar repeats itself after 400 years: in 2380 and 2359 they are the same.
    #expect(CivilDate(dayNumber: .max).weekday == 4)
    #expect(CivilDate(dayNumber: .max).isoWeek == (5_881_580, 28))
    #expect(CivilDate(dayNumber: .min).isoWeek == (-5_877_641, 26))
    #expect(CivilDate(dayNumber: .max).dayOfYear == 193)
  }

  @Test func `instants end where 64 bits do, and nothing wraps around`() {
    let first = Timestamp(microseconds: .min)
    let last = Timestamp(microseconds: .max)
    for instant in [first, last] {
      #expect(Timestamp(instant.date, microsecondOfDay: instant.microsecondOfDay) == instant)
      #expect((0..<Timestamp.microsecondsPerDay).contains(instant.microsecondOfDay))
    }
    #expect(first.sparkText == "-290308-12-21 19:59:05.224192")
    #expect(last.sparkText == "+294247-01-10 04:00:54.775807")
    #expect(Timestamp(first.date) == nil && Timestamp(CivilDate(dayNumber: .max)) == nil)
    #expect(last.adding(microseconds: 1) == nil && first.adding(microseconds: -1) == nil)
    #expect(last.adding(seconds: .max) == nil && first.floored(to: 1_000) == nil)
    #expect(first.adding(months: 0, days: 0, microseconds: Int128(UInt64.max)) == last)
    #expect(last.adding(months: 1, days: 0, microseconds: 0) == nil)
    #expect(last.adding(months: 0, days: .max, microseconds: .max) == nil)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `what is moved there and back is where it was`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<200 {
      let date = CivilDate(dayNumber: .random(in: .min ... .max, using: &random))
      let days = Int.random(in: -3_000_000_000...3_000_000_000, using: &random)
      let isHeld = Int32(exactly: Int(date.dayNumber) + days) != nil
      #expect(date.adding(days: days)?.adding(days: -days) == (isHeld ? date : nil), "seed \(seed)")
      let instant = Timestamp(microseconds: .random(in: .min ... .max, using: &random))
      let count = Int64.random(in: .min + 1 ... .max, using: &random)
      if let moved = instant.adding(microseconds: count) {
        #expect(moved.adding(microseconds: -count) == instant, "seed \(seed)")
      }
    }
  }
}
