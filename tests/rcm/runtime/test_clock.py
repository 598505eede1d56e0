from datetime import UTC, date, datetime

import pytest

from core import clock


def test_at_lets_now_answer_the_given_moment_and_ends_with_the_block():
    moment = datetime(2026, 9, 30, 12, tzinfo=UTC)
    before = clock.now()
    with clock.at(moment):
        assert clock.now() == moment
        with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
            assert clock.now().year == 2026
        assert clock.now() == moment
    assert clock.now() >= before


def test_today_is_the_day_at_the_clinic(settings):
    settings.TIME_ZONE = "America/New_York"
    with clock.at(datetime(2026, 10, 1, 3, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 9, 30)


def test_at_refuses_a_moment_without_a_time_zone():
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 1, 1)):
        pass
