import Core
import Engine
import YAML

/// The settings under `configuration` in `spark-pipeline.yml`. What a query means is fixed here, as
/// open Spark has it by default with times in UTC: a setting may say so, or tune what only Spark's
/// machinery has. One that would change an answer is refused, never passed over.
enum PipelineSettings {
  /// Settings that decide what queries mean, and the values that say what is so here.
  private static let fixed: [String: Set<String>] = [
    "spark.sql.ansi.enabled": ["true"],
    "spark.sql.casesensitive": ["false"],
    "spark.sql.crossjoin.enabled": ["true"],
    "spark.sql.datetime.java8api.enabled": ["true", "false"],
    "spark.sql.decimaloperations.allowprecisionloss": ["true"],
    "spark.sql.groupbyaliases": ["true"],
    "spark.sql.groupbyordinal": ["true"],
    "spark.sql.jsongenerator.ignorenullfields": ["true"],
    "spark.sql.legacy.timeparserpolicy": ["corrected"],
    "spark.sql.mapkeydeduppolicy": ["exception"],
    "spark.sql.orderbyordinal": ["true"],
    "spark.sql.parser.escapedstringliterals": ["false"],
    "spark.sql.parser.quotedregexcolumnnames": ["false"],
    "spark.sql.sources.partitioncolumntypeinference.enabled": ["true"],
    "spark.sql.storeassignmentpolicy": ["ansi"],
    "spark.sql.timestamptype": ["timestamp_ltz"],
    timeZone: ["utc", "z", "gmt", "etc/utc", "etc/gmt", "zulu", "+00:00", "+0", "utc+0", "gmt+0"],
  ]

  private static let timeZone = "spark.sql.session.timezone"

  /// Settings that begin so are about how Spark runs, and change no answer.
  private static let tuning = [
    "spark.app.", "spark.default.parallelism", "spark.driver.", "spark.dynamicallocation.",
    "spark.eventlog.", "spark.executor.", "spark.hadoop.", "spark.jars", "spark.kryo",
    "spark.local.", "spark.locality.", "spark.log", "spark.master", "spark.memory.",
    "spark.network.", "spark.rdd.", "spark.rpc.", "spark.scheduler.", "spark.serializer",
    "spark.shuffle.", "spark.speculation", "spark.sql.adaptive.", "spark.sql.autobroadcast",
    "spark.sql.catalog", "spark.sql.cbo.", "spark.sql.codegen.", "spark.sql.execution.",
    "spark.sql.extensions", "spark.sql.files.", "spark.sql.inmemorycolumnarstorage.",
    "spark.sql.optimizer.", "spark.sql.shuffle.", "spark.sql.statistics.",
    "spark.sql.streaming.", "spark.sql.ui.", "spark.sql.warehouse.", "spark.storage.",
    "spark.task.", "spark.ui.", "spark.yarn.",
  ]

  /// Beginnings of settings that are another program's, or one's own.
  private static let foreign = KnownNames.foreign.filter { $0 != "spark." }

  /// Refuses a setting that is not obeyed, naming it.
  static func check(_ settings: [(key: String, value: YAMLValue)]) throws(Fault) {
    for (key, value) in settings {
      let name = key.lowercased()
      if (tuning + foreign).contains(where: { name.hasPrefix($0) }) { continue }
      let text = try value.text()
      guard let values = fixed[name] else {
        throw Fault(
          .configuration, at: value.place, "the setting '\(key)' is not known, and not obeyed",
          remedy: Suggestion.remedy(
            for: name, among: fixed.keys.sorted(),
            otherwise: "remove it: what a query means is fixed, as Spark has it by default"))
      }
      guard !values.contains(text.lowercased()) else { continue }
      throw Fault(
        .configuration, at: value.place, "the setting '\(key)' cannot be '\(text)' here",
        remedy: name == timeZone
          ? "write UTC; a shop's local time is from_utc_timestamp(time, '\(text)'), and its local "
            + "day CAST(from_utc_timestamp(time, '\(text)') AS DATE)"
          : "write \(values.sorted().joined(separator: " or ")), or remove it")
    }
  }
}
