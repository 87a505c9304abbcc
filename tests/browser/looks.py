"""How a page is looked at: on a phone and at a desk, by day and by night."""

import pytest

in_every_look = pytest.mark.parametrize(
    ("width", "theme"), [(width, theme) for width in (390, 1280) for theme in ("light", "dark")],
)
