import Core
import LakeJobs
import TextFormats

// The fields of an event that the door knows by name.

extension EventIngest {
  /// The fields without which a line is no till event.
  package static let envelope = ["event_id", "event_type", timeField]

  /// The field of an event's time, which is RFC 3339 with an offset or `Z`.
  static let timeField = "event_time"

  /// The fields that say which till sent an event, unless the contract names others.
  static let tillFields = ["store_id", "register_id"]
}

extension BronzeContract {
  /// The fields of an event that are looked at, by what the contract says of tills and numbers.
  func eventFields(required: [String]) -> JSONLineCheck.Fields {
    let tills = fields(of: .register)
    return JSONLineCheck.Fields(
      required: required,
      time: required.contains(EventIngest.timeField) ? EventIngest.timeField : nil,
      sender: tills.isEmpty ? EventIngest.tillFields : tills,
      number: fields(of: .sequence).first, declared: fieldsInFiles)
  }
}
