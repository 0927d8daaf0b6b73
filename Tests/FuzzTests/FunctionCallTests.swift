import TestSupport
import Testing

/// Calls over values at the ends of their types, in a process of their own: what traps there is
/// told as the call that did it. `make fuzz` calls all functions, and more often.
@Suite struct FunctionCallTests {
  /// What counts days, instants and numbers: at an end of their types it must not go on counting.
  private static let counting = [
    "cast", "try_cast", "+", "-", "*", "/", "%", "div", "mod", "pmod", "try_add", "try_subtract",
    "try_multiply", "try_divide", "try_mod", "negative", "abs", "round", "bround", "ceil", "floor",
    "width_bucket", "factorial", "shiftleft", "shiftright", "sum", "try_sum", "avg", "try_avg",
    "date_add", "date_sub", "datediff", "add_months", "months_between", "last_day", "next_day",
    "trunc", "date_trunc", "make_date", "make_timestamp", "date_format", "year", "weekofyear",
    "dayofyear", "hour", "second", "extract", "from_unixtime", "unix_timestamp",
    "timestamp_seconds", "timestamp_millis", "timestamp_micros", "unix_seconds", "unix_date",
    "date_from_unix_date", "to_date", "to_timestamp", "from_utc_timestamp", "to_utc_timestamp",
    "convert_timezone", "substring", "btrim", "ltrim", "rtrim",
  ]

  private func calls(_ names: [String]) throws -> ToolRun {
    try ToolRun("fuzz", ["--function-calls", "--runs", "400", "--"] + names)
  }

  @Test func `what counts has an answer or a fault for each value`() throws {
    let run = try calls(Self.counting)
    #expect(run.status == 0, "\(run.talk)")
    #expect(!run.text.contains(#""fault":"internal""#))
    for name in Self.counting where name.first?.isLetter == true && name != "div" {
      #expect(run.text.contains("\"call\":\"\(name)("), "\(name) is not called")
    }
  }

  @Test func `what comes of a call is told on a line`() throws {
    let run = try calls(["factorial"])
    #expect(run.status == 0, "\(run.talk)")
    let lines = run.text.split(separator: "\n")
    let called = #"{"name":"factorial","call":"factorial("#
    let kind = #""aggregate":false,"columns":false"#
    #expect(lines.contains("\(called)3)\",\(kind),\"type\":\"BIGINT\",\"value\":\"6\"}"))
    #expect(lines.contains("\(called)2147483647)\",\(kind),\"type\":\"BIGINT\",\"value\":null}"))
    #expect(lines.contains { $0.hasPrefix("\(called)'a')\",\(kind),\"fault\":\"data\"") })
  }
}
