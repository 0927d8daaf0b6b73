import Core
import Testing

@Suite struct CivilDateTests {
  @Test(arguments: [-719_162, -1, 0, 1, 59, 60, 10_957, 17_167, 2_932_896] as [Int32])
  func `components lead back to the day`(_ dayNumber: Int32) {
    let (year, month, day) = CivilDate(dayNumber: dayNumber).components
    #expect(CivilDate(year: year, month: month, day: day)?.dayNumber == dayNumber)
  }

  @Test func `the calendar refuses days it does not have`() {
    #expect(CivilDate(year: 2025, month: 2, day: 29) == nil)
    #expect(CivilDate(year: 2024, month: 2, day: 29)?.description == "2024-02-29")
  }
}
