// run.cpp: runs cases that may throw.
#include <stdexcept>
#include <string>

#include "cases.h"

extern "C" void run_case(void (*run)()) {
    try {
        run();
    } catch (const std::exception &e) {
        fail_case("case", 0, (std::string("threw ") + e.what()).c_str());
    } catch (...) {
        fail_case("case", 0, "threw");
    }
}
