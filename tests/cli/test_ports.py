"""Ports: the wanted one, or the next that is free."""

import socket
from contextlib import closing

from cli.stack.ports import LOOPBACK, choose_public_port, free_port, is_free


def test_a_busy_port_gives_way_to_the_next_free_one_and_the_caller_is_told():
    with closing(socket.create_server((LOOPBACK, free_port()))) as busy:
        wanted = busy.getsockname()[1]
        port, is_wanted = choose_public_port(wanted)
        assert not is_wanted
        assert wanted < port <= wanted + 100
        assert not is_free(wanted)
    assert choose_public_port(wanted) == (wanted, True)
