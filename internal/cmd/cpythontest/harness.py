"""Runs one file of CPython's tests and returns what came of it."""

import importlib
import re
import sys
import traceback
import types
import unittest

LONGEST = 4000  # characters of one failure


class Missing(types.ModuleType):
    """In place of a module in C that only tests use and that is not built: a test that
    calls something of it is skipped, the others of its file run."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def skip(*args, **kwargs):
            raise unittest.SkipTest(f"{self.__name__} is not built")

        return skip


def load(name):
    while True:
        try:
            return importlib.import_module(name)
        except (unittest.SkipTest, ModuleNotFoundError) as error:
            missing = re.search(r"_test(limitedcapi|internalcapi|singlephase)", str(error))
            if missing is None or missing.group() in sys.modules:
                raise
            sys.modules[missing.group()] = Missing(missing.group())
            sys.modules.pop(name, None)


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.passed = 0
        self.outcomes = []

    def note(self, test, kind, text):
        name = str(test.id()).removeprefix("unittest.loader._FailedTest.")
        held = re.fullmatch(r"\w+ \((.*)\)", name)  # setUpClass (test.test_x.Class)
        self.outcomes.append([held.group(1) if held else name, kind, text[-LONGEST:]])

    def startTest(self, test):
        super().startTest(test)
        # What was running when a file did not end is the last of these lines.
        sys.__stderr__.write(f"{test.id()}\n")

    def addSuccess(self, test):
        self.passed += 1

    def addSkip(self, test, reason):
        self.note(test, "skip", str(reason))

    def addExpectedFailure(self, test, error):
        self.passed += 1

    def addUnexpectedSuccess(self, test):
        self.note(test, "fail", "unexpected success")

    def addError(self, test, error):
        self.note(test, "fail", "".join(traceback.format_exception(*error)))

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.note(test, "fail", f"{subtest}: " + "".join(traceback.format_exception(*error)))


def cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        else:
            yield test


def run(name, only):
    import test.support

    test.support.use_resources = {}
    test.support.verbose = 0
    sys.argv = ["regrtest"]
    result = Result()
    try:
        module = load("test." + name)
        loader = unittest.TestLoader()
        suite = loader.loadTestsFromModule(module)
    except unittest.SkipTest as skip:
        return {"passed": 0, "skipped": str(skip), "outcomes": []}
    if only:
        suite = unittest.TestSuite(case for case in cases(suite) if case.id().startswith(tuple(only)))
    suite.run(result)
    return {"passed": result.passed, "outcomes": result.outcomes}
