/*
 * start.c: starts the interpreter, isolated from whatever is around it, and the
 * guest library.
 */
#include "shim.h"

#include <stdio.h>

#define STANDARD_LIBRARY L"/usr/lib/python3.13"

static int complain(const char *where, PyStatus status) {
    fprintf(stderr, "%s: %s: %s\n", where, status.func ? status.func : "?", status.err_msg ? status.err_msg : "?");
    return 1;
}

static PyStatus configure(PyConfig *config) {
    PyConfig_InitIsolatedConfig(config);
    config->site_import = 0;
    config->write_bytecode = 0;
    config->install_signal_handlers = 0;
    config->pathconfig_warnings = 0;
    config->parse_argv = 0;
    config->faulthandler = 0;
    /* Every call starts from the same photograph, so the seed is the same anyway. */
    config->use_hash_seed = 1;
    config->hash_seed = 0;
    config->module_search_paths_set = 1;

    /* All that the interpreter would otherwise look for. */
    const struct {
        wchar_t **option;
        const wchar_t *value;
    } texts[] = {
        {&config->program_name, L"python3"},
        {&config->executable, L"/usr/bin/python3"},
        {&config->base_executable, L"/usr/bin/python3"},
        {&config->home, L"/usr"},
        {&config->prefix, L"/usr"},
        {&config->base_prefix, L"/usr"},
        {&config->exec_prefix, L"/usr"},
        {&config->base_exec_prefix, L"/usr"},
        {&config->platlibdir, L"lib"},
        {&config->stdlib_dir, STANDARD_LIBRARY},
        {&config->filesystem_encoding, L"utf-8"},
        {&config->filesystem_errors, L"surrogateescape"},
        {&config->stdio_encoding, L"utf-8"},
        {&config->stdio_errors, L"strict"},
    };
    PyStatus status = PyWideStringList_Append(&config->module_search_paths, STANDARD_LIBRARY);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !PyStatus_Exception(status); i++)
        status = PyConfig_SetString(config, texts[i].option, texts[i].value);
    return status;
}

int start(void) {
    PyPreConfig before;
    PyPreConfig_InitIsolatedConfig(&before);
    before.utf8_mode = 1;
    before.coerce_c_locale = 0;
    before.configure_locale = 0;
    PyStatus status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status)) return complain("pre-initialization", status);
    if (PyImport_AppendInittab("_funcbox", module_init) < 0) return 1;

    PyConfig config;
    status = configure(&config);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) return complain("initialization", status);

    if (value_init() < 0 || process_init() < 0 || guest_load() < 0 || settle() < 0) {
        PyErr_Print();
        return 1;
    }
    return 0;
}
