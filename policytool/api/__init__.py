"""The library: load a source, build its catalog, audit it. The command line is a thin layer over this."""

from policytool.api.auditing import audit as audit
from policytool.api.auditing import context as context
from policytool.api.auditing import fixes as fixes
from policytool.api.comparing import diff as diff
from policytool.api.comparing import diff_observed as diff_observed
from policytool.api.comparing import parity as parity
from policytool.api.loading import Loaded as Loaded
from policytool.api.loading import load as load
from policytool.api.loading import load_applied as load_applied
from policytool.api.loading import load_since as load_since
from policytool.api.measuring import matrix as matrix
from policytool.api.measuring import measure as measure
from policytool.api.measuring import roles_met as roles_met
from policytool.api.reporting import report as report
from policytool.api.trying import applied as applied
from policytool.api.trying import first_test as first_test
from policytool.api.trying import mutate as mutate
from policytool.api.trying import test as test
from policytool.api.trying import test_owned as test_owned
from policytool.api.trying import why as why
from policytool.catalog.build.choose import DEFAULT_SCHEMAS as DEFAULT_SCHEMAS
from policytool.catalog.build.choose import choose_platform as choose_platform
