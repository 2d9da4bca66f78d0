"""What a recording may be, and how the process that reads it says that it is not."""

RATE = 16_000
SAMPLE_BYTES = 2
MAX_BYTES = 20 * 2**20
MAX_SECONDS = 600
MAX_AUDIO_BYTES = MAX_SECONDS * RATE * SAMPLE_BYTES
MAX_CPU_SECONDS = 60
MAX_ADDRESS_SPACE = 2 * 2**30
UNREADABLE, TOO_LONG = 65, 66  # exit codes
