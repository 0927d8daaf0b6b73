import Core
import JSON
import LakeJobs
import PostgreSQL

/// What is remembered of a system's slot beside its tables' bronze: whose log it reads, and how far
/// the server was told that it was read. Written before the server is told, so that a slot which
/// stands further was moved by someone else.
struct SlotMemory: Equatable {
  /// The database system's identifier, and the timeline of its log.
  var system: String
  var timeline: String
  /// The publication's number: one that was made anew has another, and tells of nothing before.
  var publication: String
  /// The server may forget its log up to here.
  var confirmed: LogPosition
  /// When that was, by the server's clock.
  var confirmedAt: Timestamp
  /// The latest commit time that was given out; later transactions get later ones.
  var moment: Timestamp?
  /// The last transaction that told of tables, to be known again.
  var last: LoggedMark?
  /// Since when the publication and the slot have told of each table without a gap.
  var epochs: [String: String]
  /// The newest commit of each table then: bronze that has no such commit was restored.
  var versions: [String: Int64] = [:]

  /// A transaction, as far as it is remembered.
  struct LoggedMark: Equatable {
    var position: LogPosition
    var time: Timestamp
  }

  /// Where it lies: `bronze/<system>/_slot.json`.
  static func path(of system: SourcesFile.SourceSystem, in lake: Lake) -> String {
    "\(lake.root)/bronze/\(system.name)/_slot.json"
  }

  /// What is remembered of `system`; nil when nothing is.
  static func read(
    of system: SourcesFile.SourceSystem, in lake: Lake
  ) throws(Fault) -> SlotMemory? {
    let path = path(of: system, in: lake)
    guard try lake.fileSystem.exists(path) else { return nil }
    let json = try JSONValue(parsing: try lake.fileSystem.read(path), at: Place(path))
    if let memory = SlotMemory(json) { return memory }
    throw Fault(
      .configuration, at: Place(path), "this does not say how far a slot was read",
      remedy: "restore the file, or run 'cdc-extract --teardown \(system.name)' and --setup")
  }

  /// Writes it, whole or not at all.
  func write(of system: SourcesFile.SourceSystem, in lake: Lake) throws(Fault) {
    let bytes = JSONWriter.bytes(json, .pretty) + [UInt8(ascii: "\n")]
    try lake.fileSystem.replace(SlotMemory.path(of: system, in: lake), bytes)
  }

  private var json: JSONValue {
    [
      "system": .string(system), "timeline": .string(timeline),
      "publication": .string(publication),
      "confirmed": .string("\(confirmed)"), "confirmed_at": .string("\(confirmedAt)"),
      "moment": moment.map { .string("\($0)") } ?? .null,
      "last": last.map { ["position": .string("\($0.position)"), "time": .string("\($0.time)")] }
        ?? .null,
      "epochs": .object(JSONObject(epochs.mapValues { .string($0) })),
      "versions": .object(JSONObject(versions.mapValues { JSONValue($0) })),
    ]
  }

  private init?(_ json: JSONValue) {
    guard let system = json["system"]?.string, let timeline = json["timeline"]?.string,
      let publication = json["publication"]?.string,
      let confirmed = SlotMemory.position(json["confirmed"]),
      let confirmedAt = SlotMemory.time(json["confirmed_at"]),
      let epochs = json["epochs"]?.object
    else { return nil }
    self.system = system
    self.timeline = timeline
    self.publication = publication
    self.confirmed = confirmed
    self.confirmedAt = confirmedAt
    moment = SlotMemory.time(json["moment"])
    if let position = SlotMemory.position(json["last"]?["position"]),
      let time = SlotMemory.time(json["last"]?["time"])
    {
      last = LoggedMark(position: position, time: time)
    }
    self.epochs = epochs.dictionary.compactMapValues(\.string)
    versions = (json["versions"]?.object?.dictionary ?? [:]).compactMapValues(\.int64)
  }

  /// What is remembered of a new slot.
  init(_ server: ServerFacts, publication: String, confirmed: LogPosition) {
    system = server.system
    timeline = server.timeline
    self.publication = publication
    self.confirmed = confirmed
    confirmedAt = server.now
    epochs = [:]
  }

  private static func position(_ json: JSONValue?) -> LogPosition? {
    json?.string.flatMap { LogPosition(parsing: $0) }
  }

  private static func time(_ json: JSONValue?) -> Timestamp? {
    json?.string.flatMap { Timestamp(parsing: $0) }
  }
}
