import Columnar
import Core
import JSON

/// How rows stand in the ledger's tables.
extension RunRow {
  /// The columns of `runs`, in the order in which `values` gives them.
  static let columns = [
    "run_id", "parent_run_id", "job", "interval_start", "interval_end", "command", "started_at",
    "ended_at", "tries", "exit_status", "signal", "cause", "code_digest", "input_digests",
    "versions_in", "versions_out", "rows_in", "rows_out", "bytes_in", "bytes_out", "cpu_us",
    "wall_us", "peak_bytes", "host", "build", "log",
  ]

  var values: [Scalar] {
    [
      .string(runID), scalar(parentRunID), .string(job), scalar(interval?.start),
      scalar(interval?.end), .string(JSONWriter.text(.array(command.map { .string($0) }))),
      scalar(startedAt), scalar(endedAt), .integer(Int64(tries)), scalar(exitStatus),
      scalar(signal), scalar(cause.map { masked($0) }), scalar(codeDigest), scalar(inputDigests),
      scalar(versionsIn),
      scalar(versionsOut), scalar(amounts.rowsIn), scalar(amounts.rowsOut), scalar(amounts.bytesIn),
      scalar(amounts.bytesOut), scalar(amounts.cpuMicroseconds), scalar(amounts.wallMicroseconds),
      scalar(amounts.peakBytes), scalar(host), scalar(build), scalar(log),
    ]
  }

  /// The run in a row of `columns`; nil when it is none, as one that another program wrote.
  init?(_ row: [Scalar]) {
    guard row.count == Self.columns.count, let runID = text(row[0]), let job = text(row[2]),
      let startedAt = time(row[6])
    else { return nil }
    self.init(runID, job: job, command: texts(row[5]), startedAt: startedAt)
    parentRunID = text(row[1])
    if let start = time(row[3]), let end = time(row[4]) { interval = RunInterval(start, end) }
    endedAt = time(row[7])
    tries = number(row[8]) ?? 1
    exitStatus = number(row[9])
    signal = number(row[10])
    cause = text(row[11])
    codeDigest = text(row[12])
    inputDigests = textsByName(row[13])
    versionsIn = textsByName(row[14])
    versionsOut = textsByName(row[15])
    amounts.rowsIn = number(row[16])
    amounts.rowsOut = number(row[17])
    amounts.bytesIn = number(row[18])
    amounts.bytesOut = number(row[19])
    amounts.cpuMicroseconds = number(row[20])
    amounts.wallMicroseconds = number(row[21])
    amounts.peakBytes = number(row[22])
    host = text(row[23])
    build = text(row[24])
    log = text(row[25])
  }
}

extension TryRow {
  /// The columns of `tries`, in the order in which `values` gives them.
  static let columns = [
    "run_id", "try", "started_at", "ended_at", "exit_status", "signal", "delay_us", "cpu_us",
    "peak_bytes",
  ]

  var values: [Scalar] {
    [
      .string(runID), .integer(Int64(number)), scalar(startedAt), scalar(endedAt),
      scalar(exitStatus), scalar(signal), .integer(Int64(delayMicroseconds)),
      scalar(cpuMicroseconds), scalar(peakBytes),
    ]
  }

  /// The try in a row of `columns`; nil when it is none.
  init?(_ row: [Scalar]) {
    guard row.count == Self.columns.count, let runID = text(row[0]),
      let number = Runs.number(row[1]), let startedAt = time(row[2])
    else { return nil }
    self.init(runID, number: number, startedAt: startedAt)
    endedAt = time(row[3])
    exitStatus = Runs.number(row[4])
    signal = Runs.number(row[5])
    delayMicroseconds = Runs.number(row[6]) ?? 0
    cpuMicroseconds = Runs.number(row[7])
    peakBytes = Runs.number(row[8])
  }
}

private func scalar(_ text: String?) -> Scalar { text.map { .string($0) } ?? .null }
private func scalar(_ number: Int?) -> Scalar { number.map { .integer(Int64($0)) } ?? .null }
private func scalar(_ time: Timestamp?) -> Scalar { scalar(time?.ledgerText) }

private func scalar(_ texts: [String: String]) -> Scalar {
  if texts.isEmpty { return .null }
  return .string(JSONWriter.text(.object(JSONObject(texts.mapValues { .string($0) }))))
}

private func text(_ value: Scalar) -> String? {
  if case .string(let text) = value { text } else { nil }
}

private func number(_ value: Scalar) -> Int? {
  if case .integer(let number) = value { Int(number) } else { nil }
}

private func time(_ value: Scalar) -> Timestamp? {
  text(value).flatMap { Timestamp(zonedRFC3339Text: $0) }
}

private func json(_ value: Scalar) -> JSONValue? {
  text(value).flatMap { try? JSONValue(parsing: $0) }
}

private func texts(_ value: Scalar) -> [String] {
  (json(value)?.array ?? []).compactMap(\.string)
}

private func textsByName(_ value: Scalar) -> [String: String] {
  (json(value)?.object?.dictionary ?? [:]).compactMapValues(\.string)
}
