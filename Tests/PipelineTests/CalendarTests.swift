import TestSupport
import Testing

/// The calendar of the reference jobs, held against calendars that are not ours.
@Suite struct CalendarTests {
  private let lake: Pipeline

  init() throws { lake = try Pipeline(jobs: "jobs") }

  /// Loads the calendar with other settings than the reference jobs have.
  private func load(_ settings: String? = nil) throws {
    if let settings {
      try lake.shell(
        "sed -i 's/SELECT [0-9] AS first_month.*/SELECT \(settings)/' jobs/warehouse/dim_date.sql "
          + "&& grep -q '\(settings)' jobs/warehouse/dim_date.sql")
    }
    try lake.tool("load-dims", ["dim_date"])
  }

  /// Of each year, as Python's `date.isocalendar` says: the ISO year and week of its first and its
  /// last day, and the sum over its days of week, day of the week and day of the year multiplied.
  private static let isoYears = """
    1990 1990 1 1991 1 9376277, 1991 1991 1 1992 1 9338422, 1992 1992 1 1992 53 9492195
    1993 1992 53 1993 52 9245898, 1994 1993 52 1994 52 9320896, 1995 1994 52 1995 52 9414860
    1996 1996 1 1997 1 9377009, 1997 1997 1 1998 1 9300931, 1998 1998 1 1998 53 9453084
    1999 1998 53 1999 52 9245898, 2000 1999 52 2000 52 9454120, 2001 2001 1 2002 1 9376277
    2002 2002 1 2003 1 9338422, 2003 2003 1 2004 1 9300931, 2004 2004 1 2004 53 9550074
    2005 2004 53 2005 52 9320916, 2006 2005 52 2006 52 9414860, 2007 2007 1 2008 1 9376277
    2008 2008 1 2009 1 9339520, 2009 2009 1 2009 53 9453084, 2010 2009 53 2010 52 9245898
    2011 2010 52 2011 52 9320896, 2012 2011 52 2013 1 9415226, 2013 2013 1 2014 1 9338422
    2014 2014 1 2015 1 9300931, 2015 2015 1 2015 53 9453084, 2016 2015 53 2016 52 9360090
    2017 2016 52 2017 52 9414860, 2018 2018 1 2019 1 9376277, 2019 2019 1 2020 1 9338422
    2020 2020 1 2020 53 9492195, 2021 2020 53 2021 52 9245898, 2022 2021 52 2022 52 9320896
    2023 2022 52 2023 52 9414860, 2024 2024 1 2025 1 9377009, 2025 2025 1 2026 1 9300931
    2026 2026 1 2026 53 9453084, 2027 2026 53 2027 52 9245898, 2028 2027 52 2028 52 9454120
    2029 2029 1 2030 1 9376277, 2030 2030 1 2031 1 9338422, 2031 2031 1 2032 1 9300931
    2032 2032 1 2032 53 9550074, 2033 2032 53 2033 52 9320916, 2034 2033 52 2034 52 9414860
    2035 2035 1 2036 1 9376277, 2036 2036 1 2037 1 9339520, 2037 2037 1 2037 53 9453084
    2038 2037 53 2038 52 9245898, 2039 2038 52 2039 52 9320896, 2040 2039 52 2041 1 9415226
    2041 2041 1 2042 1 9338422, 2042 2042 1 2043 1 9300931, 2043 2043 1 2043 53 9453084
    2044 2043 53 2044 52 9360090, 2045 2044 52 2045 52 9414860, 2046 2046 1 2047 1 9376277
    2047 2047 1 2048 1 9338422, 2048 2048 1 2048 53 9492195, 2049 2048 53 2049 52 9245898
    """

  @Test func `weeks are those of Python's calendar, in every year`() throws {
    try load()
    let found = try lake.warehouse(
      """
      SELECT d.year, f.iso_year, f.iso_week, l.iso_year, l.iso_week,
        sum(d.iso_week * d.day_of_week * d.day_of_year)
      FROM dim_date d
      JOIN dim_date f ON f.date_key = d.year * 10000 + 101
      JOIN dim_date l ON l.date_key = d.year * 10000 + 1231
      WHERE d.date_key > 0 GROUP BY d.year ORDER BY d.year
      """)
    let expected = Self.isoYears.split { ",\n".contains($0) }
      .map { $0.drop { $0 == " " } }.joined(separator: "\n")
    #expect(found == expected)
  }

  /// The National Retail Federation's 4-5-4 calendar begins a year on a Sunday.
  @Test func `retail years and periods are those that the NRF published`() throws {
    try load("2 AS first_month, 6 AS first_weekday, 2 AS long_period")
    #expect(
      try lake.warehouse(
        """
        SELECT retail_year, min(business_date), max(retail_week) FROM dim_date
        WHERE retail_year BETWEEN 2012 AND 2025 GROUP BY retail_year
        """)
          == """
          2012 2012-01-29 53
          2013 2013-02-03 52
          2014 2014-02-02 52
          2015 2015-02-01 52
          2016 2016-01-31 52
          2017 2017-01-29 53
          2018 2018-02-04 52
          2019 2019-02-03 52
          2020 2020-02-02 52
          2021 2021-01-31 52
          2022 2022-01-30 52
          2023 2023-01-29 53
          2024 2024-02-04 52
          2025 2025-02-02 52
          """)
    // February to January of 2023, whose last period has the 53rd week, and the start of 2024.
    #expect(
      try lake.warehouse(
        """
        SELECT retail_period, min(business_date), count(*) / 7 FROM dim_date
        WHERE retail_year = 2023 GROUP BY retail_period
        UNION ALL
        SELECT retail_period, min(business_date), count(*) / 7 FROM dim_date
        WHERE retail_year = 2024 AND retail_period < 4 GROUP BY retail_period
        """)
          == """
          1 2023-01-29 4
          2 2023-02-26 5
          3 2023-04-02 4
          4 2023-04-30 4
          5 2023-05-28 5
          6 2023-07-02 4
          7 2023-07-30 4
          8 2023-08-27 5
          9 2023-10-01 4
          10 2023-10-29 4
          11 2023-11-26 5
          12 2023-12-31 5
          1 2024-02-04 4
          2 2024-03-03 5
          3 2024-04-07 4
          """)
  }

  @Test func `weeks of 4-4-5, the fiscal year and the days of last year`() throws {
    try load()
    // 2018 begins on the Monday nearest to the first of February, and 2019 begins 371 days later.
    #expect(
      try lake.warehouse(
        """
        SELECT retail_period, min(business_date), count(*) / 7 FROM dim_date
        WHERE retail_year = 2018 GROUP BY retail_period
        """
      ).split(separator: "\n").map { $0.suffix(1) }.joined() == "445445445446")
    #expect(
      try lake.warehouse(
        """
        SELECT business_date, retail_year, retail_week, fiscal_year, fiscal_quarter, fiscal_month,
          last_year_same_day_key, last_year_date_key
        FROM dim_date WHERE date_key IN (20190131, 20190203, 20190204, 20240229, 19900101)
        ORDER BY date_key
        """)
          == """
          1990-01-01 1989 49 1989 4 12\u{20}\u{20}
          2019-01-31 2018 53 2018 4 12 20180201 20180131
          2019-02-03 2018 53 2019 1 1 20180204 20180203
          2019-02-04 2019 1 2019 1 1 20180205 20180204
          2024-02-29 2024 5 2024 1 1 20230302 20230228
          """)
    // The same day of the week always, and a year that begins in December.
    #expect(
      try lake.warehouse(
        """
        SELECT count(*) FROM dim_date d JOIN dim_date l ON l.date_key = d.last_year_same_day_key
        WHERE l.day_of_week <> d.day_of_week
        """) == "0")
    try load("1 AS first_month, 0 AS first_weekday, 3 AS long_period")
    #expect(
      try lake.warehouse(
        """
        SELECT business_date, retail_year, retail_week FROM dim_date
        WHERE date_key IN (20251228, 20251229, 20260104, 20260105)
        """)
          == """
          2025-12-28 2025 52
          2025-12-29 2026 1
          2026-01-04 2026 1
          2026-01-05 2026 2
          """)
  }

  /// As jobs/README.md says: a contract, a silver job, and the job's list read from it.
  @Test func `holidays come from a file, and a later file changes them`() throws {
    let readme = try lake.shell("cat '\(lake.checkout)/jobs/README.md'")
    let recipe = readme.split(separator: "## Holidays from a file")[1]
    let blocks = recipe.split(separator: "```sql\n").dropFirst().prefix(3)
      .map { String($0.split(separator: "```")[0]) }
    let job = try lake.folder.read("jobs/warehouse/dim_date.sql")
    let start = try #require(job.firstRange(of: "holidays AS (\n")).lowerBound
    let end = try #require(job.firstRange(of: "days AS (\n", after: "),\n")).lowerBound
    try lake.folder.write(
      "jobs/warehouse/dim_date.sql", job[..<start] + blocks[2] + job[end...])
    try lake.folder.write(
      "jobs/setup.sql", try lake.folder.read("jobs/setup.sql") + "\n" + blocks[0])
    try lake.folder.write("jobs/silver/holidays.sql", blocks[1])
    func take(_ name: String, _ lines: [String]) throws -> [String] {
      let file = try lake.folder.write(name, lines: ["day,name,edition"] + lines)
      try lake.tool("ingest-files", ["calendar_holidays", file])
      try lake.tool("bronze2silver", ["holidays"])
      try load()
      return try lake.warehouse(
        "SELECT business_date, holiday_name FROM dim_date WHERE is_holiday AND date_key > 0"
      ).split(separator: "\n").map(String.init)
    }
    #expect(
      try take("one.csv", ["2026-06-04,Corpus Christi,2026-01-01", "2026-11-01,All,2026-01-01"])
        == ["2026-06-04 Corpus Christi", "2026-11-01 All"])
    #expect(
      try take("two.csv", ["2026-11-01,All Saints' Day,2026-02-01", "2026-06-04,,2026-02-01"])
        == ["2026-11-01 All Saints' Day"])
  }
}

extension String {
  /// The first place of `text` that stands behind `before`.
  fileprivate func firstRange(of text: String, after before: String) -> Range<Index>? {
    guard let found = firstRange(of: before + text) else { return nil }
    return index(found.lowerBound, offsetBy: before.count)..<found.upperBound
  }
}
