import Core

/// The days that opening hours tell apart.
enum DayKind: Int, CaseIterable {
  case weekday
  case saturday
  case sunday

  init(_ day: CivilDate) {
    switch Season.weekdayIndex(day) {
    case 5: self = .saturday
    case 6: self = .sunday
    default: self = .weekday
    }
  }
}

/// What kind a store is: its hours, its size, its tills.
enum StoreKind: Int, CaseIterable {
  case supermarket
  case convenience
  case hypermarket

  var name: String {
    switch self {
    case .supermarket: "supermarket"
    case .convenience: "convenience"
    case .hypermarket: "hypermarket"
    }
  }

  /// From the hour of opening up to, not including, that of closing.
  func hours(_ day: DayKind) -> Range<Int> {
    switch (self, day) {
    case (.supermarket, .sunday): 9..<20
    case (.supermarket, _): 7..<22
    case (.convenience, _): 6..<23
    case (.hypermarket, .sunday): 10..<19
    case (.hypermarket, _): 8..<21
    }
  }

  var tillCount: Int {
    switch self {
    case .supermarket: 8
    case .convenience: 3
    case .hypermarket: 20
    }
  }

  /// How many customers come, against the other kinds.
  var appeal: UInt64 {
    switch self {
    case .supermarket: 100
    case .convenience: 45
    case .hypermarket: 190
    }
  }
}
