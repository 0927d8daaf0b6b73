#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must follow an input's last byte, readable though not read from.
size_t medallion_json_padding(void);

#ifdef __cplusplus
}
#endif
