/// What people are called.
enum People {
  static let firstNames = [
    "Ana", "Ben", "Carla", "David", "Emma", "Félix", "Grace", "Henry", "Inés", "James", "Keiko",
    "Liam", "María", "Noah", "Olivia", "Paul", "Quinn", "Rosa", "Samuel", "Tariq", "Uma", "Victor",
    "Wei", "Ximena", "Yusuf", "Zoë",
  ]
  static let lastNames = [
    "Adams", "Brown", "Chen", "Díaz", "Evans", "Fischer", "García", "Hughes", "Ivanova", "Johnson",
    "Kim", "López", "Müller", "Nguyen", "O'Brien", "Patel", "Quiroga", "Rossi", "Smith", "Taylor",
    "Ueda", "Vargas", "Wilson", "Xu", "Young", "Zhang",
  ]
}
