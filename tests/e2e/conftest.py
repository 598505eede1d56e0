"""One seeded product for all end-to-end tests: started once, stopped at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rcm.runtime import embedded
from tests.core.ui.browser import chromium
from tests.e2e.clinic import Clinic
from tests.product import Product


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A small demo clinic, old enough to have claims that were never answered."""
    with chromium() as browser:
        product = Product(
            # By this name the next run finds and deletes what a killed one left.
            tmp_path_factory.mktemp("firstpass-test-product"),
            FIRSTPASS_DEMO="1",
            FIRSTPASS_DEMO_DAYS="50",
            FIRSTPASS_DEMO_ENCOUNTERS="3",
        )
        try:
            yield Clinic(product, browser, product.ready())
        finally:
            product.stop()
            embedded.destroy(embedded.layout(product.var))
