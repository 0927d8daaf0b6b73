import CSimdjson
import Core

/// How like a key is to a field's name that is another, for the C side: see `FieldNames`.
let nameLikeness: medallion_json_likeness = { key, keyCount, name, nameCount in
  let key = String(decoding: TextBytes(start: key, count: keyCount), as: UTF8.self)
  let name = String(decoding: TextBytes(start: name, count: nameCount), as: UTF8.self)
  return FieldNames([name]).column(of: key).map { max(1, $0.likeness.rawValue) } ?? 0
}
