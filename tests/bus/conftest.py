"""Serial ports and gateways that end with their test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.bus.wiring import SerialPort
from tests.gateway import Gateway


@pytest.fixture
def port() -> Iterator[SerialPort]:
    port = SerialPort()
    yield port
    port.close()


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncIterator[Gateway]:
    gateway = Gateway()
    await gateway.open()
    yield gateway
    await gateway.close()
