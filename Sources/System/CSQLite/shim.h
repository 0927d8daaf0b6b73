#pragma once
#include <sqlite3.h>

/// Has the last connection that closes leave the write-ahead log as it is: Swift cannot call a function
/// with as many arguments as one likes.
static inline int medallion_keep_log(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
