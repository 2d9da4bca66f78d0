"""How much a program of a candidate may use, and what a run of one may hold."""

from dataclasses import dataclass

# Fuel is what WebAssembly counts instructions in: the same program uses the same amount on every machine. 5,000 million are about a second.
LOAD_FUEL = 4_000_000_000  # the language itself and the code's own top level
HOST_CALL_FUEL = 20_000  # what one question to the outside costs, so that none is free
HOST_BYTE_FUEL = 20

MEMORY_BYTES = 128 * 2**20
STACK_BYTES = 3 * 2**19  # of WebAssembly's calls; the thread that runs them has eight times that
OUTPUT_BYTES = 16 * 2**10  # printed in one call
RESULT_BYTES = 256 * 2**10  # what one call returns, as JSON
MOST_CALLS = 60
LONGEST_CODE = 50_000
LONGEST_ERROR = 500

WALL_SECONDS = 20.0  # after which a run is given up, whatever the machine is busy with; it is no verdict
PROCESS_CPU_SECONDS = 60
PROCESS_ADDRESS_SPACE = 16 * 2**30  # mostly reserved and never touched: WebAssembly's memory and the guards around it


@dataclass(frozen=True)
class Limits:
    """`fuel` is for one call of the function; so many `timeouts`, and the calls after them are left out."""

    fuel: int = 4_000_000_000
    timeouts: int = 3
