import Core
import TestSupport
import Testing

@Suite struct ZoneRulesTests {
  private func time(_ text: String) throws -> Timestamp {
    try #require(Timestamp(parsing: text))
  }

  /// Seconds east of UTC, of a year with both turns, before the first rule and past the last.
  @Test(arguments: [
    ("Europe/Berlin", "2024-03-31 00:59:59", 3_600),
    ("Europe/Berlin", "2024-03-31 01:00:00", 7_200),
    ("Europe/Berlin", "2024-10-27 00:59:59", 7_200),
    ("Europe/Berlin", "2024-10-27 01:00:00", 3_600),
    ("Europe/Berlin", "1880-01-01 00:00:00", 3_208),
    ("Europe/Berlin", "2199-07-01 00:00:00", 7_200),
    ("Australia/Sydney", "2060-01-15 00:00:00", 39_600),
    ("Australia/Sydney", "2060-07-15 00:00:00", 36_000),
    ("America/New_York", "2038-01-20 00:00:00", -18_000),
    ("Asia/Kolkata", "2024-01-01 00:00:00", 19_800), ("Etc/UTC", "2024-01-01 00:00:00", 0),
    ("+02:30", "2024-01-01 00:00:00", 9_000), ("Z", "1900-01-01 00:00:00", 0),
    ("JST", "2024-01-01 00:00:00", 32_400),
  ])
  func `a zone is so far from UTC`(_ name: String, _ text: String, _ offset: Int) throws {
    let zone = try #require(ZoneRules.named(name))
    #expect(zone.offset(at: try time(text)) == offset)
  }

  @Test(arguments: [
    "", "Europe", "Europe/Nowhere", "europe/berlin", "../../../etc/passwd", "/etc/passwd",
    "zone.tab", "posix/Europe/Berlin", "+25:00", "Europe/Berlin\0",
  ])
  func `what names no zone is none`(_ name: String) { #expect(ZoneRules.named(name) == nil) }

  @Test func `of two instants of one clock time the first counts, of none the one behind it`()
    throws
  {
    let zone = try #require(ZoneRules.named("America/New_York"))
    let twice = try time("2024-11-03 01:30:00")
    #expect(zone.instant(ofLocal: twice) == (try time("2024-11-03 05:30:00")))
    let never = try time("2024-03-10 02:30:00")
    let later = try #require(zone.instant(ofLocal: never))
    #expect(zone.localTime(at: later) == (try time("2024-03-10 03:30:00")))
  }

  @Test func `past the ends of time clocks show nothing`() throws {
    let first = Timestamp(microseconds: .min)
    let last = Timestamp(microseconds: .max)
    for name in ["Europe/Berlin", "America/New_York", "+18:00", "-18:00", "Pacific/Kiritimati"] {
      let zone = try #require(ZoneRules.named(name))
      let isEast = zone.offset(at: last) > 0
      #expect((zone.localTime(at: last) == nil) == isEast, "\(name)")
      #expect((zone.instant(ofLocal: last) == nil) == !isEast, "\(name)")
      #expect((zone.localTime(at: first) == nil) == (zone.offset(at: first) < 0), "\(name)")
      #expect((zone.instant(ofLocal: first) == nil) == (zone.offset(at: first) > 0), "\(name)")
    }
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `a clock time leads back to its instant`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let names = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"]
    for name in names {
      let zone = try #require(ZoneRules.named(name))
      for _ in 0..<50 {
        let instant = Timestamp(
          microseconds: Int64.random(in: -4_000_000_000...8_000_000_000, using: &random) * 1_000_000
        )
        let local = try #require(zone.localTime(at: instant))
        let back = try #require(zone.instant(ofLocal: local))
        #expect(zone.localTime(at: back) == local, "\(name), seed \(seed)")
        #expect(back <= instant, "\(name), seed \(seed)")
      }
    }
  }
}
