build_time_vars = {
    "ABIFLAGS": "",
    "EXT_SUFFIX": ".cpython-313-wasm32-wasi.so",
    "HAVE_FORK": 0,
    "MULTIARCH": "wasm32-wasi",
    "Py_DEBUG": 0,
    "Py_GIL_DISABLED": 0,
    "SOABI": "cpython-313-wasm32-wasi",
    "TZPATH": "/usr/share/zoneinfo",
    "WITH_PYMALLOC": 1,
}
