"""Existing pgTAP suites, run as they are: found, read as psql reads them, and their TAP understood."""

from policytool.testing.pgtap.result import Assertion as Assertion
from policytool.testing.pgtap.result import Fault as Fault
from policytool.testing.pgtap.result import SuiteResult as SuiteResult
from policytool.testing.pgtap.run import run_suites as run_suites
from policytool.testing.pgtap.suites import Suite as Suite
from policytool.testing.pgtap.suites import find_suites as find_suites
from policytool.testing.pgtap.suites import seed_files as seed_files
