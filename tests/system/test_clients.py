"""Many clients follow all frames of a full bus, over real connections; see scripts/endurance."""

import clients


def test_clients_that_follow_a_full_bus_hold_nobody_up() -> None:
    """A quarter never acknowledges: theirs is dropped and counted, nobody else's."""
    outcome = clients.run(10, clients=8, careless=2)
    outcome.check()
    # 3 batches of a tenth of a second each, at most, went to who never acknowledged one.
    assert all(client.batches == 3 for client in outcome.clients if client.careless)
    assert all(client.batches > 90 for client in outcome.clients if not client.careless)
