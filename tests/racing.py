"""Several people or workers at once: real threads, each with its own connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions in threads that start together; their answers or errors, in order."""
    barrier = threading.Barrier(len(actions))

    def start_together(action: Callable[[], Any]) -> Any:
        barrier.wait(60)
        return action()

    racers = [Racer(lambda action=action: start_together(action)) for action in actions]
    return [racer.finish() for racer in racers]


class Racer:
    """One action in a thread of its own, while the test goes on."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self._answer: Any = None
        self._thread = threading.Thread(target=self._run, args=(action,))
        self._thread.start()

    def _run(self, action: Callable[[], Any]) -> None:
        try:
            self._answer = action()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self._answer = error
        finally:
            connections.close_all()

    def until_blocked(self, seconds: float = 60) -> None:
        """Wait until some connection of this database waits for another one's lock."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.02)
        raise AssertionError(f"nobody waits for a lock; the action answered {self._answer!r}")

    def finish(self, seconds: float = 120) -> Any:
        """What the action answered, or the error that ended it."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the action did not end"
        return self._answer
